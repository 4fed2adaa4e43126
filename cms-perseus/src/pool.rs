//! Contexts, each on a thread of its own with a stack of known size, lent to one caller at a time.
//!
//! A thread rather than a lock, because QuickJS measures its stack from where a thread begins, and because a caller can
//! abandon a thread that does not come back.
//!
//! Invariants:
//! 1. There are at most [`Limits::contexts`] threads. An abandoned thread counts until it ends.
//! 2. A caller that waits for a context, or for a result, waits a bounded time.

use std::{
    fmt,
    num::NonZeroUsize,
    sync::{
        Arc,
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    thread,
    time::{Duration, Instant},
};

use parking_lot::{Condvar, Mutex};

use crate::{
    bundle,
    context::{Bounds, Context},
    fault::Fault,
};

/// Stack that a thread needs besides the stack of its context.
const OWN_STACK_BYTES: usize = 1 << 20;
/// A caller waits for this many times a call's processor time, because the call shares the processors with others.
const PATIENCE: u32 = 5;
/// A caller waits this much longer, because some of QuickJS's own functions do not check the clock.
const GRACE: Duration = Duration::from_secs(2);
/// How long a caller waits for a free context, as a multiple of a call's processor time.
const WAIT_CALLS: u32 = 10;

/// The resources that calls may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Memory of one context in bytes; the bundle alone takes some 3 MB of it.
    pub memory_bytes: usize,
    /// Stack of one context in bytes.
    pub stack_bytes: usize,
    /// Processor time of one call.
    pub time: Duration,
    /// Number of contexts, and so of simultaneous calls; they are made when first needed.
    pub contexts: NonZeroUsize,
}

impl Default for Limits {
    /// 64 MiB, 1 MiB of stack, one second of processor time, and one context per processor.
    fn default() -> Self {
        Self {
            memory_bytes: 64 << 20,
            stack_bytes: 1 << 20,
            time: Duration::from_secs(1),
            contexts: thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        }
    }
}

/// Threads with a context each.
pub(crate) struct Pool {
    limits: Limits,
    bundle: &'static str,
    crew: Arc<Crew>,
}

#[derive(Debug, Default)]
struct Crew {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    idle: Vec<Worker>,
    /// Number of threads that run: idle, lent or abandoned.
    threads: usize,
}

/// A call, and where its result goes.
struct Call {
    verb: &'static str,
    texts: Vec<String>,
    answer: Sender<Result<String, Fault>>,
}

/// A thread with a context, which ends when this is dropped.
#[derive(Debug)]
struct Worker {
    calls: Sender<Call>,
}

impl Pool {
    pub(crate) fn new(limits: Limits) -> Self {
        Self::with_bundle(limits, bundle::SOURCE)
    }

    /// A pool with another bundle, for tests.
    pub(crate) fn with_bundle(limits: Limits, bundle: &'static str) -> Self {
        Self { limits, bundle, crew: Arc::default() }
    }

    /// Calls a verb of the bundle with texts, in any free context.
    pub(crate) fn call(&self, verb: &'static str, texts: Vec<String>) -> Result<String, Fault> {
        let worker = self.lend()?;
        let (answer, answered) = mpsc::channel();
        let ended = || Fault::Threw { message: "the context ended".to_owned() };
        worker.calls.send(Call { verb, texts, answer }).map_err(|_| ended())?;
        // A new thread loads its bundle first, and so does one after a fault.
        match answered.recv_timeout(self.limits.time * PATIENCE + GRACE) {
            Ok(result) => {
                self.crew.state.lock().idle.push(worker);
                self.crew.changed.notify_one();
                result
            }
            Err(RecvTimeoutError::Timeout) => Err(Fault::OutOfTime { limit: self.limits.time }),
            Err(RecvTimeoutError::Disconnected) => Err(ended()),
        }
    }

    fn lend(&self) -> Result<Worker, Fault> {
        let begin = Instant::now();
        let waited = self.limits.time * WAIT_CALLS;
        let mut state = self.crew.state.lock();
        loop {
            if let Some(worker) = state.idle.pop() {
                return Ok(worker);
            }
            if state.threads < self.limits.contexts.get() {
                state.threads += 1;
                drop(state);
                return self.hire();
            }
            if self.crew.changed.wait_until(&mut state, begin + waited).timed_out() {
                return Err(Fault::Busy { waited });
            }
        }
    }

    fn hire(&self) -> Result<Worker, Fault> {
        let (calls, called) = mpsc::channel();
        let leaving = Leaving(Arc::clone(&self.crew));
        let Limits { memory_bytes, stack_bytes, time, .. } = self.limits;
        let bounds = Bounds { memory_bytes, stack_bytes, time };
        let bundle = self.bundle;
        thread::Builder::new()
            .name("perseus".to_owned())
            .stack_size(stack_bytes + OWN_STACK_BYTES)
            .spawn(move || {
                let _leaving = leaving;
                serve(bounds, bundle, &called);
            })
            .map_err(|error| Fault::Threw {
                message: format!("no thread for a context: {error}"),
            })?;
        Ok(Worker { calls })
    }
}

impl fmt::Debug for Pool {
    /// Without the bundle, which is long.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("limits", &self.limits).field("crew", &self.crew).finish()
    }
}

/// Reports to the pool that a thread ended, however it did.
#[derive(Debug)]
struct Leaving(Arc<Crew>);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.state.lock().threads -= 1;
        self.0.changed.notify_one();
    }
}

/// Answers calls until nobody can call any more, or nobody waits for a result.
fn serve(bounds: Bounds, bundle: &str, calls: &Receiver<Call>) {
    let mut context = None;
    while let Ok(Call { verb, texts, answer }) = calls.recv() {
        let result = match &mut context {
            Some(context) => Context::call(context, verb, &texts),
            none => {
                Context::new(bounds, bundle).and_then(|made| none.insert(made).call(verb, &texts))
            }
        };
        if result.as_ref().is_err_and(Fault::leaves_doubt) {
            context = None;
        }
        if answer.send(result).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
