//! Rebuilding indexes from the segments, which themselves say what they hold.
//!
//! Each segment gets its own index, so that only one segment's rows are in memory at a time; upkeep merges them later.
//! A segment that can't be read to its end is an error: leaving out what comes after the damage would turn "damaged"
//! into "never written".

use std::path::{Path, PathBuf};

use super::{
    Core,
    cells::{self, AppliedTo, CellIndex},
    disk::{Disk, Reading},
    file::{FileError, FileKind},
    index::{self, IndexRow},
    manifest::{Manifest, SegmentEntry},
    segment::Segment,
};
use crate::engine::{CommitError, ReadError};

/// Replaces the indexes with these numbers in a manifest by new ones, one per segment.
pub(super) fn reindex(
    disk: &dyn Disk,
    directory: &Path,
    manifest: &mut Manifest,
    created: &mut Vec<PathBuf>,
    numbers: &[u64],
) -> Result<(), FileError> {
    let mut segments: Vec<u64> = Vec::new();
    for entry in manifest.indexes.iter().filter(|entry| numbers.contains(&entry.number)) {
        segments.extend(&entry.segments);
    }
    let entries: Vec<SegmentEntry> = manifest
        .segments
        .iter()
        .filter(|entry| segments.contains(&entry.number))
        .cloned()
        .collect();
    manifest.indexes.retain(|entry| !numbers.contains(&entry.number));
    for entry in entries {
        let path = directory.join(FileKind::Segment.name(entry.number));
        let segment = Segment::open(disk, path, entry.clone(), Reading::InOrder);
        let mut rows = Vec::new();
        segment.check_length()?;
        for record in segment.records() {
            let (offset, header) = record.map_err(|stretch| {
                FileError::damaged(&segment.path, stretch.bytes.start, stretch.detail)
            })?;
            rows.push(IndexRow { id: header.id, segment: entry.number, offset });
        }
        if rows.len() as u64 != entry.count {
            let detail = format!("{} objects are there instead of {}", rows.len(), entry.count);
            return Err(FileError::damaged(&segment.path, 0, detail));
        }
        rows.sort_unstable();
        let path = directory.join(FileKind::Index.name(manifest.take_number()));
        created.push(path.clone());
        let (count, rows) = (rows.len() as u64, rows.into_iter().map(Ok));
        let made = index::write(disk, path, &entry.space, vec![entry.number], count, rows)?;
        manifest.indexes.push(made);
    }
    Ok(())
}

impl Core {
    /// Rebuilds every index.
    pub(super) fn rebuild_indexes(&self) -> Result<(), ReadError> {
        let alone = self.upkeep_alone.lock();
        let (disk, directory) = (&*self.options.disk, &self.options.directory);
        let before = self.view.read().sealed.clone();
        let numbers: Vec<u64> = before.manifest.indexes.iter().map(|entry| entry.number).collect();
        let replaced = self.replace_sealed(&before, |manifest, created| {
            reindex(disk, directory, manifest, created, &numbers)
        });
        let sealed = replaced.map_err(|error| self.upkeep_failed(error).reading("the indexes"))?;
        self.view.write().sealed = sealed;
        for number in numbers {
            let _ = disk.remove(&directory.join(FileKind::Index.name(number)));
        }
        drop(alone);
        self.ask_for_upkeep();
        Ok(())
    }

    /// Rebuilds sled.
    pub(super) fn rebuild_cells(&self) -> Result<(), CommitError> {
        let writer = self.writer()?.lock();
        let mut view = self.view.write();
        let placeholder = CellIndex::memory("sled is being rebuilt".to_owned());
        std::mem::replace(&mut view.cells, placeholder).close();
        view.cells = fresh_cells(&self.options, &view, &writer.applied_to())
            .map_err(|error| error.reading("the cells"))?;
        Ok(())
    }
}

/// Cells in a new sled, or in memory if sled can't be used.
pub(super) fn fresh_cells(
    options: &super::LocalOptions,
    view: &super::View,
    applied_to: &AppliedTo,
) -> Result<CellIndex, FileError> {
    let disk = &*options.disk;
    let directory = &options.cell_index_directory;
    let made = cells::remove(directory)
        .and_then(|()| CellIndex::open_sled(&cells::place::next(directory)));
    let failed = match made {
        Ok(mut cells) => {
            let filled = view.fill(disk, &mut cells)?;
            match filled.and_then(|()| cells.apply(std::iter::empty(), Some(applied_to))) {
                Ok(()) => return Ok(cells),
                Err(error) => error.to_string(),
            }
        }
        Err(error) => error.to_string(),
    };
    let mut cells = CellIndex::memory(failed);
    view.fill(disk, &mut cells)?.expect("memory takes every row");
    Ok(cells)
}
