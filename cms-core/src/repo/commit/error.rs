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
    #[error("{} of the changes are refused: {}", refusals.len(), first(.refusals))]
    Refused {
        /// Which, and why.
        refusals: Vec<Refusal>,
    },
    /// There is no such branch.
    #[error("there is no branch {branch:?}")]
    UnknownBranch {
        /// The name.
        branch: Branch,
    },
    /// The branch points elsewhere than expected.
    #[error("branch {branch:?} has moved to {found}")]
    Moved {
        /// The branch.
        branch: Branch,
        /// Where it points.
        found: CommitId,
    },
    /// Every change leaves its entry as it is.
    #[error("nothing would change")]
    NothingChanged,
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}
