//! Transactions: what [`super::Engine::commit`] takes and what it returns.

use std::fmt;

use bytes::Bytes;

use super::cell::{Cell, CellName};
use crate::model::object::{Object, Space};

/// A writer's name for one attempt to change something: 16 bytes that nobody else uses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperationId(pub [u8; 16]);

impl OperationId {
    /// The id that a context and its parts always give: the same for every caller. The parts are hashed one after the
    /// other as they are, so a part of variable length must come with its length.
    pub fn derive(context: &str, parts: impl IntoIterator<Item: AsRef<[u8]>>) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(context);
        for part in parts {
            hasher.update(part.as_ref());
        }
        let mut id = [0; 16];
        hasher.finalize_xof().fill(&mut id);
        Self(id)
    }
}

impl fmt::Debug for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// A place in the engine's order of accepted transactions. The first accepted one is at 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Position(pub u64);

/// Objects to add and cells to swap, all-or-nothing.
#[derive(Clone, Debug)]
pub struct Transaction {
    /// The writer's name for this attempt.
    pub operation: OperationId,
    /// Objects to add; those already there are no change.
    pub objects: Vec<(Space, Object)>,
    /// Cells to swap: all of one group, each at most once.
    pub swaps: Vec<Swap>,
    /// The audit record, as bytes that the engine does not read.
    pub audit: Option<Bytes>,
}

/// One compare-and-swap.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Swap {
    /// The cell to swap.
    pub cell: CellName,
    /// What must be there.
    pub expected: Expected,
    /// What will be there afterwards.
    pub value: SwapValue,
}

/// What a swap expects to find.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expected {
    /// No such cell.
    Absent,
    /// The cell at this version.
    Version(u64),
}

impl Expected {
    /// Expects the cell to be as it was read.
    pub fn unchanged(cell: Option<&Cell>) -> Self {
        cell.map_or(Self::Absent, |cell| Self::Version(cell.version))
    }
}

/// What a swap leaves behind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SwapValue {
    /// This value, at a new version.
    Put(Bytes),
    /// Deletes the cell.
    Delete,
    /// Leaves it as it is: the swap only checks.
    Keep,
}

/// What became of a transaction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Accepted and durable.
    Applied(Applied),
    /// Nothing of it was done.
    Rejected(Rejected),
}

/// An accepted transaction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Applied {
    /// Its position in the order; also the version of every cell that it put.
    pub position: Position,
}

/// The first swap that did not find what it expected.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("cell {cell} is not as expected")]
pub struct Rejected {
    /// The cell that the swap names.
    pub cell: CellName,
    /// The cell's actual state.
    pub found: Option<Cell>,
}

/// One audit record with its position in the order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditRecord {
    /// The transaction's position.
    pub position: Position,
    /// The transaction's operation id.
    pub operation: OperationId,
    /// The bytes that the writer gave.
    pub bytes: Bytes,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_derived_id_is_the_beginning_of_the_key_of_its_parts_as_one() {
        let key = blake3::derive_key("cms 2026-11-22 v1 told", b"one two");
        let parts = [&b"one"[..], b" ", b"two"];
        assert_eq!(OperationId::derive("cms 2026-11-22 v1 told", parts).0, key[..16]);
        assert_ne!(OperationId::derive("another", parts).0, key[..16]);
    }
}
