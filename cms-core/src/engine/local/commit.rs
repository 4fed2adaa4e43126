//! Committing: the first writer that finds nobody leading takes all that wait, judges them in order, writes
//! one frame, syncs once, shows the result to readers and answers everyone. While it syncs, others queue up.
//!
//! Invariants:
//! 1. At most one frame is unsynced at any time.
//! 2. An answer, also a rejection, is given only after everything that it was judged over is durable.
//! 3. A batch is written whole or not at all: what can't be judged leaves nothing in the frame.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    io,
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
};

use bytes::Bytes;
use parking_lot::{Condvar, Mutex};

use super::{
    Core, Upkeep, audit, cells,
    disk::DiskFile,
    file::{FileError, FileKind},
    frame::{self, Chain, JOURNAL_HEADER_SIZE_BYTES, JournalHeader},
    journal::LiveJournal,
    payload,
    record::RecordHeader,
};
use crate::{
    engine::{
        Applied, Cell, CellName, CommitError, OperationId, Outcome, Position, ReadError, SwapValue,
        Transaction, judge,
    },
    model::{
        id::ObjectId,
        object::{Object, Space},
    },
};

/// A frame takes waiting batches until it is about so long.
const FRAME_SIZE_BYTES_AIM: usize = 16 << 20;
/// The buffer of a frame is kept for the next one unless it grew beyond this.
const BUFFER_SIZE_BYTES_KEPT: usize = 16 << 20;

type Answer = Result<Vec<Outcome>, CommitError>;

/// Who waits to be committed.
#[derive(Default)]
pub(super) struct Queue {
    waiting: VecDeque<Arc<Ticket>>,
    /// Whether somebody leads.
    led: bool,
}

/// One call of `commit`.
struct Ticket {
    batch: Mutex<Vec<Transaction>>,
    size_bytes: usize,
    turn: Mutex<Turn>,
    turned: Condvar,
}

enum Turn {
    Waits,
    Leads,
    Answered(Answer),
}

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

/// A frame that is being put together.
struct Draft {
    buffer: Vec<u8>,
    /// What the transactions so far leave behind, over what readers see.
    cells: HashMap<CellName, Option<Cell>>,
    operations: HashMap<OperationId, u64>,
    /// Operations in their order, for those that are remembered.
    order: Vec<OperationId>,
    placed: HashSet<(Space, ObjectId)>,
    /// Space, id, where its record begins in the frame, and its length.
    objects: Vec<(Space, ObjectId, usize, usize)>,
    /// Position, where it begins in the frame, and its length.
    audits: Vec<(u64, usize, usize)>,
    first_position: u64,
}

/// A frame that was not made durable.
pub(super) enum AppendError {
    /// Nothing of it is there.
    Undone(io::Error),
    /// It may or may not be there.
    Unknown(io::Error),
}

impl Core {
    /// See [`crate::engine::Engine::commit`].
    pub(super) fn commit(&self, mut batch: Vec<Transaction>) -> Answer {
        judge::check(&batch)?;
        self.running().map_err(|_| CommitError::Stopped)?;
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        self.drop_known(&mut batch);
        let size_bytes = batch.iter().map(size_of).sum();
        let ticket = Arc::new(Ticket {
            batch: Mutex::new(batch),
            size_bytes,
            turn: Mutex::new(Turn::Waits),
            turned: Condvar::new(),
        });
        {
            let mut queue = self.queue.lock();
            queue.waiting.push_back(ticket.clone());
            if !queue.led {
                queue.led = true;
                *ticket.turn.lock() = Turn::Leads;
            }
        }
        loop {
            let mut turn = ticket.turn.lock();
            while matches!(*turn, Turn::Waits) {
                ticket.turned.wait(&mut turn);
            }
            match std::mem::replace(&mut *turn, Turn::Waits) {
                Turn::Answered(answer) => return answer,
                Turn::Leads | Turn::Waits => {}
            }
            drop(turn);
            self.lead();
        }
    }

