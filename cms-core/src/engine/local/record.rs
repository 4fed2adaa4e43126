//! How an object is stored in a journal's frame and in a segment: 48 bytes that say what it is, then its bytes.
//!
//! Invariants:
//! 1. The header carries a check of itself, so that a kind or a length can't change unnoticed; the bytes are checked
//!    against the id at every read.
//! 2. Encoding 0 is the bytes themselves. Other numbers are reserved for zstd and for zstd against a base.

use std::path::Path;

use bytes::Bytes;

use super::file::{FileError, check_of, u32_at};
use crate::model::{
    id::ObjectId,
    object::{Object, ObjectKind},
};

/// Length of a record's header.
pub(super) const RECORD_HEADER_SIZE_BYTES: usize = 48;
const ENCODING_RAW: u8 = 0;

/// What a record says about its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RecordHeader {
    pub(super) id: ObjectId,
    pub(super) kind: ObjectKind,
    /// How many bytes follow the header.
    pub(super) stored_size_bytes: u32,
}

impl RecordHeader {
    pub(super) fn of(object: &Object) -> Self {
        let size = u32::try_from(object.bytes().len()).expect("objects above 64 MiB are refused");
        Self { id: object.id(), kind: object.kind(), stored_size_bytes: size }
    }

    pub(super) fn encode(&self) -> [u8; RECORD_HEADER_SIZE_BYTES] {
        let mut bytes = [0; RECORD_HEADER_SIZE_BYTES];
        bytes[..32].copy_from_slice(self.id.as_bytes());
        bytes[32] = self.kind.number();
        bytes[33] = ENCODING_RAW;
        bytes[36..40].copy_from_slice(&self.stored_size_bytes.to_le_bytes());
        bytes[40..44].copy_from_slice(&self.stored_size_bytes.to_le_bytes());
        let check = check_of(&[&bytes[..44]]) as u32;
        bytes[44..].copy_from_slice(&check.to_le_bytes());
        bytes
    }

    /// The header at the front of `bytes`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, &'static str> {
        let Some((head, _)) = bytes.split_first_chunk::<RECORD_HEADER_SIZE_BYTES>() else {
            return Err("the record's header is cut off");
        };
        if check_of(&[&head[..44]]) as u32 != u32_at(head, 44) {
            return Err("the record's header does not match its check");
        }
        let (id, _) = head.split_first_chunk::<32>().expect("48 bytes hold 32");
        let stored_size_bytes = u32_at(head, 36);
        let plain = head[33] == ENCODING_RAW && u32_at(head, 40) == stored_size_bytes;
        if !plain || head[34..36] != [0, 0] {
            return Err("the record's encoding is unknown");
        }
        let kind = ObjectKind::from_number(head[32]).ok_or("the record's kind is unknown")?;
        Ok(Self { id: ObjectId::from_bytes(*id), kind, stored_size_bytes })
    }

    /// Whether bytes can begin a record at all. A search calls this at every byte before it hashes anything.
    fn may_begin(bytes: &[u8]) -> bool {
        bytes.get(32..44).is_some_and(|rest| {
            ObjectKind::from_number(rest[0]).is_some()
                && rest[1..4] == [ENCODING_RAW, 0, 0]
                && rest[4..8] == rest[8..12]
        })
    }

    /// The header of a record that is complete at the front of `bytes`, even if the object's bytes are wrong.
    pub(super) fn find(bytes: &[u8]) -> Option<Self> {
        let header = Self::may_begin(bytes).then(|| Self::decode(bytes).ok()).flatten()?;
        (header.record_size_bytes() <= bytes.len()).then_some(header)
    }

    /// Whether the record at the front of `bytes` is whole: its object hashes to its id.
    pub(super) fn is_whole(&self, bytes: &[u8]) -> bool {
        let body = bytes.get(RECORD_HEADER_SIZE_BYTES..self.record_size_bytes());
        body.is_some_and(|body| ObjectId::of(self.kind, body) == self.id)
    }

    /// Length of the record: header and bytes.
    pub(super) const fn record_size_bytes(&self) -> usize {
        RECORD_HEADER_SIZE_BYTES + self.stored_size_bytes as usize
    }
}

/// The next whole record from a place on, for reading on after a record so damaged that its end is unknown. Only a
/// whole one counts, because a document may hold what looks like a header.
pub(super) fn next_whole(bytes: &[u8], from: usize) -> Option<usize> {
    (from..bytes.len()).find(|at| {
        let rest = &bytes[*at..];
        RecordHeader::find(rest).is_some_and(|header| header.is_whole(rest))
    })
}

/// The object of the record at the front of `bytes`, which lie at `offset` of a file.
///
/// # Errors
/// [`FileError::Damaged`] when the record is not whole or is not the object asked for.
pub(super) fn read(
    id: ObjectId,
    path: &Path,
    offset: u64,
    mut bytes: Bytes,
) -> Result<Object, FileError> {
    let damaged = |detail: String| FileError::damaged(path, offset as usize, detail);
    let header = RecordHeader::decode(&bytes).map_err(|detail| damaged(detail.to_owned()))?;
    if header.id != id {
        return Err(damaged(format!("object {} is where {id} should be", header.id)));
    }
    if bytes.len() < header.record_size_bytes() {
        return Err(damaged("the object is cut off".to_owned()));
    }
    bytes.truncate(header.record_size_bytes());
    let plain = bytes.split_off(RECORD_HEADER_SIZE_BYTES);
    Object::verified(id, header.kind, plain).map_err(|wrong| damaged(wrong.to_string()))
}
