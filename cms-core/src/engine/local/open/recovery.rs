//! Reading the journals when a store is opened: what they hold, how they end, and what sled knows of them.

use std::path::Path;

use super::{
    super::{
        Derived, LocalOptions,
        cells::{AppliedTo, CellIndex, place},
        commit::Writer,
        disk::Reading,
        file::{self, FileError, FileKind, display_name},
        frame::{Chain, JOURNAL_HEADER_SIZE_BYTES, JournalHeader},
        journal::{LiveJournal, Scan, Tail, payload_of},
        payload::Payload,
        view::Sealed,
    },
    OpenError,
};
use crate::engine::{Position, operations::Operations};

/// What the journals say, from the first to the last.
pub(super) struct Recovery<'a> {
    options: &'a LocalOptions,
    sealed: &'a Sealed,
    pub(super) journals: Vec<LiveJournal>,
    pub(super) operations: Operations,
    pub(super) position: u64,
    /// The sequence of the next frame.
    sequence: u64,
    chain: Chain,
    /// The machine's boot id at the last opening.
    boot: [u8; 16],
    /// If the last frame marks a clean end: whether sled was made durable before it.
    closed: Option<bool>,
    /// The hash of the last frame that sled knows, once the scan has reached it.
    applied_chain: Option<Chain>,
    /// What sled holds; whether to use it is decided separately.
    cells: Option<(CellIndex, AppliedTo)>,
    /// Where the last frame of the last journal begins, if there is one.
    last_frame_at: Option<usize>,
    /// How the last journal ends.
    tail: Tail,
}

impl<'a> Recovery<'a> {
    pub(super) fn new(options: &'a LocalOptions, sealed: &'a Sealed) -> Self {
        let manifest = &sealed.manifest;
        let cells = match options.derived {
            Derived::Use if options.cell_index_directory.is_dir() => {
                let directory = &options.cell_index_directory;
                place::newest(directory).map(|(cells, applied_to, place)| {
                    // A leftover is removed by the next rotation if not now.
                    let _ = place::remove_others(directory, &place);
                    (cells, applied_to)
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

    /// Remembers the current hash if this is the last frame that sled says it knows.
    fn note_applied(&mut self) {
        if self.cells.as_ref().is_some_and(|(_, applied)| applied.sequence + 1 == self.sequence) {
            self.applied_chain = Some(self.chain);
        }
    }

    /// Reads every journal that follows the sealed one, and begins the first if there never was any.
    pub(super) fn read_journals(&mut self, boot: [u8; 16]) -> Result<(), OpenError> {
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
            if first > 1 || self.was_acknowledged() {
                return Err(self.missing(first));
            }
            self.begin_first(boot)?;
        }
        Ok(())
    }

    /// Whether sled knows the frame that should come next.
    fn was_acknowledged(&self) -> bool {
        self.cells.as_ref().is_some_and(|(_, applied)| {
            applied.store == self.sealed.manifest.store && applied.sequence >= self.sequence
        })
    }

    fn missing(&self, number: u64) -> OpenError {
        let path = self.options.directory.join(FileKind::Journal.name(number));
        self.damaged(&path, 0, "the file is missing")
    }

    fn damaged(&self, path: &Path, offset: usize, detail: impl ToString) -> OpenError {
        let detail = format!("{}, behind transaction {}", detail.to_string(), self.position);
        OpenError::Damaged { file: display_name(path), offset: offset as u64, detail }
    }

    fn read_journal(&mut self, number: u64, last: bool) -> Result<(), OpenError> {
        let disk = &*self.options.disk;
        let path = self.options.directory.join(FileKind::Journal.name(number));
        let bytes = disk.map(&path, Reading::InOrder).map_err(FileError::io(&path))?;
        let version = file::check_header(FileKind::Journal, &path, &bytes);
        if let Err(error @ FileError::Newer { .. }) = version {
            return Err(error.into());
        }
        let header = version.ok().and_then(|()| JournalHeader::decode(&bytes));
        // A journal that was abandoned while it was begun, and whose removal was lost: its header, which is synced
        // before the first frame is written, is torn; or the journal before it went on without it.
        let given_up = match &header {
            None => true,
            Some(header) => header.first_sequence < self.sequence,
        };
        if given_up && last && bytes.len() <= JOURNAL_HEADER_SIZE_BYTES && !self.was_acknowledged()
        {
            drop(bytes);
            return Ok(disk.remove(&path).map_err(FileError::io(&path))?);
        }
        let Some(header) = header else {
            return Err(self.damaged(&path, 0, "the journal's header is bad"));
        };
        if header.number != number
            || header.store != self.sealed.manifest.store
            || header.previous != self.chain
            || header.first_sequence != self.sequence
        {
            return Err(self.damaged(&path, 0, "the journal does not follow the one before"));
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
                    "frame {}: {detail}, with {whole_after} whole ones after it",
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

    /// Checks that everything that sled knows to be synced is there, and decides whether sled may be used: returns the
    /// cells and the sequence up to which they are current.
    pub(super) fn check_acknowledged(
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

    /// Cuts off what is torn, and makes the last whole frame durable.
    pub(super) fn settle_tail(&mut self, boot: [u8; 16]) -> Result<Writer, OpenError> {
        let (disk, directory) = (&*self.options.disk, &self.options.directory);
        let journal = self.journals.last().expect("there is a journal to write to");
        let (path, end) = (&journal.path, journal.end);
        let settle = || {
            if self.tail == Tail::Torn {
                journal.file.truncate(end)?;
            }
            // Header and last frame, even a mark of a clean end, are written again: a failed sync may have dropped what
            // it was to write, and no later sync would bring it back.
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
