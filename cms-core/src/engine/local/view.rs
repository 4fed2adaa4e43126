//! What readers see: the live journals, the sealed files, the cells. One lock guards it, and a commit changes it in one
//! step, so that nobody sees half a transaction.

use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    path::Path,
    sync::Arc,
};

use super::{
    audit::AuditFile,
    cells::{self, CellIndex, CellIndexError, Change},
    checkpoint::Checkpoint,
    disk::{Disk, Reading},
    file::{FileError, FileKind},
    index::merged,
    journal::{LiveJournal, Scan, payload_of},
    lookup::Lookup,
    manifest::Manifest,
    payload::Payload,
    segment::Segment,
    taken_down::TakenDown,
};
use crate::{
    engine::{AuditRecord, operations::Operations},
    model::{
        id::ObjectId,
        object::{Object, Space},
    },
};

const REBUILD_ROWS: usize = 1000;

/// Everything that readers see.
pub(super) struct View {
    /// Journals that are not sealed, oldest first; the last one is written to.
    pub(super) journals: Vec<LiveJournal>,
    pub(super) sealed: Arc<Sealed>,
    pub(super) cells: CellIndex,
    pub(super) operations: Operations,
    pub(super) taken_down: TakenDown,
    /// The position of the last transaction.
    pub(super) position: u64,
}

/// The sealed files, as one manifest names them.
pub(super) struct Sealed {
    pub(super) manifest: Manifest,
    pub(super) segments: BTreeMap<u64, Arc<Segment>>,
    /// The look-ups of each space, newest first.
    pub(super) lookups: BTreeMap<Space, Vec<Arc<Lookup>>>,
    pub(super) audits: Vec<Arc<AuditFile>>,
    pub(super) checkpoint: Option<Arc<Checkpoint>>,
}

impl Sealed {
    /// Opens what a manifest names; takes from `before` whatever it has open already.
    pub(super) fn open(
        disk: &dyn Disk,
        directory: &Path,
        manifest: Manifest,
        before: Option<&Self>,
    ) -> Result<Self, FileError> {
        let at = |kind: FileKind, number| directory.join(kind.name(number));
        let segments = manifest.segments.iter().map(|entry| {
            let known = before.and_then(|before| before.segments.get(&entry.number)).cloned();
            let open = || {
                Segment::open(
                    disk,
                    at(FileKind::Segment, entry.number),
                    entry.clone(),
                    Reading::Scattered,
                )
            };
            (entry.number, known.unwrap_or_else(|| Arc::new(open())))
        });
        let segments: BTreeMap<u64, Arc<Segment>> = segments.collect();
        let mut lookups: BTreeMap<Space, Vec<Arc<Lookup>>> = BTreeMap::new();
        for entry in manifest.indexes.iter().rev() {
            let path = at(FileKind::Index, entry.number);
            let space: Space = entry
                .space
                .parse()
                .map_err(|error| FileError::damaged(&path, 0, format!("{error}")))?;
            let mut known =
                before.and_then(|before| before.lookups.get(&space)).into_iter().flatten();
            let lookup = match known.find(|lookup| lookup.entry.number == entry.number) {
                Some(lookup) => lookup.clone(),
                None => {
                    let covered = entry.segments.iter().filter_map(|number| segments.get(number));
                    let covered = covered.cloned().collect();
                    Arc::new(Lookup::open(disk, path, entry.clone(), covered))
                }
            };
            lookups.entry(space).or_default().push(lookup);
        }
        let audits = manifest.audits.iter().map(|entry| {
            let mut known = before.into_iter().flat_map(|before| &before.audits);
            let known = known.find(|file| file.entry.number == entry.number).cloned();
            let open = || AuditFile::open(disk, at(FileKind::Audit, entry.number), *entry);
            known.unwrap_or_else(|| Arc::new(open()))
        });
        let audits = audits.collect();
        let checkpoint = manifest.checkpoint.map(|entry| Checkpoint::open(disk, directory, entry));
        let checkpoint = checkpoint.transpose()?.map(Arc::new);
        Ok(Self { manifest, segments, lookups, audits, checkpoint })
    }

    /// Checks that every sealed file exists and has its full length: a store is written to only then.
    pub(super) fn check_lengths(&self) -> Result<(), FileError> {
        for segment in self.segments.values() {
            segment.check_length()?;
        }
        self.audits.iter().try_for_each(|audit| audit.check_length())
    }

