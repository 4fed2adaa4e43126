//! Making a store of all that is whole in another one, which is only read.
//!
//! Invariants:
//! 1. The new store holds every object that can be read, and every cell and audit record as it is read, at its version
//!    and position.
//! 2. Positions continue far above any that the old store can have given, so that none is used twice.
//! 3. The manifest is written last: a salvage that was interrupted leaves no store.

use std::{collections::BTreeSet, io, ops::ControlFlow, path::PathBuf};

use super::super::{
    Core, LocalEngine, LocalOptions, audit, checkpoint,
    disk::Disk,
    file::{FileError, FileKind},
    index,
    manifest::{Manifest, ReplaceError},
    open,
    payload::CellChange,
    record::RecordHeader,
    segment, taken_down,
};
use crate::{
    engine::{Cell, CellName, Damage, Lost, PAGE_ROWS_MAX, ReadError},
    model::{
        id::ObjectId,
        object::{Object, Space},
    },
};

/// A segment ends once its objects are longer than this.
const SEGMENT_SIZE_BYTES_AIM: usize = 256 << 20;
/// This many positions are skipped above the last known one.
const POSITIONS_LEFT_OUT: u64 = 1 << 20;

/// What was saved, and what was not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Salvaged {
    /// Number of whole objects that were saved.
    pub objects_count: u64,
    /// Their total size.
    pub size_bytes: u64,
    /// Number of cells that were saved.
    pub cells_count: u64,
    /// Number of audit records that were saved.
    pub audit_records_count: u64,
    /// What is damaged in the old store.
    pub damages: Vec<Damage>,
}

/// Why nothing was salvaged.
#[derive(Debug, thiserror::Error)]
pub enum SalvageError {
    /// There already is something where the new store should go.
    #[error("{directory} is not empty")]
    NotEmpty {
        /// The directory that is not empty.
        directory: PathBuf,
    },
    /// The new store can't be written.
    #[error("writing {place} failed")]
    Io {
        /// The file that could not be written.
        place: String,
        /// The system's error.
        source: io::Error,
    },
    /// The old store can't be read at all.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl From<FileError> for SalvageError {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Io { file, source } => Self::Io { place: file, source },
            other => {
                let source = io::Error::other(other.to_string());
                Self::Io { place: "the new store".to_owned(), source }
            }
        }
    }
}

impl LocalEngine {
    /// Makes a store of all that is whole in this one, in a directory that is empty or does not exist.
    ///
    /// `progress` is called with the bytes written so far, and may end the salvage.
    ///
    /// # Errors
    /// [`SalvageError`]; the directory then holds no store.
    pub fn salvage(
        &self,
        to: &LocalOptions,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Salvaged, SalvageError> {
        self.core.running()?;
        let (disk, directory) = (&*to.disk, &to.directory);
        disk.create_directory(directory).map_err(FileError::io(directory))?;
        let names = disk.list(directory).map_err(FileError::io(directory))?;
        if names.iter().any(|name| FileKind::parse(name).is_some() || name == Manifest::NAME) {
            return Err(SalvageError::NotEmpty { directory: directory.clone() });
        }
        let _lock = disk.lock(directory).map_err(FileError::io(directory))?;
        let mut salvage = Salvage {
            core: &self.core,
            disk,
            to,
            manifest: open::new_manifest(disk)?,
            salvaged: Salvaged { damages: self.core.damages.clone(), ..Salvaged::default() },
            progress,
        };
        let spaces = self.core.view.read().spaces();
        for space in spaces {
            salvage.objects(&space)?;
        }
        salvage.audit()?;
        salvage.cells()?;
        let Salvage { mut manifest, salvaged, .. } = salvage;
        manifest.position = self.core.view.read().position + POSITIONS_LEFT_OUT;
        let gone = self.core.view.read().taken_down.clone();
        if !gone.is_empty() {
            taken_down::replace(disk, directory, &gone).map_err(of_manifest)?;
            manifest.purged = gone.iter().copied().collect();
        }
        disk.sync_directory(directory).map_err(FileError::io(directory))?;
        manifest.replace(disk, directory).map_err(of_manifest)?;
        Ok(salvaged)
    }

    /// Values that a cell had, newest first, as far as the checkpoint and the journals still have them.
    ///
    /// # Errors
    /// [`ReadError`] when the directory can't be read.
    pub fn earlier_values(&self, cell: &CellName) -> Result<Vec<Cell>, ReadError> {
        super::survey::earlier_values(&self.core.options, cell).map_err(|error| ReadError::Io {
            place: "the journals".to_owned(),
            source: io::Error::other(error.to_string()),
        })
    }
}

fn of_manifest(error: ReplaceError) -> FileError {
    let (ReplaceError::Kept(error) | ReplaceError::Unknown(error)) = error;
    error
}

struct Salvage<'a> {
    core: &'a Core,
    disk: &'a dyn Disk,
    to: &'a LocalOptions,
    manifest: Manifest,
    salvaged: Salvaged,
    progress: &'a mut dyn FnMut(u64) -> ControlFlow<()>,
}

