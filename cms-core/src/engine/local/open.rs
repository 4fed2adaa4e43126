//! Opening: from whatever a crash left behind to a state that acknowledges all it ever acknowledged.
//!
//! A store in which something is damaged that writing builds on is opened all the same, as [`survey`] finds it: what is
//! whole can be read, and nothing is written.
//!
//! Invariants:
//! 1. A frame is cut only if it can't have been acknowledged: it is the last thing in the last journal, and neither a
//!    later frame nor sled knows it.
//! 2. A frame that is kept is made durable before anything is answered from it: a sync before the crash that failed, or
//!    was never made, does not count.
//! 3. sled is used only if it belongs to this store, knows a place in these journals, and was made durable if the
//!    machine was restarted since.

mod recovery;

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use parking_lot::{Condvar, Mutex, RwLock};

use self::recovery::Recovery;
use super::{
    Access, Core, Derived, LocalOptions, Refusal, UpkeepState, Writing,
    cells::{AppliedTo, CellIndex},
    commit::{AppendError, Queue, Writer},
    damaged::{Known, Survey, survey},
    disk::{Disk, Reading},
    file::{FileError, FileKind},
    index::Index,
    manifest::{Manifest, ReplaceError},
    reindex::{fresh_cells, reindex},
    taken_down,
    view::{Sealed, View, replay},
};
use crate::engine::Damage;

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process, or another engine in this one, has it open.
    #[error("{directory} is in use by {holder}")]
    InUse {
        /// The store's directory.
        directory: PathBuf,
        /// What the lock file says about its holder.
        holder: String,
    },
    /// A later program wrote it.
    #[error("{file} has format {found}, and this program knows formats up to {known}")]
    Newer {
        /// The file's name.
        file: String,
        /// The format version that it has.
        found: u32,
        /// The newest format that this program reads.
        known: u32,
    },
    /// Acknowledged bytes are missing, or are not what was written; nothing was changed. This error does not leave
    /// [`open`]: a damaged store is opened for reading.
    #[error("{file} is damaged at offset {offset}: {detail}")]
    Damaged {
        /// The file's name.
        file: String,
        /// Where in the file, in bytes.
        offset: u64,
        /// How the damage shows.
        detail: String,
    },
    /// The system returned an error.
    #[error("opening {place} failed")]
    Io {
        /// The file or directory.
        place: String,
        /// The system's error.
        source: io::Error,
    },
}

impl From<FileError> for OpenError {
    fn from(error: FileError) -> Self {
        match error {
            // A file of the store is missing, not something of the machine's.
            FileError::Io { file, source }
                if source.kind() == io::ErrorKind::NotFound
                    && (FileKind::parse(&file).is_some() || file == Manifest::NAME) =>
            {
                Self::Damaged { file, offset: 0, detail: "the file is missing".to_owned() }
            }
            FileError::Io { file, source } => Self::Io { place: file, source },
            FileError::TakenDown(_) => {
                Self::Io { place: "an object".to_owned(), source: io::Error::other(error) }
            }
            FileError::Newer { file, found, known } => Self::Newer { file, found, known },
            FileError::Damaged { file, offset, detail } => Self::Damaged { file, offset, detail },
        }
    }
}

impl From<ReplaceError> for OpenError {
    fn from(error: ReplaceError) -> Self {
        let (ReplaceError::Kept(error) | ReplaceError::Unknown(error)) = error;
        error.into()
    }
}

/// Opens the store of a directory: for writing if that is asked for and nothing is damaged that writing builds on.
pub(super) fn open(options: LocalOptions) -> Result<Core, OpenError> {
    let (disk, directory) = (options.disk.clone(), options.directory.clone());
    let in_use = |error: io::Error| match error.kind() {
        io::ErrorKind::WouldBlock => {
            OpenError::InUse { directory: directory.clone(), holder: error.to_string() }
        }
        _ => FileError::io(&directory.join("LOCK"))(error).into(),
    };
    if options.access == Access::Read {
        disk.look_for_writer(&directory).map_err(in_use)?;
        let survey = survey(&options, &Known::default())?;
        let refusal = Refusal { damaged: false, why: "it was opened for reading".to_owned() };
        return Ok(Core::damaged(options, survey, Writing::Refused(refusal, None)));
    }
    disk.create_directory(&directory).map_err(FileError::io(&directory))?;
    let lock = disk.lock(&directory).map_err(in_use)?;
    let (file, offset, detail) = match open_whole(&options) {
        Ok((view, writer, boot)) => {
            let wanted = view.journals.len() > 1 || options.derived == Derived::Rebuild;
            let writing = Writing::Allowed { writer: Box::new(Mutex::new(writer)), lock };
            let core = Core::new(options, view, writing);
            core.upkeep_state.lock().wanted = wanted;
            core.mark_opened(&boot)?;
            return Ok(core);
        }
        Err(OpenError::Damaged { file, offset, detail }) => (file, offset, detail),
        Err(error) => return Err(error),
    };
    // What is whole is read all the same. People have to decide about the rest, and until then nothing is written over
    // what might still be saved.
    let known = Damage::of(file, Some(offset), detail);
    let refusal = Refusal { damaged: true, why: format!("{known}") };
    let survey = survey(&options, &Known { damage: Some(known), ..Known::default() })?;
    lock.note_that_nothing_is_written();
    Ok(Core::damaged(options, survey, Writing::Refused(refusal, Some(lock))))
}

