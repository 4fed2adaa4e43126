//! Audit records: in a journal's frames, and after rotation in sealed files that nothing ever rewrites.
//!
//! ```text
//! record: position 8 | operation 16 | length 4 | check of these and the bytes 8 | bytes
//! file:   header | records | for each record position 8 and offset 8 | BLAKE3
//! ```

mod forget;

use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
};

use bytes::Bytes;

use super::{
    disk::{Disk, Reading},
    file::{
        self, FOOTER_SIZE_BYTES, FileError, FileKind, HEADER_SIZE_BYTES, SealedWriter, Unopened,
        check_of, u32_at, u64_at,
    },
    manifest::AuditEntry,
};
use crate::engine::{AuditRecord, OperationId, Position};

/// Length of a record before its bytes.
pub(super) const RECORD_HEADER_SIZE_BYTES: usize = 36;
const PLACE_SIZE_BYTES: usize = 16;

/// A record as it is stored in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AuditRow<'a> {
    pub(super) position: u64,
    pub(super) operation: OperationId,
    pub(super) bytes: &'a [u8],
    /// Where it begins in the bytes that it was read from.
    pub(super) offset: usize,
}

/// Appends a record.
pub(super) fn push(buffer: &mut Vec<u8>, position: u64, operation: OperationId, bytes: &[u8]) {
    let start = buffer.len();
    buffer.extend_from_slice(&position.to_le_bytes());
    buffer.extend_from_slice(&operation.0);
    let size = u32::try_from(bytes.len()).expect("a batch is far below four gigabytes");
    buffer.extend_from_slice(&size.to_le_bytes());
    let check = check_of(&[&buffer[start..], bytes]);
    buffer.extend_from_slice(&check.to_le_bytes());
    buffer.extend_from_slice(bytes);
}

/// The record at the front of `bytes`, which lie at `offset`, and its length.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read(bytes: &[u8], offset: usize) -> Result<(AuditRow<'_>, usize), &'static str> {
    let cut = "the audit record is cut off";
    let head = bytes.get(..RECORD_HEADER_SIZE_BYTES).ok_or(cut)?;
    let size_bytes = RECORD_HEADER_SIZE_BYTES + u32_at(head, 24) as usize;
    let body = bytes.get(RECORD_HEADER_SIZE_BYTES..size_bytes).ok_or(cut)?;
    if check_of(&[&head[..28], body]) != u64_at(head, 28) {
        return Err("the audit record does not match its check");
    }
    let mut operation = OperationId([0; 16]);
    operation.0.copy_from_slice(&head[8..24]);
    Ok((AuditRow { position: u64_at(head, 0), operation, bytes: body, offset }, size_bytes))
}

/// The whole record at the front of `bytes`, if its position is in this range. A search calls this at every byte, and
/// nothing is hashed unless the position fits.
pub(super) fn find<'a>(
    bytes: &'a [u8],
    offset: usize,
    positions: &std::ops::RangeInclusive<u64>,
) -> Option<(AuditRow<'a>, usize)> {
    let is_likely =
        bytes.len() >= RECORD_HEADER_SIZE_BYTES && positions.contains(&u64_at(bytes, 0));
    is_likely.then(|| read(bytes, offset).ok()).flatten()
}

/// Length of a record, header included.
pub(super) const fn record_size_bytes(row: &AuditRow<'_>) -> usize {
    RECORD_HEADER_SIZE_BYTES + row.bytes.len()
}

impl AuditRow<'_> {
    pub(super) fn to_record(&self) -> AuditRecord {
        AuditRecord {
            position: Position(self.position),
            operation: self.operation,
            bytes: Bytes::copy_from_slice(self.bytes),
        }
    }
}

/// Writes a sealed file of records, oldest first.
pub(super) fn write<'a>(
    disk: &dyn Disk,
    path: PathBuf,
    number: u64,
    rows: impl Iterator<Item = AuditRow<'a>>,
) -> Result<Option<AuditEntry>, FileError> {
    let mut writer = None;
    let mut places: Vec<(u64, u64)> = Vec::new();
    let mut buffer = Vec::new();
    for row in rows {
        let writer = match &mut writer {
            Some(writer) => writer,
            empty => empty.insert(SealedWriter::create(disk, FileKind::Audit, path.clone())?),
        };
        buffer.clear();
        push(&mut buffer, row.position, row.operation, row.bytes);
        places.push((row.position, writer.offset()));
        writer.write(&buffer)?;
    }
    let (Some(mut writer), Some((first, _)), Some((last, _))) =
        (writer, places.first().copied(), places.last().copied())
    else {
        return Ok(None);
    };
    for (position, offset) in &places {
        writer.write(&position.to_le_bytes())?;
        writer.write(&offset.to_le_bytes())?;
    }
    let size_bytes = writer.finish()?;
    Ok(Some(AuditEntry { number, first, last, count: places.len() as u64, size_bytes }))
}

/// A sealed file of records.
#[derive(Debug)]
pub(super) struct AuditFile {
    pub(super) path: PathBuf,
    pub(super) entry: AuditEntry,
    disk_bytes: Result<Bytes, Unopened>,
    /// Where the whole records are, by position; searched for when the file's own table of places turns out to be
    /// damaged.
    whole: OnceLock<Vec<(u64, u64)>>,
    /// Whether the places in the file's own table ascend by position.
    ascends: OnceLock<bool>,
}

impl AuditFile {
    /// Opens a file; one that can't be opened reports so when it is verified, so that the rest can be read.
    pub(super) fn open(disk: &dyn Disk, path: PathBuf, entry: AuditEntry) -> Self {
        let disk_bytes = disk.map(&path, Reading::InOrder).map_err(Unopened::from);
        Self { path, entry, disk_bytes, whole: OnceLock::new(), ascends: OnceLock::new() }
    }

