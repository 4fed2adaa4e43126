//! A segment: the objects of one space from one journal, in the order in which they came.
//!
//! ```text
//! header | length of the space's name 2 | name | records | count 8 | BLAKE3
//! ```
//!
//! A segment itself says what it holds: an index can be rebuilt from it alone.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use bytes::Bytes;

use super::{
    disk::{Disk, Reading},
    file::{
        self, FOOTER_SIZE_BYTES, FileError, FileKind, HEADER_SIZE_BYTES, SealedWriter, Unopened,
        u64_at,
    },
    index::IndexRow,
    manifest::SegmentEntry,
    record::{self, RecordHeader},
};
use crate::model::{
    id::ObjectId,
    object::{Object, Space},
};

const COUNT_SIZE_BYTES: usize = 8;

/// Writes a segment of records, and returns where each lies. `records` are whole: header and bytes.
pub(super) fn write<'a>(
    disk: &dyn Disk,
    path: PathBuf,
    number: u64,
    space: &str,
    records: impl Iterator<Item = (ObjectId, &'a [u8])>,
) -> Result<(SegmentEntry, Vec<IndexRow>), FileError> {
    let mut writer = SealedWriter::create(disk, FileKind::Segment, path)?;
    let name_size = u16::try_from(space.len()).expect("a space's name is short");
    writer.write(&name_size.to_le_bytes())?;
    writer.write(space.as_bytes())?;
    let mut rows = Vec::new();
    for (id, record) in records {
        rows.push(IndexRow { id, segment: number, offset: writer.offset() });
        writer.write(record)?;
    }
    let count = rows.len() as u64;
    writer.write(&count.to_le_bytes())?;
    let size_bytes = writer.finish()?;
    Ok((SegmentEntry { number, space: space.to_owned(), count, size_bytes }, rows))
}

/// A sealed segment.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) path: PathBuf,
    pub(super) entry: SegmentEntry,
    bytes: Result<Bytes, Unopened>,
}

impl Segment {
    /// Opens a segment; one that can't be opened reports so when it is read, so that the rest can be read.
    pub(super) fn open(
        disk: &dyn Disk,
        path: PathBuf,
        entry: SegmentEntry,
        reading: Reading,
    ) -> Self {
        let bytes = disk.map(&path, reading).map_err(Unopened::from);
        Self { path, entry, bytes }
    }

    /// The entry that a manifest would have for a segment, read from the segment itself; `None` when its beginning
    /// can't be read.
    pub(super) fn entry_of(disk: &dyn Disk, path: &Path, number: u64) -> Option<SegmentEntry> {
        let bytes = disk.map(path, Reading::Scattered).ok()?;
        let (size, rest) = bytes.get(HEADER_SIZE_BYTES..)?.split_first_chunk::<2>()?;
        let name = rest.get(..usize::from(u16::from_le_bytes(*size)))?;
        let space = std::str::from_utf8(name).ok()?;
        space.parse::<Space>().ok()?;
        let count_at = bytes.len().saturating_sub(FOOTER_SIZE_BYTES + COUNT_SIZE_BYTES);
        let (count, size_bytes) = (u64_at(&bytes, count_at), bytes.len() as u64);
        Some(SegmentEntry { number, space: space.to_owned(), count, size_bytes })
    }

    /// The same segment, to be read from front to back.
    pub(super) fn in_order(&self, disk: &dyn Disk) -> Self {
        Self::open(disk, self.path.clone(), self.entry.clone(), Reading::InOrder)
    }

    fn bytes(&self) -> Result<&Bytes, FileError> {
        self.bytes.as_ref().map_err(|error| error.error(&self.path))
    }

    /// The object whose record begins at an offset.
    pub(super) fn object(&self, id: ObjectId, offset: u64) -> Result<Object, FileError> {
        let bytes = self.bytes()?;
        let at = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
        record::read(id, &self.path, offset, bytes.slice(at..))
    }

    /// Whether the record of an object begins at an offset.
    pub(super) fn is_at(&self, id: ObjectId, offset: u64) -> bool {
        let Ok(bytes) = self.bytes() else { return false };
        let rest = usize::try_from(offset).ok().and_then(|at| bytes.get(at..)).unwrap_or_default();
        rest.get(..ObjectId::SIZE_BYTES) == Some(id.as_bytes())
    }

