//! Reviews: whoever is part of one sees that it is there, as does who sees its draft.

use crate::repo::{
    access::sight::Sight,
    content::state::State,
    draft::DraftError,
    ground::error::StoreError,
    review::{
        ReviewError, ReviewId,
        list::ReviewRow,
        stored::{Anchor, StoredThread},
        view::Review,
    },
};

impl Sight<'_> {
    /// Whether they see a review.
    ///
    /// # Errors
    /// [`ReviewError`] when the store can't be read.
    pub fn sees_review(&self, row: &ReviewRow) -> Result<bool, ReviewError> {
        if self.is_whole() || self.is_one_of(row.reviewers.iter().chain([&row.author])) {
            return Ok(true);
        }
        match self.repository.drafts().one(&row.draft) {
            Ok(draft) => Ok(self.sees_draft(&draft)?),
            Err(DraftError::Unknown { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Refuses a review that they do not see, as if it were not there.
    ///
    /// # Errors
    /// [`ReviewError::Unknown`], or the store can't be read.
    pub fn must_see_review(&self, id: &ReviewId) -> Result<(), ReviewError> {
        let row = ReviewRow::of(id.clone(), &self.repository.reviews().stored(id)?);
        let seen = self.sees_review(&row)?;
        seen.then_some(()).ok_or_else(|| ReviewError::Unknown { review: id.clone() })
    }

    /// What lists show of a review, with the numbers of the comments that they see; `None` when they do not see it.
    ///
    /// # Errors
    /// [`ReviewError`] when the store can't be read.
    pub fn review_row(&self, row: ReviewRow) -> Result<Option<ReviewRow>, ReviewError> {
        if self.is_whole() {
            return Ok(Some(row));
        }
        self.sees_review(&row)?.then(|| self.counted(row)).transpose()
    }

    /// A review with the numbers of the comments that they see.
    fn counted(&self, row: ReviewRow) -> Result<ReviewRow, ReviewError> {
        let state = self.repository.state_of_main()?;
        let mut threads = Vec::new();
        for thread in self.repository.reviews().stored(&row.review)?.threads {
            if self.sees_anchor(&state, thread.anchor.as_ref())? {
                threads.push(thread);
            }
        }
        let is_open = |thread: &&StoredThread| thread.resolved_by.is_none();
        Ok(ReviewRow {
            comments_count: threads.iter().map(|thread| thread.comments.len() as u64).sum(),
            threads_open_count: threads.iter().filter(is_open).count() as u64,
            ..row
        })
    }

    /// What they see of a review.
    ///
    /// # Errors
    /// [`ReviewError::Unknown`] when they do not see it, or the store can't be read.
    pub fn review(&self, review: Review) -> Result<Review, ReviewError> {
        if !self.sees_review(&review.row)? {
            return Err(ReviewError::Unknown { review: review.row.review });
        }
        self.review_done(review)
    }

    /// What they see of a review to which they have just written. They know that it is there, even if what they wrote
    /// left nothing in it that they see: what was done is answered as done.
    ///
    /// # Errors
    /// [`ReviewError`] when the store can't be read.
    pub fn review_done(&self, review: Review) -> Result<Review, ReviewError> {
        if self.is_whole() {
            return Ok(review);
        }
        let row = self.counted(review.row)?;
        // Whoever works in the draft sees what only the draft has.
        let _ = self.draft(&row.draft);
        let state = State::Commit(review.head);
        let mut obstacles = review.obstacles;
        obstacles.conflicted = self.keys(&state, obstacles.conflicted)?;
        obstacles.conflicts = self.conflicts(&state, obstacles.conflicts)?;
        obstacles.refusals = self.refusals(&state, obstacles.refusals)?;
        let mut threads = Vec::with_capacity(review.threads.len());
        for thread in review.threads {
            if self.sees_anchor(&state, thread.anchor.as_ref())? {
                threads.push(thread);
            }
        }
        Ok(Review {
            row,
            entries: self.seen(&state, review.entries, |entry| &entry.change.key)?,
            conflicts: self.conflicts(&state, review.conflicts)?,
            obstacles,
            threads,
            ..review
        })
    }

    /// Whether they see what a thread is about; one about the whole review is seen by all who see the review.
    fn sees_anchor(&self, state: &State, anchor: Option<&Anchor>) -> Result<bool, StoreError> {
        anchor.map_or(Ok(true), |anchor| self.sees(state, &anchor.key))
    }
}
