//! A frame that is being assembled: its bytes, and what readers will see once it is durable.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;

use super::super::{audit, cells, frame, payload, record::RecordHeader, taken_down::TakenDown};
use crate::{
    engine::{Cell, CellName, OperationId, Position, SwapValue, Transaction},
    model::{
        id::ObjectId,
        object::{Object, Space},
    },
};

/// A frame that is being assembled.
pub(super) struct Draft {
    pub(super) buffer: Vec<u8>,
    /// The state of cells after the transactions so far, over what readers see.
    pub(super) cells: HashMap<CellName, Option<Cell>>,
    pub(super) operations: HashMap<OperationId, u64>,
    /// Operations in order, for the list of remembered ones.
    pub(super) order: Vec<OperationId>,
    placed: HashSet<(Space, ObjectId)>,
    /// Space, id, where the object's record begins in the frame, and the record's length.
    pub(super) objects: Vec<(Space, ObjectId, usize, usize)>,
    /// Position, where the record begins in the frame, and its length.
    pub(super) audits: Vec<(u64, usize, usize)>,
    pub(super) first_position: u64,
    /// What is not stored, however late it was taken down.
    taken_down: TakenDown,
}

impl Draft {
    pub(super) fn new(mut buffer: Vec<u8>, first_position: u64, taken_down: TakenDown) -> Self {
        frame::begin(&mut buffer);
        payload::begin(&mut buffer, first_position);
        Self {
            buffer,
            cells: HashMap::new(),
            operations: HashMap::new(),
            order: Vec::new(),
            placed: HashSet::new(),
            objects: Vec::new(),
            audits: Vec::new(),
            first_position,
            taken_down,
        }
    }

    /// Adds an accepted transaction and returns its position.
    pub(super) fn add(&mut self, transaction: &Transaction) -> Position {
        let position = self.first_position + self.order.len() as u64;
        let mut changes = Vec::new();
        for swap in &transaction.swaps {
            let value = match &swap.value {
                SwapValue::Keep => continue,
                SwapValue::Delete => None,
                SwapValue::Put(value) => Some(value.clone()),
            };
            let cell = value.clone().map(|value| Cell { version: position, value });
            self.cells.insert(swap.cell.clone(), cell);
            changes.push((cells::key(&swap.cell), value));
        }
        let fresh: Vec<(Space, Object)> = transaction
            .objects
            .iter()
            .filter(|(_, object)| !self.taken_down.contains(&object.id()))
            .filter(|(space, object)| self.placed.insert((space.clone(), object.id())))
            .cloned()
            .collect();
        let objects = &mut self.objects;
        payload::push(
            &mut self.buffer,
            position,
            transaction.operation,
            &fresh,
            &changes,
            transaction.audit.as_ref(),
            |space, object, at| {
                let size_bytes = RecordHeader::of(object).record_size_bytes();
                objects.push((space.clone(), object.id(), at, size_bytes));
            },
        );
        if let Some(bytes) = &transaction.audit {
            let size_bytes = audit::RECORD_HEADER_SIZE_BYTES + bytes.len();
            self.audits.push((position, self.buffer.len() - size_bytes, size_bytes));
        }
        self.operations.insert(transaction.operation, position);
        self.order.push(transaction.operation);
        Position(position)
    }
}

/// The approximate size of a transaction in a frame, in bytes.
pub(super) fn size_of(transaction: &Transaction) -> usize {
    let record = |object| RecordHeader::of(object).record_size_bytes();
    let objects = transaction.objects.iter().map(|(_, object)| record(object));
    let cells = transaction.swaps.iter().map(|swap| match &swap.value {
        SwapValue::Put(value) => value.len(),
        SwapValue::Delete | SwapValue::Keep => 0,
    });
    objects.chain(cells).sum::<usize>() + transaction.audit.as_ref().map_or(0, Bytes::len)
}