    /// Every record, with its offset; after one so damaged that its end is unknown, the next whole one.
    pub(super) fn records(&self) -> Records<'_> {
        let bytes: &[u8] = self.bytes.as_ref().map_or(&[], |bytes| bytes);
        let start = HEADER_SIZE_BYTES + 2 + self.entry.space.len();
        let trailer = FOOTER_SIZE_BYTES + COUNT_SIZE_BYTES;
        // A file that was cut off has no trailer.
        let end = match bytes.len() as u64 == self.entry.size_bytes {
            true => bytes.len().saturating_sub(trailer),
            false => bytes.len(),
        };
        Records { bytes: &bytes[..end], at: start.min(end), last: None }
    }

    /// Every record, header and bytes, except those of some objects.
    ///
    /// # Errors
    /// When there are bytes in which no record can be read: they may hold anything.
    pub(super) fn without(
        &self,
        left_out: &BTreeSet<ObjectId>,
    ) -> Result<Vec<(ObjectId, &[u8])>, FileError> {
        self.check_length()?;
        let bytes = self.bytes()?;
        let mut kept = Vec::new();
        for record in self.records() {
            let (offset, header) = record.map_err(|stretch| {
                FileError::damaged(&self.path, stretch.bytes.start, stretch.detail)
            })?;
            if !left_out.contains(&header.id) {
                let from = usize::try_from(offset).unwrap_or(usize::MAX);
                let record = bytes.get(from..from + header.record_size_bytes());
                kept.push((header.id, record.unwrap_or_default()));
            }
        }
        Ok(kept)
    }

    /// Checks that the file exists and has its full length.
    pub(super) fn check_length(&self) -> Result<(), FileError> {
        let bytes = self.bytes()?;
        if bytes.len() as u64 == self.entry.size_bytes {
            return Ok(());
        }
        Err(FileError::damaged(&self.path, bytes.len(), "the file's length is wrong"))
    }

    /// Checks the count, the length and the hash of the whole file.
    pub(super) fn check_whole(&self) -> Result<(), FileError> {
        let bytes = self.bytes()?;
        file::check_header(FileKind::Segment, &self.path, bytes)?;
        self.check_length()?;
        let named = bytes.get(HEADER_SIZE_BYTES + 2..).unwrap_or_default();
        if !named.starts_with(self.entry.space.as_bytes()) {
            let detail = "the space's name is wrong";
            return Err(FileError::damaged(&self.path, HEADER_SIZE_BYTES, detail));
        }
        let at = bytes.len().saturating_sub(FOOTER_SIZE_BYTES + COUNT_SIZE_BYTES);
        if u64_at(bytes, at) != self.entry.count {
            return Err(FileError::damaged(&self.path, at, "the count of objects is wrong"));
        }
        file::check_footer(&self.path, bytes)
    }

    /// The segment's space, when its name is valid.
    pub(super) fn space(&self) -> Option<Space> {
        self.entry.space.parse().ok()
    }
}

/// The records of a segment.
pub(super) struct Records<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The previous record, and where it begins.
    last: Option<(usize, RecordHeader)>,
}

/// Bytes of a segment in which no record can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch {
    /// Where it begins and ends in the file.
    pub(super) bytes: std::ops::Range<usize>,
    pub(super) detail: &'static str,
}

impl Iterator for Records<'_> {
    type Item = Result<(u64, RecordHeader), Stretch>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        let at = self.at;
        let detail = match RecordHeader::decode(rest) {
            Ok(header) if header.record_size_bytes() <= rest.len() => {
                self.at += header.record_size_bytes();
                self.last = Some((at, header));
                return Some(Ok((at as u64, header)));
            }
            Ok(_) => "the object is cut off",
            Err(detail) => detail,
        };
        // The previous record may be shorter than it says, and seem to reach into the one that is being looked for.
        let short = self.last.take().filter(|(from, last)| !last.is_whole(&self.bytes[*from..]));
        let from = short.map_or(at, |(from, _)| from) + 1;
        self.at = record::next_whole(self.bytes, from).unwrap_or(self.bytes.len());
        let at = at.min(self.at);
        Some(Err(Stretch { bytes: at..self.at, detail }))
    }
}
