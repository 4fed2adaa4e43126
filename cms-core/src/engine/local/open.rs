//! Opening: from whatever a crash left behind to a state that acknowledges all it ever acknowledged.
//!
//! Invariants:
//! 1. A frame is cut only if it can't have been acknowledged: it is the last thing in the last journal, and
//!    neither a later frame nor sled knows of it.
//! 2. A frame that is kept is made durable before anything is answered from it: the sync that failed, or was
//!    never made, before the crash does not count.
//! 3. sled is used only if it is of this store, knows a place in these journals, and was made durable if the
//!    machine was started anew since.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
};

use parking_lot::{Condvar, Mutex, RwLock};

use super::{
    Core, Derived, LocalOptions, UpkeepState,
    cells::{AppliedTo, CellIndex},
    commit::{AppendError, Queue, Writer},
    disk::Disk,
    file::{self, FileError, FileKind, display_name},
    frame::{self, Chain, JOURNAL_HEADER_SIZE_BYTES, JournalHeader},
    index::Index,
    journal::{LiveJournal, Scan, Tail, payload_of},
    manifest::{Manifest, ReplaceError},
    payload::{self, Payload},
    reindex::{fresh_cells, reindex},
    view::{Sealed, View, replay},
};
use crate::engine::{Position, operations::Operations};

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process, or another engine in this one, has it open.
    #[error("{directory} is in use by {holder}")]
    InUse {
        /// The store's directory.
        directory: PathBuf,
        /// What the lock file says of who has it.
        holder: String,
    },
    /// A later program wrote it.
    #[error("{file} has format {found}, and this program knows formats up to {known}")]
    Newer {
        /// The file's name.
        file: String,
        /// Its format.
        found: u32,
        /// The newest format that this program reads.
        known: u32,
    },
    /// Acknowledged bytes are not there any more, or not what was written. Nothing was changed.
    #[error("{file} is damaged at offset {offset}: {detail}; {saved}")]
    Damaged {
        /// The file's name.
        file: String,
        /// Where in it.
        offset: u64,
        /// How it shows.
        detail: String,
        /// What is whole, and how to get at it.
        saved: String,
    },
    /// The system said no.
    #[error("opening {place} failed")]
    Io {
        /// The file or directory.
        place: String,
        /// What the system said.
        source: io::Error,
    },
}

const SEALED_IS_WHOLE: &str = "sealed segments can be verified and copied by themselves";

impl From<FileError> for OpenError {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Io { file, source } => Self::Io { place: file, source },
            FileError::Newer { file, found, known } => Self::Newer { file, found, known },
            FileError::Damaged { file, offset, detail } => {
                Self::Damaged { file, offset, detail, saved: SEALED_IS_WHOLE.to_owned() }
            }
        }
    }
}

impl From<ReplaceError> for OpenError {
    fn from(error: ReplaceError) -> Self {
        let (ReplaceError::Kept(error) | ReplaceError::Unknown(error)) = error;
        error.into()
    }
}

/// Opens the store of a directory.
pub(super) fn open(options: LocalOptions) -> Result<Core, OpenError> {
    let disk = options.disk.clone();
    let directory = options.directory.clone();
    disk.create_directory(&directory).map_err(FileError::io(&directory))?;
    let lock = lock(&*disk, &directory)?;
    let manifest = read_manifest(&*disk, &directory)?;
    let manifest = repair_indexes(&options, manifest)?;
    remove_leftovers(&*disk, &directory, &manifest)?;
    let boot = disk.boot_id().map_err(FileError::io(Path::new("the boot id")))?;
    let sealed = Arc::new(Sealed::open(&*disk, &directory, manifest, None)?);
    let mut recovery = Recovery::new(&options, &sealed);
    recovery.read_journals(boot)?;
    let cells_before = recovery.check_acknowledged(boot)?;
    let writer = recovery.settle_tail(boot)?;
    let operations = recovery.operations;
    let position = recovery.position;
    let journals = recovery.journals;
    let cells = CellIndex::memory("the store is being opened".to_owned());
    let mut view = View { journals, sealed, cells, operations, position };
    view.cells = open_cells(&options, &view, &writer, cells_before)?;
    let wanted = view.journals.len() > 1 || options.derived == Derived::Rebuild;
    let core = Core {
        options,
        view: RwLock::new(view),
        queue: Mutex::new(Queue::default()),
        writer: Mutex::new(writer),
        stopped: AtomicBool::new(false),
        upkeep_alone: Mutex::new(()),
        upkeep_state: Mutex::new(UpkeepState { wanted, ..UpkeepState::default() }),
        upkeep_changed: Condvar::new(),
        _lock: lock,
    };
    core.mark_opened(&boot)?;
    Ok(core)
}

