//! Forgetting old records: up to a seal, whose head stays, so that what follows can still be verified.

use serde_json::{Map, Value};

use super::{
    Audit, cell,
    head::AuditHead,
    row::{time_of, verb_of},
    seal::SEAL,
};
use crate::{
    engine::{AuditRecord, CellName, Expected, PAGE_ROWS_MAX, Position},
    repo::{
        ground::{error::StoreError, stamp::Stamp},
        record::{Record, put_record},
    },
};

/// The verb of the record that says that others were forgotten.
pub(super) const FORGET: &str = "audit-forget";

/// Which records were forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forgotten {
    /// The head up to which they were.
    pub head: AuditHead,
}

fn floor_cell() -> CellName {
    cell("floor")
}

/// The head that a seal's record holds.
pub(super) fn head_of(record: &AuditRecord) -> Option<AuditHead> {
    let fields: Map<String, Value> = serde_json::from_slice(&record.bytes).ok()?;
    serde_json::from_value(fields.get("head")?.clone()).ok()
}

impl Audit<'_> {
    /// The head up to which records were forgotten; `None` when none were.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn floor(&self) -> Result<Option<AuditHead>, StoreError> {
        Ok(self.stored_floor()?.map(|record| record.value))
    }

    fn stored_floor(&self) -> Result<Option<Record<AuditHead>>, StoreError> {
        self.repository.stored_record(floor_cell())
    }

    /// Forgets the records that were made before a time, up to the last seal before the first newer one. That they were
    /// forgotten is recorded first; the engine drops them after that, and again at the next call if a crash came
    /// between.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read or written.
    pub fn forget(&self, before_ms: u64, stamp: &Stamp) -> Result<Option<Forgotten>, StoreError> {
        let floor = self.stored_floor()?;
        let found = self.last_old_seal(floor.as_ref().map(|record| &record.value), before_ms)?;
        let Some(head) = found else {
            if let Some(Record { value, .. }) = floor {
                self.repository.engine.forget_audit(Position(value.through))?;
            }
            return Ok(None);
        };
        let mut fields = Map::new();
        fields.insert("through".into(), head.through.into());
        fields.insert("head".into(), serde_json::to_value(&head).expect("heads are JSON"));
        let expected = floor.map_or(Expected::Absent, |record| Expected::Version(record.version));
        let swap = put_record(floor_cell(), expected, &head);
        let audit = stamp.audit_of(FORGET, fields);
        if self.repository.swap_records(stamp.operation, vec![swap], Some(audit))?.is_none() {
            return Ok(None);
        }
        self.repository.engine.forget_audit(Position(head.through))?;
        Ok(Some(Forgotten { head }))
    }

    /// The newest head whose records are all old. A record that is newer ends the search, wherever a clock put it.
    fn last_old_seal(
        &self,
        floor: Option<&AuditHead>,
        before_ms: u64,
    ) -> Result<Option<AuditHead>, StoreError> {
        let mut after = Position(floor.map_or(0, |head| head.through));
        let (mut found, mut old_through) = (None, after.0);
        loop {
            let records = self.repository.engine.audit(after, PAGE_ROWS_MAX)?;
            let Some(last) = records.last() else { return Ok(found) };
            after = last.position;
            for record in &records {
                if verb_of(record).as_deref() == Some(SEAL)
                    && let Some(head) = head_of(record)
                    && head.through <= old_through
                    && floor.is_none_or(|floor| floor.through < head.through)
                {
                    found = Some(head);
                }
                if time_of(record).is_none_or(|time_ms| time_ms >= before_ms) {
                    return Ok(found);
                }
                old_through = record.position.0;
            }
        }
    }
}
