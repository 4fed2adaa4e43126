//! What people should know of a step of a review. It is read from the commit of the step, so a notice and its cause are
//! one write, and a notifier finds every step whatever interrupted it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    ReviewId, ReviewState,
    stored::{Comment, StoredReview},
};
use crate::{
    model::id::CommitId,
    repo::{ground::error::StoreError, review::Reviews},
};

/// What one step did to a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewNews {
    /// What the review is about.
    pub title: String,
    /// Who opened it.
    pub author: String,
    /// The people who are asked to look at it.
    pub reviewers: BTreeSet<String>,
    /// The people who are asked only since this step.
    pub asked: BTreeSet<String>,
    /// The people whose verdict this step gave, and whether they want changes.
    pub verdicts: Vec<(String, bool)>,
    /// The comments of this step.
    pub said: Vec<Said>,
    /// Whether it ended with its draft in `main`.
    pub is_merged: bool,
}

/// Something that was said in a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Who said it.
    pub author: String,
    /// The text, as Markdown.
    pub text: String,
    /// The text before it was edited; `None` for a new comment.
    pub was: Option<String>,
    /// The people who spoke in the same thread.
    pub spoke: BTreeSet<String>,
}

impl Reviews<'_> {
    /// What a commit of the line of reviews did to one of them; `None` when it did nothing to the review.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn news(
        &self,
        review: &ReviewId,
        commit: CommitId,
    ) -> Result<Option<ReviewNews>, StoreError> {
        let commit = self.repository.commit_of(commit)?;
        let before = match commit.parents.first() {
            Some(parent) => self.stored_at(&self.repository.commit_of(*parent)?, review)?,
            None => None,
        };
        let Some(after) = self.stored_at(&commit, review)? else { return Ok(None) };
        Ok(Some(news(before.as_ref(), &after)))
    }

    /// What a review is about, who opened it and who was asked; `None` when there is no such review.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn people(&self, review: &ReviewId) -> Result<Option<ReviewNews>, StoreError> {
        let Some((_, commit)) = self.head()? else { return Ok(None) };
        let found = self.stored_at(&commit, review)?;
        Ok(found.map(|stored| news(Some(&stored), &stored)))
    }
}

fn news(before: Option<&StoredReview>, after: &StoredReview) -> ReviewNews {
    let known = before.map(|review| review.reviewers.clone()).unwrap_or_default();
    let verdicts = after.verdicts.iter().filter(|(person, verdict)| {
        before.is_none_or(|before| before.verdicts.get(*person) != Some(*verdict))
    });
    let spoken: BTreeMap<&str, &str> = before
        .iter()
        .flat_map(|review| &review.threads)
        .flat_map(|thread| &thread.comments)
        .map(|comment| (comment.id.as_str(), comment.text.as_str()))
        .collect();
    let said = after.threads.iter().flat_map(|thread| {
        let is_new = |comment: &&Comment| {
            spoken.get(comment.id.as_str()).is_none_or(|was| *was != comment.text)
        };
        thread.comments.iter().filter(is_new).map(|comment| Said {
            author: comment.author.clone(),
            text: comment.text.clone(),
            was: spoken.get(comment.id.as_str()).map(|was| (*was).to_owned()),
            spoke: thread.comments.iter().map(|comment| comment.author.clone()).collect(),
        })
    });
    ReviewNews {
        title: after.title.clone(),
        author: after.author.clone(),
        asked: after.reviewers.difference(&known).cloned().collect(),
        reviewers: after.reviewers.clone(),
        verdicts: verdicts.map(|(person, given)| (person.clone(), given.wants_changes)).collect(),
        said: said.collect(),
        is_merged: after.state == ReviewState::Merged
            && before.is_some_and(|before| before.state != ReviewState::Merged),
    }
}
