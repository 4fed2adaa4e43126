//! The laws that every engine keeps, as tests that take any engine.
//!
//! [`run`] makes a fresh subject for each law in [`LAWS`], so a new law reaches every engine. Wherever something should
//! have lasted, a law ends by reopening the subject.
//!
//! A law panics when it is broken; its name is printed before it starts.

mod cells;
mod concurrency;
mod limits;
mod objects;
mod order;
mod taken_down;

use bytes::Bytes;

use super::{
    Applied, Cell, CellName, CellQuery, Engine, Expected, OperationId, Outcome, Position, Rejected,
    Swap, SwapValue, Transaction,
};
use crate::model::object::{Object, ObjectKind, Space};

/// An engine under test, and how to open it again.
pub trait Subject {
    /// The engine under test.
    fn engine(&self) -> &dyn Engine;

    /// Closes the engine and opens it again over what it stored durably.
    fn reopen(&mut self);
}

/// A subject whose engine has nothing to reopen: memory, or a server's client.
#[derive(Debug)]
pub struct Lasting<E>(E);

impl<E: Engine> Lasting<E> {
    /// A subject that always keeps this engine.
    pub const fn new(engine: E) -> Self {
        Self(engine)
    }
}

impl<E: Engine> Subject for Lasting<E> {
    fn engine(&self) -> &dyn Engine {
        &self.0
    }

    fn reopen(&mut self) {}
}

/// One law: what it says, and what shows that it holds.
pub type Law = (&'static str, fn(&mut dyn Subject));

/// Every law.
pub const LAWS: &[Law] = &[
    ("an object is given back as it was added", objects::given_back),
    ("an object added twice is there once", objects::idempotent),
    ("an object is only in the space that it was written to", objects::spaces_apart),
    ("objects are listed in order, page by page", objects::paged),
    ("empty and large objects are kept", objects::extremes),
    ("what is stored verifies, and its room is told", objects::verified),
    ("what was taken down is gone for good, and is neither damaged nor missing", taken_down::gone),
    ("what was taken down is not stored by adding it again", taken_down::not_stored_again),
    ("purging keeps everything else", taken_down::purged),
    ("more than a store's list holds is not taken down", taken_down::limited),
    ("a swap expects absence", cells::absent),
    ("a swap expects a version", cells::version),
    ("a cell can be deleted, and its version is never used again", cells::delete),
    ("a swap may only check", cells::keep),
    ("cells are listed by prefix, in order, page by page", cells::listed),
    ("a large value is kept", cells::large),
    ("a transaction is all-or-nothing", order::all_or_nothing),
    ("the transactions of a batch are judged over the earlier ones", order::batch_in_order),
    ("an operation is applied once, and its first outcome is told again", order::replayed),
    ("a rejected operation is judged anew", order::rejected_again),
    ("ten thousand operations are remembered", order::remembered),
    ("positions have no gaps and go on after opening anew", order::positions),
    ("audit records come back in order, page by page", order::audited),
    ("audit records are forgotten up to a position, and the rest stays", order::forgotten),
    ("a transaction changes one group, each cell once", limits::one_group),
    ("an object above the limit is refused with its whole batch", limits::object_size),
    ("a cell above the limit is refused with its whole batch", limits::cell_size),
    ("a batch above the limits is refused", limits::batch_size),
    ("a space without a proper name is refused", limits::space_name),
    ("increments by many writers lose nothing", concurrency::increments),
    ("readers never see half a transaction", concurrency::whole),
];

/// Runs every law over engines that `make` makes, a fresh and empty one for each.
pub fn run(mut make: impl FnMut() -> Box<dyn Subject>) {
    for (name, law) in LAWS {
        eprintln!("law: {name}");
        law(&mut *make());
    }
}

/// An operation id made of a number.
pub fn operation(number: u64) -> OperationId {
    let mut bytes = [0; 16];
    let (_, low) = bytes.split_at_mut(8);
    low.copy_from_slice(&number.to_be_bytes());
    OperationId(bytes)
}

/// A document of these bytes; engines do not mind that they are not JSON.
pub fn document(text: impl Into<Bytes>) -> Object {
    Object::new(ObjectKind::Document, text)
}

/// The cell `group:name`.
pub fn cell(group: &str, name: &str) -> CellName {
    group.parse::<super::Group>().and_then(|group| group.cell(name)).expect("a good name")
}

/// A transaction that does nothing yet.
pub const fn transaction(operation: OperationId) -> Transaction {
    Transaction { operation, objects: Vec::new(), swaps: Vec::new(), audit: None }
}

/// A swap that stores a value.
pub fn put(cell: CellName, expected: Expected, value: impl Into<Bytes>) -> Swap {
    Swap { cell, expected, value: SwapValue::Put(value.into()) }
}

impl Transaction {
    /// The transaction with one more object.
    #[must_use]
    pub fn adding(mut self, space: Space, object: Object) -> Self {
        self.objects.push((space, object));
        self
    }

    /// The transaction with one more swap.
    #[must_use]
    pub fn swapping(mut self, swap: Swap) -> Self {
        self.swaps.push(swap);
        self
    }

    /// The transaction with an audit record.
    #[must_use]
    pub fn audited(mut self, bytes: impl Into<Bytes>) -> Self {
        self.audit = Some(bytes.into());
        self
    }
}

fn commit_one(engine: &dyn Engine, transaction: Transaction) -> Outcome {
    let outcomes = engine.commit(vec![transaction]).expect("the batch is committed");
    assert_eq!(outcomes.len(), 1, "one outcome a transaction");
    outcomes.into_iter().next().expect("one outcome")
}

fn apply(engine: &dyn Engine, transaction: Transaction) -> Position {
    applied(commit_one(engine, transaction))
}

fn applied(outcome: Outcome) -> Position {
    match outcome {
        Outcome::Applied(Applied { position }) => position,
        Outcome::Rejected(rejected) => panic!("{rejected}, found {:?}", rejected.found),
    }
}

fn rejected(outcome: Outcome) -> Rejected {
    match outcome {
        Outcome::Rejected(rejected) => rejected,
        Outcome::Applied(applied) => panic!("applied at {:?}", applied.position),
    }
}

fn read(engine: &dyn Engine, name: &CellName) -> Option<Cell> {
    engine.cell(name).expect("the cell can be read")
}

fn list(engine: &dyn Engine, group_prefix: &str) -> Vec<(CellName, Cell)> {
    let query = CellQuery { group_prefix: group_prefix.to_owned(), after: None, rows_max: 1000 };
    engine.cells(&query).expect("cells can be listed").rows
}