    /// Drops the objects that are there already, so that they are not written again. What can't be looked up
    /// is written: a second copy does no harm, and may replace one that is damaged.
    fn drop_known(&self, batch: &mut [Transaction]) {
        let sealed = {
            let view = self.view.read();
            let in_journal = |space: &Space, id| view.journals.iter().any(|j| j.holds(space, id));
            for transaction in &mut *batch {
                transaction.objects.retain(|(space, object)| !in_journal(space, object.id()));
            }
            view.sealed.clone()
        };
        for transaction in batch {
            transaction
                .objects
                .retain(|(space, object)| !sealed.holds(space, object.id()).unwrap_or(false));
            // One run a space: the frame names it once.
            transaction.objects.sort_by(|(one, _), (other, _)| one.cmp(other));
        }
    }

    /// Commits one group, answers it, and hands the lead to the next in line.
    fn lead(&self) {
        let group = self.queue.lock().take_group();
        // Should a bug make the leader panic, the others must not wait for ever.
        let mut handover = Handover { core: self, group, answers: Vec::new() };
        let answers = {
            let mut writer = self.writer.lock();
            self.commit_group(&mut writer, &handover.group)
        };
        handover.answers = answers;
    }

    fn commit_group(&self, writer: &mut Writer, group: &[Arc<Ticket>]) -> Vec<Answer> {
        let all = |make: &dyn Fn() -> CommitError| group.iter().map(|_| Err(make())).collect();
        if self.running().is_err() || self.rotate(writer).is_err() {
            return all(&|| CommitError::Stopped);
        }
        let mut draft = Draft::new(std::mem::take(&mut writer.buffer), writer.position + 1);
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
                all(&|| CommitError::Full { source: copy(&source) })
            }
            Err(AppendError::Unknown(source)) => {
                self.stop();
                all(&|| CommitError::Unknown { source: copy(&source) })
            }
        }
    }

    /// Answers nothing from now on.
    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
    }

    /// Judges a batch over what readers see and what the draft holds, and adds what it accepts.
    fn judge(&self, draft: &mut Draft, batch: &[Transaction]) -> Answer {
        // What was read for the batch, so that nothing has to be undone when a later read fails.
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

    /// Writes a frame and syncs it; tells where it begins.
    pub(super) fn append(
        &self,
        writer: &mut Writer,
        buffer: &mut Vec<u8>,
    ) -> Result<u64, AppendError> {
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

    /// Begins the next journal when the present one is full. Failing that, the present one goes on.
    ///
    /// # Errors
    /// When it can't be told what is durable, and the engine stopped.
    fn rotate(&self, writer: &mut Writer) -> Result<(), ReadError> {
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
            Err(AppendError::Unknown(_)) => {
                self.stop();
                return Err(ReadError::Stopped);
            }
        }
        self.ask_for_upkeep();
        self.running()
    }

    pub(super) fn ask_for_upkeep(&self) {
        match self.options.upkeep {
            Upkeep::Background => {
                self.upkeep_state.lock().wanted = true;
                self.upkeep_changed.notify_all();
            }
            Upkeep::Inline => self.upkeep_once(),
        }
    }

    /// Waits until the journal before the present one is sealed; whether it is.
    fn make_room(&self) -> bool {
        let crowded = || self.view.read().journals.len() > 1;
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

    /// Closes sled and marks the clean end of the journal; what fails is found when opening.
    pub(super) fn close(&self) {
        let mut writer = self.writer.lock();
        let cells = std::mem::replace(
            &mut self.view.write().cells,
            super::cells::CellIndex::memory("the engine is closed".to_owned()),
        );
        let in_files = cells.close();
        if self.stopped.swap(true, Ordering::AcqRel) || !writer.dirty {
            return;
        }
        let index_durable = in_files && sync_all(&self.options.cell_index_directory).is_ok();
        let mut buffer = std::mem::take(&mut writer.buffer);
        frame::begin(&mut buffer);
        payload::closed(&mut buffer, index_durable);
        let _ = self.append(&mut writer, &mut buffer);
    }
}

/// Makes every file in a directory of sled's durable, and their names.
fn sync_all(directory: &std::path::Path) -> io::Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_all(&entry.path())?;
        } else {
            std::fs::File::open(entry.path())?.sync_all()?;
        }
    }
    std::fs::File::open(directory)?.sync_all()
}

