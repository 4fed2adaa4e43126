//! Settling conflicts: what a merge could not join is listed place by place and settled one by one.

use serde::Serialize;
use serde_json::Value;

use super::{DraftError, DraftId, commit::conflict_of};
use crate::repo::{
    branch::{Tip, branch_head},
    commit::{
        conflict::{CatalogueConflict, CatalogueReason},
        land::Landing,
        prepared::{After, NewDocument, Prepared},
        request::Committed,
    },
    content::{
        catalogue::{self, CatalogueRow, RowState, changed_rows},
        facts::Facts,
        kinds::Kinds,
    },
    draft::commit::error::DraftCommitError,
    ground::{error::StoreError, stamp::Stamp},
};
use crate::{
    document::{Choice, DocumentConflict, SettleError, Shape, Sides, settle},
    model::{
        commit::Commit, document::Document, key::EntryKey, name::Branch, revision::RevisionState,
    },
    repo::{commit::land::LandError, draft::Drafts},
    schema::Violation,
};

/// An entry in conflict.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EntryConflict {
    /// The entry or translation.
    pub key: EntryKey,
    /// Its title.
    pub title: Option<String>,
    /// The two sides joined as far as possible; it has ours where they conflict.
    pub document: Option<Value>,
    /// The places where they conflict.
    pub conflicts: Vec<DocumentConflict>,
    /// What is wrong with the joined document, if that is why it was not taken.
    pub violations: Vec<Violation>,
}

/// All conflicts of a draft.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct DraftConflicts {
    /// Entries in conflict, ascending by key.
    pub entries: Vec<EntryConflict>,
    /// What does not fit together around entries.
    pub catalogue: Vec<CatalogueConflict>,
}

/// Which conflict to settle, and how.
#[derive(Debug, Clone)]
pub enum Settling {
    /// One place of an entry.
    Place {
        /// The entry.
        key: EntryKey,
        /// The conflict's pointer; empty for the whole document.
        pointer: String,
        /// What the place becomes.
        choice: Choice,
    },
    /// An entry that both sides moved.
    Moved {
        /// The conflict's name.
        id: String,
        /// Which side decides where it stays.
        choice: Choice,
    },
}

/// Why a conflict was not settled.
#[derive(Debug, thiserror::Error)]
pub enum SettlingError {
    /// The draft is closed, or not the writer's.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// There is no such conflict, or the choice does not fit it.
    #[error(transparent)]
    Place(#[from] SettleError),
    /// The entry is not in conflict.
    #[error("{key} is not in conflict")]
    NotConflicted {
        /// The entry.
        key: EntryKey,
    },
    /// There is no such conflict, or it has to be settled by editing the entries.
    #[error("conflict {id} is not one that a choice settles: edit the entries that it names")]
    NotAChoice {
        /// The conflict's name.
        id: String,
    },
}

impl SettlingError {
    fn of_typed(error: DraftCommitError) -> Self {
        match error {
            DraftCommitError::Draft(error) => error.into(),
            DraftCommitError::Refused { refusals } => DraftError::Changes { refusals }.into(),
            DraftCommitError::NothingToCommit => {
                Self::Draft(DraftError::Changes { refusals: Vec::new() })
            }
        }
    }
}

impl From<StoreError> for SettlingError {
    fn from(error: StoreError) -> Self {
        Self::Draft(error.into())
    }
}

impl Drafts<'_> {
    /// The conflicts of a draft.
    ///
    /// # Errors
    /// [`DraftError::Unknown`], or the store can't be read.
    pub fn conflicts(&self, draft: &DraftId) -> Result<DraftConflicts, DraftError> {
        let beside = self.beside(draft)?;
        let head = self.repository.commit_of(beside.head)?;
        let base = self.repository.commit_of(beside.base)?;
        let kinds = Kinds::at(self.repository, head.catalogue);
        let mut entries = Vec::new();
        for (key, [_, after]) in changed_rows(self.repository, base.catalogue, head.catalogue)? {
            let Some(row) = after.filter(|row| row.state == RowState::Conflicted) else { continue };
            let terms = match self.stored_working(draft, &key)? {
                Some((stored, _)) => self.working_terms(&kinds, &key, &stored)?,
                None => self.conflict_terms(&kinds, &key, row.revision)?,
            };
            let Some(terms) = terms else { continue };
            entries.push(self.entry_conflict(&kinds, key, terms)?);
        }
        Ok(DraftConflicts { entries, catalogue: self.repository.catalogue_conflicts(&head)? })
    }

    /// The entries of a draft that are in conflict, as its commits have them, ascending.
    ///
    /// # Errors
    /// [`DraftError::Unknown`], or the store can't be read.
    pub fn conflicted(&self, draft: &DraftId) -> Result<Vec<EntryKey>, DraftError> {
        let beside = self.beside(draft)?;
        let root = |commit| self.repository.commit_of(commit).map(|commit| commit.catalogue);
        let changed = changed_rows(self.repository, root(beside.base)?, root(beside.head)?)?;
        let is_conflicted = |row: CatalogueRow| row.state == RowState::Conflicted;
        let found = changed.into_iter().filter(|(_, [_, after])| after.is_some_and(is_conflicted));
        Ok(found.map(|(key, _)| key).collect())
    }

