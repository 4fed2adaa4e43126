//! The engine for tests: everything under one lock, nothing stored durably, and as strict as an engine may be.
//!
//! It refuses what any engine may refuse and forgets operations as early as the trait allows, so that code that passes
//! with it does not rely on a more lenient engine.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
};

use parking_lot::Mutex;

use super::{
    Applied, AuditRecord, Cell, CellName, CellPage, CellQuery, CommitError, Damage, Engine, Lost,
    OperationId, Outcome, PAGE_ROWS_MAX, Position, ReadError, SwapValue, Transaction, Usage,
    UsageRow, Verification, judge, operations::Operations,
};
use crate::model::{
    id::ObjectId,
    object::{Object, Space},
};

/// An engine whose content ends with the process.
#[derive(Debug, Default)]
pub struct MemoryEngine {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    objects: BTreeMap<Space, BTreeMap<ObjectId, Object>>,
    taken_down: BTreeSet<ObjectId>,
    cells: BTreeMap<CellName, Cell>,
    operations: Operations,
    audit: Vec<AuditRecord>,
    position: Position,
}

impl MemoryEngine {
    /// An engine that holds nothing.
    pub fn new() -> Self {
        Self::default()
    }
}

impl State {
    fn apply(&mut self, transaction: Transaction) -> Result<Outcome, ReadError> {
        if let Some(applied) = self.operations.get(transaction.operation) {
            return Ok(Outcome::Applied(applied));
        }
        if let Some(rejected) =
            judge::judge(&transaction, |name| Ok(self.cells.get(name).cloned()))?
        {
            return Ok(Outcome::Rejected(rejected));
        }
        self.position.0 += 1;
        let position = self.position;
        for (space, object) in transaction.objects {
            if !self.taken_down.contains(&object.id()) {
                self.objects.entry(space).or_default().entry(object.id()).or_insert(object);
            }
        }
        for swap in transaction.swaps {
            match swap.value {
                SwapValue::Put(value) => {
                    self.cells.insert(swap.cell, Cell { version: position.0, value });
                }
                SwapValue::Delete => {
                    self.cells.remove(&swap.cell);
                }
                SwapValue::Keep => {}
            }
        }
        let operation = transaction.operation;
        if let Some(bytes) = transaction.audit {
            self.audit.push(AuditRecord { position, operation, bytes });
        }
        self.operations.push(position, operation);
        Ok(Outcome::Applied(Applied { position }))
    }
}

impl Engine for MemoryEngine {
    fn object(&self, space: &Space, id: ObjectId) -> Result<Option<Object>, ReadError> {
        let state = self.state.lock();
        if state.taken_down.contains(&id) {
            return Err(ReadError::TakenDown { id });
        }
        Ok(state.objects.get(space).and_then(|objects| objects.get(&id)).cloned())
    }

    fn holds(&self, space: &Space, ids: &[ObjectId]) -> Result<Vec<bool>, ReadError> {
        let state = self.state.lock();
        let objects = state.objects.get(space);
        Ok(ids.iter().map(|id| objects.is_some_and(|objects| objects.contains_key(id))).collect())
    }

    fn objects(
        &self,
        space: &Space,
        after: Option<ObjectId>,
        rows_max: usize,
    ) -> Result<Vec<ObjectId>, ReadError> {
        let state = self.state.lock();
        let Some(objects) = state.objects.get(space) else { return Ok(Vec::new()) };
        let from = after.map_or(std::ops::Bound::Unbounded, std::ops::Bound::Excluded);
        let rows = objects.range((from, std::ops::Bound::Unbounded));
        Ok(rows.map(|(id, _)| *id).take(rows_max.min(PAGE_ROWS_MAX)).collect())
    }

    fn spaces(&self) -> Result<Vec<Space>, ReadError> {
        let state = self.state.lock();
        let holding = state.objects.iter().filter(|(_, objects)| !objects.is_empty());
        Ok(holding.map(|(space, _)| space.clone()).collect())
    }

