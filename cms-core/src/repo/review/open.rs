//! Opening a review, changing its description, closing it and reopening it.

use std::collections::BTreeSet;

use super::{
    DESCRIPTION_SIZE_BYTES_MAX, REVIEWERS_MAX, ReviewError, ReviewId, ReviewState,
    TITLE_SIZE_BYTES_MAX, stored::StoredReview, view::Review,
};
use crate::{
    model::name::Person,
    repo::{
        draft::{DraftError, DraftId, bring::BringError, commit::error::DraftCommitError},
        ground::stamp::Stamp,
        review::Reviews,
    },
    schema::title::is_blank,
};

/// A review to open.
#[derive(Debug, Clone)]
pub struct NewReview {
    /// The draft to review.
    pub draft: DraftId,
    /// What it is about.
    pub title: String,
    /// A longer description, as Markdown.
    pub description: String,
    /// The people who are asked to review it.
    pub reviewers: Vec<Person>,
    /// Who opens it, and when.
    pub stamp: Stamp,
}

/// A change of a review's description; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct ReviewChange {
    /// The new title.
    pub title: Option<String>,
    /// The new description.
    pub description: Option<String>,
    /// The new reviewers.
    pub reviewers: Option<Vec<Person>>,
}

fn checked_text(
    pointer: &'static str,
    text: String,
    size_bytes_max: usize,
) -> Result<String, ReviewError> {
    if text.len() <= size_bytes_max {
        return Ok(text);
    }
    let what = &pointer[1..];
    let reason = format!("a review's {what} has at most {size_bytes_max} bytes");
    Err(ReviewError::Refused { pointer, reason })
}

fn checked_title(title: String) -> Result<String, ReviewError> {
    if is_blank(&title) {
        let reason = "a review has a title".to_owned();
        return Err(ReviewError::Refused { pointer: "/title", reason });
    }
    checked_text("/title", title, TITLE_SIZE_BYTES_MAX)
}

fn checked_reviewers(reviewers: &[Person]) -> Result<BTreeSet<String>, ReviewError> {
    if reviewers.len() > REVIEWERS_MAX {
        let reason = format!("reviewers are at most {REVIEWERS_MAX} people");
        return Err(ReviewError::Refused { pointer: "/reviewers", reason });
    }
    Ok(reviewers.iter().map(Person::to_string).collect())
}

impl StoredReview {
    /// Refuses a review that is not in this state.
    pub(super) fn must_be(&self, id: &ReviewId, state: ReviewState) -> Result<(), ReviewError> {
        if self.state == state {
            return Ok(());
        }
        Err(ReviewError::WrongState { review: id.clone(), state: self.state })
    }
}

