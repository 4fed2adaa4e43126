//! Reading a store as it is, whole or damaged, without writing a byte.
//!
//! Invariants:
//! 1. Every whole frame, record and row is found, whatever lies around it.
//! 2. A cell's value is one that was durable once: the newest that is in a whole frame, in a whole row of the
//!    checkpoint or, for frames that exist and can't be read, in sled.
//! 3. Frames that are missing altogether took their objects with them, so cells are as they were before those frames.

mod from_sled;
mod journals;

use std::{
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;

use self::{from_sled::Sled, journals::Pending};
use super::{
    super::{
        LocalOptions, OpenError,
        audit::AuditFile,
        cells::{self, CellIndex},
        checkpoint::{self, Checkpoint},
        disk::{Disk, Reading},
        file::{FileError, FileKind},
        frame::Chain,
        journal::LiveJournal,
        lookup::Lookup,
        manifest::{IndexEntry, Manifest, SegmentEntry},
        segment::Segment,
        taken_down,
        view::{Sealed, View},
    },
    guess,
};
use crate::{
    engine::{Cell, CellName, Damage, Lost, operations::Operations},
    model::id::ObjectId,
};

/// How many times reading may start over because a writer seals a journal meanwhile.
const ATTEMPTS_MAX: usize = 5;

/// A store as it is.
pub(in crate::engine::local) struct Survey {
    pub(in crate::engine::local) view: View,
    /// All damage that was found on the way.
    pub(in crate::engine::local) damages: Vec<Damage>,
    /// Whether cells, or newer values of them, may be missing of which no trace is left.
    pub(in crate::engine::local) lacks_cells: bool,
}

/// What is known of a store before it is read.
#[derive(Default)]
pub(in crate::engine::local) struct Known {
    /// The damage that made opening it for writing fail.
    pub(in crate::engine::local) damage: Option<Damage>,
    /// Whether to ask sled if journals end too early, which nothing else knows.
    pub(in crate::engine::local) ask_for_end: bool,
    /// How far its journals are durable, when this process writes them.
    pub(in crate::engine::local) ends: BTreeMap<u64, u64>,
}

/// Reads a store.
///
/// # Errors
/// When a file is of a newer format, or the directory can't be read at all.
pub(in crate::engine::local) fn survey(
    options: &LocalOptions,
    known: &Known,
) -> Result<Survey, OpenError> {
    let (disk, directory) = (&*options.disk, &options.directory);
    for _ in 1..ATTEMPTS_MAX {
        let generation = generation(disk, directory);
        let found = Surveyor::begin(options, known)?.finish();
        if found.as_ref().is_ok_and(|survey| survey.damages.is_empty())
            || generation == self::generation(disk, directory)
        {
            return found;
        }
    }
    Surveyor::begin(options, known)?.finish()
}

fn generation(disk: &dyn Disk, directory: &Path) -> Option<u64> {
    Manifest::read(disk, directory).ok().flatten().map(|manifest| manifest.generation)
}

struct Surveyor<'a> {
    options: &'a LocalOptions,
    known: &'a Known,
    manifest: Manifest,
    /// Whether the manifest was put together from the files, so that nothing is known except what these say.
    is_guessed: bool,
    damages: Vec<Damage>,
    journals: Vec<LiveJournal>,
    operations: Operations,
    /// By key: the version at which it was last changed, and its value unless that change deleted it.
    cells: BTreeMap<Vec<u8>, (u64, Option<Bytes>)>,
    /// A copy of what sled holds, once it was needed.
    sled: OnceCell<Option<Sled>>,
    /// Positions whose changes of cells can't be read, though the frames exist.
    doubtful: Vec<RangeInclusive<u64>>,
    /// Whether frames are missing altogether.
    lacks_frames: bool,
    position: u64,
    sequence: u64,
    chain: Chain,
    /// A cell all of whose values are wanted, with those values.
    watched: Option<(Vec<u8>, Vec<Cell>)>,
    /// Indexes in `damages` of those whose lost transactions are counted once the next whole frame gives its position.
    pending: Vec<Pending>,
}

