//! The default engine: files on one machine, with sled for looking up cells.
//!
//! A batch is one frame in a *journal*: one write and one sync, shared by all waiting writers. A full journal is sealed
//! in the background: its objects go to a *segment* for each space with a sorted *index*, its cells to a *checkpoint*,
//! its audit records to a file of their own; then it is removed. `docs/FORMAT.md` describes every byte that is stored;
//! `docs/adr/2026-11-22-journal-checkpoint-and-sled.md` says why.
//!
//! Invariants:
//! 1. Journals, segments, checkpoint and audit files are the truth. Everything in sled and the indexes can be rebuilt
//!    from them.
//! 2. A commit is answered after its frame was synced, and is visible only then.
//! 3. Every byte that is returned was checked: objects against their ids, the rest against a BLAKE3.
//! 4. Memory use is bounded by the length of two journals and by limits, not by how much is stored.
//! 5. A rotation leaves no byte behind that is not part of the state as it was then, except in audit records.

#[cfg(any(test, feature = "conformance"))]
pub mod arbitrary;
mod audit;
mod cells;
mod checkpoint;
mod commit;
mod damaged;
pub mod disk;
mod file;
mod frame;
mod index;
mod journal;
mod lookup;
mod manifest;
mod open;
mod payload;
mod record;
mod reindex;
mod segment;
mod upkeep;
mod verify;
mod view;

use std::{
    collections::HashSet,
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{Arc, OnceLock},
    thread::JoinHandle,
};

use parking_lot::{Condvar, Mutex, RwLock};

use self::{
    cells::{CellIndex, CellIndexError},
    commit::{Queue, Writer},
    disk::{Disk, DiskLock, RealDisk},
    file::FileError,
    manifest::taken_down,
    view::View,
};
pub use self::{
    damaged::{SalvageError, Salvaged},
    journal::recent::{Recent, RecentCell, RecentObject},
    open::OpenError,
};
use super::{
    Applied, AuditRecord, Cell, CellName, CellPage, CellQuery, CommitError, Damage, Engine,
    OperationId, Outcome, PAGE_ROWS_MAX, Position, ReadError, Transaction, Usage, Verification,
};
use crate::model::{
    id::ObjectId,
    object::{Object, Space},
};

/// A journal is sealed once it is longer than this.
pub const JOURNAL_SIZE_BYTES_MAX_DEFAULT: u64 = 64 << 20;

/// Indexes beyond this total, in bytes, are read only when they are needed; smaller ones are read before larger ones.
const INDEX_BYTES_AHEAD_MAX: u64 = 2 << 30;

/// Where a store is and how it is kept.
#[derive(Clone)]
pub struct LocalOptions {
    /// The directory that holds the store, and nothing else.
    pub directory: PathBuf,
    /// The directory that sled has to itself, on the machine's own disk.
    pub cell_index_directory: PathBuf,
    /// The disk that holds the files.
    pub disk: Arc<dyn Disk>,
    /// A journal is sealed once it is longer than this.
    pub journal_size_bytes_max: u64,
    /// Whether to use the content of sled and the indexes.
    pub derived: Derived,
    /// Who seals journals and merges indexes.
    pub upkeep: Upkeep,
    /// Whether the store is opened for writing.
    pub access: Access,
}

/// What a store is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// For writing, by this process only. If something is damaged that writing builds on, the store is opened for
    /// reading, and refuses writes with an error that names the damage.
    Write,
    /// To be read as it is at this moment: nothing in the directory is changed, so this works on a read-only disk too.
    Read,
}

/// Whether to use what can be rebuilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Derived {
    /// When it matches the journals.
    Use,
    /// Never: sled and the indexes are rebuilt when the store is opened.
    Rebuild,
}

/// Who seals full journals and merges indexes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upkeep {
    /// A thread of the engine's own.
    Background,
    /// The writer that filled the journal, so that a test is exactly repeatable.
    Inline,
}

impl LocalOptions {
    /// The defaults for a directory on the machine's own disk.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        let directory = directory.into();
        Self {
            cell_index_directory: directory.join("sled"),
            directory,
            disk: Arc::new(RealDisk),
            journal_size_bytes_max: JOURNAL_SIZE_BYTES_MAX_DEFAULT,
            derived: Derived::Use,
            upkeep: Upkeep::Background,
            access: Access::Write,
        }
    }
}

/// The engine over local files. Only one process at a time holds a directory; dropping the engine closes it.
pub struct LocalEngine {
    core: Arc<Core>,
    upkeep: Option<JoinHandle<()>>,
}

