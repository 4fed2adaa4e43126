//! An index: where each object of some segments of a space lies, sorted by id, read through a memory map.
//!
//! ```text
//! header | rows: id 32, place 8 | buckets: end 8, check 8 | segments: number 8 |
//! count 8 | bits 4 | count of segments 4 | BLAKE3 from the buckets to here | BLAKE3 of everything
//! ```
//! A place is the ordinal of a segment (24 bits) and an offset in it (40 bits). A bucket holds the ids that begin with
//! the same bits, about 64 of them.
//!
//! Invariants:
//! 1. Rows ascend by id, each id once.
//! 2. Everything after the rows is checked when the index is opened, and a bucket when it is first read: a damaged
//!    index is an error, never "no such object".
//! 3. Memory beyond the mapped file: one bit per bucket.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;

use super::{
    disk::{Disk, Reading},
    file::{
        self, FOOTER_SIZE_BYTES, FileError, FileKind, HEADER_SIZE_BYTES, SealedWriter, check_of,
        u32_at, u64_at,
    },
    manifest::IndexEntry,
};
use crate::model::id::ObjectId;

const ROW_SIZE_BYTES: usize = 40;
const BUCKET_SIZE_BYTES: usize = 16;
const TAIL_SIZE_BYTES: usize = 16 + 32 + FOOTER_SIZE_BYTES;
const OFFSET_BITS: u32 = 40;
const BITS_MAX: u32 = 24;

/// Where an object lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct IndexRow {
    pub(super) id: ObjectId,
    pub(super) segment: u64,
    pub(super) offset: u64,
}

fn bucket_of(id: ObjectId, bits: u32) -> usize {
    let (head, _) = id.as_bytes().split_first_chunk::<8>().expect("an id has 32 bytes");
    let shifted = u64::from_be_bytes(*head).checked_shr(64 - bits).unwrap_or(0);
    usize::try_from(shifted).expect("24 bits at most")
}

/// How far into its bucket an id would lie, in units of 2^-16 of the bucket.
fn place_in_bucket(id: ObjectId, bits: u32) -> usize {
    let (head, _) = id.as_bytes().split_first_chunk::<8>().expect("an id has 32 bytes");
    usize::from(((u64::from_be_bytes(*head) << bits) >> 48) as u16)
}

/// Writes an index of rows that ascend by id; of rows with the same id the first counts. There are at most `count_max`
/// rows.
pub(super) fn write(
    disk: &dyn Disk,
    path: PathBuf,
    space: &str,
    segments: Vec<u64>,
    count_max: u64,
    rows: impl Iterator<Item = Result<IndexRow, FileError>>,
) -> Result<IndexEntry, FileError> {
    let number = FileKind::parse(&file::display_name(&path)).map_or(0, |(_, number)| number);
    let mut writer = SealedWriter::create(disk, FileKind::Index, path)?;
    let bits = (count_max / 64).max(1).ilog2().min(BITS_MAX);
    let mut buckets = Buckets::new(bits);
    let mut last = None;
    for row in rows {
        let row = row?;
        if last == Some(row.id) {
            continue;
        }
        debug_assert!(last < Some(row.id), "rows ascend");
        last = Some(row.id);
        let ordinal = segments.binary_search(&row.segment).expect("rows are of these segments");
        let place = (ordinal as u64) << OFFSET_BITS | row.offset;
        let mut bytes = [0; ROW_SIZE_BYTES];
        bytes[..32].copy_from_slice(row.id.as_bytes());
        bytes[32..].copy_from_slice(&place.to_le_bytes());
        buckets.push(bucket_of(row.id, bits), &bytes);
        writer.write(&bytes)?;
    }
    let (count, mut tail) = buckets.finish();
    for segment in &segments {
        tail.extend_from_slice(&segment.to_le_bytes());
    }
    tail.extend_from_slice(&count.to_le_bytes());
    tail.extend_from_slice(&bits.to_le_bytes());
    tail.extend_from_slice(&(segments.len() as u32).to_le_bytes());
    let hash = blake3::hash(&tail);
    writer.write(&tail)?;
    writer.write(hash.as_bytes())?;
    let size_bytes = writer.finish()?;
    Ok(IndexEntry { number, space: space.to_owned(), count, size_bytes, segments })
}

/// Builds the table of buckets as rows are written.
struct Buckets {
    bits: u32,
    bytes: Vec<u8>,
    count: u64,
    hasher: blake3::Hasher,
}

impl Buckets {
    fn new(bits: u32) -> Self {
        Self { bits, bytes: Vec::new(), count: 0, hasher: blake3::Hasher::new() }
    }