fn size_of(transaction: &Transaction) -> usize {
    let record = |object| RecordHeader::of(object).record_size_bytes();
    let objects = transaction.objects.iter().map(|(_, object)| record(object));
    let cells = transaction.swaps.iter().map(|swap| match &swap.value {
        SwapValue::Put(value) => value.len(),
        SwapValue::Delete | SwapValue::Keep => 0,
    });
    objects.chain(cells).sum::<usize>() + transaction.audit.as_ref().map_or(0, Bytes::len)
}

fn copy(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}

impl Queue {
    /// Takes those in front, as many as make a good frame.
    fn take_group(&mut self) -> Vec<Arc<Ticket>> {
        let mut group: Vec<Arc<Ticket>> = Vec::new();
        let mut size_bytes = 0;
        while let Some(next) = self.waiting.front() {
            size_bytes += next.size_bytes;
            if !group.is_empty() && size_bytes > FRAME_SIZE_BYTES_AIM {
                break;
            }
            group.extend(self.waiting.pop_front());
        }
        group
    }
}

/// Answers a group when the leader is done with it, however that came about.
struct Handover<'a> {
    core: &'a Core,
    group: Vec<Arc<Ticket>>,
    answers: Vec<Answer>,
}

impl Drop for Handover<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.core.stop();
        }
        {
            let mut queue = self.core.queue.lock();
            match queue.waiting.front() {
                Some(next) => {
                    *next.turn.lock() = Turn::Leads;
                    next.turned.notify_one();
                }
                None => queue.led = false,
            }
        }
        let mut answers = self.answers.drain(..);
        for ticket in self.group.drain(..) {
            let lost =
                || Err(CommitError::Unknown { source: io::Error::other("the writer broke") });
            *ticket.turn.lock() = Turn::Answered(answers.next().unwrap_or_else(lost));
            ticket.turned.notify_one();
        }
    }
}

impl Draft {
    fn new(mut buffer: Vec<u8>, first_position: u64) -> Self {
        frame::begin(&mut buffer);
        payload::begin(&mut buffer, first_position);
        Self {
            buffer,
            cells: HashMap::new(),
            operations: HashMap::new(),
            order: Vec::new(),
            placed: HashSet::new(),
            objects: Vec::new(),
            audits: Vec::new(),
            first_position,
        }
    }

    /// Adds an accepted transaction and tells its position.
    fn add(&mut self, transaction: &Transaction) -> Position {
        let position = self.first_position + self.order.len() as u64;
        let mut changes = Vec::new();
        for swap in &transaction.swaps {
            let value = match &swap.value {
                SwapValue::Keep => continue,
                SwapValue::Delete => None,
                SwapValue::Put(value) => Some(value.clone()),
            };
            let cell = value.clone().map(|value| Cell { version: position, value });
            self.cells.insert(swap.cell.clone(), cell);
            changes.push((cells::key(&swap.cell), value));
        }
        let fresh: Vec<(Space, Object)> = transaction
            .objects
            .iter()
            .filter(|(space, object)| self.placed.insert((space.clone(), object.id())))
            .cloned()
            .collect();
        let objects = &mut self.objects;
        payload::push(
            &mut self.buffer,
            position,
            transaction.operation,
            &fresh,
            &changes,
            transaction.audit.as_ref(),
            |space, object, at| {
                let size_bytes = RecordHeader::of(object).record_size_bytes();
                objects.push((space.clone(), object.id(), at, size_bytes));
            },
        );
        if let Some(bytes) = &transaction.audit {
            let size_bytes = audit::RECORD_HEADER_SIZE_BYTES + bytes.len();
            self.audits.push((position, self.buffer.len() - size_bytes, size_bytes));
        }
        self.operations.insert(transaction.operation, position);
        self.order.push(transaction.operation);
        Position(position)
    }
}

impl From<AppendError> for FileError {
    fn from(error: AppendError) -> Self {
        let (AppendError::Undone(source) | AppendError::Unknown(source)) = error;
        Self::Io { file: "the journal".to_owned(), source }
    }
}
