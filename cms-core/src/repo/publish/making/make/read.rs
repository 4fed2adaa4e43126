//! What is live for the entries that are being made, read before it is needed.

use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;

use super::{live::Live, maker::Maker, work::Work};
use crate::{
    engine::widely,
    model::{
        key::{EntryKey, Locale},
        object::{ObjectKind, Space},
    },
    repo::{
        delivered::{row::Row, rubric::rubrics_named},
        ground::error::StoreError,
        publish::affected::{Affected, rows_before},
    },
};

/// With more entries than this the cores are busy anyway, and what was read would be kept for a long time.
const ENTRIES_AHEAD_MAX: usize = 256;

impl Maker<'_, '_> {
    /// The live documents of all entries that a publish concerns, read at once, so that the storage is waited for once
    /// and not at each layer; empty for a large publish.
    pub(super) fn read_ahead(
        &self,
        affected: &Affected,
    ) -> Result<HashMap<EntryKey, Live>, StoreError> {
        let concerned: Vec<&EntryKey> = affected.layers.iter().flatten().collect();
        if concerned.len() > ENTRIES_AHEAD_MAX {
            return Ok(HashMap::new());
        }
        let read = |key: &EntryKey| Ok((key.clone(), self.read_live(key)?));
        widely(|| concerned.into_par_iter().map(read).collect())
    }

    /// Reads an entry's live documents. A lost document counts as never made, so it is made again.
    pub(super) fn read_live(&self, key: &EntryKey) -> Result<Live, StoreError> {
        let rows = rows_before(self.repository, self.base, key)?;
        let read = |(locale, row): (Option<Locale>, Row)| {
            if row.retired {
                return Ok(Some(((locale, row), None)));
            }
            let (space, id) = (&self.repository.delivered, row.object.object_id());
            match self.repository.object(space, id, ObjectKind::Document) {
                // A document whose answers are lost is of no use to learners either.
                Ok(bytes) if self.lacks_rubrics(&bytes)? => Ok(None),
                Ok(bytes) => Ok(Some(((locale, row), Some(bytes)))),
                Err(StoreError::Missing { .. }) => Ok(None),
                Err(error) if error.is_taken_down() => Ok(None),
                Err(error) => Err(error),
            }
        };
        let read: Result<Vec<_>, StoreError> =
            rows.into_par_iter().filter_map(|row| read(row).transpose()).collect();
        let mut live = Live::default();
        for ((locale, row), bytes) in read? {
            live.bytes.extend(bytes.map(|bytes| (locale.clone(), bytes)));
            live.rows.push((locale, row));
        }
        Ok(live)
    }

    /// Whether the answers to a delivered document are lost.
    fn lacks_rubrics(&self, bytes: &[u8]) -> Result<bool, StoreError> {
        let ids: Vec<_> = rubrics_named(bytes).into_iter().map(|id| id.object_id()).collect();
        let held = self.repository.engine.holds(&Space::Source, &ids)?;
        Ok(held.contains(&false))
    }
}

impl Work<'_, '_, '_> {
    /// Reads in advance what is going to be read one by one, so that the storage is waited for once.
    pub(super) fn read_translations_ahead(
        &self,
        locales: &BTreeSet<Locale>,
        is_anew: bool,
    ) -> Result<(), StoreError> {
        let graph = self.maker.graph;
        let wanted =
            locales.par_iter().filter(|locale| is_anew || self.changed.locales.contains(locale));
        wanted.try_for_each(|locale| {
            let row = graph.row(&self.key.translated(locale))?;
            if let Some(document) = row.and_then(|row| row.document()) {
                let id = document.object_id();
                self.maker.repository.object(&Space::Source, id, ObjectKind::Document)?;
            }
            Ok(())
        })
    }
}