    fn push(&mut self, bucket: usize, row: &[u8]) {
        while self.bytes.len() / BUCKET_SIZE_BYTES < bucket {
            self.end();
        }
        self.hasher.update(row);
        self.count += 1;
    }

    fn end(&mut self) {
        self.bytes.extend_from_slice(&self.count.to_le_bytes());
        let check = u64_at(self.hasher.finalize().as_bytes(), 0);
        self.bytes.extend_from_slice(&check.to_le_bytes());
        self.hasher.reset();
    }

    fn finish(mut self) -> (u64, Vec<u8>) {
        while self.bytes.len() / BUCKET_SIZE_BYTES < 1 << self.bits {
            self.end();
        }
        (self.count, self.bytes)
    }
}

/// A sealed index.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) path: PathBuf,
    pub(super) entry: IndexEntry,
    bytes: Bytes,
    bits: u32,
    /// Where the buckets begin.
    buckets_at: usize,
    /// One bit per bucket: whether its check was made.
    checked: Box<[AtomicU64]>,
}

impl Index {
    /// Opens an index and checks everything except its rows.
    pub(super) fn open(
        disk: &dyn Disk,
        path: PathBuf,
        entry: IndexEntry,
        reading: Reading,
    ) -> Result<Self, FileError> {
        // The table of buckets is read from end to end here, however the index is read later.
        let bytes = file::map(disk, FileKind::Index, &path, Reading::InOrder)?;
        let wrong = |detail: &str| FileError::damaged(&path, bytes.len(), detail);
        let tail_at = bytes
            .len()
            .checked_sub(TAIL_SIZE_BYTES)
            .filter(|_| bytes.len() as u64 == entry.size_bytes)
            .ok_or_else(|| wrong("the file's length is wrong"))?;
        let (count, bits) = (u64_at(&bytes, tail_at), u32_at(&bytes, tail_at + 8));
        let segments = u32_at(&bytes, tail_at + 12) as usize;
        let rows_size = usize::try_from(count).unwrap_or(usize::MAX).saturating_mul(ROW_SIZE_BYTES);
        let buckets_at = HEADER_SIZE_BYTES.saturating_add(rows_size);
        let segments_at = buckets_at.saturating_add(BUCKET_SIZE_BYTES << bits.min(BITS_MAX));
        if segments_at.saturating_add(segments.saturating_mul(8)) != tail_at || bits > BITS_MAX {
            return Err(wrong("the file's parts do not add up"));
        }
        let hash = blake3::hash(&bytes[buckets_at..tail_at + 16]);
        if bytes[tail_at + 16..tail_at + 48] != *hash.as_bytes() {
            return Err(FileError::damaged(
                &path,
                buckets_at,
                "the buckets do not match their hash",
            ));
        }
        let covered = bytes[segments_at..tail_at].as_chunks::<8>().0.iter();
        if !covered.map(|number| u64::from_le_bytes(*number)).eq(entry.segments.iter().copied())
            || count != entry.count
        {
            return Err(wrong("the manifest describes another index"));
        }
        let checked = (0..(1usize << bits).div_ceil(64)).map(|_| AtomicU64::new(0)).collect();
        let bytes = match reading {
            Reading::InOrder => bytes,
            Reading::Scattered => file::map(disk, FileKind::Index, &path, reading)?,
        };
        Ok(Self { path, entry, bytes, bits, buckets_at, checked })
    }

    /// The same index, to be read from front to back.
    pub(super) fn in_order(&self, disk: &dyn Disk) -> Result<Self, FileError> {
        Self::open(disk, self.path.clone(), self.entry.clone(), Reading::InOrder)
    }

    /// Reads the file piece by piece, so that it is in memory afterwards.
    pub(super) fn pages(&self) -> impl Iterator<Item = u8> {
        const PIECE_SIZE_BYTES: usize = 1 << 20;
        const PAGE_SIZE_BYTES: usize = 4096;
        let read = |piece: &[u8]| {
            let firsts = piece.iter().step_by(PAGE_SIZE_BYTES);
            std::hint::black_box(firsts.fold(0, |all, byte| all ^ byte))
        };
        self.bytes.chunks(PIECE_SIZE_BYTES).map(read)
    }

    fn bucket_end(&self, bucket: usize) -> usize {
        // The table was checked against its hash when the index was opened.
        u64_at(&self.bytes, self.buckets_at + bucket * BUCKET_SIZE_BYTES) as usize
    }

