//! Which approvals a commit of a draft voided.

use serde::Serialize;

use super::{ReviewId, ReviewState, list::ReviewList, stored::StoredApproval, view::pair_of};
use crate::{
    engine::PAGE_ROWS_MAX,
    model::{id::CommitId, key::EntryKey, name::Person},
    repo::{content::catalogue, draft::DraftId, ground::error::StoreError, review::Reviews},
};

/// One person's approvals in one review that a commit voided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VoidedApprovals {
    /// The review.
    pub review: ReviewId,
    /// What the review is about.
    pub title: String,
    /// The person who had approved.
    pub person: String,
    /// The entries that they had approved, ascending.
    pub keys: Vec<EntryKey>,
}

impl Reviews<'_> {
    /// The approvals in open reviews of a draft that were valid until a commit of the draft, and no longer are.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn approvals_voided_by(
        &self,
        draft: &DraftId,
        commit: CommitId,
    ) -> Result<Vec<VoidedApprovals>, StoreError> {
        let mut voided: Vec<VoidedApprovals> = Vec::new();
        // A closed draft has nothing that waits for approval.
        let Ok(record) = self.repository.drafts().record(draft) else { return Ok(voided) };
        let record = record.value;
        for person in record.members.iter().chain([&record.owner]) {
            let list = ReviewList::By(Person::recorded(person), ReviewState::Open);
            for row in self.list(&list, None, PAGE_ROWS_MAX)?.rows {
                if row.draft != *draft {
                    continue;
                }
                let Ok(stored) = self.stored(&row.review) else { continue };
                let Ok([base, _]) = self.reviewed_commits(&stored) else { continue };
                for approval in &stored.approvals {
                    if !self.is_voided(approval, base, commit)? {
                        continue;
                    }
                    let known = voided.iter_mut().find(|found| {
                        found.review == row.review && found.person == approval.person
                    });
                    match known {
                        Some(found) => found.keys.push(approval.key.clone()),
                        None => voided.push(VoidedApprovals {
                            review: row.review.clone(),
                            title: row.title.clone(),
                            person: approval.person.clone(),
                            keys: vec![approval.key.clone()],
                        }),
                    }
                }
            }
        }
        for found in &mut voided {
            found.keys.sort();
            found.keys.dedup();
        }
        Ok(voided)
    }

    fn is_voided(
        &self,
        approval: &StoredApproval,
        base: CommitId,
        commit: CommitId,
    ) -> Result<bool, StoreError> {
        let after = self.repository.commit_of(commit)?;
        let Some(parent) = after.parents.first() else { return Ok(false) };
        let row = |catalogue| catalogue::row(&*self.repository.source, catalogue, &approval.key);
        let is = row(after.catalogue)?;
        let was = row(self.repository.commit_of(*parent)?.catalogue)?;
        let held = was.and_then(|row| row.document()) == approval.pair.after;
        let pair = pair_of([row(self.repository.commit_of(base)?.catalogue)?, is]);
        Ok(held && pair != approval.pair && (was != is || after.parents.len() > 1))
    }
}
