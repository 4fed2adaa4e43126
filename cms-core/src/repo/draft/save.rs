//! Saving: what is typed becomes a working copy, against the version that the writer saw.

use serde::Serialize;
use serde_json::Value;

use super::{
    BEGUN_CELL, DraftError, DraftId,
    working::{OtherEditor, StoredContent, StoredWorking, Working, edit_cell},
};
use crate::repo::{
    branch::branch_head,
    commit::{translated::Surroundings, unknown_kind},
    content::{catalogue, kinds::Kinds, objects::StoreError},
    open::Repository,
    record::put_record,
    stamp::Stamp,
};
use crate::{
    document::DocumentConflict,
    engine::{Expected, Outcome, Swap, SwapValue, Transaction},
    model::{canonical, id::RevisionId, key::EntryKey},
    schema::{Violation, ViolationCode},
};

/// A pause of so long ends an editing session: what was typed before it becomes a revision.
pub const SESSION_PAUSE_MS: u64 = 30 * 60 * 1000;
/// A save that is in the way of others' first saves is tried again so often before it is told.
const ATTEMPTS_MAX: u64 = 32;

/// What to save.
#[derive(Debug, Clone)]
pub struct SaveRequest {
    /// The draft.
    pub draft: DraftId,
    /// The entry or translation.
    pub key: EntryKey,
    /// What it is to be.
    pub content: WorkingContent,
    /// The version of the working copy that the writer saw; none where there was none.
    pub expected: Option<u64>,
    /// Who, when.
    pub stamp: Stamp,
}

/// What a working copy makes of its entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkingContent {
    /// This document: JSON text, which need not be valid.
    Document(Vec<u8>),
    /// The trash.
    Deleted,
}

/// A saved working copy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Saved {
    /// Its version, to save the next one against.
    pub version: u64,
    /// What is wrong with it, so that it could not be accepted as it is.
    pub violations: Vec<Violation>,
    /// Who else works on the entry.
    pub others: Vec<OtherEditor>,
    /// The revision that the text before became, where this save began another editing session.
    pub session_ended: bool,
}

/// A save that came too late, with all that is needed to join the two.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stale {
    /// What both began from; none for a new entry.
    pub base: Option<Value>,
    /// What was to be saved.
    pub yours: Option<Value>,
    /// What is there.
    pub theirs: Option<Value>,
    /// The version of what is there; none where the working copy was committed or dropped.
    pub version: Option<u64>,
    /// Who saved what is there.
    pub author: Option<String>,
    /// The two joined; where they conflict it has yours.
    pub merged: Option<Value>,
    /// Where they conflict.
    pub conflicts: Vec<DocumentConflict>,
}

/// Why nothing was saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// The draft is closed, or not the writer's.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// It is no document, or there is no such kind.
    #[error("{}", violation.message)]
    NotADocument {
        /// What is wrong.
        violation: Violation,
    },
    /// Someone saved meanwhile.
    #[error("{key} was saved by someone else meanwhile")]
    Stale {
        /// The entry.
        key: EntryKey,
        /// Both sides.
        stale: Box<Stale>,
    },
}

impl From<StoreError> for SaveError {
    fn from(error: StoreError) -> Self {
        Self::Draft(error.into())
    }
}

