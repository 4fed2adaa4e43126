//! Committing: the first writer that finds no leader takes all waiting writers, judges their transactions in order,
//! writes one frame, syncs once, shows the result to readers and answers everyone. While it syncs, others queue up.
//!
//! Invariants:
//! 1. At most one frame is unsynced at any time.
//! 2. Any answer, even a rejection, is given only after everything that it was judged over is durable.
//! 3. A batch is written whole or not at all: if it can't be judged, nothing of it is left in the frame.

mod draft;
mod queue;
mod rotation;

use std::{collections::HashMap, io, sync::Arc};

pub(super) use self::queue::Queue;
use rayon::prelude::*;

use self::{draft::Draft, queue::Ticket};
use super::{
    Core, Stop, cells,
    disk::DiskFile,
    file::{self, FileError, FileKind},
    frame::{self, Chain, JournalHeader},
    payload,
};
use crate::{
    engine::{
        Applied, Cell, CellName, CommitError, Outcome, Position, ReadError, Transaction, judge,
        widely,
    },
    model::object::{Object, Space},
};

/// Up to this many objects are looked up one after the other.
const KNOWN_ALONE_MAX: usize = 32;

/// The buffer of a frame is reused for the next one unless it grew beyond this.
const BUFFER_SIZE_BYTES_KEPT: usize = 16 << 20;

type Answer = Result<Vec<Outcome>, CommitError>;

/// What only the leader touches: the end of the journal.
pub(super) struct Writer {
    pub(super) file: Arc<dyn DiskFile>,
    pub(super) header: JournalHeader,
    pub(super) end: u64,
    /// The sequence of the next frame.
    pub(super) sequence: u64,
    pub(super) chain: Chain,
    /// The position of the last transaction.
    pub(super) position: u64,
    /// Whether anything was written since the last mark of a clean end.
    pub(super) dirty: bool,
    /// The length of the journal at which a failed rotation is tried again.
    pub(super) retry_at: u64,
    pub(super) buffer: Vec<u8>,
}

/// A frame that was not made durable.
pub(super) enum AppendError {
    /// Nothing of the frame is there.
    Undone(io::Error),
    /// The frame may or may not be there.
    Unknown(io::Error),
    /// Nothing of it was written, because another process holds the directory now.
    Displaced(String),
}

impl Core {
    /// Drops the objects that exist already, so that they are not written again. What can't be looked up is written: a
    /// second copy does no harm, and may replace a damaged one.
    fn drop_known(&self, batch: &mut [Transaction]) {
        let damaged = self.damaged_objects.lock().clone();
        let sealed = {
            let view = self.view.read();
            let in_journal = |space: &Space, id| {
                view.journals.iter().any(|j| j.holds(space, id))
                    && !damaged.contains(&(space.clone(), id))
            };
            for transaction in &mut *batch {
                transaction.objects.retain(|(space, object)| !in_journal(space, object.id()));
            }
            view.sealed.clone()
        };
        let is_known = |(space, object): &(Space, Object)| {
            sealed.holds(space, object.id()) && !damaged.contains(&(space.clone(), object.id()))
        };
        for transaction in batch {
            let objects = &mut transaction.objects;
            if objects.len() < KNOWN_ALONE_MAX {
                objects.retain(|object| !is_known(object));
            } else {
                let taken = std::mem::take(objects).into_par_iter();
                *objects = widely(|| taken.filter(|object| !is_known(object)).collect());
            }
            // One run per space, so that the frame names each space once.
            transaction.objects.sort_by(|(one, _), (other, _)| one.cmp(other));
        }
    }

    fn commit_group(&self, writer: &mut Writer, group: &[Arc<Ticket>]) -> Vec<Answer> {
        let all = |make: &dyn Fn() -> CommitError| group.iter().map(|_| Err(make())).collect();
        if let Err(error) = self.running().and_then(|()| self.rotate(writer)) {
            return all(&|| stopped(&error));
        }
        let taken_down = self.view.read().taken_down.clone();
        let buffer = std::mem::take(&mut writer.buffer);
        let mut draft = Draft::new(buffer, writer.position + 1, taken_down);
        draft.buffer.reserve(group.iter().map(|ticket| ticket.size_bytes).sum());
        let answers: Vec<Answer> =
            group.iter().map(|ticket| self.judge(&mut draft, &ticket.batch.lock())).collect();
        if draft.order.is_empty() {
            writer.buffer = draft.buffer;
            return answers;
        }
        match self.append(writer, &mut draft.buffer) {
            Ok(frame_at) => match self.publish(writer, draft, frame_at) {
                Ok(()) => answers,
                Err(error) => {
                    self.stop();
                    let text = error.to_string();
                    all(&|| CommitError::Unknown { source: io::Error::other(text.clone()) })
                }
            },
            Err(AppendError::Undone(source)) => {
                writer.buffer = draft.buffer;
                all(&|| failed(copy(&source)))
            }
            Err(AppendError::Unknown(source)) => {
                self.stop();
                all(&|| CommitError::Unknown { source: copy(&source) })
            }
            Err(AppendError::Displaced(by)) => all(&|| CommitError::Displaced { by: by.clone() }),
        }
    }

    /// From now on writes nothing and reports no outcome.
    pub(super) fn stop(&self) {
        let _ = self.stopped.set(Stop::Unknown);
    }