impl Reviews<'_> {
    /// Opens a review of a draft. A draft has at most one open review.
    ///
    /// # Errors
    /// [`ReviewError`]; no review is opened.
    pub fn open(&self, new: NewReview) -> Result<Review, ReviewError> {
        let fate = self.repository.fates.of(&new.draft);
        let _turn = fate.lock();
        self.repository.drafts().record_for(&new.draft, &new.stamp.author)?;
        let id = ReviewId::of(&new.stamp);
        self.no_other_open(&new.draft, &id)?;
        let review = StoredReview {
            title: checked_title(new.title)?,
            description: checked_text("/description", new.description, DESCRIPTION_SIZE_BYTES_MAX)?,
            author: new.stamp.author.to_string(),
            draft: new.draft,
            state: ReviewState::Open,
            reviewers: checked_reviewers(&new.reviewers)?,
            created_ms: new.stamp.time_ms,
            changed_ms: new.stamp.time_ms,
            approvals: Vec::new(),
            verdicts: Default::default(),
            seen: Default::default(),
            threads: Vec::new(),
            closed_at: None,
            merged_as: None,
        };
        // What was typed is part of what the review shows. It is committed once nothing else prevents the review.
        let first = Stamp { operation: new.stamp.step(9), ..new.stamp.clone() };
        match self.repository.drafts().commit_first(&review.draft, &first) {
            Ok(()) => {}
            Err(BringError::Draft(error)) => return Err(error.into()),
            Err(BringError::Commit(DraftCommitError::Refused { refusals })) => {
                return Err(DraftError::Changes { refusals }.into());
            }
            Err(error) => {
                let reason = error.to_string();
                return Err(ReviewError::Refused { pointer: "/draft", reason });
            }
        }
        // Whichever request of this attempt came first opened it.
        self.change(&id, "open-review", &new.stamp, &mut |before| {
            self.no_other_open(&review.draft, &id)?;
            Ok(before.unwrap_or_else(|| review.clone()))
        })?;
        self.one(&id, None)
    }

    /// Refuses where another review of a draft is open. A change of a review asks within its attempt: it lands on the
    /// state of the reviews that was looked at here, or is tried again.
    fn no_other_open(&self, draft: &DraftId, id: &ReviewId) -> Result<(), ReviewError> {
        for other in self.of_draft(draft)? {
            if other != *id && self.stored(&other)?.state == ReviewState::Open {
                return Err(ReviewError::UnderReview { draft: draft.clone(), review: other });
            }
        }
        Ok(())
    }

    /// Changes a review's title, description or reviewers.
    ///
    /// # Errors
    /// [`ReviewError`], of somebody whose review it is not too; nothing is changed.
    pub fn describe(
        &self,
        id: &ReviewId,
        change: ReviewChange,
        stamp: &Stamp,
    ) -> Result<Review, ReviewError> {
        let title = change.title.map(checked_title).transpose()?;
        let description = change
            .description
            .map(|text| checked_text("/description", text, DESCRIPTION_SIZE_BYTES_MAX))
            .transpose()?;
        let reviewers = change.reviewers.as_deref().map(checked_reviewers).transpose()?;
        self.must_be_theirs(id, &self.stored(id)?, stamp)?;
        self.change(id, "describe-review", stamp, &mut |before| {
            let mut review = before.ok_or_else(|| ReviewError::Unknown { review: id.clone() })?;
            review.must_be(id, ReviewState::Open)?;
            review.title = title.clone().unwrap_or(review.title);
            review.description = description.clone().unwrap_or(review.description);
            review.reviewers = reviewers.clone().unwrap_or(review.reviewers);
            Ok(review)
        })?;
        self.one(id, None)
    }

    /// Closes a review without a merge. The draft stays as it is.
    ///
    /// # Errors
    /// [`ReviewError`]; nothing is changed.
    pub fn close(&self, id: &ReviewId, stamp: &Stamp) -> Result<Review, ReviewError> {
        let known = self.stored(id)?;
        self.must_be_theirs(id, &known, stamp)?;
        let fate = self.repository.fates.of(&known.draft);
        let _turn = fate.lock();
        let closed_at = self
            .repository
            .drafts()
            .beside(&known.draft)
            .ok()
            .map(|beside| [beside.base, beside.head]);
        self.change(id, "close-review", stamp, &mut |before| {
            let mut review = before.ok_or_else(|| ReviewError::Unknown { review: id.clone() })?;
            review.must_be(id, ReviewState::Open)?;
            review.state = ReviewState::Closed;
            review.closed_at = closed_at;
            Ok(review)
        })?;
        self.one(id, None)
    }

    /// Reopens a closed review; its draft must be open and under no other review.
    ///
    /// # Errors
    /// [`ReviewError`]; nothing is changed.
    pub fn reopen(&self, id: &ReviewId, stamp: &Stamp) -> Result<Review, ReviewError> {
        let known = self.stored(id)?;
        self.must_be_theirs(id, &known, stamp)?;
        let draft = known.draft;
        let fate = self.repository.fates.of(&draft);
        let _turn = fate.lock();
        // A review that is over says so itself, whatever became of its draft.
        self.stored(id)?.must_be(id, ReviewState::Closed)?;
        self.repository.drafts().record(&draft)?;
        self.change(id, "reopen-review", stamp, &mut |before| {
            let mut review = before.ok_or_else(|| ReviewError::Unknown { review: id.clone() })?;
            review.must_be(id, ReviewState::Closed)?;
            self.no_other_open(&draft, id)?;
            review.state = ReviewState::Open;
            review.closed_at = None;
            Ok(review)
        })?;
        self.one(id, None)
    }
}
