//! Reverting: what one commit changed is taken back, and nothing that came after it.

use super::{DraftError, DraftId, Drafts, bring::BringError};
use crate::{
    map,
    model::{
        id::{CommitId, RevisionId},
        key::EntryKey,
        name::Branch,
    },
    repo::{
        commit::error::CommitError,
        content::catalogue::changed_rows,
        ground::{error::StoreError, repository::Repository, stamp::Stamp},
        merge::{MergeError, MergeRequest, Merged, Theirs},
    },
};

/// Why nothing was taken back or restored.
#[derive(Debug, thiserror::Error)]
pub enum RevertError {
    /// There is no such revision of the entry.
    #[error("{revision} is not a revision of {key}")]
    UnknownRevision {
        /// The entry.
        key: EntryKey,
        /// The revision that was asked for.
        revision: RevisionId,
    },
    /// There is no such commit of the content.
    #[error("there is no commit {commit}")]
    UnknownCommit {
        /// The commit that was asked for.
        commit: CommitId,
    },
    /// The first commit has nothing before it.
    #[error("{commit} has nothing before it to go back to")]
    NothingBefore {
        /// The commit that was asked for.
        commit: CommitId,
    },
    /// The draft is closed, or not the writer's.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// It can't be merged with what came after.
    #[error(transparent)]
    Merge(#[from] MergeError),
    /// The branch did not take the commit.
    #[error(transparent)]
    Commit(#[from] CommitError),
}

impl From<StoreError> for RevertError {
    fn from(error: StoreError) -> Self {
        Self::Merge(error.into())
    }
}

impl Drafts<'_> {
    /// Like [`Repository::revert`], in a draft: working copies of the entries that the commit changed are committed
    /// first, under their writers' names, so that what is shown is the result and nothing typed is lost.
    ///
    /// # Errors
    /// [`RevertError`]; the draft is unchanged.
    pub fn revert(
        &self,
        draft: &DraftId,
        commit: CommitId,
        stamp: &Stamp,
    ) -> Result<Merged, RevertError> {
        self.record_for(draft, &stamp.author)?;
        let from = self.before_commit(commit)?;
        let Theirs::Before { before, .. } = from else { unreachable!("made so above") };
        let root = |commit| self.repository.commit_of(commit).map(|commit| commit.catalogue);
        let keys: Vec<EntryKey> =
            changed_rows(self.repository, root(before)?, root(commit)?)?.into_keys().collect();
        let tip = || self.typed_tip(draft, Some(&keys), stamp);
        let into = draft.branch();
        let request = MergeRequest {
            into: &into,
            from,
            verb: "revert",
            tip: Some(&tip),
            of_review: None,
            approvals: 0,
            only_while: None,
            stamp,
        };
        self.repository.merge_into(&request).map_err(|error| match self.of_draft(draft, error) {
            BringError::Draft(error) => error.into(),
            BringError::Merge(error) => error.into(),
            BringError::Commit(error) => unreachable!("a merge commits no draft: {error}"),
        })
    }

    fn before_commit(&self, commit: CommitId) -> Result<Theirs<'static>, RevertError> {
        let known =
            self.repository.content_commit(commit)?.ok_or(RevertError::UnknownCommit { commit })?;
        let before = known.parents.first().copied();
        let before = before.ok_or(RevertError::NothingBefore { commit })?;
        // These are the very first kinds: without them there is no content, and nothing to go back to.
        let catalogue = self.repository.commit_of(before)?.catalogue;
        if map::count(&*self.repository.source, catalogue).map_err(StoreError::from)? == 0 {
            return Err(RevertError::NothingBefore { commit });
        }
        Ok(Theirs::Before { commit, before })
    }
}

impl Repository {
    /// Takes back what one commit of a branch changed, and nothing that came after it. If the commit is a merge, this
    /// takes back what the other line brought.
    ///
    /// # Errors
    /// [`MergeError::Conflicts`] where later changes are in the way; in a draft these become conflicts instead.
    pub fn revert(
        &self,
        branch: &Branch,
        commit: CommitId,
        stamp: &Stamp,
    ) -> Result<Merged, RevertError> {
        let from = self.drafts().before_commit(commit)?;
        let request = MergeRequest {
            into: branch,
            from,
            verb: "revert",
            tip: None,
            of_review: None,
            approvals: 0,
            only_while: None,
            stamp,
        };
        Ok(self.merge_into(&request)?)
    }
}
