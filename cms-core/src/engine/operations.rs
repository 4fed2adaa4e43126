//! The operation ids that were applied last, and where: enough to answer a writer that lost the answer.
//!
//! Every accepted transaction has one id and one position, and positions have no gaps, so the newest
//! [`OPERATIONS_REMEMBERED_MIN`] are those above the newest position minus that number.

use std::collections::{HashMap, VecDeque};

use super::{Applied, OPERATIONS_REMEMBERED_MIN, OperationId, Position};

/// Remembers the newest operations; about half a megabyte when full.
#[derive(Debug, Default, Clone)]
pub(super) struct Operations {
    places: HashMap<OperationId, Position>,
    order: VecDeque<(Position, OperationId)>,
}

impl Operations {
    /// Where an operation was applied.
    pub(super) fn get(&self, operation: OperationId) -> Option<Applied> {
        self.places.get(&operation).map(|position| Applied { position: *position })
    }

    /// Remembers one more, newer than all others, and forgets the oldest beyond the limit.
    pub(super) fn push(&mut self, position: Position, operation: OperationId) {
        self.places.insert(operation, position);
        self.order.push_back((position, operation));
        if self.order.len() > OPERATIONS_REMEMBERED_MIN
            && let Some((position, operation)) = self.order.pop_front()
            && self.places.get(&operation) == Some(&position)
        {
            // An id that was forgotten and used again is listed twice; the newer place stays.
            self.places.remove(&operation);
        }
    }

    /// What is remembered, oldest first.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (Position, OperationId)> {
        self.order.iter().copied()
    }
}