fn lock(disk: &dyn Disk, directory: &Path) -> Result<Box<dyn Send + Sync>, OpenError> {
    let path = directory.join("LOCK");
    disk.lock(&path).map_err(|error| {
        if error.kind() == io::ErrorKind::WouldBlock {
            OpenError::InUse { directory: directory.to_owned(), holder: error.to_string() }
        } else {
            FileError::io(&path)(error).into()
        }
    })
}

/// The manifest of a directory, or a first one if nothing is there yet.
fn read_manifest(disk: &dyn Disk, directory: &Path) -> Result<Manifest, OpenError> {
    if let Some(manifest) = Manifest::read(disk, directory)? {
        return Ok(manifest);
    }
    let names = disk.list(directory).map_err(FileError::io(directory))?;
    if let Some(name) = names.iter().find(|name| FileKind::parse(name).is_some()) {
        let detail = format!("the file is missing, though {name} is there");
        return Err(FileError::damaged(Path::new(Manifest::NAME), 0, detail).into());
    }
    let random = disk.random().map_err(FileError::io(Path::new("random bytes")))?;
    let derived = |context| blake3::derive_key(context, &random);
    let mut manifest = Manifest {
        secret: derived("cms 2026-11-22 v1 store secret"),
        generation: 1,
        next_number: 1,
        ..Manifest::default()
    };
    manifest.store.copy_from_slice(&derived("cms 2026-11-22 v1 store id")[..16]);
    manifest.replace(disk, directory)?;
    Ok(manifest)
}

/// Makes indexes anew that can't be opened, or all if that is asked for.
fn repair_indexes(options: &LocalOptions, mut manifest: Manifest) -> Result<Manifest, OpenError> {
    let (disk, directory) = (&*options.disk, &options.directory);
    let mut bad = Vec::new();
    for entry in &manifest.indexes {
        let path = directory.join(FileKind::Index.name(entry.number));
        match Index::open(disk, path, entry.clone()) {
            Ok(_) if options.derived == Derived::Use => {}
            Err(error @ FileError::Newer { .. }) => return Err(error.into()),
            Ok(_) | Err(_) => bad.push(entry.number),
        }
    }
    if bad.is_empty() {
        return Ok(manifest);
    }
    let mut created = Vec::new();
    reindex(disk, directory, &mut manifest, &mut created, &bad)?;
    manifest.generation += 1;
    disk.sync_directory(directory).map_err(FileError::io(directory))?;
    manifest.replace(disk, directory)?;
    Ok(manifest)
}

fn remove_leftovers(
    disk: &dyn Disk,
    directory: &Path,
    manifest: &Manifest,
) -> Result<(), FileError> {
    for name in disk.list(directory).map_err(FileError::io(directory))? {
        let leftover = match FileKind::parse(&name) {
            Some((kind, number)) => !manifest.names(kind, number),
            None => Manifest::is_leftover(&name),
        };
        if leftover {
            let path = directory.join(&name);
            disk.remove(&path).map_err(FileError::io(&path))?;
        }
    }
    Ok(())
}

