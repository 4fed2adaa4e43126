//! Committing: changes to entries become revisions, and a branch moves.
//!
//! Invariants:
//! 1. All that is wrong with all changes is told at once; then nothing is changed.
//! 2. A change that leaves an entry's document as it is makes no revision.
//! 3. When [`Repository::commit`] returns, the commit is durable and the branch points at it.

pub(in crate::repo) mod check;
pub(in crate::repo) mod conflict;
mod earlier_wording;
pub(in crate::repo) mod land;
pub(in crate::repo) mod prepared;
pub(in crate::repo) mod schemas;
pub(in crate::repo) mod translated;

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use rayon::prelude::*;
use serde::Serialize;

use super::{
    branch::{BranchHead, Tip, content_head},
    commit::{
        land::Landing,
        prepared::{After, NewDocument, Prepared},
        translated::Surroundings,
    },
    content::{
        catalogue::{self, CatalogueRow, RowState},
        facts::Facts,
        kinds::Kinds,
    },
};
use crate::{
    model::{
        canonical::DocumentError,
        commit::Commit,
        document::Document,
        id::{CommitId, NodeId},
        key::EntryKey,
        name::{Branch, Holds},
    },
    repo::ground::{error::StoreError, repository::Repository, stamp::Stamp},
    schema::{Violation, ViolationCode},
};

/// What to commit.
#[derive(Debug, Clone)]
pub struct CommitRequest {
    /// The branch, `main` as a rule.
    pub branch: Branch,
    /// What the branch must point at; whatever it points at when none is given.
    pub expected: Option<CommitId>,
    /// The changes, each entry at most once.
    pub changes: Vec<Change>,
    /// Who, when, why.
    pub stamp: Stamp,
}

/// One entry's change.
#[derive(Debug, Clone)]
pub struct Change {
    /// The entry or translation.
    pub key: EntryKey,
    /// What to do.
    pub action: Action,
}

/// What to do with an entry.
#[derive(Debug, Clone)]
pub enum Action {
    /// Make it this document. What came and is none is refused together with whatever else is wrong.
    Put(Result<Document, DocumentError>),
    /// Put it into the trash.
    Delete,
}

/// A made commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The commit.
    pub commit: CommitId,
    /// How many entries it changed.
    pub changed_count: usize,
}

/// Why one entry can't be as it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The entry.
    pub key: EntryKey,
    /// All that is wrong.
    pub violations: Vec<Violation>,
}

/// Why nothing was committed.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Entries are not as they must be.
    #[error("{} of the changes are refused: {}", refusals.len(), first(.refusals))]
    Refused {
        /// Which, and why.
        refusals: Vec<Refusal>,
    },
    /// There is no such branch.
    #[error("there is no branch {branch:?}")]
    UnknownBranch {
        /// The name.
        branch: Branch,
    },
    /// The branch points elsewhere than expected.
    #[error("branch {branch:?} has moved to {found}")]
    Moved {
        /// The branch.
        branch: Branch,
        /// Where it points.
        found: CommitId,
    },
    /// Every change leaves its entry as it is.
    #[error("nothing would change")]
    NothingChanged,
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub(super) fn first(refusals: &[Refusal]) -> String {
    let Some(refusal) = refusals.first() else { return String::new() };
    let reason = refusal.violations.first().map_or("", |violation| &violation.message);
    format!("{}: {reason}", refusal.key)
}

/// How good what a branch holds must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::repo) enum Strictness {
    /// Valid, and the graph around it too.
    Accepted,
    /// JSON of a kind that there is.
    Draft,
}

impl Strictness {
    pub(in crate::repo) const fn of(branch: &Branch) -> Self {
        match branch.holds() {
            Holds::Drafted => Self::Draft,
            // What is no content is never asked about, and would be as it must be.
            Holds::Accepted | Holds::Records => Self::Accepted,
        }
    }
}

impl Repository {
    /// Commits changes to a branch.
    ///
    /// Without an expected commit, a race that another writer wins is run again on top of it.
    ///
    /// # Errors
    /// [`CommitError`]; nothing is changed then.
    pub fn commit(&self, request: CommitRequest) -> Result<Committed, CommitError> {
        let mut seen = None;
        let moved = |found| CommitError::Moved { branch: request.branch.clone(), found };
        let committed = self.on_branch(&request.branch, |_| {
            let unknown = || CommitError::UnknownBranch { branch: request.branch.clone() };
            let head = content_head(self, &request.branch)?.ok_or_else(unknown)?;
            if request.expected.is_some_and(|expected| expected != head.commit) {
                return Err(moved(head.commit));
            }
            seen = Some(head.commit);
            self.commit_onto(&head, &request, None)
        })?;
        committed.ok_or_else(|| moved(seen.expect("at least one attempt was made")))
    }

    /// One attempt, with what comes with the tip that it builds on; none when the branch moved meanwhile.
    pub(super) fn commit_onto(
        &self,
        head: &BranchHead,
        request: &CommitRequest,
        tip: Option<&Tip>,
    ) -> Result<Option<Committed>, CommitError> {
        let base = self.commit_of(head.commit)?;
        let kinds = Kinds::at(self, base.catalogue);
        let strictness = Strictness::of(&request.branch);
        self.take_schemas(&kinds, &request.changes)?;
        let mut prepared = Vec::new();
        let mut refusals = Vec::new();
        let mut keys = BTreeSet::new();
        for change in &request.changes {
            let result = if keys.insert(&change.key) {
                self.prepare(&kinds, &base, change, strictness)?
            } else {
                let message = format!("{} is changed twice", change.key);
                Err(vec![Violation::new("", ViolationCode::RepeatedLine, message)])
            };
            match result {
                Ok(change) if change.changes_nothing() => {}
                Ok(change) => prepared.push(change),
                Err(violations) => refusals.push(Refusal { key: change.key.clone(), violations }),
            }
        }
        if strictness == Strictness::Accepted {
            refusals.extend(self.refused_translations(&kinds, base.catalogue, &prepared)?);
        }
        if !refusals.is_empty() {
            return Err(CommitError::Refused { refusals });
        }
        if prepared.is_empty() {
            return Err(CommitError::NothingChanged);
        }
        let mut landing = Landing::new(&request.branch, head, &base, &kinds, "commit");
        if let Some(tip) = tip {
            landing.build_on(tip);
        }
        Ok(self.land(landing, prepared, &request.stamp)?)
    }

