//! Forgetting old audit records: whole sealed files go, once all of their records may.

use super::super::{
    Core, describe,
    file::{FileError, FileKind},
    manifest::ReplaceError,
};
use crate::engine::{CommitError, Position};

impl Core {
    /// See [`crate::engine::Engine::forget_audit`]. Records in journals, and those that share a file with newer ones, stay
    /// until a later call.
    pub(in super::super) fn forget_audit(&self, through: Position) -> Result<(), CommitError> {
        self.running()?;
        self.writer()?;
        let _alone = self.upkeep_alone.lock();
        let before = self.view.read().sealed.clone();
        let is_old = |last: u64| last <= through.0;
        let old: Vec<u64> = before
            .manifest
            .audits
            .iter()
            .filter(|entry| is_old(entry.last))
            .map(|entry| entry.number)
            .collect();
        if old.is_empty() {
            return Ok(());
        }
        let replaced = self.replace_sealed(&before, |manifest, _| {
            manifest.audits.retain(|entry| !is_old(entry.last));
            Ok(())
        });
        let sealed = replaced.map_err(|error| self.not_forgotten(error))?;
        self.view.write().sealed = sealed;
        let (disk, directory) = (&*self.options.disk, &self.options.directory);
        for number in old {
            // A leftover is removed at the next opening if not now.
            let _ = disk.remove(&directory.join(FileKind::Audit.name(number)));
        }
        disk.sync_directory(directory).map_err(|source| CommitError::Failed { source })
    }

    fn not_forgotten(&self, error: ReplaceError) -> CommitError {
        let is_unknown = matches!(error, ReplaceError::Unknown(_));
        let source = match self.upkeep_failed(error) {
            FileError::Io { source, .. } => source,
            other => std::io::Error::other(describe(&other)),
        };
        if is_unknown { CommitError::Unknown { source } } else { CommitError::Failed { source } }
    }
}
