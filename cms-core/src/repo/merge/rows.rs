//! Merging catalogues row by row: what only one side changed is taken as it is, revision included; what both changed is
//! merged by its schema.
//!
//! Invariants:
//! 1. The cost follows what both sides changed since they parted, not the size of the content.
//! 2. Merging by one schema gives the same rows, whichever commit the work was done on, so a merge that lost a race
//!    keeps its results.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use serde_json::Value;

use super::parted::Parted;
use crate::repo::{
    commit::{
        prepared::{After, NewDocument, Prepared},
        translated::Surroundings,
    },
    content::{
        catalogue::{CatalogueRow, RowState},
        kinds::Kinds,
    },
    ground::{error::StoreError, repository::Repository},
};
use crate::{
    document::Sides,
    model::{
        document::Document,
        id::DocumentId,
        key::{EntryKey, Kind},
        revision::RevisionState,
    },
    repo::merge::triple::Triple,
    schema::{Violation, translation::Translation},
};

/// The result of merging one entry.
pub(in crate::repo) enum MergedRow {
    /// Our row stays.
    Ours,
    /// The change that makes our row the merged one.
    Change(Box<Prepared>),
    /// An earlier, unresolved conflict in an entry that the other side changed again.
    Unfinished,
}

/// The documents of a merge; `None` stands for no entry.
type Documents = Sides<Option<DocumentId>>;

/// Which documents were joined, and by which schema: between two attempts another writer may change the schema.
type Asked = (EntryKey, Documents, Option<DocumentId>);

/// Results of this merge, kept across attempts.
#[derive(Default)]
pub(in crate::repo) struct Worked {
    joined: HashMap<Asked, Arc<Joined>>,
    /// How many entries were merged document by document.
    pub(in crate::repo) computed_count: u64,
}

struct Joined {
    document: Option<Document>,
    is_in_conflict: bool,
    /// What is wrong with the joined document by itself.
    violations: Vec<Violation>,
    /// Whether a side was already invalid by itself, so that joining the two is not the cause.
    was_before: bool,
}

impl Joined {
    /// Whether the two sides are joined completely.
    fn is_whole(&self) -> bool {
        !self.is_in_conflict && (self.violations.is_empty() || self.was_before)
    }
}

/// Merges rows by the kinds in force.
pub(in crate::repo) struct RowMerger<'a> {
    pub(in crate::repo) repository: &'a Repository,
    pub(in crate::repo) kinds: &'a Kinds<'a>,
    pub(in crate::repo) parted: &'a Parted,
    /// Kinds that one of the sides changed. Documents are brought to the version in force after the merge before they
    /// are compared, so that words under a field's earlier name arrive under its present one.
    pub(in crate::repo) moved: BTreeSet<Kind>,
    pub(in crate::repo) worked: &'a mut Worked,
}

