//! What a publish changes, and what it leaves alone.

use std::collections::BTreeMap;

use super::candidate::Candidate;
use crate::{
    model::{alteration::Alteration, key::EntryKey},
    repo::publish::report::{EntryChange, EntryFinding, HeldBack},
};

/// What a publish changes, and what it leaves alone.
pub(in crate::repo) struct Selection {
    /// The changes, ascending by key.
    pub(in crate::repo) accepted: BTreeMap<EntryKey, Candidate>,
    pub(in crate::repo::publish) held_back: Vec<HeldBack>,
    /// Findings of the changes and of what is held back.
    pub(in crate::repo::publish) findings: Vec<EntryFinding>,
    pub(in crate::repo::publish) on_hold: Vec<EntryKey>,
    pub(in crate::repo::publish) not_chosen_count: u64,
}

impl Selection {
    /// Whether the whole target goes live as it is.
    pub(super) fn is_everything(&self) -> bool {
        self.held_back.is_empty() && self.on_hold.is_empty() && self.not_chosen_count == 0
    }

    /// Whether everything that is to be live is live already.
    pub(in crate::repo::publish) fn keeps_all(&self) -> bool {
        self.accepted.values().all(|candidate| candidate.before == candidate.after)
    }

    pub(in crate::repo::publish) fn changes(&self) -> Vec<EntryChange> {
        let change = |candidate: &Candidate| {
            if candidate.before == candidate.after {
                return None;
            }
            let live_before = candidate.before.is_some_and(|row| row.document().is_some());
            let change = match (live_before, candidate.is_live_after()) {
                (false, true) => Alteration::Added,
                (true, true) => Alteration::Changed,
                (true, false) => Alteration::Removed,
                (false, false) => return None,
            };
            Some(EntryChange { key: candidate.key.clone(), title: candidate.title.clone(), change })
        };
        self.accepted.values().filter_map(change).collect()
    }
}
