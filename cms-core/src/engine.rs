//! Storage of objects and cells. It has two laws, and every engine passes the same conformance suite: objects are
//! added, idempotently and durably; cells change only by compare-and-swap.
//!
//! One operation, [`Engine::commit`], does both. An engine sees ids, names and bytes, never a commit or an entry. It
//! has no clock.
//!
//! Invariants, each a law of the conformance suite:
//! 1. When `commit` returns, what it accepted survives power loss.
//! 2. A transaction is all-or-nothing: readers see it whole or not at all, even after a crash.
//! 3. The transactions of a batch are judged in order, each over the ones before it.
//! 4. An operation id that was applied is never applied again: its outcome is returned instead.
//! 5. A cell's version is never used twice, not even after the cell was deleted.
//! 6. Bytes that do not hash to their id are an error, never an answer.
//! 7. A failed or unanswered sync is [`CommitError::Unknown`], never "failed": the engine then takes no writes and
//!    reports no outcome until it is reopened, and opening decides. What was durable before can be read.
//! 8. An object that was taken down is never given back, neither by a restart nor by adding it again.

pub mod cell;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
pub mod damage;
pub mod error;
#[cfg(any(test, feature = "conformance"))]
pub mod faulty;
pub mod judge;
pub mod layer;
pub mod local;
pub mod memory;
mod operations;
pub mod transaction;
mod waiting;

use std::ops::ControlFlow;

use crate::model::{
    id::ObjectId,
    object::{Object, Space},
};

pub use cell::{Cell, CellName, CellPage, CellQuery, Group, NameError, cells_of};
pub use damage::{Damage, Lost};
pub use error::{CommitError, ReadError};
pub use layer::Layer;
pub use transaction::{
    Applied, AuditRecord, Expected, OperationId, Outcome, Position, Rejected, Swap, SwapValue,
    Transaction,
};
pub(crate) use waiting::widely;

/// Largest object, in bytes. Larger media need chunks, which are not part of this version.
pub const OBJECT_SIZE_BYTES_MAX: usize = 64 << 20;
/// Largest value of a cell, in bytes.
pub const CELL_SIZE_BYTES_MAX: usize = 1 << 20;
/// Largest sum of object, cell and audit bytes in one call of [`Engine::commit`].
pub const BATCH_SIZE_BYTES_MAX: usize = 256 << 20;
/// Most transactions in one call of [`Engine::commit`].
pub const BATCH_TRANSACTIONS_MAX: usize = 4096;
/// Most rows that one page of a listing holds.
pub const PAGE_ROWS_MAX: usize = 1000;
/// Most objects that can be taken down in one store.
pub const TAKEN_DOWN_MAX: usize = 1 << 20;
/// At least this many applied operation ids are remembered, newest first.
pub const OPERATIONS_REMEMBERED_MIN: usize = 10_000;

/// A store of objects and cells. All methods may block; all may be called from many threads.
pub trait Engine: Send + Sync + 'static {
    /// The object under `id` in `space`, verified against its id; `None` when it was never written there.
    fn object(&self, space: &Space, id: ObjectId) -> Result<Option<Object>, ReadError>;

    /// For each id, in the order given, whether the space holds it.
    fn holds(&self, space: &Space, ids: &[ObjectId]) -> Result<Vec<bool>, ReadError>;

    /// The ids in a space above `after`, ascending, at most `rows_max` (and [`PAGE_ROWS_MAX`]);
    /// an empty page is the end. Objects added meanwhile may or may not be seen.
    fn objects(
        &self,
        space: &Space,
        after: Option<ObjectId>,
        rows_max: usize,
    ) -> Result<Vec<ObjectId>, ReadError>;

    /// The spaces that hold anything, ascending.
    fn spaces(&self) -> Result<Vec<Space>, ReadError>;

    /// One cell; none when it does not exist.
    fn cell(&self, name: &CellName) -> Result<Option<Cell>, ReadError>;

    /// A page of cells in the order of their names, from one consistent view.
    fn cells(&self, query: &CellQuery) -> Result<CellPage, ReadError>;

    /// Judges transactions in order and makes the accepted ones durable, all in one step.
    ///
    /// Returns one outcome per transaction. See the module's invariants for atomicity and durability.
    fn commit(&self, batch: Vec<Transaction>) -> Result<Vec<Outcome>, CommitError>;

    /// Takes objects down, in every space and for good. When this returns, the decision survives power loss: reading
    /// one of them is [`ReadError::TakenDown`], [`Engine::holds`] and [`Engine::objects`] leave it out, and a
    /// transaction that adds it is applied without storing it. Their bytes leave the storage at the next rotation, and
    /// [`Engine::purge`] makes that now. An id that was never written can be taken down too. Doing it twice is doing it
    /// once.
    ///
    /// # Errors
    /// See [`CommitError`]; all of the ids are taken down, or none.
    fn take_down(&self, ids: &[ObjectId]) -> Result<(), CommitError>;

    /// Removes from the storage, now, the bytes of what was taken down and every value that cells no longer have.
    /// Audit records stay.
    ///
    /// # Errors
    /// See [`CommitError`]; what was not removed yet stays unreadable, and is removed by a later call or a rotation.
    fn purge(&self) -> Result<(), CommitError>;

    /// What became of an operation; `None` when it was never applied, or so long ago that it is
    /// forgotten (see [`OPERATIONS_REMEMBERED_MIN`]).
    fn outcome(&self, operation: OperationId) -> Result<Option<Applied>, ReadError>;

    /// The audit records after a position, oldest first, at most `rows_max` (and [`PAGE_ROWS_MAX`]).
    fn audit(&self, after: Position, rows_max: usize) -> Result<Vec<AuditRecord>, ReadError>;

    /// Allows the engine to drop the audit records up to a position, and drops at once those that it can. Records after
    /// that position stay; those before it may be returned until they are dropped, which a later call may do. Nothing
    /// else changes.
    ///
    /// # Errors
    /// See [`CommitError`]; each record is still there, or dropped.
    fn forget_audit(&self, through: Position) -> Result<(), CommitError>;

    /// Reads everything back, checking every byte that the engine answers for.
    ///
    /// `progress` is called with the number of bytes read so far, and may end the call: [`ReadError::Cancelled`].
    /// Everything that is wrong is returned, not only the first finding.
    fn verify(
        &self,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Verification, ReadError>;

    /// What is stored and how much space it takes, for people.
    fn usage(&self) -> Result<Usage, ReadError>;
}

/// What [`Engine::verify`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verification {
    /// Objects whose bytes were read and hashed.
    pub objects_count: u64,
    /// Bytes read.
    pub size_bytes: u64,
    /// What is wrong, each with its file and place.
    pub damages: Vec<Damage>,
}

/// The space that an engine takes, by purpose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    /// One row per purpose, in the engine's own order.
    pub rows: Vec<UsageRow>,
}

/// One purpose that storage is used for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageRow {
    /// The purpose: `journal`, `segments of source`, `sled`, …
    pub what: String,
    /// How many files, rows or objects, whichever the purpose counts.
    pub count: u64,
    /// Bytes on disk.
    pub size_bytes: u64,
}