impl RowMerger<'_> {
    pub(in crate::repo) fn merge(&mut self, triple: &Triple) -> Result<MergedRow, StoreError> {
        let Triple { key, ours, theirs, .. } = triple;
        let states = triple.states();
        let same = states.ours == states.theirs && states.ours != Some(RowState::Conflicted);
        let schema = self.kinds.get(key.kind())?.and_then(|kind| kind.document);
        let mut change = Prepared::new(key.clone(), *ours, schema);
        if same || states.theirs == states.base {
            let Some(brought) = self.brought(key, states.ours)? else { return Ok(MergedRow::Ours) };
            change.after = After::Document(brought);
            return Ok(MergedRow::Change(Box::new(change)));
        }
        if states.ours == states.base {
            change.after = After::Taken(*theirs);
            if let Some(brought) = self.brought(key, states.theirs)? {
                change.merged.extend(theirs.map(|row| row.revision));
                change.after = After::Document(brought);
            }
            return Ok(MergedRow::Change(Box::new(change)));
        }
        change.merged.extend(theirs.map(|row| row.revision));
        let Some(documents) = self.documents(triple)? else { return Ok(MergedRow::Unfinished) };
        let joined = self.joined(key, documents)?;
        change.derived_from = self.derived_from(theirs)?;
        change.after = match &joined.document {
            _ if !joined.is_whole() => self.conflict(key, documents)?,
            None => After::Deleted,
            Some(document) => {
                let known = [documents.ours, documents.theirs].contains(&Some(document.id()));
                change.judged = Some(joined.violations.clone());
                After::Document(match known {
                    true => NewDocument::Stored(document.id()),
                    false => NewDocument::Unwritten(document.clone()),
                })
            }
        };
        if change.state() == states.ours && states.ours != Some(RowState::Conflicted) {
            // The other side brings nothing new; its revision is not lost, because the commit names it.
            return Ok(MergedRow::Ours);
        }
        Ok(MergedRow::Change(Box::new(change)))
    }

    /// The documents of the two sides and the base; `None` when an earlier conflict is in the way.
    fn documents(&self, triple: &Triple) -> Result<Option<Documents>, StoreError> {
        let of = |state: Option<RowState>| match state {
            Some(RowState::Resolved(id)) => Some(id),
            _ => None,
        };
        let states = triple.states();
        if states.theirs == Some(RowState::Conflicted) {
            return Ok(None);
        }
        let documents = states.map(of);
        let Some(row) = triple.ours.filter(|row| row.state == RowState::Conflicted) else {
            return Ok(Some(documents));
        };
        let RevisionState::Conflicted(terms) = self.repository.revision(row.revision)?.state else {
            return Ok(None);
        };
        // The merge of (ours - before + base) and (theirs - base). If the conflict is with the state where the two
        // lines parted, that term gives way to what it has become since.
        let Some(before) = Sides::of_terms(&terms) else { return Ok(None) };
        let gives_way = before.theirs == documents.base
            || self.read(&triple.key, before.theirs)? == self.read(&triple.key, documents.base)?;
        Ok(gives_way.then_some(Sides { theirs: documents.theirs, ..before }))
    }

    fn joined(&mut self, key: &EntryKey, documents: Documents) -> Result<Arc<Joined>, StoreError> {
        let schema = self.kinds.get(key.kind())?.and_then(|kind| kind.document);
        let asked = (key.clone(), documents, schema);
        if let Some(known) = self.worked.joined.get(&asked) {
            return Ok(Arc::clone(known));
        }
        let sides = documents.try_map(|id| self.read(key, id))?;
        let merged = self.repository.merge_documents(self.kinds, key, sides)?;
        self.worked.computed_count += 1;
        let is_in_conflict = !merged.conflicts.is_empty();
        let violations = match merged.document.as_ref().filter(|_| !is_in_conflict) {
            Some(document) => self.violations(key, document)?,
            None => Vec::new(),
        };
        let was_before = !violations.is_empty() && self.was_before(key, documents)?;
        let document = merged.document;
        let joined = Arc::new(Joined { document, is_in_conflict, violations, was_before });
        self.worked.joined.insert(asked, Arc::clone(&joined));
        Ok(joined)
    }

    /// What is wrong with a document by itself.
    fn violations(&self, key: &EntryKey, document: &Value) -> Result<Vec<Violation>, StoreError> {
        if key.locale().is_some() {
            // It is not settled yet with which source the translation will be.
            return Ok(Translation::parse(document).err().unwrap_or_default());
        }
        self.repository.violations(self.kinds, key, document)
    }

    /// Whether something is wrong with one of the sides by itself.
    fn was_before(&self, key: &EntryKey, documents: Documents) -> Result<bool, StoreError> {
        if key.locale().is_some() {
            return Ok(false);
        }
        for side in [documents.ours, documents.theirs] {
            if let Some(side) = self.read(key, side)?
                && !self.violations(key, &side)?.is_empty()
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A document, brought to the version of its kind that is in force after the merge.
    fn read(&self, key: &EntryKey, id: Option<DocumentId>) -> Result<Option<Document>, StoreError> {
        let Some(id) = id else { return Ok(None) };
        let document = match self.parted.made.get(&id) {
            Some(document) => document.clone(),
            None => self.repository.stored_document(id)?,
        };
        Ok(Some(self.bring(key, &document)?.unwrap_or(document)))
    }

    /// A document brought to today's version of its kind; `None` when it is of that version already.
    fn bring(&self, key: &EntryKey, document: &Document) -> Result<Option<Document>, StoreError> {
        if !self.moved.contains(key.kind()) {
            return Ok(None);
        }
        let Some(kind) = self.kinds.get(key.kind())? else { return Ok(None) };
        let brought = match key.locale() {
            None if !kind.schema.has_earlier_forms() => None,
            None => {
                let mut value = document.clone().into_value();
                kind.schema.bring(&mut value).then_some(value)
            }
            Some(_) => kind.schema.with_addresses_renamed(document),
        };
        Ok(brought.map(Document::of))
    }

    /// The change that brings a row's document to today's version of its kind; `None` when it is of that version
    /// already.
    fn brought(
        &self,
        key: &EntryKey,
        state: Option<RowState>,
    ) -> Result<Option<NewDocument>, StoreError> {
        let Some(RowState::Resolved(id)) = state.filter(|_| self.moved.contains(key.kind())) else {
            return Ok(None);
        };
        let document = self.repository.stored_document(id)?;
        Ok(self.bring(key, &document)?.map(NewDocument::Unwritten))
    }

    fn conflict(&self, key: &EntryKey, documents: Documents) -> Result<After, StoreError> {
        let sides = documents.try_map(|id| {
            let is_stored = id.is_none_or(|id| !self.parted.made.contains_key(&id));
            if is_stored && !self.moved.contains(key.kind()) {
                return Ok::<_, StoreError>(id.map(NewDocument::Stored));
            }
            Ok(self.read(key, id)?.map(NewDocument::Unwritten))
        })?;
        Ok(After::Conflict(sides))
    }

    fn derived_from(
        &self,
        theirs: &Option<CatalogueRow>,
    ) -> Result<Option<crate::model::id::RevisionId>, StoreError> {
        let Some(row) = theirs else { return Ok(None) };
        Ok(self.repository.revision(row.revision)?.derived_from)
    }
}

impl Repository {
    /// What is wrong with an entry's or a translation's document by itself.
    pub(in crate::repo) fn violations(
        &self,
        kinds: &Kinds<'_>,
        key: &EntryKey,
        document: &Value,
    ) -> Result<Vec<Violation>, StoreError> {
        if key.locale().is_some() {
            let around = Surroundings { kinds, catalogue: kinds.catalogue(), over: &|_| Ok(None) };
            return self.judge_translation(around, key, document);
        }
        Ok(match kinds.get(key.kind())? {
            Some(kind) => self.judge(&kind.schema, document)?,
            None => vec![crate::repo::commit::refusal::unknown_kind(kinds, key)?],
        })
    }
}
