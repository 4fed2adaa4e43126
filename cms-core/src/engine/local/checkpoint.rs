//! A checkpoint: every cell and the remembered operations, as of the end of a sealed journal.
//!
//! ```text
//! header | count of operations 4 | operations: position 8, id 16 | BLAKE3 so far |
//! cells: length of the key 2, of the value 4, version 8, check of these, key and value 8 | key | value |
//! count of cells 8 | BLAKE3
//! ```
//!
//! Invariants:
//! 1. Cells ascend by key, and keys sort like cells' names.
//! 2. A checkpoint is the one before it, overlaid with what the journal changed; sled takes no part in it.

use std::path::{Path, PathBuf};

use bytes::Bytes;

use super::{
    cells,
    disk::{Disk, Reading},
    file::{
        self, FOOTER_SIZE_BYTES, FileError, FileKind, HEADER_SIZE_BYTES, SealedWriter, check_of,
        u32_at, u64_at,
    },
    manifest::CheckpointEntry,
    payload::CellChange,
};
use crate::engine::{
    CELL_SIZE_BYTES_MAX, Cell, Damage, Lost, OperationId, Position, operations::Operations,
};

const OPERATION_SIZE_BYTES: usize = 24;
const CELL_HEADER_SIZE_BYTES: usize = 22;

/// A cell of a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CellRow<'a> {
    pub(super) key: &'a [u8],
    pub(super) version: u64,
    pub(super) value: &'a [u8],
}

/// Writes the cells of `before`, overlaid with `changes`, which may come in any order; the last change of a key counts.
pub(super) fn write(
    disk: &dyn Disk,
    path: PathBuf,
    number: u64,
    operations: &Operations,
    before: Option<&Checkpoint>,
    mut changes: Vec<CellChange<'_>>,
) -> Result<CheckpointEntry, FileError> {
    let mut writer = SealedWriter::create(disk, FileKind::Checkpoint, path)?;
    let rows = operations.iter();
    writer.write(&(rows.len() as u32).to_le_bytes())?;
    for (position, operation) in rows {
        writer.write(&position.0.to_le_bytes())?;
        writer.write(&operation.0)?;
    }
    let hash = writer.hash_so_far()?;
    writer.write(&hash)?;
    changes.sort_by_key(|change| (change.key, change.version));
    let mut count = 0u64;
    for row in overlaid(before, &changes)? {
        write_cell(&mut writer, row?)?;
        count += 1;
    }
    writer.write(&count.to_le_bytes())?;
    let size_bytes = writer.finish()?;
    Ok(CheckpointEntry { number, count, size_bytes })
}

/// The cells of `before`, overlaid with changes that ascend by (key, version).
pub(super) fn overlaid<'a>(
    before: Option<&'a Checkpoint>,
    changes: &'a [CellChange<'a>],
) -> Result<impl Iterator<Item = Result<CellRow<'a>, FileError>>, FileError> {
    let before = before.map(Checkpoint::cells).transpose()?;
    let mut old = before.into_iter().flatten().peekable();
    let latest = changes.chunk_by(|one, next| one.key == next.key).filter_map(<[_]>::last);
    let mut new = latest.copied().peekable();
    Ok(std::iter::from_fn(move || {
        loop {
            let old_key = match old.peek() {
                Some(Err(_)) => return old.next(),
                Some(Ok(row)) => Some(row.key),
                None => None,
            };
            let new_key = new.peek().map(|change| change.key);
            match (old_key, new_key) {
                (None, None) => return None,
                (Some(one), Some(other)) if one == other => {
                    old.next();
                }
                (Some(one), other) if other.is_none_or(|other| one < other) => return old.next(),
                _ => {
                    let change = new.next()?;
                    if let Some(value) = change.value {
                        let CellChange { key, version, .. } = change;
                        return Some(Ok(CellRow { key, version, value }));
                    }
                }
            }
        }
    }))
}