    /// Judges a batch over what readers see and what the draft frame holds, and adds what it accepts.
    fn judge(&self, draft: &mut Draft, batch: &[Transaction]) -> Answer {
        // Holds what was read for the batch, so that nothing has to be undone when a later read fails.
        let mut read: HashMap<&CellName, Option<Cell>> = HashMap::new();
        for swap in batch.iter().flat_map(|transaction| &transaction.swaps) {
            if !draft.cells.contains_key(&swap.cell) && !read.contains_key(&swap.cell) {
                let key = cells::key(&swap.cell);
                read.insert(&swap.cell, self.with_cells(|cells| cells.get(&key))?);
            }
        }
        let mut outcomes = Vec::with_capacity(batch.len());
        for transaction in batch {
            let known = draft
                .operations
                .get(&transaction.operation)
                .copied()
                .map(|position| Applied { position: Position(position) });
            let known = known.or_else(|| self.view.read().operations.get(transaction.operation));
            if let Some(applied) = known {
                outcomes.push(Outcome::Applied(applied));
                continue;
            }
            let rejected = judge::judge(transaction, |name| {
                let found = draft.cells.get(name).or_else(|| read.get(name));
                Ok(found.expect("every cell of the batch was read").clone())
            })?;
            outcomes.push(match rejected {
                Some(rejected) => Outcome::Rejected(rejected),
                None => Outcome::Applied(Applied { position: draft.add(transaction) }),
            });
        }
        Ok(outcomes)
    }

    /// Writes a frame and syncs it; returns where it begins.
    pub(super) fn append(
        &self,
        writer: &mut Writer,
        buffer: &mut Vec<u8>,
    ) -> Result<u64, AppendError> {
        self.check_alone().map_err(AppendError::Displaced)?;
        let journal = self.options.directory.join(FileKind::Journal.name(writer.header.number));
        if !writer.file.is_at(&journal, writer.end) {
            let by = format!(
                "{} was removed, replaced or written by others",
                file::display_name(&journal)
            );
            let _ = self.stopped.set(Stop::Displaced(by.clone()));
            return Err(AppendError::Displaced(by));
        }
        let chain = frame::finish(buffer, &writer.header.seed, writer.sequence, &writer.chain);
        let frame_at = writer.end;
        if let Err(source) = writer.file.write_at(frame_at, buffer) {
            return Err(match writer.file.truncate(frame_at) {
                Ok(()) => AppendError::Undone(source),
                Err(_) => AppendError::Unknown(source),
            });
        }
        self.options.disk.sync_file(&*writer.file).map_err(AppendError::Unknown)?;
        writer.end += buffer.len() as u64;
        writer.sequence += 1;
        writer.chain = chain;
        Ok(frame_at)
    }

    /// Shows a durable frame to readers.
    fn publish(&self, writer: &mut Writer, draft: Draft, frame_at: u64) -> Result<(), ReadError> {
        let changes = draft
            .cells
            .into_iter()
            .map(|(name, cell)| (cells::key(&name), cell.map(|cell| (cell.version, cell.value))));
        let applied_to = writer.applied_to();
        writer.position += draft.order.len() as u64;
        writer.dirty = true;
        let mut view = self.view.write();
        view.position = writer.position;
        for (operation, position) in draft.order.iter().zip(draft.first_position..) {
            view.operations.push(Position(position), *operation);
        }
        let journal = view.journals.last_mut().expect("there is always a journal to write to");
        journal.end = writer.end;
        for (space, id, offset, size_bytes) in &draft.objects {
            journal.add_object(space, *id, frame_at + *offset as u64, *size_bytes);
        }
        for (position, offset, size_bytes) in draft.audits {
            journal.add_audit(position, frame_at + offset as u64, size_bytes);
        }
        if let Err(error) = view.cells.apply(changes, Some(&applied_to)) {
            self.fall_back(&mut view, &error)?;
        }
        drop(view);
        if draft.buffer.capacity() <= BUFFER_SIZE_BYTES_KEPT {
            writer.buffer = draft.buffer;
        }
        Ok(())
    }

    /// Closes sled and marks the clean end of the journal; a failure here is found at the next opening.
    pub(super) fn close(&self) {
        let cells = std::mem::replace(
            &mut self.view.write().cells,
            super::cells::CellIndex::memory("the engine is closed".to_owned()),
        );
        let in_files = cells.close();
        let Ok(writer) = self.writer() else { return };
        let mut writer = writer.lock();
        if self.stopped.get().is_some() || !writer.dirty {
            return;
        }
        let index_durable = in_files && cells::sync_all(&self.options.cell_index_directory).is_ok();
        let mut buffer = std::mem::take(&mut writer.buffer);
        frame::begin(&mut buffer);
        payload::closed(&mut buffer, index_durable);
        let _ = self.append(&mut writer, &mut buffer);
        let _ = self.stopped.set(Stop::Closed);
    }
}

/// Whether the disk is full, or its user's quota is. Any other error that prevents a write is about a disk that
/// somebody should look at.
fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

/// The write did not happen, and the engine goes on.
pub(super) fn failed(source: io::Error) -> CommitError {
    match is_full(&source) {
        true => CommitError::Full { source },
        false => CommitError::Failed { source },
    }
}

/// Why a batch was not committed by an engine that writes nothing any more.
fn stopped(error: &ReadError) -> CommitError {
    match error {
        ReadError::Displaced { by } => CommitError::Displaced { by: by.clone() },
        _ => CommitError::Stopped,
    }
}

fn copy(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}

impl From<AppendError> for FileError {
    fn from(error: AppendError) -> Self {
        let source = match error {
            AppendError::Undone(source) | AppendError::Unknown(source) => source,
            AppendError::Displaced(by) => io::Error::other(by),
        };
        Self::Io { file: "the journal".to_owned(), source }
    }
}
