//! What every engine refuses, and how a swap is judged: one copy, so that no two engines differ.
//!
//! Invariants:
//! 1. A batch is refused whole, before anything of it is written.
//! 2. A swap is judged against what its transaction found; a transaction changes a cell once.

use std::collections::BTreeSet;

use super::{
    BATCH_SIZE_BYTES_MAX, BATCH_TRANSACTIONS_MAX, CELL_SIZE_BYTES_MAX, Cell, CellName, CommitError,
    Expected, OBJECT_SIZE_BYTES_MAX, ReadError, Rejected, SwapValue, TAKEN_DOWN_MAX, Transaction,
};
use crate::model::object::Space;

/// Refuses a batch that breaks a limit or a rule of the trait.
///
/// # Errors
/// [`CommitError::Refused`], which says why.
pub fn check(batch: &[Transaction]) -> Result<(), CommitError> {
    if batch.len() > BATCH_TRANSACTIONS_MAX {
        return refused(format!(
            "{} transactions are more than {BATCH_TRANSACTIONS_MAX}",
            batch.len()
        ));
    }
    let mut size_bytes = 0;
    for transaction in batch {
        size_bytes += check_objects(transaction)? + check_swaps(transaction)?;
        size_bytes += transaction.audit.as_ref().map_or(0, |bytes| bytes.len());
    }
    if size_bytes > BATCH_SIZE_BYTES_MAX {
        return refused(format!("{size_bytes} bytes are more than {BATCH_SIZE_BYTES_MAX}"));
    }
    Ok(())
}

fn check_objects(transaction: &Transaction) -> Result<usize, CommitError> {
    let mut size_bytes = 0;
    for (space, object) in &transaction.objects {
        let length = object.bytes().len();
        if length > OBJECT_SIZE_BYTES_MAX {
            return refused(format!(
                "object {} has {length} bytes, more than {OBJECT_SIZE_BYTES_MAX}",
                object.id()
            ));
        }
        // A channel's space is written by its name, which may read like another space.
        if matches!(space, Space::Channel(_)) && space.to_string().parse().as_ref() != Ok(space) {
            return refused(format!("{:?} names no space", space.to_string()));
        }
        size_bytes += length;
    }
    Ok(size_bytes)
}

fn check_swaps(transaction: &Transaction) -> Result<usize, CommitError> {
    let mut size_bytes = 0;
    let mut seen = BTreeSet::new();
    for swap in &transaction.swaps {
        if !seen.insert(&swap.cell) {
            return refused(format!("cell {} is swapped twice in one transaction", swap.cell));
        }
        let first = transaction.swaps.first().map_or(&swap.cell, |first| &first.cell);
        if swap.cell.group() != first.group() {
            return refused(format!("cells {first} and {} belong to two groups", swap.cell));
        }
        if let SwapValue::Put(value) = &swap.value {
            if value.len() > CELL_SIZE_BYTES_MAX {
                return refused(format!(
                    "cell {} would have {} bytes, more than {CELL_SIZE_BYTES_MAX}",
                    swap.cell,
                    value.len()
                ));
            }
            size_bytes += value.len();
        }
    }
    Ok(size_bytes)
}

/// Refuses more objects taken down than a store's list holds.
///
/// # Errors
/// [`CommitError::Refused`], which says why.
pub fn check_taken_down(count: usize) -> Result<(), CommitError> {
    if count > TAKEN_DOWN_MAX {
        return refused(format!("{count} objects taken down are more than {TAKEN_DOWN_MAX}"));
    }
    Ok(())
}

fn refused<T>(reason: String) -> Result<T, CommitError> {
    Err(CommitError::Refused { reason })
}

/// The first swap of a transaction that does not find what it expects; `None` when all do.
///
/// # Errors
/// Whatever `find` returns.
pub fn judge(
    transaction: &Transaction,
    mut find: impl FnMut(&CellName) -> Result<Option<Cell>, ReadError>,
) -> Result<Option<Rejected>, ReadError> {
    for swap in &transaction.swaps {
        let found = find(&swap.cell)?;
        let fits = match swap.expected {
            Expected::Absent => found.is_none(),
            Expected::Version(version) => found.as_ref().is_some_and(|c| c.version == version),
        };
        if !fits {
            return Ok(Some(Rejected { cell: swap.cell.clone(), found }));
        }
    }
    Ok(None)
}