impl Salvage<'_> {
    fn create(&mut self, kind: FileKind) -> (u64, PathBuf) {
        let number = self.manifest.take_number();
        (number, self.to.directory.join(kind.name(number)))
    }

    fn objects(&mut self, space: &Space) -> Result<(), SalvageError> {
        let mut after = None;
        let mut records: Vec<(ObjectId, Vec<u8>)> = Vec::new();
        let mut size_bytes = 0;
        loop {
            let ids = self.core.view.read().ids(space, after, PAGE_ROWS_MAX);
            for id in &ids {
                let Some(record) = self.record(space, *id)? else { continue };
                size_bytes += record.len();
                records.push((*id, record));
                if size_bytes > SEGMENT_SIZE_BYTES_AIM {
                    self.segment(space, &mut records)?;
                    size_bytes = 0;
                }
            }
            match ids.last() {
                Some(last) => after = Some(*last),
                None => break,
            }
        }
        // Objects that are listed nowhere any more, but are known to be damaged.
        let named = self.core.damages.iter().filter_map(|damage| match &damage.lost {
            Lost::Object(of, id) if of == space => Some(*id),
            _ => None,
        });
        for id in named.collect::<BTreeSet<_>>() {
            if !self.core.view.read().holds(space, id)
                && let Some(record) = self.record(space, id)?
            {
                records.push((id, record));
            }
        }
        self.segment(space, &mut records)
    }

    /// The record of an object, if it is whole.
    fn record(&mut self, space: &Space, id: ObjectId) -> Result<Option<Vec<u8>>, SalvageError> {
        let found = match self.core.object(space, id) {
            taken_down @ Err(FileError::TakenDown(_)) => taken_down,
            // The same bytes, as their id shows, may be whole in another space.
            Err(error) => self.elsewhere(id).map_or(Err(error), |object| Ok(Some(object))),
            found => found,
        };
        match found {
            Ok(Some(object)) => {
                let mut record = RecordHeader::of(&object).encode().to_vec();
                record.extend_from_slice(object.bytes());
                self.salvaged.objects_count += 1;
                self.salvaged.size_bytes += object.bytes().len() as u64;
                if (self.progress)(self.salvaged.size_bytes).is_break() {
                    return Err(ReadError::Cancelled.into());
                }
                Ok(Some(record))
            }
            Ok(None) | Err(FileError::TakenDown(_)) => Ok(None),
            Err(error) => {
                let damage = super::damage_of(error);
                let damage = damage.losing(Lost::Object(space.clone(), id));
                if !self.salvaged.damages.contains(&damage) {
                    self.salvaged.damages.push(damage);
                }
                Ok(None)
            }
        }
    }

    fn elsewhere(&self, id: ObjectId) -> Option<Object> {
        let spaces = self.core.view.read().spaces();
        spaces.iter().find_map(|space| self.core.object(space, id).ok().flatten())
    }

    fn segment(
        &mut self,
        space: &Space,
        records: &mut Vec<(ObjectId, Vec<u8>)>,
    ) -> Result<(), SalvageError> {
        let records = std::mem::take(records);
        if records.is_empty() {
            return Ok(());
        }
        let space = space.to_string();
        let (number, path) = self.create(FileKind::Segment);
        let each = records.iter().map(|(id, record)| (*id, record.as_slice()));
        let (entry, mut rows) = segment::write(self.disk, path, number, &space, each)?;
        self.manifest.segments.push(entry);
        rows.sort_unstable();
        let (_, path) = self.create(FileKind::Index);
        let (count, rows) = (rows.len() as u64, rows.into_iter().map(Ok));
        let entry = index::write(self.disk, path, &space, vec![number], count, rows)?;
        self.manifest.indexes.push(entry);
        Ok(())
    }

    fn audit(&mut self) -> Result<(), SalvageError> {
        let mut records = Vec::new();
        let mut after = 0;
        loop {
            let page = self.core.view.read().audit(after, PAGE_ROWS_MAX);
            let page = page.map_err(|error| error.reading("the audit"))?;
            let Some(last) = page.last() else { break };
            after = last.position.0;
            records.extend(page);
        }
        self.salvaged.audit_records_count = records.len() as u64;
        let rows = records.iter().map(|record| audit::AuditRow {
            position: record.position.0,
            operation: record.operation,
            bytes: &record.bytes,
            offset: 0,
        });
        let (number, path) = self.create(FileKind::Audit);
        self.manifest.audits.extend(audit::write(self.disk, path, number, rows)?);
        Ok(())
    }

    fn cells(&mut self) -> Result<(), SalvageError> {
        let (number, path) = self.create(FileKind::Checkpoint);
        let mut cells = Vec::new();
        let view = self.core.view.read();
        let read = view.cells.for_each(|key, cell| {
            cells.push((key.to_vec(), cell));
            true
        });
        read.map_err(|error| ReadError::Damaged {
            what: "the cells".to_owned(),
            place: "sled".to_owned(),
            detail: error.to_string(),
        })?;
        self.salvaged.cells_count = cells.len() as u64;
        let changes = cells.iter().map(|(key, cell)| CellChange {
            key,
            version: cell.version,
            value: Some(&cell.value),
        });
        let entry =
            checkpoint::write(self.disk, path, number, &view.operations, None, changes.collect())?;
        self.manifest.checkpoint = Some(entry);
        Ok(())
    }
}
