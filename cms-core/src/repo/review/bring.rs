//! Merging what a review approved, whole or in part.

use super::{ReviewError, ReviewId, ReviewState, view::Review};
use crate::model::key::EntryKey;
use crate::repo::{
    draft::{DraftError, bring::BringError},
    merge::{MergeError, MergeRequest, Merged, Theirs},
    open::{MAIN, Repository},
    stamp::Stamp,
};

/// Why a review was not merged.
#[derive(Debug, thiserror::Error)]
pub enum ReviewMergeError {
    /// The review is not as it must be.
    #[error(transparent)]
    Review(#[from] ReviewError),
    /// Entries lack approvals.
    #[error("{} entries are not approved yet", keys.len())]
    NotApproved {
        /// The entries.
        keys: Vec<EntryKey>,
    },
    /// The draft does not merge.
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
            Self::Bring(BringError::Draft(DraftError::Unknown { .. }))
                | Self::Review(ReviewError::Draft(DraftError::Unknown { .. }))
        )
    }
}

impl Repository {
    /// Merges the draft of a review into `main`, and ends both.
    ///
    /// # Errors
    /// [`ReviewMergeError`]; `main` and the review are as they were then.
    pub fn merge_review(
        &self,
        id: &ReviewId,
        stamp: &Stamp,
    ) -> Result<(Merged, Review), ReviewMergeError> {
        match self.merge_open(id, stamp) {
            // Who merged it meanwhile closed its draft.
            Err(error) if error.is_of_closed_draft() => {
                self.stored_review(id)?.must_be(id, ReviewState::Open)?;
                Err(error)
            }
            done => done,
        }
    }

    fn merge_open(
        &self,
        id: &ReviewId,
        stamp: &Stamp,
    ) -> Result<(Merged, Review), ReviewMergeError> {
        let stored = self.stored_review(id)?;
        stored.must_be(id, ReviewState::Open)?;
        let before = self.beside(&stored.draft).map_err(ReviewError::from)?;
        self.commit_typed(&stored.draft, stamp)?;
        // What was typed meanwhile is a commit now, and another pair than the approved one.
        let review = self.review(id, None)?;
        not_approved(&review, |_| true)?;
        let merged = self.merge_approved(&stored.draft, review.head, stamp)?;
        self.end_review(id, [before.base, review.head], &merged, stamp)?;
        Ok((merged, self.review(id, None)?))
    }

    fn end_review(
        &self,
        id: &ReviewId,
        closed_at: [crate::model::id::CommitId; 2],
        merged: &Merged,
        stamp: &Stamp,
    ) -> Result<(), ReviewError> {
        let end = Stamp { operation: stamp.step(21), ..stamp.clone() };
        self.change_review(id, "end-review", &end, &mut |before| {
            let mut review = before.ok_or_else(|| ReviewError::Unknown { review: id.clone() })?;
            review.state = ReviewState::Merged;
            review.closed_at = Some(closed_at);
            review.merged_as = Some(merged.commit);
            Ok(review)
        })?;
        Ok(())
    }

    /// Accepts chosen entries of a review and leaves the rest: they are merged into `main`, and the draft
    /// is brought up to date, so that it has only the rest to tell.
    ///
    /// # Errors
    /// [`ReviewMergeError`]: what the entries need must be chosen too; `main` is as it was then.
    pub fn accept_part(
        &self,
        id: &ReviewId,
        keys: &[EntryKey],
        stamp: &Stamp,
    ) -> Result<(Merged, Review), ReviewMergeError> {
        let stored = self.stored_review(id)?;
        stored.must_be(id, ReviewState::Open)?;
        let review = self.review(id, None)?;
        if let Some(unknown) =
            keys.iter().find(|key| !review.entries.iter().any(|entry| entry.change.key == **key))
        {
            let reason = format!("the review does not change {unknown}");
            return Err(ReviewError::Refused { reason }.into());
        }
        not_approved(&review, |key| keys.contains(key))?;
        let request = MergeRequest {
            into: MAIN,
            from: Theirs::Part { line: review.head, keys },
            verb: "accept-part",
            swaps: Vec::new(),
            stamp,
        };
        let merged = self.merge_into(&request)?;
        let up = Stamp { operation: stamp.step(22), ..stamp.clone() };
        self.bring_up_to_date(&stored.draft, &up)?;
        Ok((merged, self.review(id, None)?))
    }
}

fn not_approved(
    review: &Review,
    chosen: impl Fn(&EntryKey) -> bool,
) -> Result<(), ReviewMergeError> {
    let missing = review.entries.iter().filter(|entry| !entry.is_approved);
    let keys: Vec<EntryKey> =
        missing.map(|entry| entry.change.key.clone()).filter(|key| chosen(key)).collect();
    if keys.is_empty() { Ok(()) } else { Err(ReviewMergeError::NotApproved { keys }) }
}