/// What the engine's threads share.
struct Core {
    options: LocalOptions,
    view: RwLock<View>,
    queue: Mutex<Queue>,
    writing: Writing,
    /// Damage that was found when the store was opened.
    damages: Vec<Damage>,
    /// Whether cells may be missing of which no trace is left.
    lacks_cells: bool,
    /// Objects whose bytes were found damaged since: when they come in again, they are written again.
    damaged_objects: Mutex<HashSet<(Space, ObjectId)>>,
    /// Why nothing is written any more.
    stopped: OnceLock<Stop>,
    /// Held by whoever seals and merges.
    upkeep_alone: Mutex<()>,
    upkeep_state: Mutex<UpkeepState>,
    upkeep_changed: Condvar,
}

/// Whether a store takes writes.
enum Writing {
    /// By the process that holds the directory.
    Allowed { writer: Box<Mutex<Writer>>, lock: Box<dyn DiskLock> },
    /// It takes none: why, and the lock that keeps others from writing meanwhile.
    Refused(
        Refusal,
        #[expect(dead_code, reason = "held until the engine is dropped")] Option<Box<dyn DiskLock>>,
    ),
}

/// Why a store takes no writes.
#[derive(Debug, Clone)]
struct Refusal {
    damaged: bool,
    why: String,
}

/// Why an engine writes nothing any more and, except when only an outcome is unknown, answers nothing.
#[derive(Debug, Clone)]
enum Stop {
    /// The outcome of a sync is unknown.
    Unknown,
    /// Another process took the directory.
    Displaced(String),
    /// The engine was closed.
    Closed,
}

#[derive(Debug, Default)]
struct UpkeepState {
    wanted: bool,
    ending: bool,
    /// Why the last attempt failed; it is tried again when the journal has grown.
    failure: Option<String>,
}

impl LocalEngine {
    /// Opens the store in a directory, or begins one in an empty directory.
    ///
    /// What a crash left half-done is finished or undone; a torn frame that was never acknowledged is cut off. A
    /// damaged store is opened for reading: see [`LocalEngine::refusal`].
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(options: LocalOptions) -> Result<Self, OpenError> {
        let core = Arc::new(open::open(options)?);
        let is_written = matches!(core.writing, Writing::Allowed { .. });
        let background = core.options.upkeep == Upkeep::Background;
        let upkeep = (is_written && background).then(|| {
            let core = core.clone();
            std::thread::spawn(move || core.keep_up())
        });
        Ok(Self { core, upkeep })
    }

    /// Why the store takes no writes; `None` when it takes them.
    pub fn refusal(&self) -> Option<CommitError> {
        match self.core.running() {
            Ok(()) => self.core.writer().err(),
            Err(ReadError::Displaced { by }) => Some(CommitError::Displaced { by }),
            Err(_) => Some(CommitError::Stopped),
        }
    }

    /// Damage that was found when the store was opened. [`Engine::verify`] looks further.
    pub fn damages(&self) -> &[Damage] {
        &self.core.damages
    }

    /// Whether cells may be missing, or be as they were before, because only damaged bytes recorded them. If so, "there
    /// is no such cell" is not a reliable answer.
    pub fn lacks_cells(&self) -> bool {
        self.core.lacks_cells
    }

    /// Rebuilds sled and every index from the checkpoint, the journals and the segments.
    ///
    /// # Errors
    /// [`CommitError`] when the store takes no writes, or when their sources can't be read; they are then as they were,
    /// or partly new.
    pub fn rebuild_index(&self) -> Result<(), CommitError> {
        self.core.running()?;
        self.core.writer()?;
        self.core.rebuild_indexes()?;
        self.core.rebuild_cells()
    }
}

impl Drop for LocalEngine {
    fn drop(&mut self) {
        {
            let mut state = self.core.upkeep_state.lock();
            state.ending = true;
            self.core.upkeep_changed.notify_all();
        }
        if let Some(upkeep) = self.upkeep.take() {
            // A panic in that thread was reported there; closing goes on.
            let _ = upkeep.join();
        }
        self.core.close();
    }
}

impl Core {
    /// Whether what is certainly durable can be read. It can be, even after a sync whose outcome is unknown: readers
    /// were never shown what that sync was to make durable.
    fn readable(&self) -> Result<(), ReadError> {
        match self.stopped.get() {
            None | Some(Stop::Unknown) => Ok(()),
            Some(Stop::Displaced(by)) => Err(ReadError::Displaced { by: by.clone() }),
            Some(Stop::Closed) => Err(ReadError::Stopped),
        }
    }

