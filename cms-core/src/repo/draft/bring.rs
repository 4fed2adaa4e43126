//! Bringing drafts and `main` together, taking commits back, and restoring revisions.

use serde_json::Value;

use super::{DraftError, DraftId, record::Draft};
use crate::{
    map,
    model::{
        document::Document,
        id::{CommitId, RevisionId},
        key::EntryKey,
        name::Branch,
        revision::RevisionState,
    },
    repo::{
        branch::{Tip, branch_head},
        commit::{
            error::CommitError,
            request::{Action, Change, CommitRequest, Committed},
        },
        content::{
            catalogue::{self, RowState, changed_rows},
            kinds::Kinds,
        },
        draft::{Drafts, commit::error::DraftCommitError, state::DraftState},
        ground::{error::StoreError, repository::Repository, stamp::Stamp},
        merge::{MergeError, MergeRequest, Merged, Theirs},
    },
    schema::Modernised,
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
            stamp,
        };
        self.repository.merge_into(&request).map_err(|error| of_draft(draft, error))
    }

    /// What a merge into a draft builds on: its branch, together with what people typed.
    fn typed_tip(
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

    /// Merges a draft into `main` and closes it. Its working copies are committed first; if more was typed or committed
    /// during the merge, the draft stays open with that.
    ///
    /// # Errors
    /// [`MergeError::Conflicts`] when the two can't be joined: bring the draft up to date, settle the conflicts, and
    /// merge again. `main` is unchanged.
    pub fn merge(&self, draft: &DraftId, stamp: &Stamp) -> Result<Merged, BringError> {
        let (policy, _) = self.repository.review_policy()?;
        if policy.approvals_required > 0 {
            return Err(DraftError::ReviewRequired { draft: draft.clone() }.into());
        }
        self.record_for(draft, &stamp.author)?;
        let taken = self.repository.on_branch::<_, BringError>(&draft.branch(), |lost| {
            let first = Stamp { operation: stamp.step(200 + lost), ..stamp.clone() };
            let tip = self.typed(draft, None, &first)?;
            if tip.ahead.is_some() {
                // What was typed becomes a commit only once it is known to merge.
                self.repository.try_merge(&into_main(tip.head.commit, stamp))?;
            }
            Ok(self.take_typed(draft, &tip, &first)?.then_some(tip.head.commit))
        })?;
        let head = taken.ok_or_else(|| DraftError::busy(draft))?;
        self.merge_approved(draft, head, stamp)
    }

    /// Merges a draft's commit into `main`, and closes the draft if it has nothing more.
    pub(in crate::repo) fn merge_approved(
        &self,
        draft: &DraftId,
        head: CommitId,
        stamp: &Stamp,
    ) -> Result<Merged, BringError> {
        let merged = match self.repository.merge_into(&into_main(head, stamp)) {
            // It was merged before and not closed: the process was killed between the two steps.
            Err(MergeError::NothingToMerge { branch }) if self.is_spent(draft)? => {
                Err(MergeError::NothingToMerge { branch })
            }
            other => Ok(other?),
        };
        let last = Stamp { operation: stamp.step(12), ..stamp.clone() };
        self.close(draft, DraftState::Merged, head, &last)?;
        Ok(merged?)
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

    /// Whether a draft has commits of its own, and `main` has them all.
    fn is_spent(&self, draft: &DraftId) -> Result<bool, BringError> {
        let Draft { begun_from, head, .. } = self.one(draft)?;
        Ok(begun_from != head)
    }

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
            stamp,
        };
        self.repository.merge_into(&request).map_err(|error| match of_draft(draft, error) {
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

    /// Like [`Repository::restore`], in a draft: the entry's working copy is committed first, under its writer's name,
    /// so that what is shown is what was restored and nothing typed is lost.
    ///
    /// # Errors
    /// [`RevertError`]; the draft is unchanged.
    pub fn restore(
        &self,
        draft: &DraftId,
        key: &EntryKey,
        revision: RevisionId,
        stamp: &Stamp,
    ) -> Result<Committed, RevertError> {
        self.record_for(draft, &stamp.author)?;
        let branch = draft.branch();
        let request = self.restoring(&branch, key, revision, stamp)?;
        let committed = self.repository.on_branch::<_, RevertError>(&branch, |_| {
            let only = Some(std::slice::from_ref(key));
            let tip = self.typed_tip(draft, only, stamp).map_err(|error| match error {
                MergeError::UnknownBranch { .. } => {
                    DraftError::Unknown { draft: draft.clone() }.into()
                }
                other => RevertError::Merge(other),
            })?;
            let root = self.repository.commit_of(tip.head.commit)?.catalogue;
            let row = catalogue::row(&*self.repository.source, root, key)?;
            if row.is_some_and(|row| row.state == RowState::Conflicted) {
                // The other side's text would be lost without anybody having chosen.
                return Err(DraftError::InConflict { key: key.clone() }.into());
            }
            Ok(self.repository.commit_onto(&tip.head, &request, Some(&tip))?)
        })?;
        committed.ok_or_else(|| DraftError::busy(draft).into())
    }

    /// The commit that restores a revision.
    fn restoring(
        &self,
        branch: &Branch,
        key: &EntryKey,
        revision: RevisionId,
        stamp: &Stamp,
    ) -> Result<CommitRequest, RevertError> {
        let unknown = || RevertError::UnknownRevision { key: key.clone(), revision };
        let found = match self.repository.revision(revision) {
            Err(StoreError::Missing { .. }) => return Err(unknown()),
            other => other?,
        };
        if found.key != *key {
            return Err(unknown());
        }
        let mut stamp = stamp.clone();
        let action = match found.state {
            RevisionState::Resolved(document) => {
                let mut document = self.repository.document(document)?;
                for done in self.modernise(branch, key, &mut document)? {
                    let gap = if stamp.message.is_empty() { "" } else { "; " };
                    stamp.message.push_str(&format!("{gap}{done}"));
                }
                Action::Put(Ok(Document::of(document)))
            }
            RevisionState::Deleted => Action::Delete,
            RevisionState::Conflicted(_) => return Err(unknown()),
        };
        Ok(CommitRequest {
            branch: branch.clone(),
            expected: None,
            changes: vec![Change { key: key.clone(), action }],
            stamp,
        })
    }

    /// Brings a document to the schema that a branch has for it; translations are kept by segment, and stay as they
    /// are.
    fn modernise(
        &self,
        branch: &Branch,
        key: &EntryKey,
        document: &mut Value,
    ) -> Result<Vec<Modernised>, StoreError> {
        let head = branch_head(self.repository, branch)?;
        let Some(head) = head.filter(|_| key.locale().is_none()) else { return Ok(Vec::new()) };
        let kinds = Kinds::at(self.repository, self.repository.commit_of(head.commit)?.catalogue);
        let kind = kinds.get(key.kind())?;
        Ok(kind.map(|kind| kind.schema.modernise(document)).unwrap_or_default())
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
        let request =
            MergeRequest { into: branch, from, verb: "revert", tip: None, of_review: None, stamp };
        Ok(self.merge_into(&request)?)
    }

    /// Restores an old revision of an entry on a branch, as a new revision. It is brought to today's schema where the
    /// schema says how; the new revision's note says what was done. If the schema asks for more than that, only a draft
    /// takes the result, with its violations.
    ///
    /// # Errors
    /// [`RevertError`]; the branch is unchanged.
    pub fn restore(
        &self,
        branch: &Branch,
        key: &EntryKey,
        revision: RevisionId,
        stamp: &Stamp,
    ) -> Result<Committed, RevertError> {
        Ok(self.commit(self.drafts().restoring(branch, key, revision, stamp)?)?)
    }
}

/// The merge of a line of commits into `main`.
pub(super) fn into_main(line: CommitId, stamp: &Stamp) -> MergeRequest<'_> {
    MergeRequest {
        into: &Branch::Main,
        from: Theirs::Line(line),
        verb: "merge",
        tip: None,
        of_review: None,
        stamp,
    }
}

/// A merge's error, for a branch that is a draft's.
fn of_draft(draft: &DraftId, error: MergeError) -> BringError {
    match error {
        // The draft was merged or discarded after we looked, and its branch was removed with it.
        MergeError::UnknownBranch { .. } => DraftError::Unknown { draft: draft.clone() }.into(),
        other => other.into(),
    }
}