    fn lookups(&self, space: &Space) -> impl Iterator<Item = &Arc<Lookup>> {
        self.lookups.get(space).into_iter().flatten()
    }

    /// Whether a space's sealed files hold an id.
    pub(super) fn holds(&self, space: &Space, id: ObjectId) -> bool {
        self.lookups(space).any(|lookup| lookup.find(id).is_some())
    }

    /// An object in sealed files: the newest whole copy of it.
    pub(super) fn object(&self, space: &Space, id: ObjectId) -> Result<Option<Object>, FileError> {
        let mut failed = None;
        for lookup in self.lookups(space) {
            let Some(row) = lookup.find(id) else { continue };
            let segment = self.segments.get(&row.segment).ok_or_else(|| {
                FileError::damaged(&lookup.path, 0, format!("no segment {}", row.segment))
            });
            let error = match segment.and_then(|segment| segment.object(id, row.offset)) {
                Ok(object) => return Ok(Some(object)),
                Err(error) => error,
            };
            // It may be whole at another place, if bytes before it are missing.
            if let Some(object) = lookup.look_again(id, row) {
                return Ok(Some(object));
            }
            failed = Some(error);
        }
        failed.map_or(Ok(None), Err)
    }
}

impl View {
    pub(super) fn holds(&self, space: &Space, id: ObjectId) -> bool {
        !self.taken_down.contains(&id)
            && (self.journals.iter().any(|journal| journal.holds(space, id))
                || self.sealed.holds(space, id))
    }

    /// A page of ids; see [`crate::engine::Engine::objects`].
    pub(super) fn ids(
        &self,
        space: &Space,
        after: Option<ObjectId>,
        rows_max: usize,
    ) -> Vec<ObjectId> {
        let is_there = |id: &ObjectId| !self.taken_down.contains(id);
        let mut ids = BTreeSet::new();
        for journal in &self.journals {
            ids.extend(journal.ids(space, after).filter(is_there).take(rows_max));
        }
        let lookups = self.sealed.lookups(space);
        let rows = merged(lookups.map(|lookup| lookup.after(after).map(Ok::<_, Infallible>)));
        // One row per id is enough, and equal ids come one after the other.
        let mut last = None;
        let mut taken = 0;
        for Ok(row) in rows {
            if taken == rows_max {
                break;
            }
            if last.replace(row.id) != Some(row.id) && is_there(&row.id) {
                taken += 1;
                ids.insert(row.id);
            }
        }
        ids.into_iter().take(rows_max).collect()
    }

    pub(super) fn spaces(&self) -> BTreeSet<Space> {
        let sealed = self.sealed.lookups.keys();
        let spaces = self.journals.iter().flat_map(LiveJournal::spaces).chain(sealed);
        let mut spaces: BTreeSet<Space> = spaces.cloned().collect();
        if !self.taken_down.is_empty() {
            spaces.retain(|space| !self.ids(space, None, 1).is_empty());
        }
        spaces
    }

    /// A page of audit records without the damaged ones; see [`crate::engine::Engine::audit`].
    pub(super) fn audit(
        &self,
        mut after: u64,
        rows_max: usize,
    ) -> Result<Vec<AuditRecord>, FileError> {
        let mut found: Vec<AuditRecord> = Vec::new();
        let files = &self.sealed.audits;
        let from = files.partition_point(|file| file.entry.last <= after);
        for file in files.get(from..).unwrap_or_default() {
            if found.len() == rows_max {
                return Ok(found);
            }
            found.extend(file.after(after, rows_max - found.len()));
            after = found.last().map_or(after, |record| record.position.0);
        }
        for journal in &self.journals {
            found.extend(journal.audit(after, rows_max - found.len())?);
        }
        Ok(found)
    }

    /// Puts every cell into an empty index: those of the checkpoint, overlaid with the journals.
    ///
    /// # Errors
    /// The outer error is that of the files, the inner one that of the index.
    pub(super) fn fill(
        &self,
        disk: &dyn Disk,
        cells: &mut CellIndex,
    ) -> Result<Result<(), CellIndexError>, FileError> {
        match fill_sealed(self.sealed.checkpoint.as_deref(), cells)? {
            Ok(()) => {}
            failed @ Err(_) => return Ok(failed),
        }
        for journal in &self.journals {
            let replayed = replay(disk, journal, cells, 0)?;
            if replayed.is_err() {
                return Ok(replayed);
            }
        }
        Ok(Ok(()))
    }
}