fn write_cell(writer: &mut SealedWriter<'_>, row: CellRow<'_>) -> Result<(), FileError> {
    let mut head = [0; CELL_HEADER_SIZE_BYTES];
    let key_size = u16::try_from(row.key.len()).expect("a cell's name is short");
    let value_size = u32::try_from(row.value.len()).expect("a cell's value is small");
    head[..2].copy_from_slice(&key_size.to_le_bytes());
    head[2..6].copy_from_slice(&value_size.to_le_bytes());
    head[6..14].copy_from_slice(&row.version.to_le_bytes());
    let check = check_of(&[&head[..14], row.key, row.value]);
    head[14..].copy_from_slice(&check.to_le_bytes());
    writer.write(&head)?;
    writer.write(row.key)?;
    writer.write(row.value)
}

/// A sealed checkpoint, whose operations were checked when it was opened.
#[derive(Debug)]
pub(super) struct Checkpoint {
    pub(super) path: PathBuf,
    bytes: Bytes,
    operations_count: usize,
}

impl Checkpoint {
    pub(super) fn open(
        disk: &dyn Disk,
        directory: &Path,
        entry: CheckpointEntry,
    ) -> Result<Self, FileError> {
        let path = directory.join(FileKind::Checkpoint.name(entry.number));
        let bytes = file::map(disk, FileKind::Checkpoint, &path, Reading::InOrder)?;
        if bytes.len() as u64 != entry.size_bytes {
            return Err(FileError::damaged(&path, bytes.len(), "the file's length is wrong"));
        }
        let operations_count = u32_at(&bytes, HEADER_SIZE_BYTES) as usize;
        let checkpoint = Self { path, bytes, operations_count };
        let hash_at = checkpoint.hash_at();
        let hash = checkpoint.bytes.get(..hash_at).map(blake3::hash);
        if hash
            .is_none_or(|hash| checkpoint.bytes.get(hash_at..hash_at + 32) != Some(hash.as_bytes()))
        {
            let detail = "the operations do not match their hash";
            return Err(FileError::damaged(&checkpoint.path, HEADER_SIZE_BYTES, detail));
        }
        Ok(checkpoint)
    }

    const fn hash_at(&self) -> usize {
        HEADER_SIZE_BYTES + 4 + self.operations_count * OPERATION_SIZE_BYTES
    }

    /// The operations that were remembered.
    pub(super) fn operations(&self) -> Operations {
        let mut operations = Operations::default();
        let bytes = &self.bytes[HEADER_SIZE_BYTES + 4..self.hash_at()];
        for row in bytes.as_chunks::<OPERATION_SIZE_BYTES>().0 {
            let (position, id) = row.split_at(8);
            let mut operation = OperationId([0; 16]);
            operation.0.copy_from_slice(id);
            operations.push(Position(u64_at(position, 0)), operation);
        }
        operations
    }

    /// Every cell, ascending by key; after an error the iteration ends.
    pub(super) fn cells(
        &self,
    ) -> Result<impl Iterator<Item = Result<CellRow<'_>, FileError>>, FileError> {
        let start = self.hash_at() + 32;
        let end = self.bytes.len().checked_sub(FOOTER_SIZE_BYTES + 8).filter(|end| *end >= start);
        let end =
            end.ok_or_else(|| FileError::damaged(&self.path, start, "the file is cut off"))?;
        let mut at = start;
        Ok(std::iter::from_fn(move || {
            let rest = self.bytes.get(at..end).filter(|rest| !rest.is_empty())?;
            let row = read_cell(rest).map_err(|detail| FileError::damaged(&self.path, at, detail));
            at = match &row {
                Ok(row) => at + CELL_HEADER_SIZE_BYTES + row.key.len() + row.value.len(),
                Err(_) => end,
            };
            Some(row)
        }))
    }

    /// Checks every byte.
    pub(super) fn verify(&self) -> Result<(), FileError> {
        for row in self.cells()? {
            row?;
        }
        file::check_footer(&self.path, &self.bytes)
    }
}

/// What can be read of a checkpoint, however damaged it is.
#[derive(Debug, Default)]
pub(super) struct Remains {
    pub(super) operations: Operations,
    pub(super) cells: Vec<(Vec<u8>, Cell)>,
    pub(super) damages: Vec<Damage>,
}

