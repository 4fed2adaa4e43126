//! What happened, in order: the audit records of verbs, read back.
//!
//! Positions only grow, so a reader that remembers the last position it saw can ask for the rest.

use serde_json::{Map, Value};

use crate::{
    engine::Position,
    repo::{
        ground::{
            error::StoreError,
            stamp::{ENTRIES, ORIGIN},
        },
        history::History,
    },
};

/// Something that a verb did.
#[derive(Debug, Clone, PartialEq)]
pub struct Happening {
    /// The position of its audit record in the engine's order.
    pub position: Position,
    /// The verb that did it.
    pub verb: String,
    /// Who did it.
    pub author: String,
    /// When they did it, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// The verb's own fields: `branch`, `channel`, `commit`, …
    pub fields: Map<String, Value>,
}

impl History<'_> {
    /// What happened after a position, oldest first, at most `rows_max` and at most the engine's page.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read, or a record is not one of ours.
    pub fn happened(&self, after: Position, rows_max: usize) -> Result<Vec<Happening>, StoreError> {
        let records = self.repository.engine.audit(after, rows_max)?;
        let read = |record: crate::engine::AuditRecord| {
            let malformed =
                || StoreError::Row { what: format!("the audit record at {}", record.position.0) };
            let mut fields: Map<String, Value> =
                serde_json::from_slice(&record.bytes).map_err(|_| malformed())?;
            let mut text = |name: &str| match fields.remove(name) {
                Some(Value::String(text)) => Ok(text),
                _ => Err(malformed()),
            };
            let (verb, author) = (text("verb")?, text("author")?);
            // From where somebody acted, what changed and what there was before is for those who read the audit.
            for name in [ORIGIN, ENTRIES, "before", "after"] {
                fields.remove(name);
            }
            let time_ms =
                fields.remove("time_ms").as_ref().and_then(Value::as_u64).ok_or_else(malformed)?;
            Ok(Happening { position: record.position, verb, author, time_ms, fields })
        };
        records.into_iter().map(read).collect()
    }

    /// The position of the newest audit record; found with at most about a hundred reads.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn newest_position(&self) -> Result<Position, StoreError> {
        let newer = |position: u64| -> Result<Option<u64>, StoreError> {
            let records = self.repository.engine.audit(Position(position), 1)?;
            Ok(records.first().map(|record| record.position.0))
        };
        let (mut known, mut step) = (0_u64, 1_u64);
        while let Some(found) = newer(known.saturating_add(step))? {
            known = found;
            step = step.saturating_mul(2);
        }
        // No position is above `known + step`; the range between is halved each time.
        while step > 0 {
            match newer(known.saturating_add(step / 2))? {
                Some(found) => known = found,
                None if step == 1 => break,
                None => step /= 2,
            }
        }
        Ok(Position(known))
    }
}
