//! The chain: one hash over all records so far, and what a seal lists of each record.
//!
//! ```text
//! content of a record:  BLAKE3("… audit record", operation 16 | bytes)
//! chain:                BLAKE3("… audit chain", chain before 32 | position 8 | content 32)
//! row of a seal:        position minus the one before | . | first 16 hex digits of the content
//! ```

use crate::engine::AuditRecord;

const RECORD: &str = "cms 2026-11-30 v1 audit record";
const CHAIN: &str = "cms 2026-11-30 v1 audit chain";
const ROWS: &str = "cms 2026-11-30 v1 audit rows";
/// Hex digits of a record's content in the row of a seal.
const ROW_DIGITS: usize = 16;

/// A hash in hex.
pub(super) type Hex = String;

/// Where the chain stands after a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chain {
    /// The position of the last record.
    pub(super) position: u64,
    /// How many records there were.
    pub(super) count: u64,
    pub(super) hash: [u8; 32],
}

/// A record, as far as the chain is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) position: u64,
    pub(super) content: [u8; 32],
}

impl Link {
    pub(super) fn of(record: &AuditRecord) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(RECORD);
        hasher.update(&record.operation.0).update(&record.bytes);
        Self { position: record.position.0, content: *hasher.finalize().as_bytes() }
    }

    /// The digits that a seal lists.
    pub(super) fn digits(&self) -> String {
        hex(&self.content)[..ROW_DIGITS].to_owned()
    }
}

impl Chain {
    /// The chain before the first record of a repository.
    pub(super) fn new(repository: &str) -> Self {
        Self { position: 0, count: 0, hash: blake3::derive_key(CHAIN, repository.as_bytes()) }
    }

    pub(super) fn push(&mut self, link: &Link) {
        let mut hasher = blake3::Hasher::new_derive_key(CHAIN);
        hasher.update(&self.hash).update(&link.position.to_le_bytes()).update(&link.content);
        self.hash = *hasher.finalize().as_bytes();
        self.position = link.position;
        self.count += 1;
    }
}

/// The rows of a seal whose records come after a position.
pub(super) fn rows_of(after: u64, links: &[Link]) -> String {
    let mut before = after;
    let rows = links.iter().map(|link| {
        let row = format!("{}.{}", link.position - before, link.digits());
        before = link.position;
        row
    });
    rows.collect::<Vec<_>>().join(" ")
}

/// What rows of a seal say: each record's position and digits. `None` when they are not rows.
pub(super) fn read_rows(after: u64, rows: &str) -> Option<Vec<(u64, &str)>> {
    let mut position = after;
    let rows = rows.split(' ').filter(|row| !row.is_empty()).map(|row| {
        let (step, digits) = row.split_once('.')?;
        position = position.checked_add(step.parse::<u64>().ok().filter(|step| *step > 0)?)?;
        (digits.len() == ROW_DIGITS).then_some((position, digits))
    });
    rows.collect()
}

/// The hash of a seal's rows, which its head signs.
pub(super) fn hash_of_rows(rows: &str) -> Hex {
    hex(&blake3::derive_key(ROWS, rows.as_bytes()))
}

pub(super) fn hex(bytes: &[u8]) -> Hex {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(super) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if text.len() != 2 * N || !text.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(bytes)
}
