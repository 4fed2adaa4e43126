//! Why nothing was committed.

use crate::{
    model::{id::CommitId, name::Branch},
    repo::{
        commit::refusal::{Refusal, first},
        ground::error::StoreError,
    },
};

/// Why nothing was committed.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Entries are not as they must be.
    #[error("{} refused: {}", crate::repo::ground::counted::counted(refusals.len(), "of the changes is", "of the changes are"), first(.refusals))]
    Refused {
        /// Which entries, and why.
        refusals: Vec<Refusal>,
    },
    /// There is no such branch.
    #[error("there is no branch {branch:?}")]
    UnknownBranch {
        /// The name that was asked for.
        branch: Branch,
    },
    /// The branch does not point where the caller expected.
    #[error("branch {branch:?} has moved to {found}")]
    Moved {
        /// The branch that was to move.
        branch: Branch,
        /// The commit that it points at.
        found: CommitId,
    },
    /// Every change leaves its entry as it is.
    #[error("nothing would change")]
    NothingChanged,
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}