impl<'a> Surveyor<'a> {
    fn begin(options: &'a LocalOptions, known: &'a Known) -> Result<Self, OpenError> {
        let (disk, directory) = (&*options.disk, &options.directory);
        let mut damages = Vec::new();
        let names = disk.list(directory).map_err(FileError::io(directory))?;
        let is_empty = !names.iter().any(|name| FileKind::parse(name).is_some());
        let (manifest, is_guessed) = match Manifest::read(disk, directory) {
            Ok(Some(manifest)) => (manifest, false),
            Ok(None) if is_empty => (Manifest::default(), false),
            Err(error @ FileError::Newer { .. }) => return Err(error.into()),
            read => {
                damages.push(match read {
                    Err(error) => damage_of(error),
                    Ok(_) => Damage::of(Manifest::NAME, None, "the file is missing"),
                });
                (guess::manifest(disk, directory, &names), true)
            }
        };
        Ok(Self {
            options,
            known,
            position: manifest.position,
            sequence: manifest.sequence + 1,
            chain: manifest.chain,
            manifest,
            is_guessed,
            damages,
            journals: Vec::new(),
            operations: Operations::default(),
            cells: BTreeMap::new(),
            sled: OnceCell::new(),
            doubtful: Vec::new(),
            lacks_frames: false,
            watched: None,
            pending: Vec::new(),
        })
    }

    /// Reads on to the end.
    fn finish(mut self) -> Result<Survey, OpenError> {
        let sealed = self.sealed()?;
        let taken_down = self.taken_down();
        self.read_checkpoint();
        self.read_journals()?;
        self.settle_pending(None);
        if self.known.ask_for_end && self.was_acknowledged() {
            let detail = format!("frame {} was acknowledged, and is missing", self.sequence);
            let lost = Lost::Transactions { first: self.position + 1, last: None };
            self.damages.push(Damage::of("the last journal", None, detail).losing(lost));
        }
        if let (Some(known), true) = (&self.known.damage, self.damages.is_empty()) {
            let lost = Lost::Transactions { first: self.position + 1, last: None };
            self.damages.push(known.clone().losing(lost));
            self.lacks_frames = true;
        }
        let lacks_cells = self.ask_sled() || self.lacks_frames;
        let mut cells = CellIndex::memory("the store is read as it is".to_owned());
        let rows = std::mem::take(&mut self.cells).into_iter();
        let rows = rows.filter_map(|(key, (version, value))| Some((key, Some((version, value?)))));
        cells.apply(rows, None).expect("memory takes every row");
        for journal in &mut self.journals {
            journal.sort_audits();
        }
        let view = View {
            journals: self.journals,
            sealed: Arc::new(sealed),
            cells,
            operations: self.operations,
            taken_down: Arc::new(taken_down),
            position: self.position,
        };
        Ok(Survey { view, damages: self.damages, lacks_cells })
    }

    /// What was taken down, as far as it can be read.
    fn taken_down(&mut self) -> BTreeSet<ObjectId> {
        let mut ids: BTreeSet<ObjectId> = self.manifest.purged.iter().copied().collect();
        match taken_down::listed(&*self.options.disk, &self.options.directory) {
            Ok(listed) => ids.extend(listed),
            Err(error) => self.damages.push(damage_of(error)),
        }
        ids
    }

    fn path(&self, kind: FileKind, number: u64) -> PathBuf {
        self.options.directory.join(kind.name(number))
    }

