//! Work that only reads ends when the client that asked for it has gone.
//!
//! When a client goes away, its handler ends, but not the work that runs for it on a blocking thread: a comparison of
//! two large states would continue for minutes for nobody, and keep a thread from everybody else. So such work checks,
//! at each read of the engine, whether it is still wanted.
//!
//! Invariants:
//! 1. Work that may write is never ended in this way: a publish that outlasts a proxy's patience is still a publish.
//! 2. Outside of such work nothing here has an effect.

use std::{
    cell::{Cell, RefCell},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
use cms_core::engine::ReadError;

use super::queue::{Lane, Queue, Turn};
use crate::problem::Problem;

tokio::task_local! {
    /// Set while a request is handled.
    static ASKING: Asking;
}

/// What is known about the request that is being handled.
struct Asking {
    /// Whether it only reads.
    only_reads: bool,
    lane: Lane,
    queue: Queue,
    /// Whether it had a turn before.
    had_turn: Cell<bool>,
}

thread_local! {
    /// Whether this thread's work is no longer wanted; `None` when nobody may end it.
    static LEFT: RefCell<Option<Arc<AtomicBool>>> = const { RefCell::new(None) };
}

/// Marks requests, those that only read by their method, so that their work waits for its turn.
pub async fn heed(State(queue): State<Queue>, request: Request, next: Next) -> Response {
    let asking = Asking {
        only_reads: matches!(*request.method(), Method::GET | Method::HEAD),
        lane: Lane::of(request.uri().path()),
        queue,
        had_turn: Cell::new(false),
    };
    ASKING.scope(asking, next.run(request)).await
}

/// The turn of the present request; none is needed for what is no request's.
async fn turn() -> Result<Option<Turn>, Problem> {
    let asked = ASKING.try_with(|it| (it.queue.clone(), it.lane, it.had_turn.replace(true)));
    Ok(match asked {
        Err(_) => None,
        Ok((queue, lane, false)) => Some(queue.first(lane).await?),
        Ok((queue, lane, true)) => Some(queue.next(lane).await),
    })
}

/// Whether the present request only reads.
pub fn is_looking() -> bool {
    ASKING.try_with(|asking| asking.only_reads).unwrap_or(false)
}

/// Does blocking work on another thread than those that serve. In a request that only reads by its method, this is
/// [`look`].
///
/// # Errors
/// The error of the work, or an internal problem when it panicked.
pub async fn away<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    if is_looking() {
        return look(work).await;
    }
    let turn = turn().await?;
    let worked = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work()
    });
    worked.await.unwrap_or_else(|error| Err(Problem::internal(error)))
}

/// Does work that only reads, on another thread than those that serve; it ends when nobody waits for it any more.
///
/// # Errors
/// As [`away`].
pub async fn look<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let turn = turn().await?;
    let waiter = Waiter::default();
    let wanted = waiter.wanted();
    let found = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        wanted.work(work)
    });
    let found = found.await;
    drop(waiter);
    let nobody = || Err(Problem::internal("nobody waits for this"));
    found.map_err(Problem::internal)?.unwrap_or_else(nobody)
}

/// Stands for somebody who waits for some work; dropping it says that nobody waits any more.
#[derive(Debug, Default)]
pub struct Waiter(Arc<AtomicBool>);

impl Waiter {
    /// The work's side of this waiter.
    pub fn wanted(&self) -> Wanted {
        Wanted(Arc::clone(&self.0))
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Says whether work is still wanted.
pub struct Wanted(Arc<AtomicBool>);

impl Wanted {
    /// Does work on this thread, which ends at its next read once nobody waits for it; `None` when nobody waited to
    /// begin with.
    pub fn work<T>(self, work: impl FnOnce() -> T) -> Option<T> {
        if self.0.load(Ordering::Relaxed) {
            return None;
        }
        let _forget = Forget(LEFT.replace(Some(self.0)));
        Some(work())
    }
}

/// Restores the earlier value, even when the work panics.
struct Forget(Option<Arc<AtomicBool>>);

impl Drop for Forget {
    fn drop(&mut self) {
        LEFT.set(self.0.take());
    }
}

/// Refuses to continue reading for nobody.
///
/// # Errors
/// [`ReadError::Cancelled`] when the client that asked has gone.
pub fn go_on() -> Result<(), ReadError> {
    let is_left =
        LEFT.with_borrow(|left| left.as_ref().is_some_and(|left| left.load(Ordering::Relaxed)));
    if !is_left {
        return Ok(());
    }
    Err(ReadError::Cancelled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_ends_when_nobody_waits_for_it_and_no_other_does() {
        let waiter = Waiter::default();
        let (wanted, other) = (waiter.wanted(), waiter.wanted());
        let read = wanted.work(|| {
            assert!(go_on().is_ok());
            drop(waiter);
            go_on()
        });
        assert!(read.expect("it began").is_err());
        assert!(go_on().is_ok(), "the next work on this thread is another's");
        assert!(other.work(|| ()).is_none(), "what nobody waits for is not begun");
    }
}