    /// A change that is as it must be by itself, or all that is wrong with it.
    pub(super) fn prepare(
        &self,
        kinds: &Kinds<'_>,
        base: &Commit,
        change: &Change,
        strictness: Strictness,
    ) -> Result<Result<Prepared, Vec<Violation>>, StoreError> {
        let Some(kind) = kinds.get(change.key.kind())? else {
            return Ok(Err(vec![unknown_kind(kinds, &change.key)?]));
        };
        let before = catalogue::row(&*self.source, base.catalogue, &change.key)?;
        let mut prepared = Prepared::new(change.key.clone(), before, kind.document);
        if let Action::Put(document) = &change.action {
            let document = match document {
                Ok(document) => document,
                Err(error) => return Ok(Err(vec![not_a_document(error)])),
            };
            let violations = match change.key.locale() {
                None if strictness == Strictness::Draft => Vec::new(),
                None => self.judge(&kind.schema, document)?,
                // It is judged beside its source as all changes leave that.
                Some(_) => Vec::new(),
            };
            if !violations.is_empty() && strictness == Strictness::Accepted {
                return Ok(Err(violations));
            }
            if change.key.locale().is_some() {
                let source = catalogue::row(&*self.source, base.catalogue, &change.key.source())?;
                prepared.derived_from = source.map(|row| row.revision);
            }
            prepared.facts.after =
                Some(Arc::new(Facts::under(&change.key, &kind.schema, document)));
            prepared.after = After::Document(NewDocument::Unwritten(document.clone()));
        }
        prepared.facts.before = self.facts_before(kinds, &change.key, before)?;
        Ok(Ok(prepared))
    }

    /// What the graph knows of an entry before a change.
    pub(in crate::repo) fn facts_before(
        &self,
        kinds: &Kinds<'_>,
        key: &EntryKey,
        before: Option<CatalogueRow>,
    ) -> Result<Option<Arc<Facts>>, StoreError> {
        let (Some(row), Some(kind)) = (before, kinds.get_before(key.kind())?) else {
            return Ok(None);
        };
        let document = self.stand_in(&row)?.map(|id| self.document(id)).transpose()?;
        Ok(document.map(|document| Arc::new(Facts::under(key, &kind.schema, &document))))
    }

    /// The translations among changes that are not as they must be beside their sources, as all changes leave these.
    pub(in crate::repo) fn refused_translations(
        &self,
        kinds: &Kinds<'_>,
        catalogue: NodeId,
        changes: &[Prepared],
    ) -> Result<Vec<Refusal>, StoreError> {
        let by_key: HashMap<&EntryKey, &Prepared> =
            changes.iter().map(|change| (&change.key, change)).collect();
        let over = |key: &EntryKey| match by_key.get(key) {
            Some(change) => self.document_after(change).map(Some),
            None => Ok(None),
        };
        let around = Surroundings { kinds, catalogue, over: &over };
        let translations: Vec<&Prepared> =
            changes.iter().filter(|change| change.key.locale().is_some()).collect();
        let judged = translations
            .par_iter()
            .map(|change| {
                let Some(document) = self.document_after(change)? else { return Ok(None) };
                let violations = self.judge_translation(around, &change.key, &document)?;
                Ok((!violations.is_empty())
                    .then(|| Refusal { key: change.key.clone(), violations }))
            })
            .collect::<Result<Vec<Option<Refusal>>, StoreError>>()?;
        Ok(judged.into_iter().flatten().collect())
    }

    /// The one document that a change leaves its entry with.
    pub(in crate::repo) fn document_after(
        &self,
        change: &Prepared,
    ) -> Result<Option<Document>, StoreError> {
        match (change.document(), change.state()) {
            (Some(document), _) => self.document_of(document).map(Some),
            (None, Some(RowState::Resolved(id))) => self.stored_document(id).map(Some),
            (None, _) => Ok(None),
        }
    }

    /// A document that a change names, whether it waits to be written or is stored.
    pub(in crate::repo) fn document_of(
        &self,
        document: &NewDocument,
    ) -> Result<Document, StoreError> {
        match document {
            NewDocument::Unwritten(document) => Ok(document.clone()),
            NewDocument::Stored(id) => self.stored_document(*id),
        }
    }
}

/// The violation that a text is which is no document.
pub(super) fn not_a_document(error: &DocumentError) -> Violation {
    Violation::new(error.pointer.as_str(), ViolationCode::NotADocument, error.reason.as_str())
}

pub(super) fn unknown_kind(kinds: &Kinds<'_>, key: &EntryKey) -> Result<Violation, StoreError> {
    let names = kinds.names()?;
    let known: Vec<_> = names.iter().map(|kind| kind.as_str()).collect();
    let message =
        format!("there is no kind {:?}; the kinds are {}", key.kind().as_str(), known.join(", "));
    Ok(Violation::new("", ViolationCode::UnknownKind, message))
}
