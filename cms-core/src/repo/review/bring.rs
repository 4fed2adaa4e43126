//! Merging what a review approved, as a whole or in part.

use std::collections::BTreeSet;

use super::{
    ReviewError, ReviewId, ReviewState,
    stored::StoredReview,
    view::{Review, ReviewEntry},
};
use crate::{
    model::{id::CommitId, key::EntryKey, name::Branch},
    repo::{
        branch::branch_head,
        content::catalogue::changed_rows,
        draft::{DraftError, bring::BringError, close::Closing, state::DraftState},
        ground::stamp::Stamp,
        merge::{MergeError, MergeRequest, Merged, Theirs},
        review::Reviews,
    },
};

/// Why a review was not merged.
#[derive(Debug, thiserror::Error)]
pub enum ReviewMergeError {
    /// The review is not in a state in which it can be merged.
    #[error(transparent)]
    Review(#[from] ReviewError),
    /// Entries lack approvals.
    #[error("{} not approved yet", crate::repo::ground::counted::counted(keys.len(), "entry is", "entries are"))]
    NotApproved {
        /// The entries that lack approvals.
        keys: Vec<EntryKey>,
    },
    /// Reviewers want changes first: until they approve, or are no longer asked.
    #[error("{} wants changes first", by.join(", "))]
    ChangesWanted {
        /// The people who want changes, ascending.
        by: Vec<String>,
    },
    /// The draft can't be merged.
    #[error(transparent)]
    Bring(#[from] BringError),
}

impl From<MergeError> for ReviewMergeError {
    fn from(error: MergeError) -> Self {
        Self::Bring(error.into())
    }
}

impl ReviewMergeError {
    const fn is_of_closed_draft(&self) -> bool {
        matches!(
            self,
            Self::Bring(BringError::Draft(DraftError::WrongState { .. }))
                | Self::Review(ReviewError::Draft(DraftError::WrongState { .. }))
        )
    }
}

impl Reviews<'_> {
    /// Merges the draft of a review into `main`, and ends both. It merges the draft's commit that the review shows,
    /// which must be `seen` if the reviewer names one. What members type meanwhile stays in the draft, which then stays
    /// open. If an earlier merge was interrupted before its end, or the draft was merged in another way, this ends the
    /// review.
    ///
    /// # Errors
    /// [`ReviewMergeError`]; `main` and the review are unchanged.
    pub fn merge(
        &self,
        id: &ReviewId,
        seen: Option<CommitId>,
        stamp: &Stamp,
    ) -> Result<(Merged, Review), ReviewMergeError> {
        let fate = self.repository.fates.of(&self.stored(id)?.draft);
        let _turn = fate.lock();
        let stored = self.stored(id)?;
        stored.must_be(id, ReviewState::Open)?;
        if let Some((closed_at, merged)) = self.merged_before(&stored, stamp)? {
            self.end(id, closed_at, &merged, stamp)?;
            return Ok((merged, self.one(id, None)?));
        }
        match self.merge_open(id, seen, stamp) {
            // Somebody merged it meanwhile, which closed its draft.
            Err(error) if error.is_of_closed_draft() => {
                self.stored(id)?.must_be(id, ReviewState::Open)?;
                Err(error)
            }
            done => done,
        }
    }

    fn merge_open(
        &self,
        id: &ReviewId,
        seen: Option<CommitId>,
        stamp: &Stamp,
    ) -> Result<(Merged, Review), ReviewMergeError> {
        let stored = self.stored(id)?;
        stored.must_be(id, ReviewState::Open)?;
        let before = self.repository.drafts().beside(&stored.draft).map_err(ReviewError::from)?;
        let review = self.one(id, None)?;
        self.must_be_seen(&review, seen)?;
        changes_wanted(&review)?;
        let approvals = approved(&review, |_| true, stamp)?;
        let drafts = self.repository.drafts();
        let merged = drafts.merge_approved(&stored.draft, review.head, approvals, stamp)?;
        self.end(id, [before.base, review.head], &merged, stamp)?;
        Ok((merged, self.one(id, None)?))
    }

    /// Refuses a review that is not at the commit that somebody had seen.
    fn must_be_seen(&self, review: &Review, seen: Option<CommitId>) -> Result<(), ReviewError> {
        let Some(seen) = seen.filter(|seen| *seen != review.head) else { return Ok(()) };
        let there = self.pairs([review.base, review.head])?;
        let keys = match self.pairs([review.base, seen]) {
            Ok(seen) => {
                let moved = |key: &&EntryKey| seen.get(*key) != there.get(*key);
                let keys: BTreeSet<&EntryKey> = seen.keys().chain(there.keys()).collect();
                keys.into_iter().filter(moved).cloned().collect()
            }
            // The id is not that of a commit.
            Err(_) => there.into_keys().collect(),
        };
        Err(ReviewError::NotAsSeen { keys })
    }

    /// The merge of an open review's draft, if it took place, in which case the draft is closed now. Returns with it
    /// where the draft and `main` had parted, and the draft's commit.
    fn merged_before(
        &self,
        stored: &StoredReview,
        stamp: &Stamp,
    ) -> Result<Option<([CommitId; 2], Merged)>, ReviewMergeError> {
        let draft = self.repository.drafts().one(&stored.draft).map_err(ReviewError::from)?;
        let has_commits = draft.head != draft.begun_from;
        if draft.state == DraftState::Discarded || !has_commits {
            return Ok(None);
        }
        let is_open = draft.state == DraftState::Open;
        let Some(main) = branch_head(self.repository, &Branch::Main).map_err(ReviewError::from)?
        else {
            return Ok(None);
        };
        if !self.repository.is_ancestor(draft.head, main.commit).map_err(ReviewError::from)? {
            return Ok(None);
        }
        let Some((commit, before)) = self.commit_that_merged(draft.head, main.commit)? else {
            return Ok(None);
        };
        if is_open {
            let close = Stamp { operation: stamp.step(12), ..stamp.clone() };
            let closing = self.repository.drafts().close(
                &stored.draft,
                DraftState::Merged,
                draft.head,
                &close,
            );
            // Commits that were made since still need a review. What is only typed stays in the draft, which stays
            // open.
            if closing.map_err(ReviewError::from)? == Closing::GoesOn
                && self.repository.drafts().one(&stored.draft).map_err(ReviewError::from)?.head
                    != draft.head
            {
                return Ok(None);
            }
        }
        let bases = self.repository.merge_bases(before, draft.head).map_err(ReviewError::from)?;
        let base = bases.first().copied().unwrap_or(draft.begun_from);
        let root = |commit| self.repository.commit_of(commit).map(|commit| commit.catalogue);
        let changed = root(before)
            .and_then(|before| changed_rows(self.repository, before, root(commit)?))
            .map_err(ReviewError::from)?;
        let merged = Merged {
            commit,
            changed_count: changed.len() as u64,
            conflicted: Vec::new(),
            conflicts: Vec::new(),
            computed_count: 0,
        };
        Ok(Some(([base, draft.head], merged)))
    }

    /// The commit on `main`'s own line that brought another commit in, either itself or with a draft that was begun
    /// from it; and the commit before it on that line.
    fn commit_that_merged(
        &self,
        brought: CommitId,
        main: CommitId,
    ) -> Result<Option<(CommitId, CommitId)>, ReviewError> {
        let mut at = main;
        loop {
            let Some(&first) = self.repository.commit_of(at)?.parents.first() else {
                return Ok(None);
            };
            if !self.repository.is_ancestor(brought, first)? {
                return Ok(Some((at, first)));
            }
            at = first;
        }
    }

    fn end(
        &self,
        id: &ReviewId,
        closed_at: [CommitId; 2],
        merged: &Merged,
        stamp: &Stamp,
    ) -> Result<(), ReviewError> {
        let end = Stamp { operation: stamp.step(21), ..stamp.clone() };
        self.change(id, "end-review", &end, &mut |before| {
            let mut review = before.ok_or_else(|| ReviewError::Unknown { review: id.clone() })?;
            review.state = ReviewState::Merged;
            review.closed_at = Some(closed_at);
            review.merged_as = Some(merged.commit);
            Ok(review)
        })?;
        Ok(())
    }

    /// Accepts chosen entries of a review and leaves the rest: they are merged into `main`, and the draft is brought up
    /// to date if nothing in it prevents that, so that it shows only the rest.
    ///
    /// # Errors
    /// [`ReviewMergeError`]: what the entries need must be chosen too; `main` is unchanged.
    pub fn accept_part(
        &self,
        id: &ReviewId,
        keys: &[EntryKey],
        seen: Option<CommitId>,
        stamp: &Stamp,
    ) -> Result<(Merged, Review), ReviewMergeError> {
        let fate = self.repository.fates.of(&self.stored(id)?.draft);
        let _turn = fate.lock();
        let stored = self.stored(id)?;
        stored.must_be(id, ReviewState::Open)?;
        // The review of a discarded draft still shows what the draft was, and brings nothing to `main`.
        let drafts = self.repository.drafts();
        drafts.record(&stored.draft).map_err(ReviewError::from)?;
        let is_open = || drafts.must_be_open(&stored.draft);
        let review = self.one(id, None)?;
        self.must_be_seen(&review, seen)?;
        if let Some(unknown) =
            keys.iter().find(|key| !review.entries.iter().any(|entry| entry.change.key == **key))
        {
            let reason = format!("the review does not change {unknown}");
            return Err(ReviewError::Refused { pointer: "/keys", reason }.into());
        }
        changes_wanted(&review)?;
        let approvals = approved(&review, |key| keys.contains(key), stamp)?;
        let request = MergeRequest {
            into: &Branch::Main,
            from: Theirs::Part { line: review.head, keys },
            verb: "accept-part",
            tip: None,
            of_review: Some(id.as_str()),
            approvals,
            only_while: Some(&is_open),
            stamp,
        };
        let merged = self.repository.merge_into(&request);
        let merged = merged.map_err(|error| drafts.of_draft(&stored.draft, error))?;
        let up = Stamp { operation: stamp.step(22), ..stamp.clone() };
        match self.repository.drafts().bring_up_to_date(&stored.draft, &up) {
            Err(error) if error.is_of_store() => return Err(error.into()),
            // `main` has the part, so nothing that keeps the draft from being brought up to date refuses the part any
            // more: neither a conflict that is not settled yet, nor a member who discards the draft meanwhile. The
            // draft can be brought up to date later.
            Ok(_) | Err(_) => {}
        }
        Ok((merged, self.one(id, None)?))
    }
}

fn changes_wanted(review: &Review) -> Result<(), ReviewMergeError> {
    let by = &review.obstacles.changes_wanted_by;
    if by.is_empty() { Ok(()) } else { Err(ReviewMergeError::ChangesWanted { by: by.clone() }) }
}

/// How many approvals each chosen entry has at least. Whoever holds the data directory takes a proposal by merging it.
fn approved(
    review: &Review,
    chosen: impl Fn(&EntryKey) -> bool,
    stamp: &Stamp,
) -> Result<u32, ReviewMergeError> {
    let chosen = || review.entries.iter().filter(|entry| chosen(&entry.change.key));
    let lacks = |entry: &&ReviewEntry| match stamp.holder.is_machine() {
        true => entry.approvals_count() < review.approvals_required,
        false => !entry.is_approved,
    };
    let keys: Vec<EntryKey> =
        chosen().filter(lacks).map(|entry| entry.change.key.clone()).collect();
    match keys.is_empty() {
        true => Ok(chosen().map(ReviewEntry::approvals_count).min().unwrap_or(0)),
        false => Err(ReviewMergeError::NotApproved { keys }),
    }
}
