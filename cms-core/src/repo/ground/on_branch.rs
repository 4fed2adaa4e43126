//! Moving a branch: attempts in turn, until one holds or others have won every race.

use crate::{model::name::Branch, repo::ground::repository::Repository};

/// How many times an attempt is made before the caller is told that others won every race.
pub(in crate::repo) const ATTEMPTS_MAX: u64 = 32;

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
