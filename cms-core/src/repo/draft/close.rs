//! Closing a draft, and opening it again.
//!
//! Invariants:
//! 1. A draft closes only in the state in which it was read. Its cells, the cell that names the working copy begun last
//!    included, are removed at the versions that were read, so that closing removes nothing that was saved or committed
//!    meanwhile.
//! 2. A draft is merged or discarded, never both. Its cells and those of `main` are in different groups, so that no one
//!    transaction decides it. A merge asks whether the draft is open after it has read where `main` is; discarding
//!    closes the draft first and then swaps `main` for itself. A merge that came too late loses its
//!    swap and asks again; one that came first is on `main` by then, and the draft is recorded as merged.
//! 3. What a draft was closed as is written over only by a merge of the same commit, which is on `main`.

use super::{
    BEGUN_CELL, DraftError, DraftId, RECORD_CELL,
    record::{Draft, StoredDraft},
    working::edited_key,
};
use crate::repo::{
    branch::{branch_head, branch_swap},
    draft::{commit::error::DraftCommitError, state::DraftState},
    ground::{error::StoreError, on_branch::ATTEMPTS_MAX, stamp::Stamp},
    record::{Record, drop_record, put_record},
};
use crate::{
    engine::{CellName, Expected, Group, Outcome, Swap, SwapValue, Transaction},
    model::{id::CommitId, name::Branch},
    repo::draft::Drafts,
};

