//! Saving: what is typed becomes a working copy, checked against what its writer had read.

pub(in crate::repo) mod stale;

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::{
    BEGUN_CELL, DraftError, DraftId,
    standing::Standing,
    working::{OtherEditor, StoredConflict, StoredContent, StoredWorking, edit_cell},
};
use crate::repo::{
    branch::branch_head,
    commit::{
        conflict::CatalogueConflict,
        refusal::{not_a_document, unknown_kind},
        translated::Surroundings,
    },
    content::{catalogue, facts::Facts, findings::FindingRow, kinds::Kinds},
    draft::{commit::error::DraftCommitError, save::stale::Stale, working::tag::EntryTag},
    ground::{
        error::StoreError,
        on_branch::ATTEMPTS_MAX,
        stamp::{ENTRIES, Stamp},
    },
    record::put_record,
};
use crate::{
    document::{DocumentConflict, SettleError, Sides},
    engine::{Expected, Outcome, Swap, SwapValue, Transaction},
    model::{
        canonical::DocumentError, document::Document, id::RevisionId, key::EntryKey, name::Person,
    },
    repo::draft::Drafts,
    schema::Violation,
};

/// A pause of this many milliseconds ends an editing session: what was typed before it becomes a revision.
pub const SESSION_PAUSE_MS: u64 = 30 * 60 * 1000;

/// What to save.
#[derive(Debug, Clone)]
pub struct SaveRequest {
    /// The draft.
    pub draft: DraftId,
    /// The entry or translation.
    pub key: EntryKey,
    /// What the entry is to be.
    pub content: WorkingContent,
    /// What the writer had read.
    pub expected: EntryTag,
    /// The places in conflict, by their pointers, that this text decides. Whatever else the text changes settles
    /// nothing.
    pub settles: Vec<String>,
    /// Who saves, and when.
    pub stamp: Stamp,
}

/// What a working copy makes of its entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkingContent {
    /// This document, which need not be valid. A text that is not a document is refused, once the draft is known to be
    /// the writer's.
    Document(Result<Document, DocumentError>),
    /// The entry goes into the trash.
    Deleted,
}

/// A saved working copy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Saved {
    /// Its version, against which the next save is made.
    pub version: u64,
    /// What is wrong with it, so that it could not be accepted as it is.
    pub violations: Vec<Violation>,
    /// What could be better about it, except matters of style and what was dismissed; empty while something is wrong
    /// with it.
    pub findings: Vec<FindingRow>,
    /// The places in conflict that are still to be settled.
    pub conflicts: Vec<DocumentConflict>,
    /// What does not fit together around the entry: an address that is taken, a link to nothing.
    pub clashes: Vec<CatalogueConflict>,
    /// The other people who work on the entry.
    pub others: Vec<OtherEditor>,
    /// Whether the previous text became a revision, because this save began another editing session.
    pub session_ended: bool,
}

/// Why nothing was saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// The draft is closed, or not the writer's.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// It is not a document, its kind does not exist, or it was taken down.
    #[error("{}", violation.message)]
    NotADocument {
        /// What is wrong with it.
        violation: Violation,
    },
    /// Someone saved, or the entry changed in the draft, since the writer read it.
    #[error("{key} has changed since it was read")]
    Stale {
        /// The entry.
        key: EntryKey,
        /// What the writer had read, wrote, and what is there.
        stale: Box<Stale>,
    },
    /// The entry is in the trash: it has to be taken out first, or a new entry needs another id.
    #[error("{key} is in the trash: take it out first, or give the new entry another id")]
    InTrash {
        /// The entry.
        key: EntryKey,
    },
    /// A place that the save names as settled is not in conflict.
    #[error("{source}")]
    NotConflicted {
        /// The error, which names the place.
        source: SettleError,
    },
}

impl From<StoreError> for SaveError {
    fn from(error: StoreError) -> Self {
        Self::Draft(error.into())
    }
}

/// The verb of the record that somebody began to write an entry in a draft. Of one editing session the first save is on
/// record; what came of the session is the revision that it becomes.
const SAVED: &str = "save-draft";

/// A working copy to write.
struct Write {
    /// The copy that was read.
    expected: Expected,
    stored: StoredWorking,
    /// The record of it, where it begins an editing session.
    audit: Option<bytes::Bytes>,
}

