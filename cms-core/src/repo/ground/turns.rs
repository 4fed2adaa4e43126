//! Turns: who may move a branch next, or decide what becomes of a draft.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use parking_lot::{FairMutex, Mutex};

/// Turns that nobody waits for are forgotten when this many are known.
const KEPT_MAX: usize = 1000;

/// The turns to change each of many things.
///
/// Writers of one branch in one process take turns in the order in which they came. Each builds on what the previous
/// one left, so nobody works in vain and nobody starves. So do the verbs that decide what becomes of one draft and its
/// review: each sees what the previous one decided. A turn promises nothing about other processes: their writers
/// are met at the compare-and-swap.
pub(in crate::repo) struct Turns<K>(Mutex<HashMap<K, Arc<FairMutex<()>>>>);

impl<K> Default for Turns<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Clone + Eq + Hash> Turns<K> {
    /// The turns of one of them.
    pub(in crate::repo) fn of(&self, of: &K) -> Arc<FairMutex<()>> {
        let mut turns = self.0.lock();
        if turns.len() > KEPT_MAX {
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
        }
        Arc::clone(turns.entry(of.clone()).or_default())
    }
}
