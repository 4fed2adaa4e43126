//! Merging a draft into `main`.

pub(in crate::repo) mod foreseen;
pub(in crate::repo) mod proposed;

use super::{DraftError, DraftId, Drafts, bring::BringError, record::Draft, state::DraftState};
use crate::{
    model::{id::CommitId, key::EntryKey, name::Branch},
    repo::{
        branch::branch_head,
        content::catalogue::changed_rows,
        ground::{error::StoreError, stamp::Stamp},
        merge::{MergeError, MergeRequest, Merged, Theirs},
    },
};

impl Drafts<'_> {
    /// Merges a draft into `main` and closes it. Its working copies are committed first; if more was typed or committed
    /// during the merge, the draft stays open with that.
    ///
    /// # Errors
    /// [`MergeError::Conflicts`] when the two can't be joined: bring the draft up to date, settle the conflicts, and
    /// merge again. `main` is unchanged.
    pub fn merge(&self, draft: &DraftId, stamp: &Stamp) -> Result<Merged, BringError> {
        let fate = self.repository.fates.of(draft);
        let _turn = fate.lock();
        let review_required = || DraftError::ReviewRequired { draft: draft.clone() };
        let (policies, _) = self.repository.policies()?;
        if policies.subtrees.is_empty() && policies.house.approvals_required > 0 {
            return Err(review_required().into());
        }
        self.record_for(draft, &stamp.author)?;
        let taken = self.repository.on_branch::<_, BringError>(&draft.branch(), |lost| {
            let first = Stamp { operation: stamp.step(200 + lost), ..stamp.clone() };
            let tip = self.typed(draft, None, &first)?;
            let line = tip.ahead.unwrap_or(tip.head.commit);
            if self.needs_review(line, stamp).map_err(DraftError::from)? {
                return Err(review_required().into());
            }
            if tip.ahead.is_some() {
                // What was typed becomes a commit only once it is known to merge.
                self.repository.try_merge(&into_main(tip.head.commit, stamp))?;
            }
            Ok(self.take_typed(draft, &tip, &first)?.then_some(tip.head.commit))
        })?;
        let head = taken.ok_or_else(|| DraftError::busy(draft))?;
        self.merge_approved(draft, head, 0, stamp)
    }

    /// Whether a line of commits comes to `main` only through a review: a policy asks for approvals, or somebody proposed
    /// a part of it who may not write it. Whoever holds the data directory takes a proposal by merging it.
    fn needs_review(&self, line: CommitId, stamp: &Stamp) -> Result<bool, StoreError> {
        let Some(main) = branch_head(self.repository, &Branch::Main)? else { return Ok(false) };
        let base = self.repository.merge_bases(main.commit, line)?;
        let root = |commit| self.repository.commit_of(commit).map(|commit| commit.catalogue);
        let base = root(base.first().copied().unwrap_or(main.commit))?;
        let changed = changed_rows(self.repository, base, root(line)?)?;
        let keys: Vec<EntryKey> = changed.into_keys().collect();
        let demands = self.demands(line, &keys, None)?;
        let is_proposed = !demands.proposed.is_empty() && !stamp.holder.is_machine();
        Ok(demands.asked.approvals_required > 0 || is_proposed)
    }

    /// Refuses a merge into `main` once the draft is closed. Each attempt asks after it has read where `main` is, so
    /// that a draft is never both merged and discarded: see [`Drafts::discard`].
    pub(in crate::repo) fn must_be_open(&self, draft: &DraftId) -> Result<(), MergeError> {
        match self.record(draft) {
            Ok(_) => Ok(()),
            Err(DraftError::Store(error)) => Err(error.into()),
            Err(_) => Err(MergeError::UnknownBranch { branch: draft.branch() }),
        }
    }

    /// Merges a draft's commit into `main`, of which each entry has at least so many approvals, and closes the draft if
    /// it has nothing more. The caller has the turn of the draft's fate.
    pub(in crate::repo) fn merge_approved(
        &self,
        draft: &DraftId,
        head: CommitId,
        approvals: u32,
        stamp: &Stamp,
    ) -> Result<Merged, BringError> {
        let is_open = || self.must_be_open(draft);
        let request =
            MergeRequest { only_while: Some(&is_open), approvals, ..into_main(head, stamp) };
        let merge = self.repository.merge_into(&request);
        let merged = match merge.map_err(|error| self.of_draft(draft, error)) {
            // It was merged before and not closed: the process was killed between the two steps.
            Err(BringError::Merge(MergeError::NothingToMerge { branch }))
                if self.is_spent(draft)? =>
            {
                Err(MergeError::NothingToMerge { branch })
            }
            other => Ok(other?),
        };
        let last = Stamp { operation: stamp.step(12), ..stamp.clone() };
        self.close(draft, DraftState::Merged, head, &last)?;
        Ok(merged?)
    }

    /// Whether a draft has commits of its own, and `main` has them all.
    fn is_spent(&self, draft: &DraftId) -> Result<bool, BringError> {
        let Draft { begun_from, head, .. } = self.one(draft)?;
        Ok(begun_from != head)
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
        approvals: 0,
        only_while: None,
        stamp,
    }
}