    fn entry_conflict(
        &self,
        kinds: &Kinds<'_>,
        key: EntryKey,
        terms: Sides<Option<Document>>,
    ) -> Result<EntryConflict, StoreError> {
        let merged = self.repository.merge_documents(kinds, &key, terms)?;
        let violations = match &merged.document {
            Some(document) if merged.conflicts.is_empty() => {
                self.repository.violations(kinds, &key, document)?
            }
            _ => Vec::new(),
        };
        let title = match (&merged.document, kinds.get(key.kind())?) {
            (Some(document), Some(kind)) => kind.schema.title(document).map(str::to_owned),
            _ => None,
        };
        Ok(EntryConflict {
            key,
            title,
            document: merged.document.map(Document::into_value),
            conflicts: merged.conflicts,
            violations,
        })
    }

    /// Settles one conflict of a draft, as a commit of its own.
    ///
    /// # Errors
    /// [`SettlingError`]; the draft is unchanged.
    pub fn settle(
        &self,
        draft: &DraftId,
        settling: &Settling,
        stamp: &Stamp,
    ) -> Result<Committed, SettlingError> {
        self.record_for(draft, &stamp.author)?;
        let branch = draft.branch();
        let landed = self.repository.on_branch(&branch, |_| {
            // The conflict is settled in what was typed of the entry.
            let only = match settling {
                Settling::Place { key, .. } => vec![key.clone()],
                Settling::Moved { .. } => Vec::new(),
            };
            let first = Stamp { operation: stamp.step(11), ..stamp.clone() };
            let typed = self.typed(draft, Some(&only), &first).map_err(SettlingError::of_typed)?;
            let base = self.repository.commit_of(typed.head.commit)?;
            let kinds = Kinds::at(self.repository, base.catalogue);
            let at = At { branch: &branch, typed: &typed, base: &base, kinds: &kinds };
            match settling {
                Settling::Place { key, pointer, choice } => {
                    self.settle_place(&at, key, pointer, choice, stamp)
                }
                Settling::Moved { id, choice } => self.settle_move(&at, id, choice, stamp),
            }
        })?;
        landed.ok_or_else(|| DraftError::busy(draft).into())
    }

    fn settle_place(
        &self,
        at: &At<'_>,
        key: &EntryKey,
        pointer: &str,
        choice: &Choice,
        stamp: &Stamp,
    ) -> Result<Option<Committed>, SettlingError> {
        let not_conflicted = || SettlingError::NotConflicted { key: key.clone() };
        let row = catalogue::row(&*self.repository.source, at.base.catalogue, key)?;
        let row = row.filter(|row| row.state == RowState::Conflicted).ok_or_else(not_conflicted)?;
        let terms = self.conflict_terms(at.kinds, key, row.revision)?.ok_or_else(not_conflicted)?;
        let kind = match key.locale() {
            None => at.kinds.get(key.kind())?,
            Some(_) => None,
        };
        let shape = || kind.as_ref().map_or(Shape::Inferred, |kind| Shape::Kind(&kind.schema));
        let settled = || -> Result<_, SettleError> {
            let settled = settle(shape(), terms.as_ref().map(Option::as_deref), pointer, choice)?;
            Ok(settled.map(|term| term.map(Document::of)))
        };
        let settled = match choice {
            // A choice for the whole document, where the conflict may be at places within it.
            _ if !pointer.is_empty() => settled()?,
            Choice::Base => Sides::all(terms.base.clone()),
            Choice::Ours => Sides::all(terms.ours.clone()),
            Choice::Theirs => Sides::all(terms.theirs.clone()),
            Choice::Value(value) => Sides::all(Some(Document::of(value.clone()))),
            Choice::Both => settled()?,
        };
        let merged = self.repository.merge_documents(at.kinds, key, settled.clone())?;
        let schema = kind.as_ref().and_then(|kind| kind.document);
        let mut change = Prepared::new(key.clone(), Some(row), schema);
        change.derived_from = self.repository.revision(row.revision)?.derived_from;
        let whole = merged.conflicts.is_empty();
        let chosen_whole = pointer.is_empty();
        change.after = match &merged.document {
            None if whole => After::Deleted,
            Some(document)
                if whole
                    && (chosen_whole
                        || self.repository.violations(at.kinds, key, document)?.is_empty()) =>
            {
                After::Document(NewDocument::Unwritten(document.clone()))
            }
            _ => conflict_of(settled),
        };
        self.repository.take_merged_schema(at.kinds, &change)?;
        self.repository.know_facts(at.kinds, &mut change)?;
        let mut changes = vec![change];
        if matches!(changes[0].after, After::Document(_))
            && terms.as_ref().each().into_iter().any(Option::is_none)
        {
            changes.extend(self.back_where_it_stood(at, key, &row)?);
        }
        self.land_settled(at, changes, None, stamp)
    }

