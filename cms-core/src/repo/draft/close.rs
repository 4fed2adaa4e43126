//! Closing a draft, and opening it again.
//!
//! Invariants:
//! 1. A draft closes only in the state in which it was read. Its cells, the cell that names the working copy begun last
//!    included, are removed at the versions that were read, so that closing removes nothing that was saved or committed
//!    meanwhile.

use super::{
    BEGUN_CELL, DraftError, DraftId, RECORD_CELL,
    record::{Draft, StoredDraft},
    working::edited_key,
};
use crate::repo::{
    branch::branch_head,
    draft::{commit::error::DraftCommitError, state::DraftState},
    ground::{error::StoreError, on_branch::ATTEMPTS_MAX, stamp::Stamp},
    record::{Record, drop_record, put_record},
};
use crate::{
    engine::{CellName, Expected, Group, Outcome, Swap, SwapValue, Transaction},
    model::id::CommitId,
    repo::draft::Drafts,
};

const CLOSED_GROUP: &str = "closed/";

/// Whether a draft was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::repo) enum Closing {
    /// The draft is closed, or was closed before.
    Closed,
    /// Something was typed or committed since, and the draft stays open with it.
    GoesOn,
}

fn closed_cell(draft: &DraftId) -> Result<CellName, StoreError> {
    let row = |_| StoreError::Row { what: format!("the record of draft {draft}") };
    let group = format!("{CLOSED_GROUP}{draft}").parse::<Group>().map_err(row)?;
    group.cell(RECORD_CELL).map_err(row)
}

impl Drafts<'_> {
    /// A closed draft's record.
    pub(super) fn closed(&self, draft: &DraftId) -> Result<Record<StoredDraft>, DraftError> {
        let found = self.repository.stored_record(closed_cell(draft)?)?;
        found.ok_or_else(|| DraftError::Unknown { draft: draft.clone() })
    }

    /// Discards a draft. Its commits are kept, so that it can be reopened; uncommitted working copies become revisions
    /// first.
    ///
    /// # Errors
    /// [`DraftError`]; the draft stays open.
    pub fn discard(&self, draft: &DraftId, stamp: &Stamp) -> Result<Draft, DraftError> {
        for number in 0..ATTEMPTS_MAX {
            let before = Stamp { operation: stamp.step(2 * number), ..stamp.clone() };
            match self.commit(draft, None, &before) {
                Ok(_) | Err(DraftCommitError::NothingToCommit) => {}
                Err(DraftCommitError::Draft(error)) => return Err(error),
                Err(DraftCommitError::Refused { refusals }) => {
                    return Err(DraftError::Changes { refusals });
                }
            }
            let unknown = || DraftError::Unknown { draft: draft.clone() };
            let head = branch_head(self.repository, &draft.branch())?.ok_or_else(unknown)?;
            let last = Stamp { operation: stamp.step(2 * number + 1), ..stamp.clone() };
            if self.close(draft, DraftState::Discarded, head.commit, &last)? == Closing::Closed {
                return self.one(draft);
            }
        }
        Err(DraftError::busy(draft))
    }

    /// Closes a draft that is still at this commit with nothing typed since: its record moves to the closed ones, then
    /// its cells are removed. Otherwise the draft stays open.
    pub(in crate::repo) fn close(
        &self,
        draft: &DraftId,
        state: DraftState,
        at: CommitId,
        stamp: &Stamp,
    ) -> Result<Closing, DraftError> {
        for number in 0.. {
            let mut record = match self.record(draft) {
                Err(DraftError::Unknown { .. }) => return Ok(Closing::Closed),
                other => other?.value,
            };
            let cells = self.cells(draft)?;
            let head = branch_head(self.repository, &draft.branch())?;
            let is_typed = cells.iter().any(|(name, _)| edited_key(name).is_some());
            if is_typed || head.is_some_and(|head| head.commit != at) {
                return Ok(Closing::GoesOn);
            }
            record.state = state;
            record.closed_at = Some(at);
            record.changed_ms = stamp.time_ms;
            let closed = closed_cell(draft)?;
            let known = self.repository.engine.cell(&closed).map_err(StoreError::from)?;
            let archive = Transaction {
                operation: stamp.step(2 * number),
                objects: Vec::new(),
                swaps: vec![put_record(closed, Expected::unchanged(known.as_ref()), &record)],
                audit: None,
            };
            let begun = draft.cell(BEGUN_CELL)?;
            let mut swaps = Vec::new();
            if cells.iter().all(|(name, _)| *name != begun) {
                // Nothing was ever typed, so no working copy may have been begun meanwhile.
                let (expected, value) = (Expected::Absent, SwapValue::Keep);
                swaps.push(Swap { cell: begun, expected, value });
            }
            swaps.extend(cells.into_iter().map(|(cell, row)| Swap {
                cell,
                expected: Expected::Version(row.version),
                value: SwapValue::Delete,
            }));
            let remove = Transaction {
                operation: stamp.step(2 * number + 1),
                objects: Vec::new(),
                swaps,
                audit: Some(stamp.audit("close-draft", &[("draft", draft.as_str())])),
            };
            let outcomes =
                self.repository.engine.commit(vec![archive, remove]).map_err(StoreError::from)?;
            if matches!(outcomes.last(), Some(Outcome::Applied(_))) {
                self.forget_editing(draft, [record.begun_from, at], stamp)?;
                break;
            }
        }
        Ok(Closing::Closed)
    }

    /// Reopens a discarded draft, as it was when it was discarded.
    ///
    /// # Errors
    /// [`DraftError::Unknown`] when there is no such discarded draft.
    pub fn reopen(&self, draft: &DraftId, stamp: &Stamp) -> Result<Draft, DraftError> {
        let closed = self.closed(draft)?;
        let mut record = closed.value.clone();
        if !record.admits(&stamp.author) {
            let person = stamp.author.clone();
            return Err(DraftError::NotAMember { draft: draft.clone(), person });
        }
        if record.state != DraftState::Discarded {
            return Err(DraftError::WrongState { draft: draft.clone(), state: record.state });
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
        self.repository.engine.commit(vec![open, forget]).map_err(StoreError::from)?;
        self.one(draft)
    }
}
