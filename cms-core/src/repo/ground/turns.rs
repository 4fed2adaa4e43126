//! Turns: who may move a branch next.

use std::{collections::HashMap, sync::Arc};

use parking_lot::{FairMutex, Mutex};

use crate::model::name::Branch;

/// Branches that nobody is moving are forgotten when this many are known.
const KEPT_MAX: usize = 1000;

/// The turns to move each branch.
///
/// Writers of one branch in one process take turns in the order in which they came. Each builds on what the previous
/// one left, so nobody works in vain and nobody starves. A turn promises nothing about other processes: their writers
/// are met at the compare-and-swap.
#[derive(Default)]
pub(in crate::repo) struct Turns(Mutex<HashMap<Branch, Arc<FairMutex<()>>>>);

impl Turns {
    /// The turns of one branch.
    pub(in crate::repo) fn of(&self, branch: &Branch) -> Arc<FairMutex<()>> {
        let mut turns = self.0.lock();
        if turns.len() > KEPT_MAX {
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
        }
        Arc::clone(turns.entry(branch.clone()).or_default())
    }
}