const CLOSED_GROUP: &str = "closed/";
/// Steps of an attempt from here on swap `main` for itself.
const PASSING: u64 = 300;

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
    /// first. A draft whose commits `main` has is recorded as merged instead.
    ///
    /// # Errors
    /// [`DraftError::WrongState`] when it was closed before or is merged, also by a merge at the same time. After any
    /// other error the draft is open.
    pub fn discard(&self, draft: &DraftId, stamp: &Stamp) -> Result<Draft, DraftError> {
        let fate = self.repository.fates.of(draft);
        let _turn = fate.lock();
        for number in 0..ATTEMPTS_MAX {
            let before = Stamp { operation: stamp.step(2 * number), ..stamp.clone() };
            match self.commit(draft, None, &before) {
                Ok(_) | Err(DraftCommitError::NothingToCommit) => {}
                Err(DraftCommitError::Draft(error)) => return Err(error),
                Err(DraftCommitError::Refused { refusals }) => {
                    return Err(DraftError::Changes { refusals });
                }
            }
            let begun_from = self.record(draft)?.value.begun_from;
            let head = branch_head(self.repository, &draft.branch())?;
            let head = head.ok_or_else(|| self.not_open(draft))?.commit;
            let last = Stamp { operation: stamp.step(2 * number + 1), ..stamp.clone() };
            let state = match self.is_on_main(begun_from, head)? {
                true => DraftState::Merged,
                false => DraftState::Discarded,
            };
            if self.close(draft, state, head, &last)? == Closing::GoesOn {
                continue;
            }
            if state == DraftState::Discarded {
                self.pass_main(draft, stamp)?;
                if !self.is_on_main(begun_from, head)? {
                    return self.one(draft);
                }
                let merged = Stamp { operation: stamp.step(PASSING - 1), ..stamp.clone() };
                self.close(draft, DraftState::Merged, head, &merged)?;
            }
            return Err(self.not_open(draft));
        }
        Err(DraftError::busy(draft))
    }

    /// Whether a draft has commits of its own, and `main` has them all.
    fn is_on_main(&self, begun_from: CommitId, head: CommitId) -> Result<bool, StoreError> {
        let Some(main) = branch_head(self.repository, &Branch::Main)? else { return Ok(false) };
        Ok(begun_from != head && self.repository.is_ancestor(head, main.commit)?)
    }

    /// Swaps `main` for itself: a merge that had read it before loses its swap, and looks at the draft again.
    fn pass_main(&self, draft: &DraftId, stamp: &Stamp) -> Result<(), DraftError> {
        let passed = self.repository.on_branch::<_, StoreError>(&Branch::Main, |lost| {
            let Some(main) = branch_head(self.repository, &Branch::Main)? else {
                return Ok(Some(()));
            };
            let swap = branch_swap(&Branch::Main, Expected::Version(main.version), main.commit)
                .map_err(|_| StoreError::Row { what: "the branch main".to_owned() })?;
            let operation = stamp.step(PASSING + lost);
            Ok(self.repository.swap_records(operation, vec![swap], None)?.map(drop))
        })?;
        passed.ok_or_else(|| DraftError::busy(draft))
    }

    /// Closes a draft that is still at this commit with nothing typed since: its record moves to the closed ones, then
    /// its cells are removed. Otherwise the draft stays open.
    ///
    /// # Errors
    /// [`DraftError::WrongState`] when it was closed before as something else.
    pub(in crate::repo) fn close(
        &self,
        draft: &DraftId,
        state: DraftState,
        at: CommitId,
        stamp: &Stamp,
    ) -> Result<Closing, DraftError> {
        for number in 0.. {
            // Read before the record: whoever closes the draft after that has changed this too.
            let closed = closed_cell(draft)?;
            let known = self.repository.engine.cell(&closed).map_err(StoreError::from)?;
            let mut record = match self.record(draft) {
                Err(DraftError::WrongState { .. }) => {
                    let operation = stamp.step(2 * number);
                    match self.closed_as(draft, state, at, Stamp { operation, ..stamp.clone() })? {
                        Some(closing) => return Ok(closing),
                        None => continue,
                    }
                }
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
            }
            if outcomes.iter().all(|outcome| matches!(outcome, Outcome::Applied(_))) {
                break;
            }
        }
        Ok(Closing::Closed)
    }

    /// What closing comes to where the draft is closed already; none where that changed meanwhile.
    fn closed_as(
        &self,
        draft: &DraftId,
        state: DraftState,
        at: CommitId,
        stamp: Stamp,
    ) -> Result<Option<Closing>, DraftError> {
        let Record { cell, version, value: mut record } = self.closed(draft)?;
        let is_late = state == DraftState::Merged && record.closed_at == Some(at);
        match record.state {
            DraftState::Merged if state == DraftState::Merged => Ok(Some(Closing::Closed)),
            DraftState::Discarded if is_late => {
                record.state = state;
                record.changed_ms = stamp.time_ms;
                let swap = put_record(cell, Expected::Version(version), &record);
                let names = [("draft", draft.as_str())];
                let audit = Some(stamp.audit("close-draft", &names));
                let swapped = self.repository.swap_records(stamp.operation, vec![swap], audit)?;
                Ok(swapped.map(|_| Closing::Closed))
            }
            found => Err(DraftError::WrongState { draft: draft.clone(), state: found }),
        }
    }

    /// Reopens a discarded draft, as it was when it was discarded.
    ///
    /// # Errors
    /// [`DraftError::WrongState`] when it is open or merged; nothing is changed then.
    pub fn reopen(&self, draft: &DraftId, stamp: &Stamp) -> Result<Draft, DraftError> {
        let fate = self.repository.fates.of(draft);
        let _turn = fate.lock();
        let wrong = |state| DraftError::WrongState { draft: draft.clone(), state };
        let closed = match self.closed(draft) {
            Err(DraftError::Unknown { .. }) => {
                self.record_for(draft, &stamp.author)?;
                return Err(wrong(DraftState::Open));
            }
            other => other?,
        };
        let mut record = closed.value.clone();
        if !record.admits(&stamp.author) {
            let person = stamp.author.clone();
            return Err(DraftError::NotAMember { draft: draft.clone(), person });
        }
        if record.state != DraftState::Discarded {
            return Err(wrong(record.state));
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
        let outcomes = self.repository.engine.commit(vec![open, forget]);
        let draft = self.one(draft)?;
        match outcomes.map_err(StoreError::from)?.first() {
            Some(Outcome::Applied(_)) => Ok(draft),
            // Somebody else reopened it first.
            _ => Err(wrong(draft.state)),
        }
    }
}
