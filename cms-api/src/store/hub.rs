//! The change hub: it wakes its listeners when this server has written something.
//!
//! The hub wraps the engine: every write of this process passes [`Watched::commit`], so nothing has to be polled and no
//! verb has to remember to announce its writes. Listeners then read what happened from the audit, which keeps it for
//! ever: a wake-up is only a hint, and a lost one costs nothing.
//!
//! It also counts the writes that may change who may do what ([`Hub::standing`]). That is no hint: whoever remembers
//! something of a person forgets it when the count has moved.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use crate::ground::attention::go_on;
use cms_core::engine::{
    CellName, CommitError, Engine, Layer, Outcome, Position, ReadError, Transaction,
};
use tokio::sync::watch;

/// Wakes listeners.
#[derive(Debug)]
pub struct Hub {
    newest: watch::Sender<u64>,
    stopping: watch::Sender<bool>,
    standing: AtomicU64,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            newest: watch::Sender::new(0),
            stopping: watch::Sender::new(false),
            standing: AtomicU64::new(0),
        }
    }
}

/// Groups of cells that say nothing about people: content, and what is noted while it is worked on. A group that is not
/// listed counts as one that does, so a new one costs time and opens nothing.
const OF_CONTENT: [&str; 8] =
    ["branch/", "closed/", "dismissed/", "editing/", "notices/", "answer/", "job/", "channel/"];

/// Whether a cell may say something about who may do what.
fn is_of_people(cell: &CellName) -> bool {
    !OF_CONTENT.iter().any(|prefix| cell.group().as_str().starts_with(prefix))
}

/// A listener of a [`Hub`].
#[derive(Debug, Clone)]
pub struct Listener {
    newest: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
}

/// Why a listener woke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Woken {
    /// Something was written.
    Written,
    /// The server stops.
    Stopping,
}

impl Hub {
    /// The engine whose writes wake the listeners of this hub.
    pub fn watch(self: &Arc<Self>, engine: Arc<dyn Engine>) -> Arc<dyn Engine> {
        Arc::new(Watched { inner: engine, hub: Arc::clone(self) })
    }

    /// A listener that has seen everything until now.
    pub fn listen(&self) -> Listener {
        Listener { newest: self.newest.subscribe(), stopping: self.stopping.subscribe() }
    }

    /// Announces that the server stops, so that what would continue for ever ends.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Moves with every write after which somebody may be able to do more or less than before. What was read after a
    /// look at it holds as long as it has not moved: it has moved before the write is answered.
    pub fn standing(&self) -> u64 {
        self.standing.load(Ordering::SeqCst)
    }

    fn written(&self, position: Position) {
        self.newest.send_if_modified(|newest| {
            let is_newer = position.0 > *newest;
            *newest = position.0.max(*newest);
            is_newer
        });
    }
}

impl Listener {
    /// Whether the server stops.
    pub fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Waits until something was written since the last time, or the server stops.
    pub async fn woken(&mut self) -> Woken {
        if self.is_stopping() {
            return Woken::Stopping;
        }
        // A hub that is gone has stopped.
        tokio::select! {
            written = self.newest.changed() => match written {
                Ok(()) => Woken::Written,
                Err(_) => Woken::Stopping,
            },
            _ = self.stopping.changed() => Woken::Stopping,
        }
    }
}

/// An engine that announces its writes to a hub, and stops reading when nobody waits for the result.
struct Watched {
    inner: Arc<dyn Engine>,
    hub: Arc<Hub>,
}

impl Layer for Watched {
    fn beneath(&self) -> &dyn Engine {
        &*self.inner
    }

    fn go_on(&self) -> Result<(), ReadError> {
        go_on()
    }

    fn commit(&self, batch: Vec<Transaction>) -> Result<Vec<Outcome>, CommitError> {
        // Listeners do not hear of transactions without an audit record.
        let is_told: Vec<bool> = batch.iter().map(|each| each.audit.is_some()).collect();
        let mut swaps = batch.iter().flat_map(|each| &each.swaps);
        let is_of_people = swaps.any(|swap| is_of_people(&swap.cell));
        let outcomes = self.inner.commit(batch);
        // Also after an error, because what became of the batch may not be known.
        if is_of_people {
            self.hub.standing.fetch_add(1, Ordering::SeqCst);
        }
        let outcomes = outcomes?;
        let positions =
            outcomes.iter().zip(is_told).filter_map(|(outcome, is_told)| match outcome {
                Outcome::Applied(applied) if is_told => Some(applied.position),
                _ => None,
            });
        if let Some(newest) = positions.max() {
            self.hub.written(newest);
        }
        Ok(outcomes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_concerns_people_moves_the_count_and_so_does_what_nobody_knows() {
        for (cell, expected) in [
            ("session/ana", true),
            ("people", true),
            ("access", true),
            ("token/00", true),
            ("something-new/x", true),
            ("branch/draft/x1", false),
            ("editing/lesson/l1", false),
            ("branches", true),
        ] {
            let group: cms_core::engine::Group = cell.parse().unwrap();
            assert_eq!(is_of_people(&group.cell("x").unwrap()), expected, "{cell}");
        }
    }
}