    /// The changes that put an entry, which one side had deleted and which is kept, back into the containers that lost
    /// it by the deletion.
    fn back_where_it_stood(
        &self,
        at: &At<'_>,
        key: &EntryKey,
        row: &CatalogueRow,
    ) -> Result<Vec<Prepared>, StoreError> {
        // The deletion is a parent of the first in the line of conflicted revisions.
        let (mut next, mut deleted) = (Some(row.revision), None);
        while let Some(revision) = next.take() {
            let parents = self.repository.revision(revision)?.parents;
            for parent in parents {
                match self.repository.revision(parent)?.state {
                    RevisionState::Deleted => deleted = Some(parent),
                    RevisionState::Conflicted(_) => next = Some(parent),
                    RevisionState::Resolved(_) => {}
                }
            }
        }
        let Some(deleted) = deleted else { return Ok(Vec::new()) };
        let Some(main) = branch_head(self.repository, &Branch::Main)? else {
            return Ok(Vec::new());
        };
        let before = self.repository.before_deletion(main.commit, key, deleted)?;
        let Some(before) = before else { return Ok(Vec::new()) };
        let mut changes = Vec::new();
        for (parent, index) in self.stood_at(&before, key)? {
            let row = catalogue::row(&*self.repository.source, at.base.catalogue, &parent)?;
            let (Some(row), Some(kind)) = (row, at.kinds.get(parent.kind())?) else { continue };
            let Some(document) = row.document() else { continue };
            let document = self.repository.document(document)?;
            let children: Vec<EntryKey> =
                Facts::of(&kind.schema, &document).children().cloned().collect();
            let index = Some(index.min(children.len()));
            let with = kind.schema.with_child(&document, key, index);
            let Some(with) = with.filter(|_| !children.contains(key)) else { continue };
            let mut change = Prepared::new(parent, Some(row), kind.document);
            change.after = After::Document(NewDocument::Unwritten(Document::of(with)));
            self.repository.know_facts(at.kinds, &mut change)?;
            changes.push(change);
        }
        Ok(changes)
    }

    /// Takes an entry that both sides moved out of the containers that were not chosen.
    fn settle_move(
        &self,
        at: &At<'_>,
        id: &str,
        choice: &Choice,
        stamp: &Stamp,
    ) -> Result<Option<Committed>, SettlingError> {
        let not_a_choice = || SettlingError::NotAChoice { id: id.to_owned() };
        let found =
            self.repository.catalogue_conflicts(at.base)?.into_iter().find(|found| found.id == id);
        let Some(CatalogueConflict {
            reason: CatalogueReason::MovedApart { child, ours, theirs },
            ..
        }) = found
        else {
            return Err(not_a_choice());
        };
        let (stay, leave) = match choice {
            Choice::Ours => (ours, theirs),
            Choice::Theirs => (theirs, ours),
            Choice::Both => (ours, Vec::new()),
            Choice::Base | Choice::Value(_) => return Err(not_a_choice()),
        };
        let mut changes = Vec::new();
        for parent in leave.into_iter().filter(|parent| !stay.contains(parent)) {
            let row = catalogue::row(&*self.repository.source, at.base.catalogue, &parent)?;
            let (Some(row), Some(kind)) = (row, at.kinds.get(parent.kind())?) else { continue };
            let Some(document) = row.document() else { continue };
            let without = kind.schema.without_children(
                &self.repository.document(document)?,
                std::slice::from_ref(&child),
            );
            let mut change = Prepared::new(parent, Some(row), kind.document);
            change.after = After::Document(NewDocument::Unwritten(Document::of(without)));
            self.repository.know_facts(at.kinds, &mut change)?;
            changes.push(change);
        }
        self.land_settled(at, changes, Some(id), stamp)
    }

    fn land_settled(
        &self,
        at: &At<'_>,
        changes: Vec<Prepared>,
        settled: Option<&str>,
        stamp: &Stamp,
    ) -> Result<Option<Committed>, SettlingError> {
        let mut landing = Landing::new(at.branch, &at.typed.head, at.base, at.kinds, "settle");
        landing.settled = settled;
        landing.build_on(at.typed);
        match self.repository.land(landing, changes, stamp) {
            Ok(landed) => Ok(landed),
            Err(LandError::Store(error)) => Err(error.into()),
            Err(LandError::Refused { refusals }) => Err(DraftError::Changes { refusals }.into()),
        }
    }
}

/// The state in which a conflict is settled.
struct At<'a> {
    branch: &'a Branch,
    typed: &'a Tip,
    base: &'a Commit,
    kinds: &'a Kinds<'a>,
}