    fn sealed(&mut self) -> Result<Sealed, FileError> {
        let disk = &*self.options.disk;
        let open = |entry: &SegmentEntry| {
            let path = self.path(FileKind::Segment, entry.number);
            Arc::new(Segment::open(disk, path, entry.clone(), Reading::Scattered))
        };
        let segments: BTreeMap<u64, Arc<Segment>> =
            self.manifest.segments.iter().map(|entry| (entry.number, open(entry))).collect();
        let mut sealed = Sealed {
            manifest: self.manifest.clone(),
            segments,
            lookups: BTreeMap::new(),
            audits: Vec::new(),
            checkpoint: None,
        };
        for entry in self.manifest.indexes.iter().rev() {
            let Ok(space) = entry.space.parse() else { continue };
            let covered = entry.segments.iter().filter_map(|number| sealed.segments.get(number));
            let path = self.path(FileKind::Index, entry.number);
            let lookup = Lookup::open(disk, path, entry.clone(), covered.cloned().collect());
            sealed.lookups.entry(space).or_default().push(Arc::new(lookup));
        }
        if self.is_guessed {
            for segment in sealed.segments.values().rev() {
                let Some(space) = segment.space() else { continue };
                let SegmentEntry { number, space: name, count, .. } = segment.entry.clone();
                let entry = IndexEntry {
                    number,
                    space: name,
                    count,
                    size_bytes: 0,
                    segments: vec![number],
                };
                let lookup =
                    Lookup::without_index(vec![segment.clone()], segment.path.clone(), entry);
                sealed.lookups.entry(space).or_default().push(Arc::new(lookup));
            }
        }
        let lengths = sealed.segments.values().map(|segment| segment.check_length());
        for error in lengths.filter_map(Result::err) {
            self.damages.push(of_the_store(error)?);
        }
        let lookups = sealed.lookups.values().flatten();
        let broken = lookups.filter_map(|lookup| lookup.index().err()).filter(|_| !self.is_guessed);
        self.damages.extend(broken.map(|error| {
            let (file, offset) = place_of(error);
            Damage::of(file, offset, format!("{error}; it can be rebuilt"))
        }));
        for entry in &self.manifest.audits {
            let file = AuditFile::open(disk, self.path(FileKind::Audit, entry.number), *entry);
            if let Err(error) = file.check_length() {
                self.damages.push(of_the_store(error)?);
            }
            sealed.audits.push(Arc::new(file));
        }
        let checkpoint = self.manifest.checkpoint;
        sealed.checkpoint = checkpoint
            .and_then(|entry| Checkpoint::open(disk, &self.options.directory, entry).ok())
            .map(Arc::new);
        Ok(sealed)
    }

    fn read_checkpoint(&mut self) {
        let Some(entry) = self.manifest.checkpoint else { return };
        let path = self.path(FileKind::Checkpoint, entry.number);
        let remains = checkpoint::remains(&*self.options.disk, &path, Some(entry.count));
        if !remains.damages.is_empty() {
            self.doubtful.push(1..=self.position);
        }
        self.damages.extend(remains.damages);
        self.operations = remains.operations;
        let cells = remains.cells.into_iter();
        self.cells.extend(cells.map(|(key, cell)| (key, (cell.version, Some(cell.value)))));
    }
}

/// Values that a cell had, newest first, including its current one.
pub(in crate::engine::local) fn earlier_values(
    options: &LocalOptions,
    cell: &CellName,
) -> Result<Vec<Cell>, OpenError> {
    let known = Known::default();
    let mut surveyor = Surveyor::begin(options, &known)?;
    surveyor.watched = Some((cells::key(cell), Vec::new()));
    surveyor.read_checkpoint();
    let (key, values) = surveyor.watched.as_mut().expect("it is watched");
    if let Some((version, Some(value))) = surveyor.cells.get(key) {
        values.push(Cell { version: *version, value: value.clone() });
    }
    surveyor.read_journals()?;
    let (_, mut values) = surveyor.watched.expect("it is watched");
    values.reverse();
    Ok(values)
}

fn place_of(error: &FileError) -> (String, Option<u64>) {
    match error {
        FileError::TakenDown(_) => ("an object".to_owned(), None),
        FileError::Damaged { file, offset, .. } => (file.clone(), Some(*offset)),
        FileError::Io { file, .. } | FileError::Newer { file, .. } => (file.clone(), None),
    }
}

/// The error as damage, unless it is about the machine at this moment and says nothing of the file.
fn of_the_store(error: FileError) -> Result<Damage, FileError> {
    use std::io::ErrorKind::{OutOfMemory, PermissionDenied};
    const TOO_MANY_OPEN_FILES: [Option<i32>; 2] = [Some(23), Some(24)];
    match &error {
        FileError::Io { source, .. }
            if matches!(source.kind(), PermissionDenied | OutOfMemory)
                || TOO_MANY_OPEN_FILES.contains(&source.raw_os_error()) =>
        {
            Err(error)
        }
        _ => Ok(damage_of(error)),
    }
}

/// What an error of a file says, as damage of it.
pub(in crate::engine::local) fn damage_of(error: FileError) -> Damage {
    match error {
        FileError::Damaged { file, offset, detail } => Damage::of(file, Some(offset), detail),
        FileError::Io { file, source } => Damage::of(file, None, source),
        FileError::TakenDown(_) => Damage::of("an object", None, &error),
        FileError::Newer { ref file, .. } => Damage::of(file.clone(), None, &error),
    }
}
