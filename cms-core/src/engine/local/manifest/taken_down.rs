//! What was taken down: ids whose objects nobody gets any more.
//!
//! The list has a file of its own, so that it can be kept apart from backups: put into a copy of the store from before,
//! it takes down there what was taken down since. The manifest lists those of which no sealed file holds a byte any
//! more; the others are looked for when a journal is sealed, and when the store is opened.
//!
//! Invariants:
//! 1. The list only grows, and is replaced like a manifest: whole, or not at all.
//! 2. Readers ask the list before anything else. Whether the bytes are still there changes nothing for them.

use std::{collections::BTreeSet, io, path::Path, sync::Arc};

use super::{
    super::{
        Core,
        disk::{Disk, Reading},
        file::{
            self, FOOTER_SIZE_BYTES, FileError, FileKind, HEADER_SIZE_BYTES, SealedWriter, u64_at,
        },
        upkeep::unwritten,
    },
    Manifest, ReplaceError, put_in_place,
};
use crate::{
    engine::{CommitError, judge},
    model::id::ObjectId,
};

/// The file's name.
pub(in crate::engine::local) const NAME: &str = "TAKEN-DOWN";
/// The name of a list that is being written; a leftover.
pub(in crate::engine::local) const NEXT_NAME: &str = "TAKEN-DOWN.next";

/// The ids that were taken down.
pub(in crate::engine::local) type TakenDown = Arc<BTreeSet<ObjectId>>;

/// What a directory's list and its manifest say was taken down.
pub(in crate::engine::local) fn read(
    disk: &dyn Disk,
    directory: &Path,
    manifest: &Manifest,
) -> Result<BTreeSet<ObjectId>, FileError> {
    let mut ids: BTreeSet<ObjectId> = manifest.purged.iter().copied().collect();
    ids.extend(listed(disk, directory)?);
    Ok(ids)
}

/// The ids that a directory's file lists; none when there is no such file.
pub(in crate::engine::local) fn listed(
    disk: &dyn Disk,
    directory: &Path,
) -> Result<Vec<ObjectId>, FileError> {
    let path = directory.join(NAME);
    match disk.size_bytes(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(FileError::io(&path))?,
    };
    let bytes = file::map(disk, FileKind::TakenDown, &path, Reading::InOrder)?;
    file::check_footer(&path, &bytes)?;
    let body = bytes.get(HEADER_SIZE_BYTES..bytes.len() - FOOTER_SIZE_BYTES).unwrap_or_default();
    let (count, rows) = (u64_at(body, 0), body.get(8..).unwrap_or_default().as_chunks::<32>());
    if rows.0.len() as u64 != count || !rows.1.is_empty() {
        return Err(FileError::damaged(&path, HEADER_SIZE_BYTES, "the count of ids is wrong"));
    }
    Ok(rows.0.iter().map(|id| ObjectId::from_bytes(*id)).collect())
}

/// Puts a list in place of the previous one and makes that durable.
pub(in crate::engine::local) fn replace(
    disk: &dyn Disk,
    directory: &Path,
    ids: &BTreeSet<ObjectId>,
) -> Result<(), ReplaceError> {
    let next = directory.join(NEXT_NAME);
    let write = || {
        let mut writer = SealedWriter::create(disk, FileKind::TakenDown, next.clone())?;
        writer.write(&(ids.len() as u64).to_le_bytes())?;
        for id in ids {
            writer.write(id.as_bytes())?;
        }
        writer.finish()
    };
    write().map_err(ReplaceError::Kept)?;
    put_in_place(disk, directory, &next, NAME)
}

impl Core {
    /// See [`crate::engine::Engine::take_down`].
    pub(in crate::engine::local) fn take_down(&self, ids: &[ObjectId]) -> Result<(), CommitError> {
        self.running()?;
        // While this is held, no frame is written: what comes later is judged with the new list.
        let _writer = self.writer()?.lock();
        let mut all = BTreeSet::clone(&self.view.read().taken_down);
        let before = all.len();
        all.extend(ids);
        if all.len() == before {
            return Ok(());
        }
        judge::check_taken_down(all.len())?;
        self.check_alone().map_err(|by| CommitError::Displaced { by })?;
        replace(&*self.options.disk, &self.options.directory, &all)
            .map_err(|error| unwritten(self, error))?;
        self.view.write().taken_down = Arc::new(all);
        Ok(())
    }
}
