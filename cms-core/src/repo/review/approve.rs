//! Approving, asking for changes, and recording what a person has looked at.

use std::collections::BTreeMap;

use super::{
    Pair, ReviewError, ReviewId, ReviewState,
    stored::{StoredApproval, StoredReview, StoredVerdict},
    view::Review,
};
use crate::{
    access::Right,
    model::key::EntryKey,
    repo::{ground::stamp::Stamp, review::Reviews},
};

/// Entries to approve, with the pairs that were seen.
pub type Seen = BTreeMap<EntryKey, Pair>;

impl Reviews<'_> {
    /// Approves entries of a review, each for the pair that was seen. For an entry that the person may not approve, the
    /// approval is kept and does not count.
    ///
    /// # Errors
    /// [`ReviewError::NotAsSeen`] when an entry has changed since; [`ReviewError::NotAllowed`] for a program, and for a
    /// person who changed the draft, or answers for a program that did, where no policy says that authors approve; and the refusal of a person who may approve none of the
    /// entries. Nothing is approved then.
    pub fn approve(
        &self,
        id: &ReviewId,
        seen: &Seen,
        message: &str,
        stamp: &Stamp,
    ) -> Result<Review, ReviewError> {
        let fate = self.repository.fates.of(&self.stored(id)?.draft);
        let _turn = fate.lock();
        let stored = self.judgeable(id)?;
        let person = &stamp.author;
        if self.repository.is_program(person.as_str())? {
            let reason = "people approve: a program comments, and its word does not count".into();
            return Err(ReviewError::NotAllowed { reason });
        }
        let commits = self.reviewed_commits(&stored)?;
        let there = self.pairs(commits)?;
        let keys: Vec<EntryKey> = there.keys().cloned().collect();
        let needed = self.needed(&stored, commits[1], &keys, Some(&stamp.holder))?;
        if needed.is_writer(person) {
            let reason = format!("{person} changed this draft, so others must approve it");
            return Err(ReviewError::NotAllowed { reason });
        }
        let holder = &stamp.holder;
        let held = |key: &EntryKey| (!holder.is_machine()).then(|| needed.may_approve(holder, key));
        if let Some(first) = seen.keys().next()
            && seen.keys().all(|key| held(key) == Some(false))
        {
            self.repository.require_for_entry(stamp, Right::Approve, first)?;
            let reason = format!("{person} may not approve where the draft puts {first}");
            return Err(ReviewError::NotAllowed { reason });
        }
        let moved: Vec<EntryKey> = seen
            .iter()
            .filter(|(key, pair)| there.get(*key) != Some(*pair))
            .map(|(key, _)| key.clone())
            .collect();
        if !moved.is_empty() {
            return Err(ReviewError::NotAsSeen { keys: moved });
        }
        self.change(id, "approve", stamp, &mut |before| {
            let mut review = before.ok_or_else(|| ReviewError::Unknown { review: id.clone() })?;
            review.must_be(id, ReviewState::Open)?;
            review
                .approvals
                .retain(|known| known.person != *person || !seen.contains_key(&known.key));
            review.approvals.extend(seen.iter().map(|(key, pair)| StoredApproval {
                person: person.to_string(),
                key: key.clone(),
                pair: *pair,
                time_ms: stamp.time_ms,
                held: held(key),
            }));
            let verdict = StoredVerdict {
                wants_changes: false,
                message: message.to_owned(),
                time_ms: stamp.time_ms,
                held: (!stamp.holder.is_machine()).then_some(true),
            };
            review.verdicts.insert(person.to_string(), verdict);
            review.seen.insert(person.to_string(), commits);
            Ok(review)
        })?;
        self.one(id, Some(person))
    }

    /// Asks for changes, and takes back the person's approvals. It keeps the review from being merged if the person was
    /// asked and may approve any of its entries.
    ///
    /// # Errors
    /// [`ReviewError`]; nothing is changed.
    pub fn request_changes(
        &self,
        id: &ReviewId,
        message: &str,
        stamp: &Stamp,
    ) -> Result<Review, ReviewError> {
        let fate = self.repository.fates.of(&self.stored(id)?.draft);
        let _turn = fate.lock();
        let commits = self.reviewed_commits(&self.judgeable(id)?)?;
        self.change(id, "request-changes", stamp, &mut |before| {
            let mut review = before.ok_or_else(|| ReviewError::Unknown { review: id.clone() })?;
            review.must_be(id, ReviewState::Open)?;
            review.approvals.retain(|known| known.person != stamp.author);
            let verdict = StoredVerdict {
                wants_changes: true,
                message: message.to_owned(),
                time_ms: stamp.time_ms,
                held: (!stamp.holder.is_machine()).then_some(true),
            };
            review.verdicts.insert(stamp.author.to_string(), verdict);
            review.seen.insert(stamp.author.to_string(), commits);
            Ok(review)
        })?;
        self.one(id, Some(&stamp.author))
    }

    /// A review that can be judged: it is open, and so is its draft.
    fn judgeable(&self, id: &ReviewId) -> Result<StoredReview, ReviewError> {
        let stored = self.stored(id)?;
        stored.must_be(id, ReviewState::Open)?;
        self.repository.drafts().record(&stored.draft)?;
        Ok(stored)
    }

    /// Records what a person has looked at, so that they can see what changes after it.
    ///
    /// # Errors
    /// [`ReviewError`]; nothing is changed.
    pub fn look(&self, id: &ReviewId, stamp: &Stamp) -> Result<Review, ReviewError> {
        let commits = self.reviewed_commits(&self.stored(id)?)?;
        self.change(id, "look", stamp, &mut |before| {
            let mut review = before.ok_or_else(|| ReviewError::Unknown { review: id.clone() })?;
            review.seen.insert(stamp.author.to_string(), commits);
            Ok(review)
        })?;
        self.one(id, Some(&stamp.author))
    }
}
