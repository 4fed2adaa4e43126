//! Where the entries of a change stand, before it and after it: what policies and rights are judged by.
//!
//! An entry that moves stands at both ends. So does an entry that gets another main place because a container changed,
//! though its own document stayed.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    access::{Holder, Policies, Right, Subject},
    model::{id::NodeId, key::EntryKey},
    repo::{
        access::places::{Above, Places},
        content::{catalogue::RowState, graph::Graph, kinds::Kinds, state::Roots},
        ground::{error::StoreError, repository::Repository},
    },
};

/// The states before and after a change.
pub(in crate::repo) struct Around<'g, 'a> {
    pub(in crate::repo) before: &'g Graph<'a>,
    pub(in crate::repo) after: &'g Graph<'a>,
}

/// Where the entries of a change stand.
#[derive(Debug, Default)]
pub(in crate::repo) struct Stands {
    /// The places of the entries that change themselves; none where nobody asks for places.
    changed: BTreeMap<EntryKey, Vec<Above>>,
    /// Those that only get another main place.
    displaced: Vec<Displaced>,
}

/// An entry that gets another main place.
#[derive(Debug)]
struct Displaced {
    key: EntryKey,
    from: Above,
    to: Above,
}

/// What the strictest policy of a change asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::repo) struct Asked {
    /// How many approvals each entry needs.
    pub(in crate::repo) approvals_required: u32,
    /// The entry for which so many are needed, and the part of the catalogue whose policy says so.
    pub(in crate::repo) for_entry: Option<EntryKey>,
    pub(in crate::repo) by_subtree: Option<EntryKey>,
    /// Whether the approval of somebody who wrote the change counts.
    pub(in crate::repo) authors_approve: bool,
}

impl Repository {
    /// Where entries that differ between two states stand in both.
    pub(in crate::repo) fn stands(
        &self,
        [before, after]: [Roots; 2],
        keys: &[EntryKey],
    ) -> Result<Stands, StoreError> {
        let kinds = |catalogue: NodeId| Kinds::at(self, catalogue);
        let (old, new) = (kinds(before.catalogue), kinds(after.catalogue));
        let before = Graph::new(self, &*self.source, before, &old);
        let after = Graph::new(self, &*self.source, after, &new);
        Stands::around(&Around { before: &before, after: &after }, keys.iter())
    }
}

impl Stands {
    /// Where entries stand before and after a change.
    pub(in crate::repo) fn around<'k>(
        around: &Around<'_, '_>,
        keys: impl Iterator<Item = &'k EntryKey>,
    ) -> Result<Self, StoreError> {
        let (mut before, mut after) = (Places::of(around.before), Places::of(around.after));
        let mut stands = Self::default();
        let mut moved = BTreeSet::new();
        for key in keys {
            let mut places = Vec::new();
            if around.before.row(key)?.is_some() {
                places.push(before.above(key)?);
            }
            // Where it stands in the trash is where it stood.
            if around.after.row(key)?.is_some_and(|row| row.state != RowState::Deleted) {
                let place = after.above(key)?;
                if places.first() != Some(&place) {
                    places.push(place);
                }
            }
            stands.changed.insert(key.clone(), places);
            let children = |graph: &Graph<'_>| -> Result<Vec<EntryKey>, StoreError> {
                let facts = graph.readable_facts(key)?;
                Ok(facts.iter().flat_map(|facts| facts.children().cloned()).collect())
            };
            let (old, new) = (children(around.before)?, children(around.after)?);
            if old != new {
                moved.extend(old);
                moved.extend(new);
            }
        }
        for child in moved {
            if stands.changed.contains_key(&child) || around.before.row(&child)?.is_none() {
                continue;
            }
            let (old, new) = (before.above(&child)?, after.above(&child)?);
            if old != new {
                stands.displaced.push(Displaced { key: child, from: old, to: new });
            }
        }
        Ok(stands)
    }

    /// Only what some entries do, and those that they displace.
    pub(in crate::repo) fn only(mut self, keys: &[EntryKey]) -> Self {
        self.changed.retain(|key, _| keys.contains(key));
        self
    }

    /// Refuses somebody who lacks a right for an entry at one of its places. What is displaced needs it where it stood: it
    /// is not put anywhere, and comes to stand where others had put it already.
    ///
    /// # Errors
    /// [`StoreError::Denied`] for the first entry, by key.
    pub(in crate::repo) fn require(
        &self,
        repository: &Repository,
        holder: &Holder,
        right: Right,
    ) -> Result<(), StoreError> {
        let changed = self.changed.iter();
        let changed = changed.flat_map(|(key, places)| places.iter().map(move |at| (key, at)));
        let displaced = self.displaced.iter().map(|it| (&it.key, &it.from));
        for (key, above) in changed.chain(displaced) {
            repository.require(holder, right, &Subject::entry(key, above))?;
        }
        Ok(())
    }

    /// What the strictest of the policies at all of the places asks for.
    pub(in crate::repo) fn asked(&self, policies: &Policies) -> Asked {
        let house = policies.house;
        let of_house = Asked {
            approvals_required: house.approvals_required,
            authors_approve: house.authors_approve,
            ..Asked::default()
        };
        if policies.subtrees.is_empty() {
            return Asked { for_entry: self.changed.keys().next().cloned(), ..of_house };
        }
        let changed = self.changed.iter();
        let changed = changed.flat_map(|(key, places)| places.iter().map(move |at| (key, at)));
        let displaced = self.displaced.iter();
        let displaced = displaced.flat_map(|it| [(&it.key, &it.from), (&it.key, &it.to)]);
        let mut asked: Option<Asked> = None;
        for (key, above) in changed.chain(displaced) {
            let said = policies.approvals_at(key, above);
            let authors_approve = policies.authors_approve_at(key, above).value;
            let here = Asked {
                approvals_required: said.value,
                for_entry: Some(key.clone()),
                by_subtree: said.subtree.cloned(),
                authors_approve,
            };
            asked = Some(match asked {
                None => here,
                Some(before) => {
                    let both = before.authors_approve && here.authors_approve;
                    let is_more = here.approvals_required > before.approvals_required;
                    Asked { authors_approve: both, ..if is_more { here } else { before } }
                }
            });
        }
        asked.unwrap_or(of_house)
    }

    /// Whether somebody has a right for an entry of the change wherever it stands.
    pub(in crate::repo) fn allow(&self, holder: &Holder, right: Right, key: &EntryKey) -> bool {
        if holder.may_everywhere(right) {
            return true;
        }
        let places = self.changed.get(key).filter(|places| !places.is_empty());
        places.is_some_and(|places| {
            places.iter().all(|above| holder.may(right, &Subject::entry(key, above)))
        })
    }
}