    /// The entry that a manifest would have for a file, read from the file itself.
    pub(super) fn entry_of(disk: &dyn Disk, path: &Path, number: u64) -> Option<AuditEntry> {
        let bytes = disk.map(path, Reading::InOrder).ok()?;
        let mut entry =
            AuditEntry { number, first: 1, last: 0, count: 0, size_bytes: bytes.len() as u64 };
        let mut at = HEADER_SIZE_BYTES;
        while let Ok((row, size_bytes)) = read(bytes.get(at..).unwrap_or_default(), at) {
            if entry.count == 0 {
                entry.first = row.position;
            }
            (entry.last, entry.count) = (row.position, entry.count + 1);
            at += size_bytes;
        }
        // If the records after a place can't be read, the last place in the table gives the last position.
        let last_place = bytes.len().checked_sub(FOOTER_SIZE_BYTES + PLACE_SIZE_BYTES)?;
        entry.last = entry.last.max(u64_at(&bytes, last_place));
        Some(entry)
    }

    fn bytes(&self) -> Result<&Bytes, FileError> {
        self.disk_bytes.as_ref().map_err(|error| error.error(&self.path))
    }

    /// Checks that the file exists and has its full length.
    pub(super) fn check_length(&self) -> Result<(), FileError> {
        let bytes = self.bytes()?;
        file::check_header(FileKind::Audit, &self.path, bytes)?;
        if bytes.len() as u64 == self.entry.size_bytes {
            return Ok(());
        }
        Err(FileError::damaged(&self.path, bytes.len(), "the file's length is wrong"))
    }

    fn places(&self) -> Result<&[u8], FileError> {
        self.check_length()?;
        let bytes = self.bytes()?;
        let size = usize::try_from(self.entry.count)
            .ok()
            .and_then(|count| count.checked_mul(PLACE_SIZE_BYTES));
        let end = bytes.len().checked_sub(FOOTER_SIZE_BYTES);
        end.zip(size)
            .and_then(|(end, size)| bytes.get(end.checked_sub(size)?..end))
            .ok_or_else(|| FileError::damaged(&self.path, 0, "the file is too short for its count"))
    }

    /// Records after a position, at most `rows_max`. Damaged ones are left out; [`AuditFile::verify`] reports them.
    pub(super) fn after(&self, after: u64, rows_max: usize) -> Vec<AuditRecord> {
        // A damaged position would lead the search astray unnoticed.
        let ascends = || {
            let places = self.places().map(|places| places.as_chunks::<PLACE_SIZE_BYTES>().0);
            places.is_ok_and(|places| places.is_sorted_by_key(|place| u64_at(place, 0)))
        };
        if self.whole.get().is_none()
            && *self.ascends.get_or_init(ascends)
            && let Ok(found) = self.by_places(after, rows_max)
        {
            return found;
        }
        let whole = self.whole.get_or_init(|| self.look_for_whole());
        let from = whole.partition_point(|(position, _)| *position <= after);
        let rows = whole.iter().skip(from).take(rows_max);
        rows.filter_map(|(_, offset)| Some(self.row(*offset).ok()?.to_record())).collect()
    }

    fn by_places(&self, after: u64, rows_max: usize) -> Result<Vec<AuditRecord>, FileError> {
        let places = self.places()?.as_chunks::<PLACE_SIZE_BYTES>().0;
        let from = places.partition_point(|place| u64_at(place, 0) <= after);
        let mut found: Vec<AuditRecord> = Vec::new();
        for place in places.iter().skip(from).take(rows_max) {
            let row = self.row(u64_at(place, 8))?;
            let before = found.last().map_or(after, |record| record.position.0);
            if row.position != u64_at(place, 0) || row.position <= before {
                let detail = "the record is out of place";
                return Err(FileError::damaged(&self.path, row.offset, detail));
            }
            found.push(row.to_record());
        }
        Ok(found)
    }

    fn look_for_whole(&self) -> Vec<(u64, u64)> {
        let bytes: &[u8] = self.disk_bytes.as_ref().map_or(&[], |bytes| bytes);
        let positions = self.entry.first..=self.entry.last;
        let mut rows = Vec::new();
        let mut at = HEADER_SIZE_BYTES;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            match find(rest, at, &positions) {
                Some((row, size_bytes)) => {
                    rows.push((row.position, at as u64));
                    at += size_bytes;
                }
                None => at += 1,
            }
        }
        rows.sort_unstable();
        rows.dedup_by_key(|(position, _)| *position);
        rows
    }

    fn row(&self, offset: u64) -> Result<AuditRow<'_>, FileError> {
        let at = usize::try_from(offset).unwrap_or(usize::MAX);
        let rest = self.bytes()?.get(at..).unwrap_or_default();
        read(rest, at)
            .map(|(row, _)| row)
            .map_err(|detail| FileError::damaged(&self.path, at, detail))
    }

    /// Checks every byte.
    pub(super) fn verify(&self) -> Result<(), FileError> {
        let places = self.places()?;
        let bytes = self.bytes()?;
        let mut at = HEADER_SIZE_BYTES;
        let end = bytes.len() - FOOTER_SIZE_BYTES - places.len();
        while at < end {
            let (row, size_bytes) = read(bytes.get(at..end).unwrap_or_default(), at)
                .map_err(|detail| FileError::damaged(&self.path, at, detail))?;
            at = row.offset + size_bytes;
        }
        file::check_footer(&self.path, bytes)
    }
}
