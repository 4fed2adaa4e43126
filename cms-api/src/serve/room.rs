//! Which connections have a place, and which must make room for another.
//!
//! Invariants:
//! 1. A connection without a request makes room for a new one: silent connections first, and the oldest first.
//! 2. When every place is in use, a few more are kept on which probes are answered; other requests on them are refused.
//! 3. The process may open as many files as all places need.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::wire::{Quiet, Talk};
use crate::{
    problem::{Code, Problem},
    process::config::ServeConfig,
};

/// Places in addition to the setting's, for probes.
const KEPT_FOR_PROBES: usize = 32;
/// How long a new connection waits for another one to make room.
const ROOM_WAIT_MAX: Duration = Duration::from_secs(1);
/// One connection in this many makes room at a time, because finding them means looking at all.
const LEAVE_SHARE: usize = 16;
/// Most files that the process has open besides its connections: the store's, the log, imports and exports.
const FILES_OF_OTHERS: u64 = 256;

/// The places of connections.
pub(super) struct Room {
    places: Arc<Semaphore>,
    kept: Arc<Semaphore>,
    places_max: usize,
    talks: Arc<Mutex<Talks>>,
}

#[derive(Default)]
struct Talks {
    all: HashMap<u64, Arc<Talk>>,
    next: u64,
}

/// A connection's place; dropping it gives it back.
pub(super) struct Place {
    number: u64,
    talks: Arc<Mutex<Talks>>,
    /// Whether it is one of those that are kept for probes.
    pub(super) is_kept: bool,
    _permit: OwnedSemaphorePermit,
}

fn locked(talks: &Mutex<Talks>) -> MutexGuard<'_, Talks> {
    talks.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Place {
    fn drop(&mut self) {
        locked(&self.talks).all.remove(&self.number);
    }
}

impl Room {
    pub(super) fn new(places_max: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(places_max)),
            kept: Arc::new(Semaphore::new(KEPT_FOR_PROBES)),
            places_max,
            talks: Arc::default(),
        }
    }

    /// A place for a new connection.
    pub(super) async fn place(&self, talk: &Arc<Talk>) -> Place {
        let (permit, is_kept) = self.permit().await;
        let mut talks = locked(&self.talks);
        let number = talks.next;
        talks.next += 1;
        talks.all.insert(number, Arc::clone(talk));
        Place { number, talks: Arc::clone(&self.talks), is_kept, _permit: permit }
    }

    async fn permit(&self) -> (OwnedSemaphorePermit, bool) {
        if let Ok(permit) = Arc::clone(&self.places).try_acquire_owned() {
            return (permit, false);
        }
        if self.make_room() > 0 {
            let permit = Arc::clone(&self.places).acquire_owned();
            if let Ok(Ok(permit)) = tokio::time::timeout(ROOM_WAIT_MAX, permit).await {
                return (permit, false);
            }
        }
        tokio::select! {
            biased;
            permit = Arc::clone(&self.places).acquire_owned() => (permit.expect("never closed"), false),
            permit = Arc::clone(&self.kept).acquire_owned() => (permit.expect("never closed"), true),
        }
    }

    /// Asks some connections without a request to leave; returns how many.
    fn make_room(&self) -> usize {
        let mut quiet: Vec<(Quiet, Arc<Talk>)> = {
            let talks = locked(&self.talks);
            talks.all.values().filter_map(|talk| Some((talk.quiet()?, Arc::clone(talk)))).collect()
        };
        let count = (self.places_max / LEAVE_SHARE).max(1).min(quiet.len());
        if count < quiet.len() {
            quiet.select_nth_unstable_by_key(count, |(quiet, _)| *quiet);
        }
        for (_, talk) in &quiet[..count] {
            talk.leave.notify_one();
        }
        tracing::debug!(connections = count, "connections without a request made room");
        count
    }

    /// Waits until all connections have ended.
    pub(super) async fn empty(&self) {
        let all = self.places.acquire_many(u32::try_from(self.places_max).unwrap_or(u32::MAX));
        let kept = self.kept.acquire_many(KEPT_FOR_PROBES as u32);
        let _ = tokio::join!(all, kept);
    }
}

/// How many connections there may be: as many as the setting says and as the process may open files for.
///
/// # Errors
/// [`Code::RequestMalformed`] when somebody asked for more than the system lets the process open.
pub(super) fn connections_max(config: &ServeConfig) -> Result<usize, Problem> {
    let needed = (config.connections_max + KEPT_FOR_PROBES) as u64 + FILES_OF_OTHERS;
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current.is_some_and(|current| current < needed) {
        limit.current = Some(limit.maximum.map_or(needed, |maximum| maximum.min(needed)));
        // If that is refused, the present limit counts.
        let _ = setrlimit(Resource::Nofile, limit);
    }
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    if files >= needed {
        return Ok(config.connections_max);
    }
    let possible = files.saturating_sub(KEPT_FOR_PROBES as u64 + FILES_OF_OTHERS);
    if config.is_connections_max_set || possible == 0 {
        let detail = format!(
            "--connections-max (CMS_CONNECTIONS_MAX) is {}, which needs {needed} open files, and the process may have {files} (ulimit -n)",
            config.connections_max
        );
        return Err(Problem::new(Code::RequestMalformed, detail));
    }
    tracing::warn!(
        connections_max = possible,
        files,
        needed,
        "the process may open too few files for the usual number of connections"
    );
    Ok(usize::try_from(possible).unwrap_or(config.connections_max))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_new_connection_finds_room_as_long_as_one_is_silent() {
        let room = Arc::new(Room::new(2));
        let talks = [Arc::new(Talk::new()), Arc::new(Talk::new())];
        let first = room.place(&talks[0]).await;
        let _second = room.place(&talks[1]).await;
        let _working = talks[1].begins();
        let newcomer = Arc::new(Talk::new());
        let (third, ()) = tokio::join!(room.place(&newcomer), async {
            talks[0].leave.notified().await;
            drop(first);
        });
        assert!(!third.is_kept);
        let _working_too = newcomer.begins();
        let probe = room.place(&Arc::new(Talk::new())).await;
        assert!(probe.is_kept, "where all are at work, probes have places of their own");
    }
}