impl Repository {
    /// Saves a working copy. It is durable when this returns; nothing is committed.
    ///
    /// Where another person, or the same one long ago, saved the copy before, that one becomes a revision of
    /// the draft first, so that the history has one revision an editing session.
    ///
    /// # Errors
    /// [`SaveError::Stale`] when someone else saved meanwhile; nothing is overwritten then.
    pub fn save(&self, request: &SaveRequest) -> Result<Saved, SaveError> {
        let SaveRequest { draft, key, expected, stamp, .. } = request;
        self.record_for(draft, &stamp.author)?;
        let content = match &request.content {
            WorkingContent::Deleted => StoredContent::Deleted,
            WorkingContent::Document(text) => {
                StoredContent::Document(canonical::parse(text).map_err(|error| {
                    let code = ViolationCode::NotADocument;
                    let violation = Violation::new(error.pointer, code, error.reason);
                    SaveError::NotADocument { violation }
                })?)
            }
        };
        let found = self.stored_working(draft, key)?;
        if found.as_ref().map(|(_, version)| *version) != *expected {
            let stale = Box::new(self.stale(draft, key, &content)?);
            return Err(SaveError::Stale { key: key.clone(), stale });
        }
        let ended = match &found {
            Some((before, _)) if ends_session(before, stamp) => {
                self.end_session(draft, key, before, stamp)?
            }
            _ => false,
        };
        let (kinds, row) = self.draft_state(draft, key)?;
        let Some(_) = kinds.get(key.kind())? else {
            let violation = unknown_kind(&kinds, key)?;
            return Err(SaveError::NotADocument { violation });
        };
        let violations = match &content {
            StoredContent::Document(document) if key.locale().is_some() => {
                self.judge_typed(draft, &kinds, key, document)?
            }
            StoredContent::Document(document) => self.violations(&kinds, key, document)?,
            _ => Vec::new(),
        };
        let (base, begun_ms) = match &found {
            Some((before, _)) if !ended => (before.base, before.begun_ms),
            _ => (row, stamp.time_ms),
        };
        let stored = StoredWorking {
            author: stamp.author.clone(),
            begun_ms,
            saved_ms: stamp.time_ms,
            base,
            content: content.clone(),
        };
        let expected = match &found {
            Some((_, version)) if !ended => Expected::Version(*version),
            _ => Expected::Absent,
        };
        let Some(version) = self.put_working(draft, key, expected, stored, stamp)? else {
            let stale = Box::new(self.stale(draft, key, &content)?);
            return Err(SaveError::Stale { key: key.clone(), stale });
        };
        let others = self.editors(key, Some(draft))?;
        Ok(Saved { version, violations, others, session_ended: ended })
    }

    /// What is wrong with a translation beside its source as the draft has it, typed or committed. One that could be
    /// no translation of anything is refused, like an entry of no kind.
    fn judge_typed(
        &self,
        draft: &DraftId,
        kinds: &Kinds<'_>,
        key: &EntryKey,
        document: &Value,
    ) -> Result<Vec<Violation>, SaveError> {
        let over = |key: &EntryKey| -> Result<Option<Option<Value>>, StoreError> {
            let Some((stored, _)) = self.stored_working(draft, key)? else { return Ok(None) };
            self.working_document(&stored.content).map(Some)
        };
        let around = Surroundings { kinds, catalogue: kinds.catalogue(), over: &over };
        if let Some(violation) = self.without_place(around, key)? {
            return Err(SaveError::NotADocument { violation });
        }
        Ok(self.judge_translation(around, key, document)?)
    }

    /// Drops a working copy: what is committed in the draft stands again.
    ///
    /// # Errors
    /// [`SaveError::Stale`] when it is not at the version that the writer saw.
    pub fn drop_working(
        &self,
        draft: &DraftId,
        key: &EntryKey,
        expected: u64,
        stamp: &Stamp,
    ) -> Result<(), SaveError> {
        self.record_for(draft, &stamp.author)?;
        let swap = Swap {
            cell: edit_cell(draft, key)?,
            expected: Expected::Version(expected),
            value: SwapValue::Delete,
        };
        if self.swap_draft("drop-working", draft, vec![swap], stamp)? {
            return Ok(());
        }
        let stale = Box::new(self.stale(draft, key, &StoredContent::Deleted)?);
        Err(SaveError::Stale { key: key.clone(), stale })
    }

    /// Writes a working copy; none when another was written meanwhile.
    fn put_working(
        &self,
        draft: &DraftId,
        key: &EntryKey,
        expected: Expected,
        stored: StoredWorking,
        stamp: &Stamp,
    ) -> Result<Option<u64>, DraftError> {
        let (value, beside) = stored.encode();
        let edit = Swap { cell: edit_cell(draft, key)?, expected, value };
        for number in 0..ATTEMPTS_MAX {
            let mut swaps = vec![edit.clone()];
            let mut telling = None;
            if expected == Expected::Absent {
                swaps.extend(self.begin_working(draft, key)?);
                telling = self.tell_editing(draft, key, stamp)?;
            }
            let operation = match number {
                0 => stamp.operation,
                _ => stamp.step((3 << 32) + number),
            };
            let objects = beside.clone().into_iter().collect();
            let save = Transaction { operation, objects, swaps, audit: None };
            let batch = std::iter::once(save).chain(telling).collect();
            let outcomes = self.engine.commit(batch).map_err(StoreError::from)?;
            if let Some(Outcome::Applied(applied)) = outcomes.first() {
                return Ok(Some(applied.position.0));
            }
            let found = self.engine.cell(&edit.cell).map_err(StoreError::from)?;
            if Expected::unchanged(found.as_ref()) != expected {
                return Ok(None);
            }
            // A copy of another entry was begun, or the record changed; or the draft was closed, which is told.
        }
        Err(DraftError::Refused { reason: format!("draft {draft} is too busy; try again") })
    }

