//! Moving on to the next journal when one is full.

use std::{io, path::PathBuf, sync::Arc};

use super::{
    super::{
        Core, Upkeep,
        disk::DiskFile,
        file::FileKind,
        frame::{self, JOURNAL_HEADER_SIZE_BYTES, JournalHeader},
        journal::LiveJournal,
        payload,
    },
    AppendError, Writer,
};
use crate::engine::{CommitError, ReadError};

impl Core {
    /// Begins the next journal when the current one is full. If that fails, the current one goes on.
    ///
    /// # Errors
    /// When it is not known what is durable; the engine has then stopped.
    pub(super) fn rotate(&self, writer: &mut Writer) -> Result<(), ReadError> {
        let full = self.options.journal_size_bytes_max;
        if writer.end < full || writer.end < writer.retry_at {
            return Ok(());
        }
        if !self.make_room() {
            self.running()?;
            writer.retry_at = writer.end + full / 4;
            return Ok(());
        }
        match self.begin_journal(writer) {
            Ok(()) => {}
            Err(AppendError::Undone(_)) => {
                writer.retry_at = writer.end + full / 4;
                return Ok(());
            }
            Err(AppendError::Displaced(by)) => return Err(ReadError::Displaced { by }),
            Err(AppendError::Unknown(_)) => {
                self.stop();
                return Err(ReadError::Stopped);
            }
        }
        self.ask_for_upkeep();
        if self.options.upkeep == Upkeep::Inline {
            // The look-up of cells is as good as before if this fails, and the next rotation tries again.
            let _ = self.renew_cells_of(writer);
        }
        self.running()
    }

    /// Begins the next journal, however long the current one is. Its first frame only says that it was begun, so that
    /// a journal in force is never empty.
    ///
    /// # Errors
    /// The current one goes on, or the engine has stopped.
    pub(in super::super) fn rotate_now(&self, writer: &mut Writer) -> Result<(), CommitError> {
        if !self.make_room() {
            self.running().map_err(|error| super::stopped(&error))?;
            let why = "the journal before the current one could not be sealed";
            return Err(super::failed(io::Error::other(why)));
        }
        let begun = self.begin_journal(writer).and_then(|()| self.append_opened(writer));
        begun.map_err(|error| match error {
            AppendError::Undone(source) => super::failed(source),
            AppendError::Displaced(by) => CommitError::Displaced { by },
            AppendError::Unknown(source) => {
                self.stop();
                CommitError::Unknown { source }
            }
        })
    }

    /// Writes a frame that says that the journal was opened, under the boot id that the writer has.
    pub(in super::super) fn append_opened(&self, writer: &mut Writer) -> Result<(), AppendError> {
        let mut buffer = Vec::new();
        frame::begin(&mut buffer);
        payload::opened(&mut buffer, &writer.header.boot);
        self.append(writer, &mut buffer)?;
        writer.dirty = true;
        if let Some(journal) = self.view.write().journals.last_mut() {
            journal.end = writer.end;
        }
        Ok(())
    }

    pub(in super::super) fn ask_for_upkeep(&self) {
        match self.options.upkeep {
            Upkeep::Background => {
                self.upkeep_state.lock().wanted = true;
                self.upkeep_changed.notify_all();
            }
            Upkeep::Inline => self.upkeep_once(),
        }
    }

    /// Waits until the journal before the current one is sealed; returns whether it is.
    fn make_room(&self) -> bool {
        let crowded = || self.is_crowded();
        if !crowded() {
            return true;
        }
        if self.upkeep_state.lock().failure.take().is_some()
            || self.options.upkeep == Upkeep::Inline
        {
            self.ask_for_upkeep();
        }
        let mut state = self.upkeep_state.lock();
        while crowded() && state.failure.is_none() && !state.ending && self.running().is_ok() {
            self.upkeep_changed.wait(&mut state);
        }
        !crowded() && self.running().is_ok()
    }

    /// Whether a journal waits to be sealed.
    pub(in super::super) fn is_crowded(&self) -> bool {
        self.view.read().journals.len() > 1
    }

    fn begin_journal(&self, writer: &mut Writer) -> Result<(), AppendError> {
        let seed = self.view.read().sealed.manifest.seed(writer.header.number + 1);
        let header = JournalHeader {
            number: writer.header.number + 1,
            seed,
            previous: writer.chain,
            first_sequence: writer.sequence,
            position: writer.position,
            ..writer.header.clone()
        };
        let (path, file) = self.create_journal(&header)?;
        self.view.write().journals.push(LiveJournal::new(header.clone(), path, file.clone()));
        writer.file = file;
        writer.header = header;
        writer.end = JOURNAL_HEADER_SIZE_BYTES as u64;
        writer.retry_at = 0;
        Ok(())
    }

    fn create_journal(
        &self,
        header: &JournalHeader,
    ) -> Result<(PathBuf, Arc<dyn DiskFile>), AppendError> {
        self.check_alone().map_err(AppendError::Displaced)?;
        let (disk, directory) = (&*self.options.disk, &self.options.directory);
        let path = directory.join(FileKind::Journal.name(header.number));
        let written = disk.create(&path).and_then(|file| {
            file.write_at(0, &header.encode())?;
            Ok(file)
        });
        match written {
            Ok(file) => {
                let synced = disk.sync_file(&*file).and_then(|()| disk.sync_directory(directory));
                synced.map_err(AppendError::Unknown)?;
                Ok((path, file))
            }
            Err(error) => match disk.remove(&path) {
                Err(failed) if failed.kind() != io::ErrorKind::NotFound => {
                    Err(AppendError::Unknown(error))
                }
                _ => Err(AppendError::Undone(error)),
            },
        }
    }
}
