//! Random histories of commits, and the model of what must be there after each.

use std::collections::BTreeMap;

use bytes::Bytes;
use cms_core::{
    engine::{
        AuditRecord, Cell, CellName, CellQuery, CommitError, Engine, Expected, OperationId,
        Outcome, Position, ReadError, Swap, SwapValue, Transaction,
        conformance::{cell, document, operation, put, transaction},
    },
    model::{id::ObjectId, object::Space},
};

/// Numbers that follow from a seed.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// What an engine must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Model {
    pub(super) cells: BTreeMap<CellName, Cell>,
    pub(super) objects: BTreeMap<Space, BTreeMap<ObjectId, Bytes>>,
    pub(super) audit: Vec<AuditRecord>,
    pub(super) operations: BTreeMap<OperationId, Position>,
    pub(super) position: u64,
}

impl Model {
    /// The model after a batch, and the answer that the batch should get.
    fn after(&self, batch: &[Transaction]) -> (Self, Vec<Option<Position>>) {
        let mut model = self.clone();
        let answers = batch.iter().map(|each| model.apply(each)).collect();
        (model, answers)
    }

    fn apply(&mut self, transaction: &Transaction) -> Option<Position> {
        if let Some(position) = self.operations.get(&transaction.operation) {
            return Some(*position);
        }
        let fits = transaction
            .swaps
            .iter()
            .all(|swap| swap.expected == Expected::unchanged(self.cells.get(&swap.cell)));
        if !fits {
            return None;
        }
        self.position += 1;
        let (position, operation) = (Position(self.position), transaction.operation);
        self.operations.insert(operation, position);
        for (space, object) in &transaction.objects {
            let objects = self.objects.entry(space.clone()).or_default();
            objects.insert(object.id(), object.bytes().clone());
        }
        for swap in &transaction.swaps {
            match &swap.value {
                SwapValue::Put(value) => {
                    let cell = Cell { version: position.0, value: value.clone() };
                    self.cells.insert(swap.cell.clone(), cell);
                }
                SwapValue::Delete => {
                    self.cells.remove(&swap.cell);
                }
                SwapValue::Keep => {}
            }
        }
        if let Some(bytes) = transaction.audit.clone() {
            self.audit.push(AuditRecord { position, operation, bytes });
        }
        Some(position)
    }

    /// Everything that an engine holds; panics if the engine contradicts itself.
    pub(super) fn read(engine: &dyn Engine, operations: u64) -> Result<Self, ReadError> {
        let mut model = Self::default();
        let query = CellQuery { rows_max: 1000, ..CellQuery::default() };
        model.cells.extend(engine.cells(&query)?.rows);
        for (name, expected) in &model.cells {
            assert_eq!(engine.cell(name)?.as_ref(), Some(expected));
        }
        for space in engine.spaces()? {
            let mut objects = BTreeMap::new();
            for id in engine.objects(&space, None, 1000)? {
                let object = engine.object(&space, id)?.expect("a listed object is there");
                objects.insert(id, object.bytes().clone());
            }
            model.objects.insert(space, objects);
        }
        model.audit = engine.audit(Position(0), 1000)?;
        for number in 0..operations {
            if let Some(applied) = engine.outcome(operation(number))? {
                model.operations.insert(operation(number), applied.position);
            }
        }
        model.position = model.operations.values().map(|position| position.0).max().unwrap_or(0);
        Ok(model)
    }
}

/// A batch that mostly fits the model, with a few transactions of each sort. Operation numbers continue from `next`.
pub(super) fn batch(random: &mut Random, model: &Model, next: &mut u64) -> Vec<Transaction> {
    let mut ahead = model.clone();
    let mut batch = Vec::new();
    for _ in 0..1 + random.below(3) {
        let number = match random.below(8) {
            0 if *next > 0 => random.below(*next),
            _ => {
                *next += 1;
                *next - 1
            }
        };
        let mut each = transaction(operation(number));
        for _ in 0..random.below(3) {
            let space = if random.below(3) == 0 { Space::Public } else { Space::Source };
            let size = random.below(120) as usize;
            let text = format!("object {} {}", random.below(60), "x".repeat(size));
            each = each.adding(space, document(text));
        }
        let group = format!("group/{}", random.below(2));
        let first = random.below(4);
        for name in 0..random.below(3) {
            let name = cell(&group, &format!("cell{}", (first + name) % 4));
            each.swaps.push(swap(random, &ahead, name, number));
        }
        if random.below(2) == 0 {
            each = each.audited(format!("record {number}"));
        }
        ahead.apply(&each);
        batch.push(each);
    }
    batch
}

fn swap(random: &mut Random, model: &Model, name: CellName, number: u64) -> Swap {
    let expected = match random.below(10) {
        0 => Expected::Version(random.below(20)),
        _ => Expected::unchanged(model.cells.get(&name)),
    };
    match random.below(5) {
        0 => Swap { cell: name, expected, value: SwapValue::Delete },
        1 => Swap { cell: name, expected, value: SwapValue::Keep },
        _ => put(name, expected, format!("value {number}")),
    }
}

/// The state after a commit: the model that it certainly is, or two possible ones.
pub(super) enum Left {
    /// The batch was acknowledged, or certainly not done.
    Certain,
    /// The engine does not know.
    Unknown(Box<Model>),
}

/// Commits a batch and compares the answer with the model.
pub(super) fn commit(engine: &dyn Engine, model: &mut Model, batch: Vec<Transaction>) -> Left {
    let (after, expected) = model.after(&batch);
    match engine.commit(batch) {
        Ok(outcomes) => {
            let found: Vec<Option<Position>> = outcomes
                .into_iter()
                .map(|outcome| match outcome {
                    Outcome::Applied(applied) => Some(applied.position),
                    Outcome::Rejected(_) => None,
                })
                .collect();
            assert_eq!(found, expected, "the answers are those of the model");
            *model = after;
            Left::Certain
        }
        Err(CommitError::Unknown { .. }) => Left::Unknown(Box::new(after)),
        Err(
            CommitError::Full { .. }
            | CommitError::Failed { .. }
            | CommitError::Stopped
            | CommitError::Read(_),
        ) => Left::Certain,
        Err(
            error @ (CommitError::Refused { .. }
            | CommitError::Displaced { .. }
            | CommitError::ReadOnly { .. }),
        ) => panic!("{error}"),
    }
}