    /// Whether it is certain what is durable, so that more can be written and outcomes can be reported.
    fn running(&self) -> Result<(), ReadError> {
        match self.stopped.get() {
            Some(Stop::Unknown) => Err(ReadError::Stopped),
            _ => self.readable(),
        }
    }

    /// The end of the journal, when the store takes writes.
    fn writer(&self) -> Result<&Mutex<Writer>, CommitError> {
        match &self.writing {
            Writing::Allowed { writer, .. } => Ok(writer),
            Writing::Refused(Refusal { damaged, why }, _) => {
                Err(CommitError::ReadOnly { damaged: *damaged, why: why.clone() })
            }
        }
    }

    /// Checks, before anything is made durable, that the directory still belongs to this process; stops the engine if
    /// not.
    fn check_alone(&self) -> Result<(), String> {
        let Writing::Allowed { lock, .. } = &self.writing else { return Ok(()) };
        lock.check().inspect_err(|by| drop(self.stopped.set(Stop::Displaced(by.clone()))))
    }

    /// Seals and merges when woken, until the engine closes.
    fn keep_up(&self) {
        if self.has_unpurged() {
            // An older copy of the files came back: what was taken down since leaves it too.
            let _ = self.purge();
        }
        self.read_indexes_ahead();
        loop {
            {
                let mut state = self.upkeep_state.lock();
                while !state.wanted && !state.ending {
                    self.upkeep_changed.wait(&mut state);
                }
                if state.ending {
                    return;
                }
                state.wanted = false;
            }
            self.upkeep_once();
        }
    }

    /// Reads the indexes once, so that looking for an object need not wait for the disk: they are about a fiftieth the
    /// size of what they index, and most lookups are for objects that do not exist. This is only an optimisation: it
    /// ends for any reason.
    fn read_indexes_ahead(&self) {
        let sealed = self.view.read().sealed.clone();
        let lookups = sealed.lookups.values().flatten();
        let mut indexes: Vec<_> = lookups.filter_map(|lookup| lookup.index().ok()).collect();
        indexes.sort_by_key(|index| index.entry.size_bytes);
        let mut size_bytes = 0;
        for index in indexes {
            size_bytes += index.entry.size_bytes;
            if size_bytes > INDEX_BYTES_AHEAD_MAX {
                return;
            }
            let Ok(index) = index.in_order(&*self.options.disk) else { continue };
            for _ in index.pages() {
                let state = self.upkeep_state.lock();
                if state.wanted || state.ending {
                    return;
                }
            }
        }
    }

    fn upkeep_once(&self) {
        if self.stopped.get().is_some() {
            return;
        }
        // A writer may be waiting: it must be woken even after a bug.
        let failure = match catch_unwind(AssertUnwindSafe(|| self.keep_order())) {
            Ok(done) => done.err().map(|error| describe(&self.upkeep_failed(error))),
            Err(_) => Some("upkeep panicked".to_owned()),
        };
        self.upkeep_state.lock().failure = failure;
        self.upkeep_changed.notify_all();
    }

    /// Reads cells; falls back to memory when sled fails.
    fn with_cells<T>(
        &self,
        read: impl Fn(&CellIndex) -> Result<T, CellIndexError>,
    ) -> Result<T, ReadError> {
        self.readable()?;
        let failed = match read(&self.view.read().cells) {
            Ok(found) => return Ok(found),
            Err(error) => error,
        };
        let mut view = self.view.write();
        if let CellIndex::Sled(_) = view.cells {
            self.fall_back(&mut view, &failed)?;
        }
        read(&view.cells).map_err(|error| ReadError::Damaged {
            what: "the look-up of cells".to_owned(),
            place: "memory".to_owned(),
            detail: error.to_string(),
        })
    }

    /// The newest whole copy of an object.
    fn object(&self, space: &Space, id: ObjectId) -> Result<Option<Object>, FileError> {
        let (in_journals, sealed) = {
            let view = self.view.read();
            if view.taken_down.contains(&id) {
                return Err(FileError::TakenDown(id));
            }
            let journals = view.journals.iter().rev();
            let found: Vec<_> = journals.filter_map(|journal| journal.object(space, id)).collect();
            (found, view.sealed.clone())
        };
        let mut damaged = None;
        for object in in_journals {
            match object.read() {
                Err(error @ FileError::Damaged { .. }) => damaged = Some(error),
                read => return read.map(Some),
            }
        }
        let found = match (sealed.object(space, id), damaged) {
            (Ok(None), Some(error)) => Err(error),
            (Ok(None), None) => self.not_found(space, id).map_or(Ok(None), Err),
            (found, _) => found,
        };
        if let Err(FileError::Damaged { .. }) = &found {
            self.damaged_objects.lock().insert((space.clone(), id));
        }
        found
    }

