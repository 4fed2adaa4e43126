//! Listing reviews, newest first.

use serde::Serialize;

use super::{
    ReviewId, ReviewState,
    stored::{StoredReview, list_prefix, listed, place_in},
};
use crate::model::name::Person;
use crate::{
    map,
    repo::{
        draft::DraftId,
        ground::error::{StoreError, unless_damaged},
        review::Reviews,
    },
};

/// Which reviews to list.
#[derive(Debug, Clone, Default)]
pub enum ReviewList {
    /// All reviews.
    #[default]
    All,
    /// The reviews in a state.
    State(ReviewState),
    /// The reviews in a state that a person opened.
    By(Person, ReviewState),
    /// The reviews in a state that a person is asked to look at.
    Asked(Person, ReviewState),
}

impl ReviewList {
    fn name(&self) -> String {
        match self {
            Self::All => String::new(),
            Self::State(state) => format!("s/{}", state.word()),
            Self::By(person, state) => format!("a/{}/{person}", state.word()),
            Self::Asked(person, state) => format!("r/{}/{person}", state.word()),
        }
    }
}

/// A review in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReviewRow {
    /// Its name.
    pub review: ReviewId,
    /// What it is about.
    pub title: String,
    /// Who opened it.
    pub author: String,
    /// Its draft.
    pub draft: DraftId,
    /// The review's state.
    pub state: ReviewState,
    /// The people who are asked to review it.
    pub reviewers: Vec<String>,
    /// The people who approved anything in it, whether or not that still counts.
    pub approved_by: Vec<String>,
    /// The people who want changes.
    pub changes_wanted_by: Vec<String>,
    /// How many comments there are.
    pub comments_count: u64,
    /// How many threads wait for an answer.
    pub threads_open_count: u64,
    /// When it was opened, in milliseconds since 1970-01-01T00:00:00Z.
    pub created_ms: u64,
    /// When it last changed, in milliseconds since 1970-01-01T00:00:00Z.
    pub changed_ms: u64,
}

/// A page of reviews.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ReviewPage {
    /// The reviews, newest first.
    pub rows: Vec<ReviewRow>,
    /// Reviews between them that can't be read, each with what the damaged object says of its damage.
    pub damaged: Vec<(ReviewId, String)>,
    /// Whether more rows follow.
    pub more: bool,
}

impl ReviewRow {
    pub(in crate::repo) fn of(review: ReviewId, stored: &StoredReview) -> Self {
        let mut approved_by: Vec<String> =
            stored.approvals.iter().map(|approval| approval.person.clone()).collect();
        approved_by.sort();
        approved_by.dedup();
        let wanting = stored.verdicts.iter().filter(|(_, verdict)| verdict.wants_changes);
        Self {
            review,
            title: stored.title.clone(),
            author: stored.author.clone(),
            draft: stored.draft.clone(),
            state: stored.state,
            reviewers: stored.reviewers.iter().cloned().collect(),
            approved_by,
            changes_wanted_by: wanting.map(|(person, _)| person.clone()).collect(),
            comments_count: stored.threads.iter().map(|thread| thread.comments.len() as u64).sum(),
            threads_open_count: stored
                .threads
                .iter()
                .filter(|thread| thread.resolved_by.is_none())
                .count() as u64,
            created_ms: stored.created_ms,
            changed_ms: stored.changed_ms,
        }
    }
}

impl Reviews<'_> {
    /// The reviews of a list, newest first, after the given one if any; the cost follows the rows of the page.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn list(
        &self,
        list: &ReviewList,
        after: Option<&ReviewId>,
        rows_max: usize,
    ) -> Result<ReviewPage, StoreError> {
        let mut page = ReviewPage::default();
        let Some((_, commit)) = self.head()? else { return Ok(page) };
        let name = list.name();
        let prefix = list_prefix(&name);
        let mut start = prefix.clone();
        if let Some(after) = after
            && let Some(stored) = self.stored_at(&commit, after)?
        {
            start = place_in(&name, stored.created_ms, after);
            start.push(0);
        }
        for entry in map::entries(&*self.repository.source, commit.backlinks, &start)? {
            let (key, _) = entry?;
            if !key.starts_with(&prefix) {
                break;
            }
            let row = || StoreError::Row { what: "the index of reviews".to_owned() };
            let id = listed(prefix.len(), &key).ok_or_else(row)?;
            if page.rows.len() == rows_max {
                page.more = true;
                break;
            }
            let stored = self.stored_at(&commit, &id).and_then(|it| it.ok_or_else(row));
            match unless_damaged(stored)? {
                Ok(stored) => page.rows.push(ReviewRow::of(id, &stored)),
                Err(damaged) => page.damaged.push((id, damaged)),
            }
        }
        Ok(page)
    }

    /// The reviews of a draft, newest first.
    pub(super) fn of_draft(&self, draft: &DraftId) -> Result<Vec<ReviewId>, StoreError> {
        let Some((_, commit)) = self.head()? else { return Ok(Vec::new()) };
        let prefix = list_prefix(&format!("d/{draft}"));
        let mut found = Vec::new();
        for entry in map::entries(&*self.repository.source, commit.backlinks, &prefix)? {
            let (key, _) = entry?;
            if !key.starts_with(&prefix) {
                break;
            }
            found.extend(listed(prefix.len(), &key));
        }
        Ok(found)
    }
}
