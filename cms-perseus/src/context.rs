//! One QuickJS context with the bundle in it, on the thread that made it.

use std::{cell::Cell, rc::Rc, time::Duration};

use rquickjs::{
    CatchResultExt, CaughtError, Context as Realm, Ctx, Function, Runtime, function::Args,
};
use rustix::time::{ClockId, clock_gettime};

use crate::fault::Fault;

/// Garbage in cycles is collected when this much was allocated since the last time. The default of 256 KB would collect
/// in the middle of most calls.
const GARBAGE_BYTES: usize = 8 << 20;
/// The global function that the bundle defines.
const ENTRY: &str = "perseus";

/// The resources that one context may use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) memory_bytes: usize,
    pub(crate) stack_bytes: usize,
    /// Processor time that one call may take.
    pub(crate) time: Duration,
}

/// A context. It is dropped and replaced after a fault that leaves its state in doubt.
pub(crate) struct Context {
    bounds: Bounds,
    clock: Rc<Clock>,
    realm: Realm,
    // Declared after the realm: a runtime outlives its realms.
    _runtime: Runtime,
}

/// Stops a call that takes more processor time than it may. The time of day would depend on how busy the machine is,
/// and a document must not be refused for that.
#[derive(Debug, Default)]
struct Clock {
    deadline: Cell<Option<Duration>>,
    has_stopped: Cell<bool>,
}

impl Clock {
    fn start(&self, time: Duration) {
        self.deadline.set(Some(spent() + time));
        self.has_stopped.set(false);
    }

    fn must_stop(&self) -> bool {
        let is_late = self.deadline.get().is_some_and(|deadline| spent() >= deadline);
        if is_late {
            self.has_stopped.set(true);
        }
        is_late
    }
}

/// The processor time of this thread.
fn spent() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

impl Context {
    /// Runs a bundle in a new context; loading it is not timed.
    ///
    /// # Errors
    /// [`Fault::OutOfMemory`] when it does not fit, [`Fault::Threw`] when it fails.
    pub(crate) fn new(bounds: Bounds, bundle: &str) -> Result<Self, Fault> {
        let no_room = |_| Fault::OutOfMemory { limit_bytes: bounds.memory_bytes };
        let runtime = Runtime::new().map_err(no_room)?;
        runtime.set_memory_limit(bounds.memory_bytes);
        runtime.set_max_stack_size(bounds.stack_bytes);
        runtime.set_gc_threshold(GARBAGE_BYTES);
        let clock = Rc::new(Clock::default());
        let handler = Rc::clone(&clock);
        runtime.set_interrupt_handler(Some(Box::new(move || handler.must_stop())));
        let realm = Realm::full(&runtime).map_err(no_room)?;
        let context = Self { bounds, clock, realm, _runtime: runtime };
        context.with(|ctx| {
            ctx.eval::<(), _>(bundle).catch(ctx).map_err(|caught| context.fault(caught))
        })?;
        Ok(context)
    }

    /// Calls a verb of the bundle with texts.
    ///
    /// # Errors
    /// Every fault except those of the parser, which are results here.
    pub(crate) fn call(&self, verb: &str, texts: &[String]) -> Result<String, Fault> {
        self.clock.start(self.bounds.time);
        self.with(|ctx| {
            let called = || {
                let entry: Function = ctx.globals().get(ENTRY)?;
                let mut args = Args::new(ctx.clone(), texts.len() + 1);
                args.push_arg(verb)?;
                for text in texts {
                    args.push_arg(text.as_str())?;
                }
                entry.call_arg::<String>(args)
            };
            called().catch(ctx).map_err(|caught| self.fault(caught))
        })
    }

    fn with<T>(&self, work: impl FnOnce(&Ctx) -> T) -> T {
        self.realm.with(|ctx| work(&ctx))
    }

    fn fault(&self, caught: CaughtError) -> Fault {
        let Bounds { memory_bytes, stack_bytes, time } = self.bounds;
        if self.clock.has_stopped.get() {
            return Fault::OutOfTime { limit: time };
        }
        let out_of_memory = Fault::OutOfMemory { limit_bytes: memory_bytes };
        match caught {
            CaughtError::Error(rquickjs::Error::Allocation) => out_of_memory,
            CaughtError::Error(error) => Fault::Threw { message: one_line(&error.to_string()) },
            // No memory was left to create an error object.
            CaughtError::Value(value) if value.is_null() => out_of_memory,
            CaughtError::Value(value) => Fault::Threw { message: one_line(&format!("{value:?}")) },
            CaughtError::Exception(exception) => {
                let message = exception.message().unwrap_or_default();
                match message.as_str() {
                    "out of memory" => out_of_memory,
                    "Maximum call stack size exceeded" | "stack overflow" => {
                        Fault::OutOfStack { limit_bytes: stack_bytes }
                    }
                    _ => Fault::Threw { message: one_line(&message) },
                }
            }
        }
    }
}

/// The first line of a message, at most 500 characters of it.
fn one_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().chars().take(500).collect()
}

impl Fault {
    /// Whether the context in which the fault happened has to be replaced.
    ///
    /// After an exception it need not be: an exception ends a call in an orderly way, and everything that it could have
    /// changed is frozen.
    pub(crate) fn leaves_doubt(&self) -> bool {
        matches!(self, Self::OutOfTime { .. } | Self::OutOfMemory { .. } | Self::OutOfStack { .. })
    }
}