    /// The rows of a bucket, after its check.
    fn bucket(&self, bucket: usize) -> Result<&[[u8; ROW_SIZE_BYTES]], FileError> {
        let start = if bucket == 0 { 0 } else { self.bucket_end(bucket - 1) };
        let from = HEADER_SIZE_BYTES + start * ROW_SIZE_BYTES;
        let to = HEADER_SIZE_BYTES + self.bucket_end(bucket) * ROW_SIZE_BYTES;
        let bytes = self
            .bytes
            .get(from..to)
            .filter(|_| to <= self.buckets_at)
            .ok_or_else(|| FileError::damaged(&self.path, from, "the buckets do not ascend"))?;
        let (word, bit) = (&self.checked[bucket / 64], 1 << (bucket % 64));
        if word.load(Ordering::Relaxed) & bit == 0 {
            let check = u64_at(&self.bytes, self.buckets_at + bucket * BUCKET_SIZE_BYTES + 8);
            if check_of(&[bytes]) != check {
                let detail = "the rows do not match their check; the index can be rebuilt";
                return Err(FileError::damaged(&self.path, from, detail));
            }
            word.fetch_or(bit, Ordering::Relaxed);
        }
        Ok(bytes.as_chunks().0)
    }

    fn decode(&self, row: &[u8; ROW_SIZE_BYTES]) -> Result<IndexRow, FileError> {
        let (id, _) = row.split_first_chunk::<32>().expect("a row has 40 bytes");
        let place = u64_at(row, 32);
        let ordinal = (place >> OFFSET_BITS) as usize;
        let segment = *self.entry.segments.get(ordinal).ok_or_else(|| {
            FileError::damaged(&self.path, HEADER_SIZE_BYTES, "a row names no segment")
        })?;
        let offset = place & ((1 << OFFSET_BITS) - 1);
        Ok(IndexRow { id: ObjectId::from_bytes(*id), segment, offset })
    }

    /// The row of an id. Ids are hashes and evenly distributed, so the position of an id is known to within a few rows,
    /// and fewer of them are fetched than by binary search.
    pub(super) fn find(&self, id: ObjectId) -> Result<Option<IndexRow>, FileError> {
        let rows = self.bucket(bucket_of(id, self.bits))?;
        let (low, high) = rows.split_at((rows.len() * place_in_bucket(id, self.bits)) >> 16);
        let is_before = |row: &&[u8; ROW_SIZE_BYTES]| row[..32] < id.as_bytes()[..];
        let found = match high.first() {
            Some(first) if is_before(&first) => high.iter().find(|row| !is_before(row)),
            first => low.iter().rev().take_while(|row| !is_before(row)).last().or(first),
        };
        found.filter(|row| row[..32] == id.as_bytes()[..]).map(|row| self.decode(row)).transpose()
    }

    /// The rows above an id, ascending; after an error the iteration ends.
    pub(super) fn after(
        &self,
        after: Option<ObjectId>,
    ) -> impl Iterator<Item = Result<IndexRow, FileError>> {
        let first = after.map_or(0, |id| bucket_of(id, self.bits));
        (first..1 << self.bits).flat_map(move |bucket| {
            let (rows, error) = match self.bucket(bucket) {
                Ok(rows) => (rows, None),
                Err(error) => (&[][..], Some(Err(error))),
            };
            let skip =
                after.map_or(0, |id| rows.partition_point(|row| row[..32] <= id.as_bytes()[..]));
            rows.iter().skip(skip).map(|row| self.decode(row)).chain(error)
        })
    }

    /// Checks every byte.
    pub(super) fn verify(&self) -> Result<(), FileError> {
        file::check_footer(&self.path, &self.bytes)
    }
}

/// Rows from several sources as one ascending stream; of rows with the same id the newest segment's comes first. An
/// error comes before every row.
pub(super) fn merged<E>(
    sources: impl Iterator<Item = impl Iterator<Item = Result<IndexRow, E>>>,
) -> impl Iterator<Item = Result<IndexRow, E>> {
    let mut sources: Vec<_> = sources.map(Iterator::peekable).collect();
    std::iter::from_fn(move || {
        let order = |row: &Result<IndexRow, E>| {
            row.as_ref().ok().map(|row| (row.id, std::cmp::Reverse(row.segment)))
        };
        // Errors sort before every row, so that an error is returned as soon as it occurs.
        let next = sources
            .iter_mut()
            .enumerate()
            .filter_map(|(at, source)| source.peek().map(|row| (order(row), at)))
            .min()?;
        sources.get_mut(next.1)?.next()
    })
}

#[cfg(test)]
mod tests;
