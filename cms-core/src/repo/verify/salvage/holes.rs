//! Holes of a catalogue: ranges whose node is gone. What was there is searched for among all revisions that exist,
//! because a revision names its entry, and then in earlier catalogues.

use std::collections::{BTreeMap, BTreeSet};

use crate::repo::verify::salvage::report::{LostEntry, LostNow};
use crate::{
    map,
    model::{
        id::{NodeId, RevisionId},
        key::EntryKey,
        name::Holds,
        object::{ObjectKind, Space},
        revision::{Revision, RevisionState},
    },
    repo::{
        CatalogueRow, RowState,
        content::{catalogue, objects::objects_of_kind},
        ground::{error::StoreError, repository::Repository},
    },
};

/// The rows of a catalogue, by key.
pub(super) type Rows = BTreeMap<Vec<u8>, Vec<u8>>;

/// A range of a catalogue that can't be read, between two keys that can.
pub(super) struct Hole {
    pub(super) after: Option<Vec<u8>>,
    pub(super) before: Option<Vec<u8>>,
    pub(super) detail: String,
}

/// The newest revisions of every entry, from which no other was made, without the drafts' own.
pub(super) struct Tips(BTreeMap<Vec<u8>, Vec<(u64, CatalogueRow)>>);

impl Tips {
    /// The newest revisions of each entry, newest first.
    pub(super) fn rows(
        &self,
    ) -> impl Iterator<Item = (&[u8], impl Iterator<Item = &CatalogueRow>)> {
        self.0.iter().map(|(key, rows)| (key.as_slice(), rows.iter().rev().map(|(_, row)| row)))
    }
}

impl Hole {
    fn holds(&self, key: &[u8]) -> bool {
        self.after.as_ref().is_none_or(|after| key > after.as_slice())
            && self.before.as_ref().is_none_or(|before| key < before.as_slice())
    }

    fn told(&self) -> String {
        let name = |key: &Option<Vec<u8>>, none: &str| {
            let text = key.as_deref().map(String::from_utf8_lossy);
            text.map_or_else(|| none.to_owned(), |text| text.into_owned())
        };
        let (after, before) = (name(&self.after, "the first"), name(&self.before, "the last"));
        format!("what was between {after} and {before}: {}", self.detail)
    }
}

impl Repository {
    /// What is found for a hole, and what became of each entry there.
    pub(super) fn filled(
        &self,
        line_of: &str,
        hole: &Hole,
        tips: &Tips,
        line: &[NodeId],
    ) -> Vec<(LostEntry, Option<Vec<u8>>)> {
        let mut found: BTreeMap<Vec<u8>, (LostNow, Vec<u8>)> = BTreeMap::new();
        let earlier = line.iter().find_map(|earlier| self.whole_within(*earlier, hole));
        for (key, row) in earlier.unwrap_or_default() {
            found.insert(key, (LostNow::Earlier, row));
        }
        for (key, mut newest) in tips.rows().filter(|(key, _)| hole.holds(key)) {
            let whole = newest.find(|row| self.check_row(key, &row.encode()).is_ok());
            if let Some(row) = whole {
                found.insert(key.to_vec(), (LostNow::Newest, row.encode()));
            }
        }
        let lost = |key, now, detail| LostEntry { branch: line_of.to_owned(), key, now, detail };
        if found.is_empty() {
            return vec![(lost(None, LostNow::Gone, hole.told()), None)];
        }
        let each = found.into_iter().map(|(key, (now, row))| {
            let named = EntryKey::decode(&key).ok();
            (lost(named, now, hole.detail.clone()), Some(row))
        });
        each.collect()
    }

    /// What an earlier catalogue has in the range of a hole, if it can be read there.
    fn whole_within(&self, root: NodeId, hole: &Hole) -> Option<Rows> {
        let start = hole.after.as_deref().unwrap_or_default();
        let mut rows = Rows::new();
        for entry in map::entries(&*self.source, root, start).ok()? {
            let (key, value) = entry.ok()?;
            if hole.before.as_ref().is_some_and(|before| key >= *before) {
                break;
            }
            if hole.holds(&key) && self.check_row(&key, &value).is_ok() {
                rows.insert(key, value.to_vec());
            }
        }
        Some(rows)
    }

    /// Reads every revision that exists.
    pub(super) fn tips(&self) -> Result<Tips, StoreError> {
        let mut revisions: BTreeMap<RevisionId, Revision> = BTreeMap::new();
        for object in objects_of_kind(&*self.engine, &Space::Source, ObjectKind::Revision) {
            let object = object?;
            if let Ok(found) = Revision::decode(object.bytes()) {
                revisions.insert(RevisionId::from_object_id(object.id()), found);
            }
        }
        let of_drafts = self.of_drafts(&revisions)?;
        revisions.retain(|id, _| !of_drafts.contains(id));
        let parents: BTreeSet<RevisionId> =
            revisions.values().flat_map(|revision| revision.parents.iter().copied()).collect();
        let mut tips: BTreeMap<Vec<u8>, Vec<(u64, CatalogueRow)>> = BTreeMap::new();
        for (id, revision) in revisions.iter().filter(|(id, _)| !parents.contains(id)) {
            let state = match &revision.state {
                RevisionState::Resolved(document) => RowState::Resolved(*document),
                RevisionState::Conflicted(_) => RowState::Conflicted,
                RevisionState::Deleted => RowState::Deleted,
            };
            let row = CatalogueRow { state, revision: *id };
            tips.entry(revision.key.encode()).or_default().push((revision.time_ms, row));
        }
        tips.values_mut().for_each(|rows| rows.sort_by_key(|(time_ms, _)| *time_ms));
        Ok(Tips(tips))
    }

    /// Revisions that a draft has and the commit before it has not, which are most likely the draft's own.
    fn of_drafts(
        &self,
        revisions: &BTreeMap<RevisionId, Revision>,
    ) -> Result<BTreeSet<RevisionId>, StoreError> {
        let mut own = BTreeSet::new();
        for (branch, head) in self.branches()? {
            let Some(commit) =
                self.commit_of(head).ok().filter(|_| branch.holds() == Holds::Drafted)
            else {
                continue;
            };
            let begun = commit.parents.first().and_then(|parent| self.commit_of(*parent).ok());
            let Some(begun) = begun else { continue };
            let changed = map::diff(&*self.source, begun.catalogue, commit.catalogue);
            let rows = changed.into_iter().flatten().flatten().filter_map(|difference| {
                catalogue::decoded_row(&difference.key, &difference.right?).ok()
            });
            own.extend(rows.map(|row| row.revision).filter(|id| revisions.contains_key(id)));
        }
        Ok(own)
    }
}