    fn cell(&self, name: &CellName) -> Result<Option<Cell>, ReadError> {
        Ok(self.state.lock().cells.get(name).cloned())
    }

    fn cells(&self, query: &CellQuery) -> Result<CellPage, ReadError> {
        let state = self.state.lock();
        let from = match &query.after {
            Some(after) => std::ops::Bound::Excluded(after),
            None => std::ops::Bound::Unbounded,
        };
        let mut matching = state
            .cells
            .range((from, std::ops::Bound::Unbounded))
            .filter(|(name, _)| name.group().as_str().starts_with(&query.group_prefix));
        let rows: Vec<_> = matching
            .by_ref()
            .take(query.rows_max.min(PAGE_ROWS_MAX))
            .map(|(name, cell)| (name.clone(), cell.clone()))
            .collect();
        Ok(CellPage { rows, more: matching.next().is_some() })
    }

    fn commit(&self, batch: Vec<Transaction>) -> Result<Vec<Outcome>, CommitError> {
        judge::check(&batch)?;
        let mut state = self.state.lock();
        Ok(batch.into_iter().map(|each| state.apply(each)).collect::<Result<_, _>>()?)
    }

    fn take_down(&self, ids: &[ObjectId]) -> Result<(), CommitError> {
        let mut state = self.state.lock();
        let State { objects, taken_down, .. } = &mut *state;
        let all: BTreeSet<ObjectId> = taken_down.iter().chain(ids).copied().collect();
        judge::check_taken_down(all.len())?;
        *taken_down = all;
        for object in objects.values_mut() {
            object.retain(|id, _| !taken_down.contains(id));
        }
        Ok(())
    }

    fn purge(&self) -> Result<(), CommitError> {
        Ok(())
    }

    fn outcome(&self, operation: OperationId) -> Result<Option<Applied>, ReadError> {
        Ok(self.state.lock().operations.get(operation))
    }

    fn audit(&self, after: Position, rows_max: usize) -> Result<Vec<AuditRecord>, ReadError> {
        let state = self.state.lock();
        let from = state.audit.partition_point(|record| record.position <= after);
        let rows = state.audit.get(from..).unwrap_or_default();
        Ok(rows.iter().take(rows_max.min(PAGE_ROWS_MAX)).cloned().collect())
    }

    fn forget_audit(&self, through: Position) -> Result<(), CommitError> {
        self.state.lock().audit.retain(|record| record.position > through);
        Ok(())
    }

    fn verify(
        &self,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Verification, ReadError> {
        let state = self.state.lock();
        let mut found = Verification::default();
        let objects = state.objects.iter();
        for (space, object) in
            objects.flat_map(|(space, all)| all.values().map(move |object| (space, object)))
        {
            found.objects_count += 1;
            found.size_bytes += object.bytes().len() as u64;
            if ObjectId::of(object.kind(), object.bytes()) != object.id() {
                let damage = Damage::of("memory", None, "the bytes do not hash to the id");
                found.damages.push(damage.losing(Lost::Object(space.clone(), object.id())));
            }
            if progress(found.size_bytes).is_break() {
                return Err(ReadError::Cancelled);
            }
        }
        Ok(found)
    }

    fn usage(&self) -> Result<Usage, ReadError> {
        let state = self.state.lock();
        let mut rows: Vec<UsageRow> = state
            .objects
            .iter()
            .map(|(space, objects)| UsageRow {
                what: format!("objects of {space}"),
                count: objects.len() as u64,
                size_bytes: objects.values().map(|object| object.bytes().len() as u64).sum(),
            })
            .collect();
        rows.push(UsageRow {
            what: "cells".to_owned(),
            count: state.cells.len() as u64,
            size_bytes: state.cells.values().map(|cell| cell.value.len() as u64).sum(),
        });
        Ok(Usage { rows })
    }
}

#[cfg(test)]
mod tests {
    use super::MemoryEngine;
    use crate::engine::conformance::{Lasting, run};

    #[test]
    fn every_law_holds() {
        run(|| Box::new(Lasting::new(MemoryEngine::new())));
    }
}