/// Puts every cell of a checkpoint into an empty index.
///
/// # Errors
/// The outer error is that of the file, the inner one that of the index.
pub(super) fn fill_sealed(
    checkpoint: Option<&Checkpoint>,
    cells: &mut CellIndex,
) -> Result<Result<(), CellIndexError>, FileError> {
    let mut batch: Vec<Change> = Vec::new();
    let pass = |cells: &mut CellIndex, batch: &mut Vec<Change>| cells.apply(batch.drain(..), None);
    if let Some(checkpoint) = checkpoint {
        for row in checkpoint.cells()? {
            let row = row?;
            let value = bytes::Bytes::copy_from_slice(row.value);
            batch.push((row.key.to_vec(), Some((row.version, value))));
            if batch.len() == REBUILD_ROWS
                && let Err(error) = pass(cells, &mut batch)
            {
                return Ok(Err(error));
            }
        }
    }
    Ok(pass(cells, &mut batch))
}

/// Applies to the cells what a journal's frames from a sequence on did.
pub(super) fn replay(
    disk: &dyn Disk,
    journal: &LiveJournal,
    cells: &mut CellIndex,
    from_sequence: u64,
) -> Result<Result<(), CellIndexError>, FileError> {
    let bytes = disk.map(&journal.path, Reading::InOrder).map_err(FileError::io(&journal.path))?;
    let bytes = bytes.slice(..bytes.len().min(journal.end as usize));
    for (at, frame) in Scan::known(&journal.header, &bytes) {
        if frame.sequence < from_sequence {
            continue;
        }
        let changes = changes_of(&payload_of(&journal.path, at, &frame)?);
        if let Err(error) = cells.apply(changes.into_iter(), None) {
            return Ok(Err(error));
        }
    }
    Ok(Ok(()))
}

fn changes_of(payload: &Payload<'_>) -> Vec<Change> {
    let Payload::Transactions(transactions) = payload else { return Vec::new() };
    let changes = transactions.iter().flat_map(|written| &written.cells).map(|change| {
        let put = |value| (change.version, bytes::Bytes::copy_from_slice(value));
        (change.key.to_vec(), change.value.map(put))
    });
    changes.collect()
}

/// Compares what the cells should be with what the index has; returns a sentence about the first difference.
pub(super) fn compare_cells(disk: &dyn Disk, view: &View) -> Result<Option<String>, FileError> {
    let maps: Vec<_> = view
        .journals
        .iter()
        .map(|journal| {
            disk.map(&journal.path, Reading::InOrder).map_err(FileError::io(&journal.path))
        })
        .collect::<Result<_, _>>()?;
    let mut changes = Vec::new();
    for (journal, bytes) in view.journals.iter().zip(&maps) {
        let bytes = bytes.get(..journal.end as usize).unwrap_or(bytes);
        for (at, frame) in Scan::new(&journal.header, bytes) {
            if let Payload::Transactions(transactions) = payload_of(&journal.path, at, &frame)? {
                changes.extend(transactions.into_iter().flat_map(|written| written.cells));
            }
        }
    }
    changes.sort_by_key(|change| (change.key, change.version));
    let mut expected = super::checkpoint::overlaid(view.sealed.checkpoint.as_deref(), &changes)?;
    let mut failure = None;
    let mut difference = None;
    let differs = |key: &[u8]| match cells::name(key) {
        Some(name) => format!("cell {name} differs in sled, which can be rebuilt"),
        None => "a cell without a name is in sled, which can be rebuilt".to_owned(),
    };
    let compared = view.cells.for_each(|key, cell| match expected.next() {
        Some(Ok(row))
            if row.key == key && row.version == cell.version && row.value == cell.value =>
        {
            true
        }
        Some(Err(error)) => {
            failure = Some(error);
            false
        }
        _ => {
            difference = Some(differs(key));
            false
        }
    });
    if let Some(error) = failure {
        return Err(error);
    }
    match compared {
        Err(error) => return Ok(Some(error.to_string())),
        Ok(()) if difference.is_some() => return Ok(difference),
        Ok(()) => {}
    }
    expected.next().transpose().map(|row| row.map(|row| differs(row.key)))
}
