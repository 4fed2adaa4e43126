//! Reading a store as it is, whole or damaged, without writing a byte.
//!
//! Invariants:
//! 1. Every whole frame, record and row is found, whatever lies around it.
//! 2. A cell's value is one that was durable once: the newest of which a whole frame, a whole row of the checkpoint or,
//!    for frames that are there and can't be read, sled tells.
//! 3. Frames that are gone altogether took their objects with them, so cells are as they were before those.

use std::{
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;

use super::{
    super::{
        LocalOptions,
        audit::AuditFile,
        carve::carve,
        cells::CellIndex,
        checkpoint::{self, Checkpoint},
        disk::Disk,
        file::{self, FileError, FileKind, display_name},
        frame::{Chain, Frame, JOURNAL_HEADER_SIZE_BYTES, JournalHeader},
        journal::{LiveJournal, Stretch, WalkOn, payload_of},
        lookup::Lookup,
        manifest::{IndexEntry, Manifest, SegmentEntry},
        payload::Payload,
        segment::Segment,
        view::{Sealed, View},
    },
    OpenError, guess,
};
use crate::engine::{
    Cell, CellName, Damage, Lost, Position,
    local::{cells, disk::Reading},
    operations::Operations,
};
use crate::model::object::Space;

/// How often reading begins again, where a writer seals a journal meanwhile.
const ATTEMPTS_MAX: usize = 5;
/// So far above the last known position a damaged stretch may reach.
const POSITIONS_AHEAD: u64 = 1 << 20;

/// A store as it is.
pub(in super::super) struct Survey {
    pub(in super::super) view: View,
    /// All that was found wrong on the way.
    pub(in super::super) damages: Vec<Damage>,
}

/// What is known of a store before it is read.
#[derive(Default)]
pub(in super::super) struct Known {
    /// What opening it for writing failed of.
    pub(in super::super) damage: Option<Damage>,
    /// Whether to ask sled if journals end too early, which nothing else knows.
    pub(in super::super) ask_for_end: bool,
    /// How far its journals are durable, where this process writes them.
    pub(in super::super) ends: BTreeMap<u64, u64>,
}

/// Reads a store.
///
/// # Errors
/// When a file is of a newer format, or the directory can't be read at all.
pub(in super::super) fn survey(options: &LocalOptions, known: &Known) -> Result<Survey, OpenError> {
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
    /// Whether the manifest was put together from the files, so that nothing is known but what these say.
    is_guessed: bool,
    damages: Vec<Damage>,
    journals: Vec<LiveJournal>,
    operations: Operations,
    /// By key, the version at which it was last changed, and its value unless it was deleted then.
    cells: BTreeMap<Vec<u8>, (u64, Option<Bytes>)>,
    /// A copy of what sled holds, once it was asked for.
    sled: OnceCell<Option<Sled>>,
    /// Positions whose changes of cells can't be read, though they are there.
    doubtful: Vec<RangeInclusive<u64>>,
    position: u64,
    sequence: u64,
    chain: Chain,
    /// A cell all of whose values are wanted, and those.
    watched: Option<(Vec<u8>, Vec<Cell>)>,
    /// Where in `damages` those stand whose transactions are counted when the next whole frame tells where it is.
    pending: Vec<Pending>,
}

/// What sled holds, if it is of this store.
struct Sled {
    cells: CellIndex,
    /// The sequence of the last frame that it knows of, which was acknowledged.
    acknowledged: u64,
    _copy: tempfile::TempDir,
}

struct Pending {
    damage: usize,
    journal: usize,
    stretch: Option<Stretch>,
    bytes: Bytes,
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
            watched: None,
            pending: Vec::new(),
        })
    }

    /// Reads on to the end.
    fn finish(mut self) -> Result<Survey, OpenError> {
        let sealed = self.sealed()?;
        self.read_checkpoint();
        self.read_journals()?;
        self.settle_pending(None);
        if self.known.ask_for_end && self.was_acknowledged() {
            let detail = format!("frame {} was acknowledged, and is not there", self.sequence);
            let lost = Lost::Transactions { first: self.position + 1, last: None };
            self.damages.push(Damage::of("the last journal", None, detail).losing(lost));
        }
        if let (Some(known), true) = (&self.known.damage, self.damages.is_empty()) {
            let lost = Lost::Transactions { first: self.position + 1, last: None };
            self.damages.push(known.clone().losing(lost));
        }
        self.ask_sled();
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
            position: self.position,
        };
        Ok(Survey { view, damages: self.damages })
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
            Damage::of(file, offset, format!("{error}; it can be made anew"))
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

    fn read_journals(&mut self) -> Result<(), OpenError> {
        let (disk, directory) = (&*self.options.disk, &self.options.directory);
        let names = disk.list(directory).map_err(FileError::io(directory))?;
        let numbers = names.iter().filter_map(|name| match FileKind::parse(name) {
            Some((FileKind::Journal, number)) => Some(number),
            _ => None,
        });
        let newest = self.known.ends.keys().next_back().copied().unwrap_or(u64::MAX);
        let numbers = numbers.filter(|number| *number > self.manifest.journal && *number <= newest);
        let mut numbers: Vec<u64> = numbers.collect();
        numbers.sort_unstable();
        let first = self.manifest.journal + 1;
        // The first journal of all is begun after the manifest was written.
        let is_new = numbers.is_empty() && first == 1;
        let last = numbers.last().copied().unwrap_or(first);
        for number in (first..=last).filter(|_| !is_new) {
            if numbers.binary_search(&number).is_ok() {
                self.read_journal(number, number == last)?;
            } else {
                let path = self.path(FileKind::Journal, number);
                self.lose(
                    Damage::of(display_name(&path), None, "the file is missing"),
                    None,
                    &Bytes::new(),
                );
            }
        }
        Ok(())
    }

    fn read_journal(&mut self, number: u64, is_last: bool) -> Result<(), OpenError> {
        let disk = &*self.options.disk;
        let path = self.path(FileKind::Journal, number);
        let read = disk.open_to_read(&path).and_then(|file| {
            // Not mapped: whoever writes to it may make it shorter by what was never acknowledged.
            let end = self.known.ends.get(&number).copied().unwrap_or(u64::MAX);
            let size_bytes = disk.size_bytes(&path)?.min(end);
            let mut bytes = vec![0; usize::try_from(size_bytes).unwrap_or(usize::MAX)];
            file.read_at(0, &mut bytes)?;
            Ok((file, Bytes::from(bytes)))
        });
        let (file, bytes) = match read {
            Ok(read) => read,
            Err(error) => {
                let damage = of_the_store(FileError::io(&path)(error))?;
                self.lose(damage, None, &Bytes::new());
                return Ok(());
            }
        };
        let version = file::check_header(FileKind::Journal, &path, &bytes);
        if let Err(error @ FileError::Newer { .. }) = version {
            return Err(error.into());
        }
        let written = version.ok().and_then(|()| JournalHeader::decode(&bytes));
        let has_header = written.is_some();
        let header = written.unwrap_or_else(|| JournalHeader {
            number,
            store: self.manifest.store,
            seed: self.manifest.seed(number),
            previous: self.chain,
            first_sequence: self.sequence,
            position: self.position,
            boot: [0; 16],
        });
        let is_begun = bytes.len() > JOURNAL_HEADER_SIZE_BYTES;
        if !is_begun && is_last && (!has_header || header.first_sequence < self.sequence) {
            // Given up while it was begun: nothing was ever acknowledged in it.
            return Ok(());
        }
        let follows = header.previous == self.chain && header.first_sequence == self.sequence;
        if has_header && !follows && self.pending.is_empty() {
            let detail = "the journal does not follow on the one before";
            self.lose(Damage::of(display_name(&path), Some(0), detail), None, &Bytes::new());
        }
        let walk = match has_header {
            true => WalkOn::new(&header, &bytes),
            false => WalkOn::without_header(&header, &bytes),
        };
        self.journals.push(LiveJournal::new(header, path, file));
        self.walk(walk, &bytes, is_last);
        Ok(())
    }

    fn walk(&mut self, mut walk: WalkOn<'_>, bytes: &Bytes, is_last: bool) {
        let at = self.journals.len() - 1;
        while let Some(found) = walk.next() {
            match found {
                Ok((frame_at, frame)) => self.take_frame(frame_at, &frame),
                // Cut off while it was written: it was never acknowledged.
                Err(stretch) if stretch.is_last && is_last && !self.was_acknowledged() => break,
                Err(stretch) => {
                    let file = display_name(&self.journals[at].path);
                    let damage = Damage::of(file, Some(stretch.bytes.start as u64), stretch.detail);
                    self.lose(damage, Some(stretch), bytes);
                }
            }
            (self.sequence, self.chain) = walk.next_frame();
        }
        self.journals[at].end = bytes.len() as u64;
    }

    fn take_frame(&mut self, at: usize, frame: &Frame<'_>) {
        let journal = self.journals.last_mut().expect("it is being read");
        let added = payload_of(&journal.path, at, frame)
            .and_then(|payload| journal.add_payload(at, &payload).map(|()| payload));
        let payload = match added {
            Ok(payload) => payload,
            Err(error) => return self.damages.push(damage_of(error)),
        };
        let Payload::Transactions(transactions) = payload else { return };
        if let Some(first) = transactions.first() {
            self.settle_pending(Some(first.position));
        }
        for written in transactions {
            self.position = self.position.max(written.position);
            self.operations.push(Position(written.position), written.operation);
            for change in written.cells {
                let value = change.value.map(Bytes::copy_from_slice);
                if let (Some((key, values)), Some(value)) = (&mut self.watched, &value)
                    && key == change.key
                {
                    values.push(Cell { version: change.version, value: value.clone() });
                }
                self.cells.insert(change.key.to_vec(), (change.version, value));
            }
        }
    }

    /// Whether sled knows of the frame that should come next.
    fn was_acknowledged(&self) -> bool {
        !self.known.ends.is_empty()
            || self.sled().is_some_and(|sled| sled.acknowledged >= self.sequence)
    }

    fn sled(&self) -> Option<&Sled> {
        let look = || {
            let (copy, cells) = CellIndex::copy_of_sled(&self.options.cell_index_directory)?;
            let store =
                self.journals.first().map_or(self.manifest.store, |first| first.header.store);
            let applied = cells.applied_to().ok().flatten().filter(|at| at.store == store)?;
            Some(Sled { cells, acknowledged: applied.sequence, _copy: copy })
        };
        self.sled.get_or_init(look).as_ref()
    }

    /// Notes a damage whose transactions are not known yet.
    fn lose(&mut self, damage: Damage, stretch: Option<Stretch>, bytes: &Bytes) {
        self.damages.push(damage);
        let (damage, journal) = (self.damages.len() - 1, self.journals.len());
        self.pending.push(Pending { damage, journal, stretch, bytes: bytes.clone() });
    }

    /// Tells which transactions the damages before a position cost, and takes what is whole out of them.
    fn settle_pending(&mut self, next: Option<u64>) {
        let first = self.position + 1;
        let last = next.map(|next| next - 1);
        let sealed = self.manifest.segments.iter().filter_map(|entry| entry.space.parse().ok());
        let live = self.journals.iter().flat_map(LiveJournal::spaces).cloned();
        let spaces = sealed.chain(live).chain([Space::Source, Space::Public]).collect();
        for Pending { damage, journal, stretch, bytes } in std::mem::take(&mut self.pending) {
            if last.is_none_or(|last| last >= first) {
                self.damages[damage].lost = Lost::Transactions { first, last };
            }
            let (Some(stretch), Some(journal)) = (stretch, journal.checked_sub(1)) else {
                continue;
            };
            if stretch.bytes.is_empty() {
                continue;
            }
            let positions = first..=last.unwrap_or(first + POSITIONS_AHEAD);
            let found = carve(&mut self.journals[journal], &bytes, &stretch, &positions, &spaces);
            self.damages.extend(found);
            self.doubtful.push(positions);
        }
    }

    /// Takes from sled the cells of which damaged bytes would have told.
    fn ask_sled(&mut self) {
        if self.doubtful.is_empty() {
            return;
        }
        let Some(sled) = self.sled() else { return };
        let is_doubtful = |version: u64| self.doubtful.iter().any(|range| range.contains(&version));
        let mut known = BTreeSet::new();
        let mut taken = Vec::new();
        let read = sled.cells.for_each(|key, cell| {
            known.insert(key.to_vec());
            let is_newer = self.cells.get(key).is_none_or(|(version, _)| *version < cell.version);
            if is_newer && is_doubtful(cell.version) {
                taken.push((key.to_vec(), cell));
            }
            true
        });
        // What sled does not have any more was deleted, if it knows of everything that is whole.
        if read.is_ok() && sled.acknowledged + 1 >= self.sequence {
            let to = self.doubtful.iter().map(|range| *range.end()).max().unwrap_or(0);
            self.cells.retain(|key, (version, _)| known.contains(key) || *version > to);
        }
        for (key, cell) in taken {
            let name = cells::name(&key).map(Lost::Cell);
            self.damages.retain(|damage| Some(&damage.lost) != name.as_ref());
            self.position = self.position.max(cell.version);
            self.cells.insert(key, (cell.version, Some(cell.value)));
        }
    }
}

/// Values that a cell had, newest first, and the one that it has.
pub(in super::super) fn earlier_values(
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
        FileError::Damaged { file, offset, .. } => (file.clone(), Some(*offset)),
        FileError::Io { file, .. } | FileError::Newer { file, .. } => (file.clone(), None),
    }
}

/// The same, unless the error is of the machine at this moment and says nothing of the file.
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
pub(in super::super) fn damage_of(error: FileError) -> Damage {
    match error {
        FileError::Damaged { file, offset, detail } => Damage::of(file, Some(offset), detail),
        FileError::Io { file, source } => Damage::of(file, None, source),
        FileError::Newer { ref file, .. } => Damage::of(file.clone(), None, &error),
    }
}
