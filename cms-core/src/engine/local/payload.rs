//! What a frame says: which transactions were applied, or that the journal was opened or closed.
//!
//! ```text
//! 1 | first position | transactions: operation 16 | runs of one space: text, count, records |
//!                      changes of cells: count, each 1 key value or 2 key | audit record or nothing
//! 2 | 1 when sled was made durable before, else 0            the journal was closed
//! 3 | boot id 16                                             the journal was opened
//! ```
//!
//! Only what was done is written: a swap that merely checks leaves no trace, and neither does an object that existed
//! before.
//!
//! Invariants:
//! 1. `read(write(x)) == x`; arbitrary bytes are an error, never a panic, and never make a reader allocate more than a
//!    few times their length.
//! 2. Transactions in a frame have consecutive positions from the first.

use bytes::Bytes;

use super::{
    audit::{self, AuditRow},
    record::RecordHeader,
};
use crate::{
    engine::OperationId,
    model::{
        encode::{DecodeError, Reader, Writer},
        object::{Object, Space},
    },
};

const TRANSACTIONS: u8 = 1;
const CLOSED: u8 = 2;
const OPENED: u8 = 3;
const PUT: u8 = 1;
const DELETE: u8 = 2;

/// What one frame says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Payload<'a> {
    /// Transactions that were applied, in order.
    Transactions(Vec<Written<'a>>),
    /// A clean end.
    Closed {
        /// Whether sled's files were synced before.
        index_durable: bool,
    },
    /// A new beginning.
    Opened {
        /// The machine's boot id.
        boot: [u8; 16],
    },
}

/// A transaction as it was written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Written<'a> {
    pub(super) position: u64,
    pub(super) operation: OperationId,
    pub(super) objects: Vec<WrittenObject<'a>>,
    pub(super) cells: Vec<CellChange<'a>>,
    pub(super) audit: Option<AuditRow<'a>>,
}

/// An object in a payload.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct WrittenObject<'a> {
    pub(super) space: &'a str,
    pub(super) header: RecordHeader,
    /// The whole record: header and bytes.
    pub(super) record: &'a [u8],
    /// Where it begins in the payload.
    pub(super) offset: usize,
}

/// The new state of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CellChange<'a> {
    pub(super) key: &'a [u8],
    /// The position of the transaction, which is the version of the value that it put.
    pub(super) version: u64,
    /// The value, or `None` if the cell was deleted.
    pub(super) value: Option<&'a [u8]>,
}

/// Appends the beginning of a payload of transactions.
pub(super) fn begin(buffer: &mut Vec<u8>, first_position: u64) {
    let mut writer = Writer::versioned(TRANSACTIONS);
    writer.varint(first_position);
    buffer.extend_from_slice(&writer.finish());
}

/// Appends a mark that the journal was closed.
pub(super) fn closed(buffer: &mut Vec<u8>, index_durable: bool) {
    buffer.extend_from_slice(&[CLOSED, u8::from(index_durable)]);
}

/// Appends a mark that the journal was opened.
pub(super) fn opened(buffer: &mut Vec<u8>, boot: &[u8; 16]) {
    buffer.push(OPENED);
    buffer.extend_from_slice(boot);
}

/// Appends one transaction: its operation, its objects in runs of one space, its cells, its audit record. `placed` is
/// called with where in the buffer each object's record begins.
pub(super) fn push<'o>(
    buffer: &mut Vec<u8>,
    position: u64,
    operation: OperationId,
    objects: &'o [(Space, Object)],
    cells: &[(Vec<u8>, Option<Bytes>)],
    audit: Option<&Bytes>,
    mut placed: impl FnMut(&'o Space, &'o Object, usize),
) {
    let varint = |buffer: &mut Vec<u8>, value: usize| {
        let mut writer = Writer::default();
        writer.varint(value as u64);
        buffer.extend_from_slice(&writer.finish());
    };
    buffer.extend_from_slice(&operation.0);
    let runs = objects.chunk_by(|(one, _), (next, _)| one == next);
    varint(buffer, runs.clone().count());
    for run in runs {
        let space = run.first().map(|(space, _)| space.to_string()).unwrap_or_default();
        varint(buffer, space.len());
        buffer.extend_from_slice(space.as_bytes());
        varint(buffer, run.len());
        for (space, object) in run {
            placed(space, object, buffer.len());
            buffer.extend_from_slice(&RecordHeader::of(object).encode());
            buffer.extend_from_slice(object.bytes());
        }
    }
    varint(buffer, cells.len());
    for (key, value) in cells {
        buffer.push(if value.is_some() { PUT } else { DELETE });
        varint(buffer, key.len());
        buffer.extend_from_slice(key);
        if let Some(value) = value {
            varint(buffer, value.len());
            buffer.extend_from_slice(value);
        }
    }
    match audit {
        Some(bytes) => {
            buffer.push(1);
            audit::push(buffer, position, operation, bytes);
        }
        None => buffer.push(0),
    }
}

/// What a payload says.
///
/// # Errors
/// The field that is wrong.
pub(super) fn read(payload: &[u8]) -> Result<Payload<'_>, DecodeError> {
    let mut reader = Reader::new(payload);
    match reader.byte()? {
        TRANSACTIONS => {
            let mut position = reader.varint()?;
            let mut transactions = Vec::new();
            while !reader.rest().is_empty() {
                transactions.push(read_transaction(payload, &mut reader, position)?);
                position =
                    position.checked_add(1).ok_or(DecodeError::Field { field: "position" })?;
            }
            Ok(Payload::Transactions(transactions))
        }
        CLOSED => {
            let index_durable = reader.byte()? == 1;
            reader.finish().map(|()| Payload::Closed { index_durable })
        }
        OPENED => {
            let boot = reader.array()?;
            reader.finish().map(|()| Payload::Opened { boot })
        }
        _ => Err(DecodeError::Field { field: "kind of frame" }),
    }
}

fn read_transaction<'a>(
    payload: &'a [u8],
    reader: &mut Reader<'a>,
    position: u64,
) -> Result<Written<'a>, DecodeError> {
    let operation = OperationId(reader.array()?);
    let mut objects = Vec::new();
    for _ in 0..reader.length()? {
        let space = reader.text("space")?;
        for _ in 0..reader.length()? {
            let offset = payload.len() - reader.rest().len();
            let header = RecordHeader::decode(reader.rest())
                .map_err(|field| DecodeError::Field { field })?;
            let record = reader.raw(header.record_size_bytes())?;
            objects.push(WrittenObject { space, header, record, offset });
        }
    }
    let mut cells = Vec::new();
    for _ in 0..reader.length()? {
        let tag = reader.byte()?;
        let key = reader.sized()?;
        let value = match tag {
            PUT => Some(reader.sized()?),
            DELETE => None,
            _ => return Err(DecodeError::Field { field: "change of a cell" }),
        };
        cells.push(CellChange { key, version: position, value });
    }
    let audit = match reader.byte()? {
        0 => None,
        1 => {
            let offset = payload.len() - reader.rest().len();
            let (row, size_bytes) =
                audit::read(reader.rest(), offset).map_err(|field| DecodeError::Field { field })?;
            reader.raw(size_bytes)?;
            Some(row)
        }
        _ => return Err(DecodeError::Field { field: "audit record" }),
    };
    Ok(Written { position, operation, objects, cells, audit })
}

#[cfg(test)]
mod tests;
