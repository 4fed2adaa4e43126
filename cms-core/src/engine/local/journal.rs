//! A journal: where every batch goes first. One write and one sync of it are what makes a commit durable.
//!
//! Invariants:
//! 1. A frame is written only after the one before it was synced. So at most the last frame can be torn, and a bad
//!    frame with a good one after it is damage.
//! 2. The memory used for a journal is bounded by its length: some 60 bytes for each object and 16 for each audit
//!    record, rebuilt by the scan that opening makes anyway.

pub(super) mod recent;

use std::{
    collections::BTreeMap,
    ops::Bound,
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;

use super::{
    audit,
    disk::DiskFile,
    file::{FileError, display_name},
    frame::{
        self, Chain, FRAME_HEADER_SIZE_BYTES, Frame, JOURNAL_HEADER_SIZE_BYTES, JournalHeader,
    },
    payload::{self, Payload},
    record,
};
use crate::{
    engine::AuditRecord,
    model::{
        id::ObjectId,
        object::{Object, Space},
    },
};

/// Walks over the frames of a journal, each of which must follow the one before.
pub(super) struct Scan<'a> {
    bytes: &'a [u8],
    /// The key of the hashes; `None` when they were checked earlier.
    seed: Option<[u8; 32]>,
    /// Where the next frame should begin.
    pub(super) at: usize,
    /// The sequence that the next frame should have.
    pub(super) sequence: u64,
    /// The hash of the last frame.
    pub(super) chain: Chain,
    /// Why there was no next frame; none if the bytes simply end.
    stopped: Option<&'static str>,
}

/// How a journal ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tail {
    /// With a whole frame.
    Whole,
    /// With a frame that was never completely written, and so never acknowledged.
    Torn,
    /// With bytes that were whole once.
    Damaged {
        /// How the damage shows.
        detail: &'static str,
        /// How many whole frames come after it.
        whole_after: u64,
    },
}

impl<'a> Scan<'a> {
    /// Starts after a journal's header.
    pub(super) fn new(header: &JournalHeader, bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            seed: Some(header.seed),
            at: JOURNAL_HEADER_SIZE_BYTES.min(bytes.len()),
            sequence: header.first_sequence,
            chain: header.previous,
            stopped: None,
        }
    }

    /// Starts after the header of a journal whose frames were checked earlier: when it was opened, or because this
    /// engine wrote them.
    pub(super) fn known(header: &JournalHeader, bytes: &'a [u8]) -> Self {
        Self { seed: None, ..Self::new(header, bytes) }
    }

    fn read(&self, at: usize) -> Result<Frame<'a>, &'static str> {
        let rest = self.bytes.get(at..).unwrap_or_default();
        match &self.seed {
            Some(seed) => frame::read(rest, seed),
            None => frame::read_known(rest),
        }
    }

    /// Determines what a bad frame is: torn, or damaged with others after it.
    pub(super) fn tail(&self) -> Tail {
        let Some(detail) = self.stopped else { return Tail::Whole };
        let mut whole_after = 0;
        let mut at = self.at;
        while at < self.bytes.len() {
            // An object may hold a copy of an earlier frame, but not of a later one.
            match self.read(at) {
                Ok(frame) if at == self.at || frame.sequence > self.sequence => {
                    whole_after += 1;
                    at += frame.size_bytes;
                }
                // Frames begin at multiples of eight, unless a byte before them is missing.
                _ => at += 1,
            }
        }
        if whole_after == 0 { Tail::Torn } else { Tail::Damaged { detail, whole_after } }
    }
}

/// Bytes of a journal in which no frame can be read, or none that follows the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch {
    /// Where it begins and ends; empty when a whole frame follows at once that is not the next one.
    pub(super) bytes: std::ops::Range<usize>,
    pub(super) detail: &'static str,
    /// Whether nothing whole follows.
    pub(super) is_last: bool,
}

/// Walks over every whole frame of a journal, whatever lies between them.
pub(super) struct WalkOn<'a> {
    scan: Scan<'a>,
}

impl<'a> WalkOn<'a> {
    /// Starts after a journal's header.
    pub(super) fn new(header: &JournalHeader, bytes: &'a [u8]) -> Self {
        Self { scan: Scan::new(header, bytes) }
    }

    /// Starts at the front of a journal whose header is bad.
    pub(super) fn without_header(header: &JournalHeader, bytes: &'a [u8]) -> Self {
        let scan = Scan {
            at: 0,
            stopped: Some("the journal's header is bad"),
            ..Scan::new(header, bytes)
        };
        Self { scan }
    }