    /// What the first save of an entry swaps beside it: the draft is open, and has one more working copy.
    fn begin_working(&self, draft: &DraftId, key: &EntryKey) -> Result<[Swap; 2], DraftError> {
        let record = self.record(draft)?;
        let begun = draft.cell(BEGUN_CELL)?;
        let known = self.engine.cell(&begun).map_err(StoreError::from)?;
        let expected = Expected::Version(record.version);
        Ok([
            Swap { cell: record.cell, expected, value: SwapValue::Keep },
            put_record(begun, Expected::unchanged(known.as_ref()), key),
        ])
    }

    /// Makes a working copy a revision under its writer's name.
    fn end_session(
        &self,
        draft: &DraftId,
        key: &EntryKey,
        before: &StoredWorking,
        stamp: &Stamp,
    ) -> Result<bool, SaveError> {
        let session = Stamp {
            author: before.author.clone(),
            time_ms: before.saved_ms,
            message: String::new(),
            operation: stamp.step(3),
        };
        match self.commit_working(draft, Some(std::slice::from_ref(key)), &session) {
            Ok(_) | Err(super::commit::DraftCommitError::NothingToCommit) => Ok(true),
            Err(super::commit::DraftCommitError::Draft(error)) => Err(error.into()),
            // It stays a working copy, and goes on as one.
            Err(super::commit::DraftCommitError::Refused { .. }) => Ok(false),
        }
    }

    /// The kinds in force in a draft, and the revision of an entry there.
    pub(in crate::repo) fn draft_state(
        &self,
        draft: &DraftId,
        key: &EntryKey,
    ) -> Result<(Kinds<'_>, Option<RevisionId>), DraftError> {
        let head = branch_head(self, &draft.branch())?;
        let head = head.ok_or_else(|| DraftError::Unknown { draft: draft.clone() })?;
        let root = self.commit_of(head.commit)?.catalogue;
        let row = catalogue::row(&*self.source, root, key)?;
        Ok((Kinds::at(self, root), row.map(|row| row.revision)))
    }

    /// Both sides of a save that came too late, and the two joined.
    fn stale(
        &self,
        draft: &DraftId,
        key: &EntryKey,
        content: &StoredContent,
    ) -> Result<Stale, SaveError> {
        let found: Option<Working> = self.working(draft, key)?;
        let (kinds, revision) = self.draft_state(draft, key)?;
        let of_revision = |revision: Option<RevisionId>| -> Result<Option<Value>, StoreError> {
            let Some(revision) = revision else { return Ok(None) };
            let document = self.revision(revision)?.state.document();
            document.map(|id| self.document(id)).transpose()
        };
        let base = match &found {
            Some(working) => of_revision(working.base)?,
            None => of_revision(revision)?,
        };
        let yours = self.working_document(content)?;
        let theirs = match &found {
            Some(working) => working.document.clone(),
            None => base.clone(),
        };
        let sides = [yours.clone(), base.clone(), theirs.clone()];
        let joined = self.merge_documents(&kinds, key, sides)?;
        Ok(Stale {
            base,
            yours,
            theirs,
            version: found.as_ref().map(|working| working.version),
            author: found.map(|working| working.author),
            merged: joined.document,
            conflicts: joined.conflicts,
        })
    }
}

fn ends_session(before: &StoredWorking, stamp: &Stamp) -> bool {
    before.author != stamp.author
        || stamp.time_ms.saturating_sub(before.saved_ms) > SESSION_PAUSE_MS
}
