//! Where cells are looked up: in sled, which may lose or spoil everything because it can be rebuilt from the checkpoint
//! and the journals; or in memory, when sled failed.
//!
//! Invariants:
//! 1. A cell's rows and the place in the journal up to which they are current change in one batch.
//! 2. Whatever sled does, even a panic, is an error here and never the end of the engine.

pub(super) mod place;

use std::{
    collections::BTreeMap,
    io,
    ops::Bound,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use bytes::Bytes;

use super::{
    file::{check_of, u64_at},
    frame::Chain,
};
use crate::{
    engine::{Cell, CellName, CellPage, CellQuery, PAGE_ROWS_MAX},
    model::encode::{DecodeError, Reader, Writer},
};

const CACHE_SIZE_BYTES: u64 = 16 << 20;
const FLUSH_EVERY_MS: u64 = 500;
const CELL_PREFIX: u8 = b'c';
const APPLIED_KEY: &[u8] = b"applied";
const VALUE_HEADER_SIZE_BYTES: usize = 16;

/// How the look-up of cells failed; the cells themselves are safe.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub(super) struct CellIndexError(String);

/// The place in the journals up to which the cells are current. Everything at or before it was synced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AppliedTo {
    pub(super) store: [u8; 16],
    pub(super) journal: u64,
    pub(super) sequence: u64,
    pub(super) chain: Chain,
}

/// The new state of a cell: its key and, unless it was deleted, its version and value.
pub(super) type Change = (Vec<u8>, Option<(u64, Bytes)>);

/// The cells, by the place where they are looked up.
#[derive(Debug)]
pub(super) enum CellIndex {
    /// In sled.
    Sled(sled::Db),
    /// In memory, and why.
    Memory {
        /// The cells by their keys.
        rows: BTreeMap<Vec<u8>, Cell>,
        /// What sled did that made it unusable.
        why: String,
    },
}

/// The key of a cell. Keys sort like names: a zero byte sorts below every byte that a group's name may hold.
pub(super) fn key(name: &CellName) -> Vec<u8> {
    let group = name.group().as_str();
    let mut key = Vec::with_capacity(group.len() + 1 + name.name().len());
    key.extend_from_slice(group.as_bytes());
    key.push(0);
    key.extend_from_slice(name.name().as_bytes());
    key
}

/// The name whose key this is.
pub(super) fn name(key: &[u8]) -> Option<CellName> {
    let (group, name) = std::str::from_utf8(key).ok()?.split_once('\0')?;
    group.parse::<crate::engine::Group>().ok()?.cell(name).ok()
}

fn guarded<T>(what: impl FnOnce() -> sled::Result<T>) -> Result<T, CellIndexError> {
    match catch_unwind(AssertUnwindSafe(what)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(CellIndexError(format!("sled: {error}"))),
        Err(_) => Err(CellIndexError("sled panicked".to_owned())),
    }
}

fn row_key(key: &[u8]) -> Vec<u8> {
    let mut row = Vec::with_capacity(1 + key.len());
    row.push(CELL_PREFIX);
    row.extend_from_slice(key);
    row
}

fn row_value(key: &[u8], version: u64, value: &[u8]) -> Vec<u8> {
    let version = version.to_le_bytes();
    let mut row = Vec::with_capacity(VALUE_HEADER_SIZE_BYTES + value.len());
    row.extend_from_slice(&version);
    row.extend_from_slice(&check_of(&[&version, key, value]).to_le_bytes());
    row.extend_from_slice(value);
    row
}

fn read_row(key: &[u8], row: &[u8]) -> Result<Cell, CellIndexError> {
    let wrong = || CellIndexError(format!("the row {:?} does not match its check", name(key)));
    let (head, value) = row.split_at_checked(VALUE_HEADER_SIZE_BYTES).ok_or_else(wrong)?;
    if check_of(&[&head[..8], key, value]) != u64_at(head, 8) {
        return Err(wrong());
    }
    Ok(Cell { version: u64_at(head, 0), value: Bytes::copy_from_slice(value) })
}

impl AppliedTo {
    fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::versioned(1);
        writer.raw(&self.store).varint(self.journal).varint(self.sequence).raw(&self.chain);
        writer.finish()
    }

    fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::versioned(bytes, 1)?;
        let applied = Self {
            store: reader.array()?,
            journal: reader.varint()?,
            sequence: reader.varint()?,
            chain: reader.array()?,
        };
        reader.finish().map(|()| applied)
    }
}

impl CellIndex {
    /// Opens sled in a directory.
    pub(super) fn open_sled(directory: &Path) -> Result<Self, CellIndexError> {
        let config = sled::Config::new()
            .path(directory)
            .cache_capacity(CACHE_SIZE_BYTES)
            .flush_every_ms(Some(FLUSH_EVERY_MS));
        guarded(|| config.open()).map(Self::Sled)
    }

    /// An empty index in memory.
    pub(super) const fn memory(why: String) -> Self {
        Self::Memory { rows: BTreeMap::new(), why }
    }

    /// The place up to which the cells are current; `None` when it is not known.
    pub(super) fn applied_to(&self) -> Result<Option<AppliedTo>, CellIndexError> {
        let Self::Sled(db) = self else { return Ok(None) };
        let row = guarded(|| db.get(APPLIED_KEY))?;
        Ok(row.and_then(|row| AppliedTo::decode(&row).ok()))
    }

    /// One cell.
    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Cell>, CellIndexError> {
        match self {
            Self::Sled(db) => {
                let row = guarded(|| db.get(row_key(key)))?;
                row.map(|row| read_row(key, &row)).transpose()
            }
            Self::Memory { rows, .. } => Ok(rows.get(key).cloned()),
        }
    }

