//! Closing a draft, and opening it again.

use super::{
    DraftError, DraftId, RECORD_CELL,
    commit::DraftCommitError,
    record::{Draft, DraftState, StoredDraft},
};
use crate::engine::{CellName, Expected, Group, Outcome, Swap, SwapValue, Transaction};
use crate::repo::{
    branch::branch_head,
    commit::first,
    content::objects::StoreError,
    open::Repository,
    record::{Record, drop_record, put_record},
    stamp::Stamp,
};

const CLOSED_GROUP: &str = "closed/";

fn closed_cell(draft: &DraftId) -> Result<CellName, StoreError> {
    let row = |_| StoreError::Row { what: format!("the record of draft {draft}") };
    let group = format!("{CLOSED_GROUP}{draft}").parse::<Group>().map_err(row)?;
    group.cell(RECORD_CELL).map_err(row)
}

impl Repository {
    /// A closed draft's record.
    pub(super) fn closed(&self, draft: &DraftId) -> Result<Record<StoredDraft>, DraftError> {
        let found = self.stored_record(closed_cell(draft)?)?;
        found.ok_or_else(|| DraftError::Unknown { draft: draft.clone() })
    }

    /// Gives a draft up. Its commits are kept, so that it can be reopened; working copies that were not
    /// committed become revisions first.
    ///
    /// # Errors
    /// [`DraftError`]; nothing is changed then.
    pub fn discard_draft(&self, draft: &DraftId, stamp: &Stamp) -> Result<Draft, DraftError> {
        self.record_for(draft, &stamp.author)?;
        let before = Stamp { operation: stamp.step(1), ..stamp.clone() };
        match self.commit_draft(draft, None, &before) {
            Ok(_) | Err(DraftCommitError::NothingToCommit) => {}
            Err(DraftCommitError::Draft(error)) => return Err(error),
            Err(DraftCommitError::Refused { refusals }) => {
                return Err(DraftError::Refused { reason: first(&refusals) });
            }
        }
        self.close(draft, DraftState::Discarded, stamp)?;
        self.draft(draft)
    }

    /// Closes a draft: its record moves to the closed ones, then its cells go.
    pub(in crate::repo) fn close(
        &self,
        draft: &DraftId,
        state: DraftState,
        stamp: &Stamp,
    ) -> Result<(), DraftError> {
        loop {
            let mut record = match self.record(draft) {
                Err(DraftError::Unknown { .. }) => return Ok(()),
                other => other?.value,
            };
            let head = branch_head(self, &draft.branch())?;
            record.state = state;
            record.closed_at = head.map(|head| head.commit);
            record.changed_ms = stamp.time_ms;
            let closed = closed_cell(draft)?;
            let known = self.engine.cell(&closed).map_err(StoreError::from)?;
            let archive = Transaction {
                operation: stamp.step(2),
                objects: Vec::new(),
                swaps: vec![put_record(closed, Expected::unchanged(known.as_ref()), &record)],
                audit: None,
            };
            let cells = self.draft_cells(draft)?;
            self.forget_editing(draft, cells.iter().map(|(name, _)| name), stamp)?;
            let swaps = cells
                .into_iter()
                .map(|(cell, row)| Swap {
                    cell,
                    expected: Expected::Version(row.version),
                    value: SwapValue::Delete,
                })
                .collect();
            let audit = stamp.audit("close-draft", &[("draft", draft.as_str())]);
            let remove = Transaction {
                operation: stamp.operation,
                objects: Vec::new(),
                swaps,
                audit: Some(audit),
            };
            let outcomes = self.engine.commit(vec![archive, remove]).map_err(StoreError::from)?;
            if matches!(outcomes.last(), Some(Outcome::Applied(_))) {
                return Ok(());
            }
        }
    }

    /// Opens a discarded draft again, as it was when it was given up.
    ///
    /// # Errors
    /// [`DraftError::Unknown`] when there is no such discarded draft.
    pub fn reopen_draft(&self, draft: &DraftId, stamp: &Stamp) -> Result<Draft, DraftError> {
        let closed = self.closed(draft)?;
        let mut record = closed.value.clone();
        if !record.admits(&stamp.author) {
            let person = stamp.author.clone();
            return Err(DraftError::NotAMember { draft: draft.clone(), person });
        }
        if record.state != DraftState::Discarded {
            return Err(DraftError::Refused { reason: format!("draft {draft} was merged") });
        }
        let head = record.closed_at.take().unwrap_or(record.begun_from);
        record.state = DraftState::Open;
        record.changed_ms = stamp.time_ms;
        let open = Transaction {
            operation: stamp.operation,
            objects: Vec::new(),
            swaps: vec![
                self.head_swap(draft, Expected::Absent, head)?,
                put_record(draft.cell(RECORD_CELL)?, Expected::Absent, &record),
            ],
            audit: Some(stamp.audit("reopen-draft", &[("draft", draft.as_str())])),
        };
        let forget = Transaction {
            operation: stamp.step(1),
            objects: Vec::new(),
            swaps: vec![drop_record(&closed)],
            audit: None,
        };
        self.engine.commit(vec![open, forget]).map_err(StoreError::from)?;
        self.draft(draft)
    }
}
