//! How the objects of some segments are found: by their sealed index or, if that is damaged, by a table made in memory
//! from the segments, which themselves say what they hold.
//!
//! Invariant: a damaged index never hides a whole object, and never makes a look-up fail.

use std::{
    collections::BTreeMap,
    fmt,
    ops::Bound,
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use super::{
    disk::{Disk, Reading},
    file::FileError,
    index::{Index, IndexRow},
    manifest::IndexEntry,
    segment::Segment,
};
use crate::model::{id::ObjectId, object::Object};

/// An index, and what replaces it when it is damaged.
pub(super) struct Lookup {
    pub(super) path: PathBuf,
    pub(super) entry: IndexEntry,
    index: Result<Index, FileError>,
    segments: Vec<Arc<Segment>>,
    /// Where objects lie; made when the index is first found damaged.
    table: OnceLock<BTreeMap<ObjectId, IndexRow>>,
}

impl Lookup {
    /// Opens an index over the segments that it covers.
    pub(super) fn open(
        disk: &dyn Disk,
        path: PathBuf,
        entry: IndexEntry,
        segments: Vec<Arc<Segment>>,
    ) -> Self {
        let index = Index::open(disk, path.clone(), entry.clone(), Reading::Scattered);
        Self { path, entry, index, segments, table: OnceLock::new() }
    }

    /// The look-up of segments that no index covers.
    pub(super) fn without_index(
        segments: Vec<Arc<Segment>>,
        path: PathBuf,
        entry: IndexEntry,
    ) -> Self {
        let index = Err(FileError::damaged(&path, 0, "no index covers the segment"));
        Self { path, entry, index, segments, table: OnceLock::new() }
    }

    /// The index itself.
    pub(super) const fn index(&self) -> Result<&Index, &FileError> {
        self.index.as_ref()
    }

    /// Where an object lies.
    pub(super) fn find(&self, id: ObjectId) -> Option<IndexRow> {
        if self.table.get().is_none()
            && let Ok(index) = &self.index
            && let Ok(found) = index.find(id)
        {
            return found;
        }
        self.table().get(&id).copied()
    }

    /// An object that is not whole where it should be, searched for everywhere in its segments.
    pub(super) fn look_again(&self, id: ObjectId, not_at: IndexRow) -> Option<Object> {
        let row = self.table().get(&id).filter(|row| **row != not_at)?;
        let segment = self.segments.iter().find(|segment| segment.entry.number == row.segment)?;
        segment.object(id, row.offset).ok()
    }

    /// The rows above an id, ascending.
    pub(super) fn after(&self, after: Option<ObjectId>) -> impl Iterator<Item = IndexRow> {
        let mut last = after;
        let mut sealed = match (&self.index, self.table.get()) {
            (Ok(index), None) => Some(index.after(after)),
            _ => None,
        };
        let mut table = None;
        std::iter::from_fn(move || {
            if let Some(rows) = &mut sealed {
                match rows.next() {
                    None => return None,
                    Some(Ok(row)) => {
                        last = Some(row.id);
                        return Some(row);
                    }
                    Some(Err(_)) => sealed = None,
                }
            }
            let rows = table.get_or_insert_with(|| {
                let from = last.map_or(Bound::Unbounded, Bound::Excluded);
                self.table().range((from, Bound::Unbounded))
            });
            rows.next().map(|(_, row)| *row)
        })
    }

    fn table(&self) -> &BTreeMap<ObjectId, IndexRow> {
        self.table.get_or_init(|| {
            let mut table = BTreeMap::new();
            for segment in &self.segments {
                for (offset, header) in segment.records().flatten() {
                    let row = IndexRow { id: header.id, segment: segment.entry.number, offset };
                    table.insert(header.id, row);
                }
            }
            table
        })
    }
}

impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lookup").field("path", &self.path).finish_non_exhaustive()
    }
}
