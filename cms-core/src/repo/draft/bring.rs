//! Bringing a draft up to date with `main`.

use super::{DraftError, DraftId, Drafts, commit::error::DraftCommitError};
use crate::{
    model::key::EntryKey,
    repo::{
        branch::Tip,
        ground::{error::StoreError, stamp::Stamp},
        merge::{MergeError, MergeRequest, Merged, Theirs},
    },
};

/// Why a draft was not merged or brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum BringError {
    /// The draft is closed, or not the writer's.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// The draft's working copies could not be committed first.
    #[error(transparent)]
    Commit(#[from] DraftCommitError),
    /// The two lines can't be merged.
    #[error(transparent)]
    Merge(#[from] MergeError),
}

impl BringError {
    /// Whether the store could not be read or written, so that the outcome is unknown.
    pub(in crate::repo) const fn is_of_store(&self) -> bool {
        matches!(
            self,
            Self::Draft(DraftError::Store(_))
                | Self::Commit(DraftCommitError::Draft(DraftError::Store(_)))
                | Self::Merge(MergeError::Store(_))
        )
    }
}

impl From<StoreError> for BringError {
    fn from(error: StoreError) -> Self {
        Self::Draft(error.into())
    }
}

impl Drafts<'_> {
    /// Brings a draft up to date: merges in what `main` has gained since. What can't be joined becomes a conflict in
    /// the draft, to be settled there. Working copies are committed first, so that they are merged too.
    ///
    /// # Errors
    /// [`BringError`]; the draft is unchanged.
    pub fn rebase(&self, draft: &DraftId, stamp: &Stamp) -> Result<Merged, BringError> {
        self.record_for(draft, &stamp.author)?;
        self.bring_up(draft, Some(&|| self.typed_tip(draft, None, stamp)), stamp)
    }

    /// Like [`Drafts::rebase`], for callers who may do so without being members: what members type stays as it is.
    pub(in crate::repo) fn bring_up_to_date(
        &self,
        draft: &DraftId,
        stamp: &Stamp,
    ) -> Result<Merged, BringError> {
        self.bring_up(draft, None, stamp)
    }

    fn bring_up(
        &self,
        draft: &DraftId,
        tip: Option<&dyn Fn() -> Result<Tip, MergeError>>,
        stamp: &Stamp,
    ) -> Result<Merged, BringError> {
        let main = self.beside(draft)?.main;
        let request = MergeRequest {
            into: &draft.branch(),
            from: Theirs::Line(main),
            verb: "rebase",
            tip,
            of_review: None,
            approvals: 0,
            only_while: None,
            stamp,
        };
        self.repository.merge_into(&request).map_err(|error| self.of_draft(draft, error))
    }

    /// What a merge into a draft builds on: its branch, together with what people typed.
    pub(super) fn typed_tip(
        &self,
        draft: &DraftId,
        only: Option<&[EntryKey]>,
        stamp: &Stamp,
    ) -> Result<Tip, MergeError> {
        let first = Stamp { operation: stamp.step(11), ..stamp.clone() };
        self.typed(draft, only, &first).map_err(|error| match error {
            DraftCommitError::Refused { refusals } => MergeError::Refused { refusals },
            DraftCommitError::NothingToCommit => {
                MergeError::NothingToMerge { branch: draft.branch() }
            }
            DraftCommitError::Draft(DraftError::Store(error)) => error.into(),
            DraftCommitError::Draft(DraftError::Busy { .. }) => {
                MergeError::Moved { branch: draft.branch() }
            }
            // The draft was merged or discarded after we looked, and its branch was removed with it.
            DraftCommitError::Draft(_) => MergeError::UnknownBranch { branch: draft.branch() },
        })
    }

    /// Commits what people typed before a member shows the draft to others.
    pub(in crate::repo) fn commit_first(
        &self,
        draft: &DraftId,
        stamp: &Stamp,
    ) -> Result<(), BringError> {
        match self.commit(draft, None, stamp) {
            Ok(_) | Err(DraftCommitError::NothingToCommit) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// A merge's error, for a branch that is a draft's.
    pub(in crate::repo) fn of_draft(&self, draft: &DraftId, error: MergeError) -> BringError {
        match error {
            // The draft was merged or discarded after we looked, and its branch was removed with it.
            MergeError::UnknownBranch { .. } => self.not_open(draft).into(),
            other => other.into(),
        }
    }
}
