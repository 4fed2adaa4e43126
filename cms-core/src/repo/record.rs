//! Records: JSON values in cells of their own, for what is kept besides the content and is not part of its history:
//! notices, jobs, remembered answers, what was taken down.
//!
//! Invariants:
//! 1. A record is changed against the version that was read; nobody overwrites what they have not seen.
//! 2. Each page of a list is one consistent view.

pub(in crate::repo) mod account;
pub(in crate::repo) mod followed;
pub(in crate::repo) mod job;
pub(in crate::repo) mod label;
pub(in crate::repo) mod notice;
pub(in crate::repo) mod remember;
pub(in crate::repo) mod revoked;
pub(in crate::repo) mod secret;
pub(in crate::repo) mod takedown;

use serde::{Serialize, de::DeserializeOwned};

use crate::repo::ground::{error::StoreError, repository::Repository};
use crate::{
    engine::{
        Cell, CellName, CellQuery, Expected, OperationId, Outcome, PAGE_ROWS_MAX, Swap, SwapValue,
        Transaction, cells_of,
    },
    model::canonical,
};

/// A record, with the version of its cell to swap against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record<T> {
    pub(super) cell: CellName,
    pub(super) version: u64,
    pub(super) value: T,
}

impl<T: DeserializeOwned> Record<T> {
    pub(super) fn of(name: CellName, cell: &Cell) -> Result<Self, StoreError> {
        match serde_json::from_slice(&cell.value) {
            Ok(value) => Ok(Self { cell: name, version: cell.version, value }),
            Err(_) => Err(StoreError::Row { what: format!("the record {name}") }),
        }
    }
}

/// The swap that puts a record into a cell.
pub(super) fn put_record(cell: CellName, expected: Expected, value: &impl Serialize) -> Swap {
    let value = serde_json::to_value(value).expect("records are JSON");
    Swap { cell, expected, value: SwapValue::Put(canonical::to_bytes(&value).into()) }
}

/// The swap that removes a record, if it is still as it was read.
pub(super) fn drop_record<T>(record: &Record<T>) -> Swap {
    let expected = Expected::Version(record.version);
    Swap { cell: record.cell.clone(), expected, value: SwapValue::Delete }
}

impl Repository {
    pub(super) fn stored_record<T: DeserializeOwned>(
        &self,
        name: CellName,
    ) -> Result<Option<Record<T>>, StoreError> {
        self.engine.cell(&name)?.map(|cell| Record::of(name, &cell)).transpose()
    }

    /// At most `rows_max` records of the groups whose names begin with a text, after a cell; and whether more follow.
    pub(super) fn stored_page<T: DeserializeOwned>(
        &self,
        group_prefix: &str,
        after: Option<CellName>,
        rows_max: usize,
    ) -> Result<(Vec<Record<T>>, bool), StoreError> {
        let query = CellQuery { group_prefix: group_prefix.to_owned(), after, rows_max };
        let page = self.engine.cells(&query)?;
        let rows = page.rows.into_iter().map(|(name, cell)| Record::of(name, &cell));
        Ok((rows.collect::<Result<_, _>>()?, page.more))
    }

    /// All records of the groups whose names begin with a text.
    pub(super) fn stored_records<T: DeserializeOwned>(
        &self,
        group_prefix: &str,
    ) -> Result<Vec<Record<T>>, StoreError> {
        let rows = cells_of(&*self.engine, group_prefix);
        rows.map(|row| {
            row.map_err(StoreError::from).and_then(|(name, cell)| Record::of(name, &cell))
        })
        .collect()
    }

    /// Forgets the old records of the groups whose names begin with a text; returns how many. `operation` returns an id
    /// for each that nobody else uses. A record that was changed meanwhile is kept.
    pub(super) fn forget_records<T: DeserializeOwned>(
        &self,
        group_prefix: &str,
        is_old: impl Fn(&T) -> bool,
        operation: &mut dyn FnMut() -> OperationId,
    ) -> Result<usize, StoreError> {
        let (mut forgotten, mut after) = (0, None);
        loop {
            let (rows, more) = self.stored_page::<T>(group_prefix, after, PAGE_ROWS_MAX)?;
            after = rows.last().map(|record| record.cell.clone());
            let old = rows.iter().filter(|record| is_old(&record.value));
            let batch: Vec<_> = old
                .map(|record| Transaction {
                    operation: operation(),
                    objects: Vec::new(),
                    swaps: vec![drop_record(record)],
                    audit: None,
                })
                .collect();
            forgotten += batch.len();
            if !batch.is_empty() {
                self.engine.commit(batch)?;
            }
            if !more {
                return Ok(forgotten);
            }
        }
    }

    /// Swaps cells of one group. Returns the version that the new values have, or `None` when one of the cells was not
    /// as expected.
    pub(super) fn swap_records(
        &self,
        operation: OperationId,
        swaps: Vec<Swap>,
        audit: Option<bytes::Bytes>,
    ) -> Result<Option<u64>, StoreError> {
        let transaction = Transaction { operation, objects: Vec::new(), swaps, audit };
        let outcomes = self.engine.commit(vec![transaction])?;
        Ok(match outcomes.first() {
            Some(Outcome::Applied(applied)) => Some(applied.position.0),
            _ => None,
        })
    }
}