/// What the journals tell, from the first to the last.
struct Recovery<'a> {
    options: &'a LocalOptions,
    sealed: &'a Sealed,
    journals: Vec<LiveJournal>,
    operations: Operations,
    position: u64,
    /// The sequence of the next frame.
    sequence: u64,
    chain: Chain,
    /// The machine's start at the last opening.
    boot: [u8; 16],
    /// What the last frame says, if it marks a clean end: whether sled was made durable.
    closed: Option<bool>,
    /// The hash of the frame that sled knows last, once it was met.
    applied_chain: Option<Chain>,
    /// What sled says; kept apart from whether it is to be used.
    cells: Option<(CellIndex, AppliedTo)>,
    /// Where the last frame of the last journal begins, if it has any.
    last_frame_at: Option<usize>,
    /// How the last journal ends.
    tail: Tail,
}

impl<'a> Recovery<'a> {
    fn new(options: &'a LocalOptions, sealed: &'a Sealed) -> Self {
        let manifest = &sealed.manifest;
        let cells = match options.derived {
            Derived::Use if options.cell_index_directory.is_dir() => {
                CellIndex::open_sled(&options.cell_index_directory).ok().and_then(|cells| {
                    let applied_to = cells.applied_to().ok().flatten()?;
                    Some((cells, applied_to))
                })
            }
            _ => None,
        };
        let mut recovery = Self {
            options,
            sealed,
            journals: Vec::new(),
            operations: sealed.checkpoint.as_ref().map(|c| c.operations()).unwrap_or_default(),
            position: manifest.position,
            sequence: manifest.sequence + 1,
            chain: manifest.chain,
            boot: [0; 16],
            closed: None,
            applied_chain: None,
            cells,
            last_frame_at: None,
            tail: Tail::Whole,
        };
        recovery.note_applied();
        recovery
    }

    /// Remembers the present hash if sled says that it knows this frame last.
    fn note_applied(&mut self) {
        if self.cells.as_ref().is_some_and(|(_, applied)| applied.sequence + 1 == self.sequence) {
            self.applied_chain = Some(self.chain);
        }
    }

    /// Reads every journal that follows the sealed one, and begins the first if there never was any.
    fn read_journals(&mut self, boot: [u8; 16]) -> Result<(), OpenError> {
        let (disk, directory) = (&*self.options.disk, &self.options.directory);
        let names = disk.list(directory).map_err(FileError::io(directory))?;
        let mut numbers: Vec<u64> = names
            .iter()
            .filter_map(|name| match FileKind::parse(name) {
                Some((FileKind::Journal, number)) => Some(number),
                _ => None,
            })
            .collect();
        numbers.sort_unstable();
        let first = self.sealed.manifest.journal + 1;
        for (number, expected) in numbers.iter().zip(first..) {
            let last = Some(number) == numbers.last();
            if *number != expected {
                return Err(self.missing(expected));
            }
            self.read_journal(*number, last)?;
        }
        if self.journals.is_empty() {
            if first > 1 {
                return Err(self.missing(first));
            }
            self.begin_first(boot)?;
        }
        Ok(())
    }

    fn missing(&self, number: u64) -> OpenError {
        let path = self.options.directory.join(FileKind::Journal.name(number));
        self.damaged(&path, 0, "the file is missing")
    }

    fn damaged(&self, path: &Path, offset: usize, detail: impl ToString) -> OpenError {
        let frames = self.sequence - self.sealed.manifest.sequence - 1;
        OpenError::Damaged {
            file: display_name(path),
            offset: offset as u64,
            detail: detail.to_string(),
            saved: format!(
                "{frames} frames before it are whole, up to transaction {}, and {SEALED_IS_WHOLE}",
                self.position
            ),
        }
    }

