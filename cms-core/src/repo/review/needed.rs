//! Whose word counts in a review: which approvals, and whose wish for changes.
//!
//! Invariants:
//! 1. An approval counts for an entry only while its giver may approve that entry, wherever the draft takes it from and
//!    puts it.
//! 2. A proposal needs an approval, even where the policy asks for none.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    Pair,
    stored::{StoredApproval, StoredReview},
};
use crate::{
    access::{Holder, Right, Rules, Subject},
    model::{id::CommitId, key::EntryKey, name::Person},
    repo::{
        draft::{changes::DraftChangeRow, merge::proposed::Demands},
        ground::{error::StoreError, stamp::Stamp},
        review::{ReviewError, ReviewId, Reviews},
    },
};

/// What a review needs before it is merged, and whose word counts in it.
pub(super) struct Needed {
    demands: Demands,
    rules: Arc<Rules>,
    /// The people whose approval does not count, because they wrote a part of it, or answer for a program that did.
    changed_by: BTreeSet<String>,
    /// The programs among those who approved: people approve.
    programs: BTreeSet<String>,
}

impl Reviews<'_> {
    /// What a review of these entries needs, at a commit of its draft.
    pub(super) fn needed(
        &self,
        stored: &StoredReview,
        head: CommitId,
        keys: &[EntryKey],
        asks: Option<&Holder>,
    ) -> Result<Needed, StoreError> {
        let demands = self.repository.drafts().demands(head, keys, asks)?;
        let changed_by = match demands.asked.authors_approve {
            true => BTreeSet::new(),
            false => self.changed_by(&stored.draft, &demands.writers),
        };
        let mut answering = BTreeSet::new();
        for writer in &changed_by {
            answering.extend(self.repository.answers_for(writer)?);
        }
        let changed_by = changed_by.into_iter().chain(answering).collect();
        let mut programs = BTreeSet::new();
        for approval in &stored.approvals {
            if self.repository.is_program(&approval.person)? {
                programs.insert(approval.person.clone());
            }
        }
        Ok(Needed { demands, rules: self.repository.rules()?, changed_by, programs })
    }

    /// Refuses somebody whose review it is not: neither the one who opened it nor a member of its draft, nor somebody who
    /// approves an entry of it or makes the rules here.
    pub(super) fn must_be_theirs(
        &self,
        id: &ReviewId,
        stored: &StoredReview,
        stamp: &Stamp,
    ) -> Result<(), ReviewError> {
        let (person, holder) = (&stamp.author, &stamp.holder);
        let draft = self.repository.drafts().one(&stored.draft);
        let is_member = draft.is_ok_and(|draft| {
            *person == draft.owner || draft.members.iter().any(|member| *person == **member)
        });
        let is_own = is_member || *person == stored.author;
        if is_own || holder.is_machine() || holder.may(Right::Configure, &Subject::WHOLE) {
            return Ok(());
        }
        let commits = self.reviewed_commits(stored)?;
        let keys: Vec<EntryKey> = self.pairs(commits)?.into_keys().collect();
        let needed = self.needed(stored, commits[1], &keys, Some(holder))?;
        if keys.iter().any(|key| needed.demands.stands.allow(holder, Right::Approve, key)) {
            return Ok(());
        }
        let reason = format!("review {id} is {}'s", stored.author);
        match keys.first() {
            // Who could help is said with the right that would be enough.
            Some(key) => {
                self.repository.require_for_entry(stamp, Right::Approve, key)?;
                Err(ReviewError::NotAllowed { reason })
            }
            None => {
                self.repository.require(holder, Right::Configure, &Subject::WHOLE)?;
                Err(ReviewError::NotAllowed { reason })
            }
        }
    }
}

impl Needed {
    /// How many approvals the strictest policy asks for.
    pub(super) const fn approvals_required(&self) -> u32 {
        self.demands.asked.approvals_required
    }

    /// How many approvals an entry needs: a proposal needs one in any case.
    pub(super) fn approvals_for(&self, key: &EntryKey) -> u32 {
        let is_proposed = self.demands.proposed.contains_key(key);
        self.approvals_required().max(u32::from(is_proposed))
    }

    /// The people who proposed an entry that they may not write.
    pub(super) fn proposed_by(&self, key: &EntryKey) -> Vec<String> {
        self.demands.proposed.get(key).into_iter().flatten().cloned().collect()
    }

    /// Whether a person may not approve, because they wrote a part of it, or answer for a program that did.
    pub(super) fn is_writer(&self, person: &Person) -> bool {
        self.changed_by.contains(person.as_str())
    }

    /// Whether somebody may approve an entry of the review.
    pub(super) fn may_approve(&self, holder: &Holder, key: &EntryKey) -> bool {
        self.demands.stands.allow(holder, Right::Approve, key)
    }

    /// Whether an approval is for the present pair, by someone who may give it.
    pub(super) fn counts(
        &self,
        approval: &StoredApproval,
        pair: Pair,
        change: &DraftChangeRow,
    ) -> bool {
        // If `main` changed the entry too, the merge would produce a document that nobody has seen.
        let is_what_merges = !change.is_conflicted && !change.is_changed_on_main;
        approval.pair == pair
            && is_what_merges
            && !self.changed_by.contains(&approval.person)
            && !self.programs.contains(&approval.person)
            && self.has_word(approval.held, &approval.person, |holder| {
                self.may_approve(holder, &approval.key)
            })
    }

    /// The people whose wish for changes keeps a review from being merged: reviewers who were asked, and who may approve
    /// any of its entries. Where nothing needs an approval, nobody's wish does.
    pub(super) fn wanting(&self, stored: &StoredReview, keys: &[EntryKey]) -> Vec<String> {
        if self.approvals_required() == 0 && self.demands.proposed.is_empty() {
            return Vec::new();
        }
        let wanting = stored.verdicts.iter().filter(|(person, verdict)| {
            verdict.wants_changes
                && stored.reviewers.contains(*person)
                && self.has_word(verdict.held, person, |holder| {
                    keys.is_empty() || keys.iter().any(|key| self.may_approve(holder, key))
                })
        });
        wanting.map(|(person, _)| person.clone()).collect()
    }

    /// Whether somebody's word counts. Of what was said with rights, they are looked at again; what was said on the
    /// machine, and before rights were recorded, counts as it is.
    fn has_word(
        &self,
        held: Option<bool>,
        person: &str,
        may: impl FnOnce(&Holder) -> bool,
    ) -> bool {
        match held {
            None => true,
            Some(false) => false,
            Some(true) => may(&self.rules.holder(&Person::recorded(person), None)),
        }
    }
}
