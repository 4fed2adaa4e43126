//! Turns: whose it is to move a branch, and how often a lost race is run again.

use std::{collections::HashMap, sync::Arc};

use parking_lot::{FairMutex, Mutex};

use crate::{model::name::Branch, repo::ground::repository::Repository};

/// How many times an attempt is made before the caller is told that others won every race.
pub(in crate::repo) const ATTEMPTS_MAX: u64 = 32;

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

impl Repository {
    /// Moves a branch: makes attempts, each in a turn of its own, until one holds. An attempt gets the number of those
    /// that were lost before it, and returns none when the branch, or what it read there, changed before its swap.
    ///
    /// Returns none when every attempt was lost. Nothing is changed then, and the same request may be made again.
    ///
    /// # Errors
    /// The error of an attempt; no other attempt follows it.
    pub(in crate::repo) fn on_branch<T, E>(
        &self,
        branch: &Branch,
        mut attempt: impl FnMut(u64) -> Result<Option<T>, E>,
    ) -> Result<Option<T>, E> {
        let turn = self.turns.of(branch);
        for lost in 0..ATTEMPTS_MAX {
            let _turn = turn.lock();
            if let Some(done) = attempt(lost)? {
                return Ok(Some(done));
            }
        }
        Ok(None)
    }
}