    /// Replaces sled with memory, filled from the checkpoint and the journals.
    fn fall_back(&self, view: &mut View, failed: &CellIndexError) -> Result<(), ReadError> {
        let mut cells = CellIndex::memory(failed.to_string());
        let filled = view.fill(&*self.options.disk, &mut cells);
        filled.map_err(|error| error.reading("the cells"))?.expect("memory takes every row");
        view.cells = cells;
        Ok(())
    }
}

/// An error and its source in one line.
fn describe(error: &FileError) -> String {
    match error {
        FileError::Io { file, source } => format!("{file}: {source}"),
        other => other.to_string(),
    }
}

impl Engine for LocalEngine {
    fn object(&self, space: &Space, id: ObjectId) -> Result<Option<Object>, ReadError> {
        self.core.readable()?;
        self.core.object(space, id).map_err(|error| error.reading(format_args!("object {id}")))
    }

    fn holds(&self, space: &Space, ids: &[ObjectId]) -> Result<Vec<bool>, ReadError> {
        self.core.readable()?;
        let view = self.core.view.read();
        Ok(ids.iter().map(|id| view.holds(space, *id)).collect())
    }

    fn objects(
        &self,
        space: &Space,
        after: Option<ObjectId>,
        rows_max: usize,
    ) -> Result<Vec<ObjectId>, ReadError> {
        self.core.readable()?;
        Ok(self.core.view.read().ids(space, after, rows_max.min(PAGE_ROWS_MAX)))
    }

    fn spaces(&self) -> Result<Vec<Space>, ReadError> {
        self.core.readable()?;
        Ok(self.core.view.read().spaces().into_iter().collect())
    }

    fn cell(&self, name: &CellName) -> Result<Option<Cell>, ReadError> {
        let key = cells::key(name);
        self.core.with_cells(|cells| cells.get(&key))
    }

    fn cells(&self, query: &CellQuery) -> Result<CellPage, ReadError> {
        self.core.with_cells(|cells| cells.list(query))
    }

    fn commit(&self, batch: Vec<Transaction>) -> Result<Vec<Outcome>, CommitError> {
        self.core.commit(batch)
    }

    fn take_down(&self, ids: &[ObjectId]) -> Result<(), CommitError> {
        self.core.take_down(ids)
    }

    fn purge(&self) -> Result<(), CommitError> {
        self.core.purge()
    }

    fn outcome(&self, operation: OperationId) -> Result<Option<Applied>, ReadError> {
        self.core.running()?;
        Ok(self.core.view.read().operations.get(operation))
    }

    fn audit(&self, after: Position, rows_max: usize) -> Result<Vec<AuditRecord>, ReadError> {
        self.core.readable()?;
        let page = self.core.view.read().audit(after.0, rows_max.min(PAGE_ROWS_MAX));
        page.map_err(|error| error.reading("the audit"))
    }

    fn forget_audit(&self, through: Position) -> Result<(), CommitError> {
        self.core.forget_audit(through)
    }

    fn verify(
        &self,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Verification, ReadError> {
        self.core.readable()?;
        self.core.verify(progress).ok_or(ReadError::Cancelled)
    }

    fn usage(&self) -> Result<Usage, ReadError> {
        self.core.readable()?;
        self.core.usage()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::conformance::{Subject, run};

    struct Local {
        engine: Option<LocalEngine>,
        options: LocalOptions,
        _directory: tempfile::TempDir,
    }

    impl Subject for Local {
        fn engine(&self) -> &dyn Engine {
            self.engine.as_ref().expect("it is open")
        }

        fn reopen(&mut self) {
            drop(self.engine.take());
            self.engine = Some(LocalEngine::open(self.options.clone()).expect("it opens again"));
        }
    }

    /// Journals of a few kilobytes are sealed all the time; in these laws, default ones never are.
    #[test]
    fn every_law_holds_whatever_the_length_of_a_journal() {
        for (journal_size_bytes_max, upkeep) in [
            (1, Upkeep::Inline),
            (4096, Upkeep::Background),
            (JOURNAL_SIZE_BYTES_MAX_DEFAULT, Upkeep::Background),
        ] {
            run(|| {
                let directory = tempfile::tempdir().expect("a directory");
                let options = LocalOptions {
                    journal_size_bytes_max,
                    upkeep,
                    ..LocalOptions::new(directory.path().join("store"))
                };
                let engine = LocalEngine::open(options.clone()).expect("it opens");
                Box::new(Local { engine: Some(engine), options, _directory: directory })
            });
        }
    }
}