    /// The sequence that the next frame should have, and the hash that it should name.
    pub(super) const fn next_frame(&self) -> (u64, Chain) {
        (self.scan.sequence, self.scan.chain)
    }
}

impl<'a> Iterator for WalkOn<'a> {
    type Item = Result<(usize, Frame<'a>), Stretch>;

    fn next(&mut self) -> Option<Self::Item> {
        let scan = &mut self.scan;
        if scan.stopped.is_none()
            && let Some(found) = scan.next()
        {
            return Some(Ok(found));
        }
        let detail = scan.stopped.take()?;
        let from = scan.at;
        // Tries every byte, because some may be missing. An object may hold a copy of an earlier frame, but not of a
        // later one.
        let next = (from..scan.bytes.len()).find_map(|at| match scan.read(at) {
            Ok(frame) if at == from || frame.sequence >= scan.sequence => Some((at, frame)),
            _ => None,
        });
        let is_last = next.is_none();
        match next {
            Some((at, frame)) => {
                (scan.at, scan.sequence, scan.chain) = (at, frame.sequence, frame.previous);
            }
            None => scan.at = scan.bytes.len(),
        }
        Some(Err(Stretch { bytes: from..scan.at, detail, is_last }))
    }
}

impl<'a> Iterator for Scan<'a> {
    /// Where a frame begins, and the frame itself.
    type Item = (usize, Frame<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.bytes.len() {
            return None;
        }
        let found = self.read(self.at).and_then(|frame| {
            if frame.sequence == self.sequence && frame.previous == self.chain {
                Ok(frame)
            } else {
                Err("the frame does not follow the one before")
            }
        });
        match found {
            Ok(frame) => {
                let at = self.at;
                self.at += frame.size_bytes;
                self.sequence += 1;
                self.chain = frame.chain;
                Some((at, frame))
            }
            Err(detail) => {
                self.stopped = Some(detail);
                None
            }
        }
    }
}

/// The payload of a whole frame; if it can't be read, that is damage too.
pub(super) fn payload_of<'a>(
    path: &Path,
    at: usize,
    frame: &Frame<'a>,
) -> Result<Payload<'a>, FileError> {
    payload::read(frame.payload).map_err(|error| FileError::damaged(path, at, error))
}

/// A place in a journal: an offset and a length.
#[derive(Debug, Clone, Copy)]
struct Place {
    offset: u64,
    size_bytes: u32,
}

/// An id as four numbers: they sort like the bytes, and comparing them calls no function, which is most of the cost of
/// building and searching a journal's table.
type Words = [u64; 4];

fn words(id: ObjectId) -> Words {
    let mut words = Words::default();
    for (word, bytes) in words.iter_mut().zip(id.as_bytes().as_chunks::<8>().0) {
        *word = u64::from_be_bytes(*bytes);
    }
    words
}

fn id_of(words: &Words) -> ObjectId {
    let mut bytes = [0; ObjectId::SIZE_BYTES];
    for (word, bytes) in words.iter().zip(bytes.as_chunks_mut::<8>().0) {
        *bytes = word.to_be_bytes();
    }
    ObjectId::from_bytes(bytes)
}

/// A journal whose content is not in sealed files yet, and what readers need to know of it.
pub(super) struct LiveJournal {
    pub(super) header: JournalHeader,
    pub(super) path: PathBuf,
    pub(super) file: Arc<dyn DiskFile>,
    /// Where its last published frame ends.
    pub(super) end: u64,
    objects: BTreeMap<Space, BTreeMap<Words, Place>>,
    audits: Vec<(u64, Place)>,
}

/// An object's record in a journal, which can be read without holding a lock.
pub(super) struct JournalObject {
    id: ObjectId,
    path: PathBuf,
    file: Arc<dyn DiskFile>,
    place: Place,
}

impl LiveJournal {
    pub(super) fn new(header: JournalHeader, path: PathBuf, file: Arc<dyn DiskFile>) -> Self {
        let end = JOURNAL_HEADER_SIZE_BYTES as u64;
        Self { header, path, file, end, objects: BTreeMap::new(), audits: Vec::new() }
    }