    fn read_journal(&mut self, number: u64, last: bool) -> Result<(), OpenError> {
        let disk = &*self.options.disk;
        let path = self.options.directory.join(FileKind::Journal.name(number));
        let bytes = disk.map(&path).map_err(FileError::io(&path))?;
        let version = file::check_header(FileKind::Journal, &path, &bytes);
        if let Err(error @ FileError::Newer { .. }) = version {
            return Err(error.into());
        }
        let header = version.ok().and_then(|()| JournalHeader::decode(&bytes));
        let Some(header) = header else {
            // The header is synced before the first frame is written: a torn one has nothing behind it.
            if last && bytes.len() <= JOURNAL_HEADER_SIZE_BYTES {
                drop(bytes);
                return Ok(disk.remove(&path).map_err(FileError::io(&path))?);
            }
            return Err(self.damaged(&path, 0, "the journal's header is bad"));
        };
        if header.number != number
            || header.store != self.sealed.manifest.store
            || header.previous != self.chain
            || header.first_sequence != self.sequence
        {
            return Err(self.damaged(&path, 0, "the journal does not follow on the one before"));
        }
        let file = disk.open(&path).map_err(FileError::io(&path))?;
        self.boot = header.boot;
        self.closed = None;
        self.last_frame_at = None;
        let mut journal = LiveJournal::new(header, path, file);
        self.read_frames(&mut journal, &bytes, last)?;
        self.journals.push(journal);
        Ok(())
    }

    fn read_frames(
        &mut self,
        journal: &mut LiveJournal,
        bytes: &[u8],
        last: bool,
    ) -> Result<(), OpenError> {
        let mut scan = Scan::new(&journal.header, bytes);
        while let Some((at, frame)) = scan.next() {
            let payload = payload_of(&journal.path, at, &frame)?;
            journal.add_payload(at, &payload)?;
            self.closed = None;
            match payload {
                Payload::Transactions(transactions) => {
                    for written in transactions {
                        if written.position != self.position + 1 {
                            let detail = "a transaction is out of place";
                            return Err(self.damaged(&journal.path, at, detail));
                        }
                        self.position = written.position;
                        self.operations.push(Position(written.position), written.operation);
                    }
                }
                Payload::Closed { index_durable } => self.closed = Some(index_durable),
                Payload::Opened { boot } => self.boot = boot,
            }
            self.last_frame_at = Some(at);
            self.sequence = scan.sequence;
            self.chain = scan.chain;
            self.note_applied();
        }
        journal.end = scan.at as u64;
        self.tail = scan.tail();
        match &self.tail {
            Tail::Whole => Ok(()),
            Tail::Torn if last => Ok(()),
            Tail::Torn => Err(self.damaged(&journal.path, scan.at, "a full journal is cut off")),
            Tail::Damaged { detail, whole_after } => {
                let detail = format!(
                    "frame {}: {detail}, with {whole_after} whole ones behind",
                    self.sequence
                );
                Err(self.damaged(&journal.path, scan.at, detail))
            }
        }
    }

    /// Begins the first journal of a store.
    fn begin_first(&mut self, boot: [u8; 16]) -> Result<(), OpenError> {
        let (disk, directory) = (&*self.options.disk, &self.options.directory);
        let manifest = &self.sealed.manifest;
        let header = JournalHeader {
            number: 1,
            store: manifest.store,
            seed: manifest.seed(1),
            previous: self.chain,
            first_sequence: self.sequence,
            position: self.position,
            boot,
        };
        let path = directory.join(FileKind::Journal.name(1));
        let written = disk.create(&path).and_then(|file| {
            file.write_at(0, &header.encode())?;
            disk.sync_file(&*file)?;
            Ok(file)
        });
        let file = written.map_err(FileError::io(&path))?;
        self.boot = boot;
        self.journals.push(LiveJournal::new(header, path, file));
        Ok(())
    }

