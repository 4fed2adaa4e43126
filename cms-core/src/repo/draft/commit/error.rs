//! Why a draft was not committed.

use crate::repo::{commit::refusal::Refusal, draft::DraftError, ground::error::StoreError};

/// Why a draft was not committed.
#[derive(Debug, thiserror::Error)]
pub enum DraftCommitError {
    /// The draft is closed, or not the writer's.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// Every working copy equals what is committed.
    #[error("there is nothing to commit")]
    NothingToCommit,
    /// Working copies can't be committed, not even to a draft.
    #[error("{} of the working copies are refused: {}", refusals.len(), crate::repo::commit::refusal::first(.refusals))]
    Refused {
        /// Which entries, and why.
        refusals: Vec<Refusal>,
    },
}

impl From<StoreError> for DraftCommitError {
    fn from(error: StoreError) -> Self {
        Self::Draft(error.into())
    }
}