    /// Notes an object whose record begins at an offset; the last record of an id counts, because it may have been
    /// written again after the earlier one was damaged.
    pub(super) fn add_object(
        &mut self,
        space: &Space,
        id: ObjectId,
        offset: u64,
        record_size_bytes: usize,
    ) {
        let size_bytes =
            u32::try_from(record_size_bytes).expect("objects above 64 MiB are refused");
        let objects = match self.objects.get_mut(space) {
            Some(objects) => objects,
            None => self.objects.entry(space.clone()).or_default(),
        };
        objects.insert(words(id), Place { offset, size_bytes });
    }

    /// Notes an audit record.
    pub(super) fn add_audit(&mut self, position: u64, offset: u64, size_bytes: usize) {
        let size_bytes = u32::try_from(size_bytes).expect("a batch is far below four gigabytes");
        self.audits.push((position, Place { offset, size_bytes }));
    }

    /// Sorts audit records that were found out of order.
    pub(super) fn sort_audits(&mut self) {
        self.audits.sort_by_key(|(position, _)| *position);
        self.audits.dedup_by_key(|(position, _)| *position);
    }

    /// Notes everything in a frame's payload.
    pub(super) fn add_payload(
        &mut self,
        frame_at: usize,
        payload: &Payload<'_>,
    ) -> Result<(), FileError> {
        let Payload::Transactions(transactions) = payload else { return Ok(()) };
        let start = (frame_at + FRAME_HEADER_SIZE_BYTES) as u64;
        for written in transactions {
            for object in &written.objects {
                let space = object.space.parse().map_err(|error| {
                    FileError::damaged(&self.path, frame_at, format!("{error}"))
                })?;
                let offset = start + object.offset as u64;
                self.add_object(
                    &space,
                    object.header.id,
                    offset,
                    object.header.record_size_bytes(),
                );
            }
            if let Some(row) = &written.audit {
                let offset = start + row.offset as u64;
                self.add_audit(written.position, offset, audit::record_size_bytes(row));
            }
        }
        Ok(())
    }

    pub(super) fn holds(&self, space: &Space, id: ObjectId) -> bool {
        self.objects.get(space).is_some_and(|objects| objects.contains_key(&words(id)))
    }

    pub(super) fn object(&self, space: &Space, id: ObjectId) -> Option<JournalObject> {
        let place = *self.objects.get(space)?.get(&words(id))?;
        Some(JournalObject { id, path: self.path.clone(), file: self.file.clone(), place })
    }

    pub(super) fn spaces(&self) -> impl Iterator<Item = &Space> {
        self.objects.keys()
    }

    pub(super) fn objects_count(&self) -> u64 {
        self.objects.values().map(|objects| objects.len() as u64).sum()
    }

    /// The ids of a space above another, ascending.
    pub(super) fn ids(
        &self,
        space: &Space,
        after: Option<ObjectId>,
    ) -> impl Iterator<Item = ObjectId> {
        let from = after.map_or(Bound::Unbounded, |id| Bound::Excluded(words(id)));
        let objects = self.objects.get(space);
        objects
            .into_iter()
            .flat_map(move |objects| objects.range((from, Bound::Unbounded)))
            .map(|(words, _)| id_of(words))
    }

    /// Audit records after a position, at most `rows_max`.
    pub(super) fn audit(&self, after: u64, rows_max: usize) -> Result<Vec<AuditRecord>, FileError> {
        let from = self.audits.partition_point(|(position, _)| *position <= after);
        let rows = self.audits.get(from..).unwrap_or_default().iter().take(rows_max);
        // A damaged one is left out, and reported by verifying.
        let records =
            rows.filter_map(|(_, place)| match read_place(&*self.file, &self.path, *place) {
                Ok(bytes) => audit::read(&bytes, 0).ok().map(|(row, _)| Ok(row.to_record())),
                Err(FileError::Damaged { .. }) => None,
                Err(error) => Some(Err(error)),
            });
        records.collect()
    }
}

impl JournalObject {
    pub(super) fn read(&self) -> Result<Object, FileError> {
        let bytes = read_place(&*self.file, &self.path, self.place)?;
        record::read(self.id, &self.path, self.place.offset, bytes)
    }
}

fn read_place(file: &dyn DiskFile, path: &Path, place: Place) -> Result<Bytes, FileError> {
    let mut bytes = vec![0; place.size_bytes as usize];
    match file.read_at(place.offset, &mut bytes) {
        Ok(()) => Ok(bytes.into()),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            Err(FileError::damaged(path, place.offset as usize, "the file ends before"))
        }
        Err(source) => Err(FileError::Io { file: display_name(path), source }),
    }
}
