//! Moving a branch: attempts in turn, until one succeeds or others have won every race.

use crate::{model::name::Branch, repo::ground::repository::Repository};

/// How many attempts are made before the caller learns that others won every race.
pub(in crate::repo) const ATTEMPTS_MAX: u64 = 32;

impl Repository {
    /// Moves a branch: makes attempts, each in a turn of its own, until one succeeds. An attempt receives the number of
    /// attempts lost before it, and returns `None` when the branch, or something that it read there, changed before its
    /// swap.
    ///
    /// Returns `None` when every attempt was lost. Nothing is changed, and the caller may make the same request again.
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
