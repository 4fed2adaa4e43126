//! Committing: changes to entries become revisions, and a branch moves.
//!
//! Invariants:
//! 1. A refusal reports everything that is wrong with all changes at once, and nothing is changed.
//! 2. A change that leaves an entry's document unchanged makes no revision.
//! 3. When [`Repository::commit`] returns, the commit is durable and the branch points at it.

pub(in crate::repo) mod allowed;
pub(in crate::repo) mod check;
pub(in crate::repo) mod conflict;
mod earlier_wording;
pub(in crate::repo) mod error;
pub(in crate::repo) mod land;
pub(in crate::repo) mod prepared;
pub(in crate::repo) mod refusal;
pub(in crate::repo) mod request;
pub(in crate::repo) mod schemas;
pub(in crate::repo) mod stands;
pub(in crate::repo) mod strictness;
pub(in crate::repo) mod taken_down;
pub(in crate::repo) mod translated;

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use rayon::prelude::*;

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
    model::{commit::Commit, document::Document, id::NodeId, key::EntryKey},
    repo::{
        commit::{
            error::CommitError,
            refusal::{Refusal, not_a_document, unknown_kind},
            request::{Action, Change, CommitRequest, Committed},
            strictness::Strictness,
        },
        ground::{error::StoreError, repository::Repository},
    },
    schema::{Violation, ViolationCode},
};

impl Repository {
    /// Commits changes to a branch.
    ///
    /// Without an expected commit, a lost race is retried on top of the winner's commit.
    ///
    /// # Errors
    /// [`CommitError`]; nothing is changed.
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

    /// One attempt on a tip, together with what comes with that tip; `None` when the branch moved meanwhile.
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

    /// A change that is acceptable by itself, or all that is wrong with it.
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
                // A translation is judged later, with its source as all the changes leave it.
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

    /// Refusals of the translations among the changes that do not fit their sources, as all the changes leave these.
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

    /// The single document that a change leaves its entry with.
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

    /// A document that a change names, whether it is stored or still to be written.
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