/// Opens a store in which nothing is damaged that writing builds on; the last value is the machine's boot id.
fn open_whole(options: &LocalOptions) -> Result<(View, Writer, [u8; 16]), OpenError> {
    let (disk, directory) = (&*options.disk, &options.directory);
    let manifest = read_manifest(disk, directory)?;
    let manifest = repair_indexes(options, manifest)?;
    remove_leftovers(disk, directory, &manifest)?;
    let boot = disk.boot_id().map_err(FileError::io(Path::new("the boot id")))?;
    let sealed = Arc::new(Sealed::open(disk, directory, manifest, None)?);
    sealed.check_lengths()?;
    let mut recovery = Recovery::new(options, &sealed);
    recovery.read_journals(boot)?;
    let cells_before = recovery.check_acknowledged(boot)?;
    let writer = recovery.settle_tail(boot)?;
    let taken_down = Arc::new(taken_down::read(disk, directory, &sealed.manifest)?);
    let operations = recovery.operations;
    let position = recovery.position;
    let journals = recovery.journals;
    let cells = CellIndex::memory("the store is being opened".to_owned());
    let mut view = View { journals, sealed, cells, operations, taken_down, position };
    view.cells = open_cells(options, &view, &writer, cells_before)?;
    Ok((view, writer, boot))
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
    let manifest = new_manifest(disk)?;
    manifest.replace(disk, directory)?;
    Ok(manifest)
}

/// The manifest of a store that holds nothing yet.
pub(super) fn new_manifest(disk: &dyn Disk) -> Result<Manifest, FileError> {
    let random = disk.random().map_err(FileError::io(Path::new("random bytes")))?;
    let derived = |context| blake3::derive_key(context, &random);
    let mut manifest = Manifest {
        secret: derived("cms 2026-11-22 v1 store secret"),
        generation: 1,
        next_number: 1,
        ..Manifest::default()
    };
    manifest.store.copy_from_slice(&derived("cms 2026-11-22 v1 store id")[..16]);
    Ok(manifest)
}

/// Rebuilds indexes that can't be opened, or all if that is asked for.
fn repair_indexes(options: &LocalOptions, mut manifest: Manifest) -> Result<Manifest, OpenError> {
    let (disk, directory) = (&*options.disk, &options.directory);
    let mut bad = Vec::new();
    for entry in &manifest.indexes {
        let path = directory.join(FileKind::Index.name(entry.number));
        match Index::open(disk, path, entry.clone(), Reading::InOrder) {
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

pub(super) fn remove_leftovers(
    disk: &dyn Disk,
    directory: &Path,
    manifest: &Manifest,
) -> Result<(), FileError> {
    for name in disk.list(directory).map_err(FileError::io(directory))? {
        let leftover = match FileKind::parse(&name) {
            Some((kind, number)) => !manifest.names(kind, number),
            None => Manifest::is_leftover(&name) || name == taken_down::NEXT_NAME,
        };
        if leftover {
            let path = directory.join(&name);
            disk.remove(&path).map_err(FileError::io(&path))?;
        }
    }
    Ok(())
}

impl Writer {
    /// The place up to which everything is current.
    pub(super) fn applied_to(&self) -> AppliedTo {
        AppliedTo {
            store: self.header.store,
            journal: self.header.number,
            sequence: self.sequence - 1,
            chain: self.chain,
        }
    }
}

/// The cells as of the end of the journals: from sled as it is, or rebuilt.
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
    fn damaged(options: LocalOptions, survey: Survey, writing: Writing) -> Self {
        let Survey { view, damages, lacks_cells } = survey;
        Self { damages, lacks_cells, ..Self::new(options, view, writing) }
    }

    fn new(options: LocalOptions, view: View, writing: Writing) -> Self {
        Self {
            options,
            view: RwLock::new(view),
            queue: Mutex::new(Queue::default()),
            writing,
            damages: Vec::new(),
            lacks_cells: false,
            damaged_objects: Mutex::default(),
            stopped: OnceLock::new(),
            upkeep_alone: Mutex::new(()),
            upkeep_state: Mutex::new(UpkeepState::default()),
            upkeep_changed: Condvar::new(),
        }
    }

    /// Notes in the journal the boot id under which sled is written from now on.
    fn mark_opened(&self, boot: &[u8; 16]) -> Result<(), OpenError> {
        let Writing::Allowed { writer, .. } = &self.writing else { return Ok(()) };
        let mut writer = writer.lock();
        writer.header.boot = *boot;
        match self.append_opened(&mut writer) {
            Ok(()) => Ok(()),
            // A store on a full disk can still be read, and space can be freed.
            Err(AppendError::Undone(_)) => Ok(()),
            Err(error) => Err(FileError::from(error).into()),
        }
    }
}