/// What a save makes of its entry, and what remains to be settled.
struct NewContent {
    content: Option<Document>,
    conflict: Option<StoredConflict>,
    conflicts: Vec<DocumentConflict>,
}

impl Drafts<'_> {
    /// Saves a working copy. It is durable when this returns; nothing is committed.
    ///
    /// If another person saved the copy before, or the same person did long ago, then that copy becomes a revision of
    /// the draft first, so that the history has one revision for each editing session.
    ///
    /// # Errors
    /// [`SaveError::Stale`] when the entry is not what the writer had read; nothing is overwritten.
    pub fn save(&self, request: &SaveRequest) -> Result<Saved, SaveError> {
        let SaveRequest { draft, key, expected, stamp, .. } = request;
        self.record_for(draft, &stamp.author)?;
        let content = content_of(&request.content)?;
        let mut standing = self.standing(draft, key)?;
        if standing.kinds.get(key.kind())?.is_none() {
            let violation = unknown_kind(&standing.kinds, key)?;
            return Err(SaveError::NotADocument { violation });
        }
        if let Some(document) = &content {
            self.must_have_place(draft, &standing)?;
            let id = document.id().object_id();
            if let Some(violation) = self.repository.taken_down_before(id, "this document")? {
                return Err(SaveError::NotADocument { violation });
            }
        }
        self.must_have_read(draft, &standing, *expected, content.as_ref())?;
        let mut new = self.new_content(&standing, &request.settles, content.clone())?;
        let mut session_ended = false;
        if let Some((before, _)) = &standing.working
            && ends_session(before, stamp)
            && self.end_session(draft, key, before, stamp)?
        {
            session_ended = true;
            // Ending the session may have merged what was typed with what the branch had gained.
            standing = self.standing(draft, key)?;
            self.must_have_read(draft, &standing, *expected, content.as_ref())?;
            new = self.new_content(&standing, &request.settles, content)?;
        }
        let violations = match &new.content {
            Some(document) if key.locale().is_some() => {
                self.judge_typed(draft, &standing.kinds, key, document)?
            }
            Some(document) => self.repository.violations(&standing.kinds, key, document)?,
            None => Vec::new(),
        };
        let findings = match &new.content {
            Some(document) if violations.is_empty() => {
                self.findings_of_save(draft, &standing.kinds, key, document)?
            }
            _ => Vec::new(),
        };
        let (base, begun_ms, swapped) = match &standing.working {
            Some((before, version)) => (before.base, before.begun_ms, Expected::Version(*version)),
            None => (standing.row.map(|row| row.revision), stamp.time_ms, Expected::Absent),
        };
        let trail = self.trail_to(draft, &standing, new.content.as_ref())?;
        let stored = StoredWorking {
            author: stamp.author.to_string(),
            begun_ms,
            saved_ms: stamp.time_ms,
            base,
            content: StoredContent::of_document(new.content.as_ref()),
            conflict: new.conflict,
            trail,
        };
        let begins =
            standing.working.as_ref().is_none_or(|(before, _)| ends_session(before, stamp));
        let names = [("draft", draft.as_str()), (ENTRIES, &*key.to_string())];
        let audit = begins.then(|| stamp.audit(SAVED, &names));
        let write = Write { expected: swapped, stored, audit };
        let Some(version) = self.put_working(draft, key, write, stamp)? else {
            let standing = self.standing(draft, key)?;
            self.must_have_read(draft, &standing, *expected, new.content.as_ref())?;
            return Err(DraftError::busy(draft).into());
        };
        let clashes = self.clashes(draft, &standing, new.content.as_ref())?;
        let others = self.editors(key, Some(draft))?;
        let conflicts = new.conflicts;
        Ok(Saved { version, violations, findings, conflicts, clashes, others, session_ended })
    }

    /// What does not fit together around an entry that was just saved, if its links or its slug changed.
    fn clashes(
        &self,
        draft: &DraftId,
        standing: &Standing<'_>,
        saved: Option<&Document>,
    ) -> Result<Vec<CatalogueConflict>, DraftError> {
        let key = standing.key;
        let kind = standing.kinds.get(key.kind())?.filter(|_| key.locale().is_none());
        let Some(kind) = kind else { return Ok(Vec::new()) };
        let facts = saved.map(|document| Arc::new(Facts::of(&kind.schema, document)));
        let before = self.repository.facts_before(&standing.kinds, key, standing.row)?;
        if facts == before {
            return Ok(Vec::new());
        }
        // Other working copies count too: a link to an entry that is only typed so far leads somewhere.
        let mut found = self.typed_conflicts(draft)?;
        found.retain(|conflict| conflict.entries.contains(key));
        Ok(found)
    }

    /// Refuses a save whose writer had not read what is there now.
    fn must_have_read(
        &self,
        draft: &DraftId,
        standing: &Standing<'_>,
        expected: EntryTag,
        yours: Option<&Document>,
    ) -> Result<(), SaveError> {
        let key = standing.key;
        if standing.is_in_trash() {
            return Err(SaveError::InTrash { key: key.clone() });
        }
        match self.stale(draft, standing, expected, yours)? {
            None => Ok(()),
            Some(stale) => Err(SaveError::Stale { key: key.clone(), stale: Box::new(stale) }),
        }
    }

    /// What a typed text makes of the entry: if the entry is in conflict, the text's changes go into every side of it.
    fn new_content(
        &self,
        standing: &Standing<'_>,
        settles: &[String],
        typed: Option<Document>,
    ) -> Result<NewContent, SaveError> {
        let Some(terms) = standing.terms()? else {
            if let Some(pointer) = settles.first() {
                let source = SettleError::NoConflict { pointer: pointer.clone() };
                return Err(SaveError::NotConflicted { source });
            }
            // A working copy that settled a conflict keeps the record of that.
            let conflict =
                standing.working.as_ref().and_then(|(stored, _)| stored.conflict.clone());
            return Ok(NewContent { content: typed, conflict, conflicts: Vec::new() });
        };
        let (kinds, key) = (&standing.kinds, standing.key);
        let carried = self.repository.carry_document(kinds, key, &terms, settles, typed)?;
        let carried = carried.map_err(|source| SaveError::NotConflicted { source })?;
        let Sides { base, ours: content, theirs } = carried.terms;
        let conflict = if carried.conflicts.is_empty() {
            StoredConflict::Settled
        } else {
            StoredConflict::Left {
                base: StoredContent::of_document(base.as_ref()),
                theirs: StoredContent::of_document(theirs.as_ref()),
            }
        };
        Ok(NewContent { content, conflict: Some(conflict), conflicts: carried.conflicts })
    }

    /// Refuses a translation that can't belong to anything, as an entry of an unknown kind is refused.
    fn must_have_place(&self, draft: &DraftId, standing: &Standing<'_>) -> Result<(), SaveError> {
        let over = |key: &EntryKey| self.as_typed(draft, key);
        let kinds = &standing.kinds;
        let around = Surroundings { kinds, catalogue: kinds.catalogue(), over: &over };
        match self.repository.without_place(around, standing.key)? {
            Some(violation) => Err(SaveError::NotADocument { violation }),
            None => Ok(()),
        }
    }

    /// What is wrong with a translation, judged with its source as the draft has it, typed or committed.
    pub(super) fn judge_typed(
        &self,
        draft: &DraftId,
        kinds: &Kinds<'_>,
        key: &EntryKey,
        document: &Value,
    ) -> Result<Vec<Violation>, StoreError> {
        let over = |key: &EntryKey| self.as_typed(draft, key);
        let around = Surroundings { kinds, catalogue: kinds.catalogue(), over: &over };
        self.repository.judge_translation(around, key, document)
    }

    /// An entry as it is typed in a draft; the outer `None` when nobody types it.
    fn as_typed(
        &self,
        draft: &DraftId,
        key: &EntryKey,
    ) -> Result<Option<Option<Document>>, StoreError> {
        let Some((stored, _)) = self.stored_working(draft, key)? else { return Ok(None) };
        self.working_document(&stored.content).map(Some)
    }

    /// Drops a working copy: the draft shows what is committed again. `expected` is the version of the working copy that
    /// was seen; no other tag names one.
    ///
    /// # Errors
    /// [`SaveError::Stale`] when it is not at the version that the writer saw.
    pub fn drop_working(
        &self,
        draft: &DraftId,
        key: &EntryKey,
        expected: EntryTag,
        stamp: &Stamp,
    ) -> Result<(), SaveError> {
        self.record_for(draft, &stamp.author)?;
        let mut seen = EntryTag::Unknown;
        if let EntryTag::Working(version) = expected {
            let cell = edit_cell(draft, key)?;
            let expected = Expected::Version(version);
            let swap = Swap { cell, expected, value: SwapValue::Delete };
            let names = [("draft", draft.as_str()), (ENTRIES, &*key.to_string())];
            let audit = stamp.audit("drop-working", &names);
            let swaps = vec![swap];
            if self.repository.swap_records(stamp.operation, swaps, Some(audit))?.is_some() {
                return Ok(());
            }
            seen = EntryTag::Working(version);
        }
        let standing = self.standing(draft, key)?;
        match self.stale(draft, &standing, seen, None)? {
            Some(stale) => Err(SaveError::Stale { key: key.clone(), stale: Box::new(stale) }),
            None => Err(DraftError::CommittedMeanwhile { key: key.clone() }.into()),
        }
    }

    /// Writes a working copy; `None` when another was written meanwhile.
    fn put_working(
        &self,
        draft: &DraftId,
        key: &EntryKey,
        write: Write,
        stamp: &Stamp,
    ) -> Result<Option<u64>, DraftError> {
        let Write { expected, stored, audit } = write;
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
            let (objects, audit) = (beside.clone(), audit.clone());
            let save = Transaction { operation, objects, swaps, audit };
            let batch = std::iter::once(save).chain(telling).collect();
            let outcomes = self.repository.engine.commit(batch).map_err(StoreError::from)?;
            if let Some(Outcome::Applied(applied)) = outcomes.first() {
                return Ok(Some(applied.position.0));
            }
            let found = self.repository.engine.cell(&edit.cell).map_err(StoreError::from)?;
            if Expected::unchanged(found.as_ref()) != expected {
                return Ok(None);
            }
            // A working copy of another entry was begun, or the record changed; or the draft was closed, which the next
            // attempt reports.
        }
        Err(DraftError::busy(draft))
    }

    /// The swaps that go with the first save of an entry: the draft must be open, and it has one more working copy.
    fn begin_working(&self, draft: &DraftId, key: &EntryKey) -> Result<[Swap; 2], DraftError> {
        let record = self.record(draft)?;
        let begun = draft.cell(BEGUN_CELL)?;
        let known = self.repository.engine.cell(&begun).map_err(StoreError::from)?;
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
            author: Person::recorded(&before.author),
            time_ms: before.saved_ms,
            message: String::new(),
            operation: stamp.step(3),
            holder: crate::access::Holder::Machine,
            origin: crate::repo::ground::origin::Origin::default(),
        };
        match self.commit_working(draft, Some(std::slice::from_ref(key)), &session) {
            Ok(_) | Err(DraftCommitError::NothingToCommit) => Ok(true),
            Err(DraftCommitError::Draft(error)) => Err(error.into()),
            // It stays a working copy, and the writer continues it.
            Err(DraftCommitError::Refused { .. }) => Ok(false),
        }
    }

    /// The kinds in force in a draft, and the revision of an entry there.
    pub(in crate::repo) fn state(
        &self,
        draft: &DraftId,
        key: &EntryKey,
    ) -> Result<(Kinds<'_>, Option<RevisionId>), DraftError> {
        let head = branch_head(self.repository, &draft.branch())?;
        let head = head.ok_or_else(|| self.not_open(draft))?;
        let root = self.repository.commit_of(head.commit)?.catalogue;
        let row = catalogue::row(&*self.repository.source, root, key)?;
        Ok((Kinds::at(self.repository, root), row.map(|row| row.revision)))
    }
}

fn content_of(content: &WorkingContent) -> Result<Option<Document>, SaveError> {
    match content {
        WorkingContent::Deleted => Ok(None),
        WorkingContent::Document(Ok(document)) => Ok(Some(document.clone())),
        WorkingContent::Document(Err(error)) => {
            Err(SaveError::NotADocument { violation: not_a_document(error) })
        }
    }
}

fn ends_session(before: &StoredWorking, stamp: &Stamp) -> bool {
    stamp.author != *before.author
        || stamp.time_ms.saturating_sub(before.saved_ms) > SESSION_PAUSE_MS
}
