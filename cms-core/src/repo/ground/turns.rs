//! Turns: whose it is to move a branch.

use std::{collections::HashMap, sync::Arc};

use parking_lot::{FairMutex, Mutex};

use crate::model::name::Branch;

/// Branches that nobody moves are forgotten when so many are known.
const KEPT_MAX: usize = 1000;

/// Whose turn it is to move a branch.
///
/// Writers of one branch in one process take turns, in the order in which they came: each builds on what
/// the one before left, so that nobody works in vain and nobody starves. A turn is no promise: writers of
/// other processes are met at the compare-and-swap.
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
