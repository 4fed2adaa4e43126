//! What happens in the background while writers go on: a full journal is sealed, what was taken down is removed from
//! segments (`purge`), and indexes of one size are merged.
//!
//! Invariants:
//! 1. Only one thread does this at a time, and only it replaces the manifest.
//! 2. New files are written and synced, then the manifest names them, then the old files are removed: if the process is
//!    killed at any point, opening finds one state or the other, and leftovers.
//! 3. Upkeep that fails before the manifest is touched changes nothing and is tried again later; writers go on in their
//!    journal.

mod purge;

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use super::{
    Core, audit,
    audit::AuditRow,
    checkpoint,
    commit::failed,
    disk::Reading,
    file::{FileError, FileKind},
    frame::JournalHeader,
    index::{self, IndexRow, merged},
    journal::{Scan, Tail, payload_of},
    manifest::{Manifest, ReplaceError},
    payload::{CellChange, Payload},
    segment,
    view::Sealed,
};
use crate::{
    engine::{CommitError, Position, operations::Operations},
    model::id::ObjectId,
};

/// This many indexes of one size become one.
const MERGE_COUNT: usize = 8;

/// Everything in a journal, by destination.
struct Content<'a> {
    spaces: BTreeMap<&'a str, Vec<(ObjectId, &'a [u8])>>,
    cells: Vec<CellChange<'a>>,
    audits: Vec<AuditRow<'a>>,
    operations: Operations,
    position: u64,
    sequence: u64,
    chain: [u8; 32],
}

impl<'a> Content<'a> {
    fn read(
        header: &JournalHeader,
        path: &std::path::Path,
        bytes: &'a [u8],
        operations: Operations,
    ) -> Result<Self, FileError> {
        let mut content = Self {
            spaces: BTreeMap::new(),
            cells: Vec::new(),
            audits: Vec::new(),
            operations,
            position: header.position,
            sequence: 0,
            chain: [0; 32],
        };
        let mut scan = Scan::new(header, bytes);
        for (at, frame) in scan.by_ref() {
            if let Payload::Transactions(transactions) = payload_of(path, at, &frame)? {
                for written in transactions {
                    content.position = written.position;
                    content.operations.push(Position(written.position), written.operation);
                    for object in written.objects {
                        let objects = content.spaces.entry(object.space).or_default();
                        objects.push((object.header.id, object.record));
                    }
                    content.cells.extend(written.cells);
                    content.audits.extend(written.audit);
                }
            }
        }
        if scan.tail() != Tail::Whole {
            return Err(FileError::damaged(path, scan.at, "a frame of a full journal is bad"));
        }
        content.sequence = scan.sequence - 1;
        content.chain = scan.chain;
        Ok(content)
    }
}

impl Core {
    /// Seals every full journal, merges the indexes that can be merged, and removes what was taken down from segments.
    /// The caller holds `upkeep_alone`. Returns whether anything was sealed.
    pub(super) fn upkeep(&self) -> Result<bool, ReplaceError> {
        let sealed = self.seal_full()?;
        while self.merge_indexes()? {}
        // Last, because a damaged segment keeps it from being done, and nothing else.
        self.purge_segments()?;
        Ok(sealed)
    }

    /// Seals every full journal; returns whether there was one.
    pub(super) fn seal_full(&self) -> Result<bool, ReplaceError> {
        let mut any = false;
        while self.seal_oldest()? {
            any = true;
            // Taken so that a writer either has not looked at the journals yet or is already waiting.
            drop(self.upkeep_state.lock());
            self.upkeep_changed.notify_all();
        }
        Ok(any)
    }

    /// Writes a changed manifest's files and then the manifest. Files that were created are removed on failure.
    pub(super) fn replace_sealed(
        &self,
        before: &Sealed,
        write: impl FnOnce(&mut Manifest, &mut Vec<PathBuf>) -> Result<(), FileError>,
    ) -> Result<Arc<Sealed>, ReplaceError> {
        let (disk, directory) = (&*self.options.disk, &self.options.directory);
        let mut manifest = before.manifest.clone();
        let mut created = Vec::new();
        let written = write(&mut manifest, &mut created).and_then(|()| {
            manifest.generation += 1;
            disk.sync_directory(directory).map_err(FileError::io(directory))?;
            Sealed::open(disk, directory, manifest, Some(before))
        });
        let replaced = written.map_err(ReplaceError::Kept).and_then(|sealed| {
            if self.check_alone().is_err() {
                let path = directory.join(Manifest::NAME);
                let error = std::io::Error::other("the store was taken from this process");
                return Err(ReplaceError::Kept(FileError::io(&path)(error)));
            }
            sealed.manifest.replace(disk, directory)?;
            Ok(Arc::new(sealed))
        });
        if let Err(ReplaceError::Kept(_)) = &replaced {
            for path in created {
                // A leftover is removed at the next opening if not now.
                let _ = disk.remove(&path);
            }
        }
        replaced
    }

    /// Stops the engine if it is not known which manifest is in place; returns the error.
    pub(super) fn upkeep_failed(&self, error: ReplaceError) -> FileError {
        match error {
            ReplaceError::Kept(error) => error,
            ReplaceError::Unknown(error) => {
                self.stop();
                error
            }
        }
    }

    pub(super) fn path(&self, kind: FileKind, number: u64) -> PathBuf {
        self.options.directory.join(kind.name(number))
    }

