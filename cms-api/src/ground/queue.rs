//! Turns for work that blocks. Only so many requests work at a time, so many wait, and each waits so long; whoever comes
//! beyond that is told to come again. So a server that is asked for more than it can do answers what it can in a
//! bounded time and with bounded memory, instead of everything too late.
//!
//! Learners have turns of their own: however much authors ask for, learners' reads go on.
//!
//! Invariants:
//! 1. A request is turned away before it has done anything, or not at all: once it had a turn, its later calls wait as
//!    long as it takes.
//! 2. A turn lasts as long as the work, even if the client has gone, because the work still occupies its thread.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::limits;
use crate::problem::{Code, Problem};

/// Over how many seconds those are spread who are told to come again.
const RETRY_AFTER_S_SPREAD: u64 = 4;

/// Who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Learners, and whoever else reads what is published.
    Learners,
    /// Authors and their programs.
    Authors,
}

impl Lane {
    /// The lane of an address.
    pub fn of(path: &str) -> Self {
        let is_authors = ["/authoring/", "/admin/api/"].iter().any(|below| path.starts_with(below));
        if is_authors { Self::Authors } else { Self::Learners }
    }
}

/// The turns of all lanes.
#[derive(Debug, Clone)]
pub struct Queue {
    learners: Arc<Turns>,
    authors: Arc<Turns>,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            learners: Arc::new(Turns::new(
                limits::LEARNERS_AT_WORK_MAX,
                limits::LEARNERS_WAITING_MAX,
                limits::LEARNERS_WAIT_MAX,
            )),
            authors: Arc::new(Turns::new(
                limits::AUTHORS_AT_WORK_MAX,
                limits::AUTHORS_WAITING_MAX,
                limits::AUTHORS_WAIT_MAX,
            )),
        }
    }
}

impl Queue {
    /// A turn for a request that has not done anything yet.
    ///
    /// # Errors
    /// [`Code::ServerFull`] when too many wait already, or the turn does not come in time.
    pub async fn first(&self, lane: Lane) -> Result<Turn, Problem> {
        self.lane(lane).first().await
    }

    /// Another turn for a request that had one.
    pub async fn next(&self, lane: Lane) -> Turn {
        self.lane(lane).take().await
    }

    fn lane(&self, lane: Lane) -> &Turns {
        match lane {
            Lane::Learners => &self.learners,
            Lane::Authors => &self.authors,
        }
    }
}

/// A turn; dropping it gives it to the next.
#[derive(Debug)]
pub struct Turn {
    _permit: Option<OwnedSemaphorePermit>,
}

#[derive(Debug)]
struct Turns {
    at_work: Arc<Semaphore>,
    waiting: AtomicUsize,
    waiting_max: usize,
    wait_max: Duration,
}

impl Turns {
    fn new(at_work_max: usize, waiting_max: usize, wait_max: Duration) -> Self {
        let at_work = Arc::new(Semaphore::new(at_work_max));
        Self { at_work, waiting: AtomicUsize::new(0), waiting_max, wait_max }
    }

    async fn first(&self) -> Result<Turn, Problem> {
        if let Ok(permit) = Arc::clone(&self.at_work).try_acquire_owned() {
            return Ok(Turn { _permit: Some(permit) });
        }
        let Some(_waits) = Waits::begin(self) else {
            return Err(full("too many requests wait already"));
        };
        let turn = tokio::time::timeout(self.wait_max, self.take()).await;
        turn.map_err(|_| full("there was no turn for this request in time"))
    }

    async fn take(&self) -> Turn {
        Turn { _permit: Arc::clone(&self.at_work).acquire_owned().await.ok() }
    }
}

/// One that waits; dropping it says that it does not any more.
struct Waits<'t>(&'t AtomicUsize);

impl<'t> Waits<'t> {
    fn begin(turns: &'t Turns) -> Option<Self> {
        let before = turns.waiting.fetch_add(1, Ordering::Relaxed);
        let waits = Self(&turns.waiting);
        (before < turns.waiting_max).then_some(waits)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Those who are told to come again come at different times, or they would all be too many again.
fn full(detail: &str) -> Problem {
    static TOLD: AtomicU64 = AtomicU64::new(0);
    let turn = TOLD.fetch_add(1, Ordering::Relaxed) % RETRY_AFTER_S_SPREAD;
    Problem::new(Code::ServerFull, detail).retry_after(1 + turn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn so_many_work_so_many_wait_and_others_are_told_to_come_again() {
        let turns = Turns::new(1, 1, Duration::from_secs(1));
        let first = turns.first().await.unwrap();
        let (waited, told) = tokio::join!(turns.first(), turns.first());
        for refused in [waited.unwrap_err(), told.unwrap_err()] {
            assert_eq!(refused.code, Code::ServerFull);
            let after_s = refused.members["retry_after_s"].as_u64().unwrap();
            assert!((1..=RETRY_AFTER_S_SPREAD).contains(&after_s), "{after_s}");
        }
        let (second, ()) = tokio::join!(turns.first(), async { drop(first) });
        let second = second.expect("it came in time");
        let (third, ()) = tokio::join!(turns.take(), async {
            tokio::time::advance(Duration::from_secs(60)).await;
            drop(second);
        });
        drop(third);
        assert_eq!(turns.waiting.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn authors_take_no_turns_from_learners() {
        let queue = Queue::default();
        let mut all = Vec::new();
        for _ in 0..limits::AUTHORS_AT_WORK_MAX {
            all.push(queue.first(Lane::Authors).await.unwrap());
        }
        assert!(queue.first(Lane::Learners).await.is_ok());
        assert_eq!(Lane::of("/authoring/v1/me"), Lane::Authors);
        assert_eq!(Lane::of("/v1/score"), Lane::Learners);
        assert_eq!(Lane::of("/authoringx"), Lane::Learners);
    }
}