/// Reads every whole row of a checkpoint.
pub(super) fn remains(disk: &dyn Disk, path: &Path, count: Option<u64>) -> Remains {
    let file_name = file::display_name(path);
    let mut remains = Remains::default();
    let bytes = match disk.map(path, Reading::InOrder) {
        Ok(bytes) => bytes,
        Err(error) => {
            remains.damages.push(Damage::of(file_name, None, error));
            return remains;
        }
    };
    let operations_count = u32_at(&bytes, HEADER_SIZE_BYTES) as usize;
    let checkpoint = Checkpoint { path: path.to_owned(), bytes, operations_count };
    let bytes = &checkpoint.bytes;
    let hash_at = checkpoint.hash_at();
    let hash = bytes.get(..hash_at).map(blake3::hash);
    let mut at = if hash
        .is_some_and(|hash| bytes.get(hash_at..hash_at + 32) == Some(hash.as_bytes()))
    {
        remains.operations = checkpoint.operations();
        hash_at + 32
    } else {
        let detail = "the remembered operations do not match their hash";
        remains.damages.push(Damage::of(file_name.clone(), Some(HEADER_SIZE_BYTES as u64), detail));
        HEADER_SIZE_BYTES + 4
    };
    let end = bytes.len().saturating_sub(FOOTER_SIZE_BYTES + 8);
    while at < end {
        let rest = &bytes[at..];
        let next = match read_cell(rest) {
            Ok(row) => {
                let value = Bytes::copy_from_slice(row.value);
                remains.cells.push((row.key.to_vec(), Cell { version: row.version, value }));
                at + CELL_HEADER_SIZE_BYTES + row.key.len() + row.value.len()
            }
            Err(detail) => {
                let next = (at + 1..end).find(|at| is_likely_cell(&bytes[*at..]));
                // After operations that can't be read, the first row has to be searched for.
                if !remains.cells.is_empty() || remains.damages.is_empty() {
                    let damage = Damage::of(file_name.clone(), Some(at as u64), detail);
                    remains.damages.push(damage.losing(named_cell(rest)));
                }
                next.unwrap_or(end)
            }
        };
        at = next;
    }
    let found = remains.cells.len() as u64;
    if let Some(count) = count.filter(|count| *count > found) {
        let detail = format!("{} of {count} cells are missing", count - found);
        remains.damages.push(Damage::of(file_name, None, detail));
    }
    remains
}

/// Whether bytes have the form of a whole row, before anything is hashed.
fn is_likely_cell(bytes: &[u8]) -> bool {
    let Some((head, rest)) = bytes.split_at_checked(CELL_HEADER_SIZE_BYTES) else { return false };
    let key_size = usize::from(u16::from_le_bytes([head[0], head[1]]));
    u32_at(head, 2) as usize <= CELL_SIZE_BYTES_MAX
        && rest.get(..key_size).is_some_and(|key| cells::name(key).is_some())
        && read_cell(bytes).is_ok()
}

/// The cell whose row is damaged, if its name can still be read.
fn named_cell(bytes: &[u8]) -> Lost {
    let key_size = bytes.get(..2).map_or(0, |size| u16::from_le_bytes([size[0], size[1]]).into());
    let key = bytes.get(CELL_HEADER_SIZE_BYTES..).and_then(|rest| rest.get(..key_size));
    key.and_then(cells::name).map_or(Lost::Unnamed, Lost::Cell)
}

fn read_cell(bytes: &[u8]) -> Result<CellRow<'_>, &'static str> {
    let cut = "the cell is cut off";
    let (head, rest) = bytes.split_at_checked(CELL_HEADER_SIZE_BYTES).ok_or(cut)?;
    let key_size = usize::from(u16::from_le_bytes([head[0], head[1]]));
    let (key, rest) = rest.split_at_checked(key_size).ok_or(cut)?;
    let value = rest.get(..u32_at(head, 2) as usize).ok_or(cut)?;
    if check_of(&[&head[..14], key, value]) != u64_at(head, 14) {
        return Err("the cell does not match its check");
    }
    Ok(CellRow { key, version: u64_at(head, 6), value })
}