    /// Seals the oldest journal if it is full; returns whether there was one.
    fn seal_oldest(&self) -> Result<bool, ReplaceError> {
        let disk = &*self.options.disk;
        let (header, path, end, before) = {
            let view = self.view.read();
            let [journal, _, ..] = view.journals.as_slice() else { return Ok(false) };
            (journal.header.clone(), journal.path.clone(), journal.end, view.sealed.clone())
        };
        let bytes = disk
            .map(&path, Reading::InOrder)
            .map_err(FileError::io(&path))
            .map_err(ReplaceError::Kept)?;
        let bytes = bytes.get(..end as usize).unwrap_or(&bytes);
        let operations = before.checkpoint.as_ref().map(|c| c.operations()).unwrap_or_default();
        let content =
            Content::read(&header, &path, bytes, operations).map_err(ReplaceError::Kept)?;
        let sealed = self.replace_sealed(&before, |manifest, created| {
            self.write_content(&header, content, &before, manifest, created)
        })?;
        {
            let mut view = self.view.write();
            view.journals.remove(0);
            view.sealed = sealed;
        }
        let _ = disk.remove(&path);
        if let Some(entry) = before.manifest.checkpoint {
            let _ = disk.remove(&self.path(FileKind::Checkpoint, entry.number));
        }
        Ok(true)
    }

    fn write_content(
        &self,
        header: &JournalHeader,
        content: Content<'_>,
        before: &Sealed,
        manifest: &mut Manifest,
        created: &mut Vec<PathBuf>,
    ) -> Result<(), FileError> {
        let disk = &*self.options.disk;
        let mut create = |manifest: &mut Manifest, kind| {
            let number = manifest.take_number();
            let path = self.path(kind, number);
            created.push(path.clone());
            (number, path)
        };
        let taken_down = self.view.read().taken_down.clone();
        for (space, mut records) in content.spaces {
            records.retain(|(id, _)| !taken_down.contains(id));
            if records.is_empty() {
                continue;
            }
            let (number, path) = create(manifest, FileKind::Segment);
            let (entry, mut rows) = segment::write(disk, path, number, space, records.into_iter())?;
            manifest.segments.push(entry);
            rows.sort_unstable();
            let (_, path) = create(manifest, FileKind::Index);
            let count = rows.len() as u64;
            let rows = rows.into_iter().map(Ok);
            manifest.indexes.push(index::write(disk, path, space, vec![number], count, rows)?);
        }
        let (number, path) = create(manifest, FileKind::Audit);
        manifest.audits.extend(audit::write(disk, path, number, content.audits.into_iter())?);
        let (number, path) = create(manifest, FileKind::Checkpoint);
        manifest.checkpoint = Some(checkpoint::write(
            disk,
            path,
            number,
            &content.operations,
            before.checkpoint.as_deref(),
            content.cells,
        )?);
        manifest.journal = header.number;
        manifest.sequence = content.sequence;
        manifest.position = content.position;
        manifest.chain = content.chain;
        Ok(())
    }

    /// Merges the indexes of one space and size if there are eight; returns whether there were.
    fn merge_indexes(&self) -> Result<bool, ReplaceError> {
        let before = self.view.read().sealed.clone();
        let mut classes = BTreeMap::<_, Vec<_>>::new();
        for (space, lookups) in &before.lookups {
            for index in lookups {
                let class = index.entry.count.max(1).ilog2() / MERGE_COUNT.ilog2();
                classes.entry((space, class)).or_default().push(index.clone());
            }
        }
        let Some(((space, _), old)) = classes.iter().find(|(_, all)| all.len() >= MERGE_COUNT)
        else {
            return Ok(false);
        };
        let mut segments: Vec<u64> =
            old.iter().flat_map(|index| index.entry.segments.iter().copied()).collect();
        segments.sort_unstable();
        let in_order = old.iter().map(|lookup| match lookup.index() {
            Ok(index) => index.in_order(&*self.options.disk),
            Err(error) => Err(FileError::damaged(&lookup.path, 0, super::describe(error))),
        });
        let in_order: Vec<_> = in_order.collect::<Result<_, _>>().map_err(ReplaceError::Kept)?;
        let rows = merged(in_order.iter().map(|index| index.after(None)));
        let removed: Vec<u64> = old.iter().map(|index| index.entry.number).collect();
        let count = old.iter().map(|index| index.entry.count).sum();
        self.replace_indexes(&before, &removed, &space.to_string(), segments, count, rows)?;
        Ok(true)
    }

    /// Writes one index in place of others.
    pub(super) fn replace_indexes(
        &self,
        before: &Sealed,
        removed: &[u64],
        space: &str,
        segments: Vec<u64>,
        count: u64,
        rows: impl Iterator<Item = Result<IndexRow, FileError>>,
    ) -> Result<(), ReplaceError> {
        let disk = &*self.options.disk;
        let sealed = self.replace_sealed(before, |manifest, created| {
            let path = self.path(FileKind::Index, manifest.take_number());
            created.push(path.clone());
            let entry = index::write(disk, path, space, segments, count, rows)?;
            manifest.indexes.retain(|entry| !removed.contains(&entry.number));
            manifest.indexes.push(entry);
            Ok(())
        })?;
        self.view.write().sealed = sealed;
        for number in removed {
            let _ = disk.remove(&self.path(FileKind::Index, *number));
        }
        Ok(())
    }
}

/// What the caller of a change hears when the file that was to record it could not be put in place.
pub(super) fn unwritten(core: &Core, error: ReplaceError) -> CommitError {
    match error {
        ReplaceError::Kept(error) => refused_by(error),
        ReplaceError::Unknown(error) => {
            core.stop();
            let source = std::io::Error::other(super::describe(&error));
            CommitError::Unknown { source }
        }
    }
}

/// The same of a file whose failure changed nothing.
pub(super) fn refused_by(error: FileError) -> CommitError {
    match error {
        FileError::Io { source, .. } => failed(source),
        other => CommitError::Read(other.reading("the store")),
    }
}