    /// A page of cells.
    pub(super) fn list(&self, query: &CellQuery) -> Result<CellPage, CellIndexError> {
        let prefix = query.group_prefix.as_bytes();
        // The smallest key that is above `after` and not below the prefix.
        let from = match &query.after {
            Some(after) if key(after).as_slice() >= prefix => {
                let mut from = key(after);
                from.push(0);
                from
            }
            _ => prefix.to_vec(),
        };
        let rows_max = query.rows_max.min(PAGE_ROWS_MAX);
        let mut page = CellPage::default();
        let mut take = |key: &[u8], cell: Cell| {
            let name = name(key).ok_or_else(|| CellIndexError("a row has no name".to_owned()))?;
            // The prefix is one of the group's name: it may not extend beyond it into the cell's name.
            if !key.starts_with(prefix) || !name.group().as_str().starts_with(&query.group_prefix) {
                return Ok(false);
            }
            page.more = page.rows.len() == rows_max;
            if !page.more {
                page.rows.push((name, cell));
            }
            Ok::<bool, CellIndexError>(!page.more)
        };
        match self {
            Self::Sled(db) => {
                let mut rows = guarded(|| Ok(db.range(row_key(&from)..vec![CELL_PREFIX + 1])))?;
                while let Some((row, value)) = guarded(|| rows.next().transpose())? {
                    let key = row.get(1..).unwrap_or_default();
                    if !take(key, read_row(key, &value)?)? {
                        break;
                    }
                }
            }
            Self::Memory { rows, .. } => {
                let all = (Bound::Included(from), Bound::Unbounded);
                for (key, cell) in rows.range::<Vec<u8>, _>(all) {
                    if !take(key, cell.clone())? {
                        break;
                    }
                }
            }
        }
        Ok(page)
    }

    /// Changes cells and the place up to which they are current, all at once.
    pub(super) fn apply(
        &mut self,
        changes: impl Iterator<Item = Change>,
        applied_to: Option<&AppliedTo>,
    ) -> Result<(), CellIndexError> {
        match self {
            Self::Sled(db) => {
                let mut batch = sled::Batch::default();
                for (key, cell) in changes {
                    match cell {
                        Some((version, value)) => {
                            batch.insert(row_key(&key), row_value(&key, version, &value));
                        }
                        None => batch.remove(row_key(&key)),
                    }
                }
                if let Some(applied_to) = applied_to {
                    batch.insert(APPLIED_KEY, applied_to.encode());
                }
                guarded(|| db.apply_batch(batch))
            }
            Self::Memory { rows, .. } => {
                for (key, cell) in changes {
                    match cell {
                        Some((version, value)) => {
                            rows.insert(key, Cell { version, value });
                        }
                        None => {
                            rows.remove(&key);
                        }
                    }
                }
                Ok(())
            }
        }
    }

    /// A copy of what sled holds in a directory, which is itself left untouched; `None` when nothing can be copied.
    pub(super) fn copy_of_sled(directory: &Path) -> Option<(tempfile::TempDir, Self)> {
        if !directory.is_dir() {
            return None;
        }
        let copy = tempfile::tempdir().ok()?;
        copy_all(directory, copy.path()).ok()?;
        let (cells, ..) = place::newest(copy.path())?;
        Some((copy, cells))
    }

    /// Every cell, ascending, for comparing.
    pub(super) fn for_each(
        &self,
        mut each: impl FnMut(&[u8], Cell) -> bool,
    ) -> Result<(), CellIndexError> {
        match self {
            Self::Sled(db) => {
                let mut rows = guarded(|| Ok(db.scan_prefix([CELL_PREFIX])))?;
                while let Some((row, value)) = guarded(|| rows.next().transpose())? {
                    let key = row.get(1..).unwrap_or_default();
                    if !each(key, read_row(key, &value)?) {
                        break;
                    }
                }
            }
            Self::Memory { rows, .. } => {
                for (key, cell) in rows {
                    if !each(key, cell.clone()) {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    /// Writes everything out and closes; returns whether this was sled and everything is in its files now.
    pub(super) fn close(self) -> bool {
        match self {
            Self::Sled(db) => {
                let flushed = guarded(|| db.flush()).is_ok();
                catch_unwind(AssertUnwindSafe(|| drop(db))).is_ok() && flushed
            }
            Self::Memory { .. } => false,
        }
    }
}

fn copy_all(from: &Path, to: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            std::fs::create_dir(&target)?;
            copy_all(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Makes every file in one of sled's directories durable, and their names.
pub(super) fn sync_all(directory: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_all(&entry.path())?;
        } else {
            std::fs::File::open(entry.path())?.sync_all()?;
        }
    }
    std::fs::File::open(directory)?.sync_all()
}

/// How many files a directory holds, and their total length.
pub(super) fn directory_size(directory: &Path) -> (u64, u64) {
    let Ok(entries) = std::fs::read_dir(directory) else { return (0, 0) };
    entries.flatten().fold((0, 0), |(count, size), entry| match entry.metadata() {
        Ok(meta) if meta.is_dir() => {
            let (inner_count, inner_size) = directory_size(&entry.path());
            (count + inner_count, size + inner_size)
        }
        Ok(meta) => (count + 1, size + meta.len()),
        Err(_) => (count, size),
    })
}

/// Removes one of sled's directories; succeeds if it does not exist.
pub(super) fn remove(directory: &Path) -> Result<(), CellIndexError> {
    match std::fs::remove_dir_all(directory) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(CellIndexError(format!("sled can't be removed: {error}")))
        }
        _ => Ok(()),
    }
}