    /// Checks that everything which sled knows to be synced is there, and tells whether sled may be used:
    /// the cells and the sequence up to which they hold.
    fn check_acknowledged(
        &mut self,
        boot: [u8; 16],
    ) -> Result<Option<(CellIndex, u64)>, OpenError> {
        let Some((cells, applied)) = self.cells.take() else { return Ok(None) };
        if applied.store != self.sealed.manifest.store {
            return Ok(None);
        }
        if applied.sequence >= self.sequence {
            let journal = self.journals.last().expect("there is a journal to write to");
            let detail = format!(
                "frames up to {} were acknowledged, and the journal ends before frame {}",
                applied.sequence, self.sequence
            );
            return Err(self.damaged(&journal.path, journal.end as usize, detail));
        }
        let durable = self.closed == Some(true) || self.boot == boot;
        let known = self.applied_chain == Some(applied.chain);
        Ok((durable && known).then_some((cells, applied.sequence)))
    }

    /// Cuts what is torn, and makes the last whole frame durable.
    fn settle_tail(&mut self, boot: [u8; 16]) -> Result<Writer, OpenError> {
        let (disk, directory) = (&*self.options.disk, &self.options.directory);
        let journal = self.journals.last().expect("there is a journal to write to");
        let (path, end) = (&journal.path, journal.end);
        let settle = || {
            if self.tail == Tail::Torn {
                journal.file.truncate(end)?;
            }
            // Header and last frame, also a mark of a clean end, are written again: a sync that failed may
            // have dropped what it was to write, and no later sync would bring it back.
            journal.file.write_at(0, &journal.header.encode())?;
            if let Some(at) = self.last_frame_at {
                let mut frame = vec![0; end as usize - at];
                journal.file.read_at(at as u64, &mut frame)?;
                journal.file.write_at(at as u64, &frame)?;
            }
            disk.sync_file(&*journal.file)
        };
        settle().map_err(FileError::io(path))?;
        disk.sync_directory(directory).map_err(FileError::io(directory))?;
        Ok(Writer {
            file: journal.file.clone(),
            header: JournalHeader { boot, ..journal.header.clone() },
            end,
            sequence: self.sequence,
            chain: self.chain,
            position: self.position,
            dirty: false,
            retry_at: 0,
            buffer: Vec::new(),
        })
    }
}

impl Writer {
    /// The place up to which everything holds.
    pub(super) fn applied_to(&self) -> AppliedTo {
        AppliedTo {
            store: self.header.store,
            journal: self.header.number,
            sequence: self.sequence - 1,
            chain: self.chain,
        }
    }
}

/// The cells as of the end of the journals: from sled as it is, or made anew.
fn open_cells(
    options: &LocalOptions,
    view: &View,
    writer: &Writer,
    before: Option<(CellIndex, u64)>,
) -> Result<CellIndex, FileError> {
    let applied_to = writer.applied_to();
    if let Some((mut cells, sequence)) = before {
        let mut replayed = Ok(());
        for journal in &view.journals {
            replayed = replayed.and(replay(&*options.disk, journal, &mut cells, sequence + 1)?);
        }
        let behind = sequence < applied_to.sequence;
        if behind && replayed.is_ok() {
            replayed = cells.apply(std::iter::empty(), Some(&applied_to));
        }
        if replayed.is_ok() {
            return Ok(cells);
        }
        cells.close();
    }
    fresh_cells(options, view, &applied_to)
}

impl Core {
    /// Notes in the journal under which start of the machine sled is written to from now on.
    fn mark_opened(&self, boot: &[u8; 16]) -> Result<(), OpenError> {
        let mut writer = self.writer.lock();
        let mut buffer = Vec::new();
        frame::begin(&mut buffer);
        payload::opened(&mut buffer, boot);
        match self.append(&mut writer, &mut buffer) {
            Ok(_) => {
                writer.dirty = true;
                if let Some(journal) = self.view.write().journals.last_mut() {
                    journal.end = writer.end;
                }
                Ok(())
            }
            // A store on a full disk can still be read, and room be made.
            Err(AppendError::Undone(_)) => Ok(()),
            Err(error) => Err(FileError::from(error).into()),
        }
    }
}
