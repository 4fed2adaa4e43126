//! Committing: changes to entries become revisions, and a branch moves.
//!
//! Invariants:
//! 1. All that is wrong with all changes is told at once; then nothing is changed.
//! 2. A change that leaves an entry's document as it is makes no revision.
//! 3. When [`Repository::commit`] returns, the commit is durable and the branch points at it.

pub(in crate::repo) mod check;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use rayon::prelude::*;
use serde::Serialize;
use serde_json::Value;

use super::{
    commit::check::{Touched, check},
    content::{
        backlinks,
        catalogue::{self, CatalogueRow, RowState},
        facts::Facts,
        graph::Graph,
        kinds::Kinds,
        objects::StoreError,
    },
    open::Repository,
    stamp::Stamp,
    state::Roots,
};
use crate::{
    engine::{
        self, CellName, CellQuery, Expected, Group, NameError, Outcome, PAGE_ROWS_MAX, Swap,
        SwapValue, Transaction,
    },
    map::{self, Staging},
    model::{
        canonical,
        commit::Commit,
        id::{CommitId, DocumentId, ObjectId, RevisionId},
        key::EntryKey,
        object::{Object, ObjectKind, Space},
        revision::{Revision, RevisionState},
    },
    schema::{Role, Violation, ViolationCode},
};

/// A lost race for the branch is run again so often before it is told.
const ATTEMPTS_MAX: usize = 32;
const BRANCH_GROUP: &str = "branch/";
const HEAD_CELL: &str = "head";

/// What to commit.
#[derive(Debug, Clone)]
pub struct CommitRequest {
    /// The branch, `main` as a rule.
    pub branch: String,
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
    /// Make it this document: JSON text, not necessarily canonical.
    Put(Vec<u8>),
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
        branch: String,
    },
    /// The branch points elsewhere than expected.
    #[error("branch {branch:?} has moved to {found}")]
    Moved {
        /// The branch.
        branch: String,
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

fn first(refusals: &[Refusal]) -> String {
    let Some(refusal) = refusals.first() else { return String::new() };
    let reason = refusal.violations.first().map_or("", |violation| &violation.message);
    format!("{}: {reason}", refusal.key)
}

/// Where a branch points, and the cell's version to swap against.
pub(super) struct BranchHead {
    pub(super) commit: CommitId,
    pub(super) version: u64,
}

fn branch_cell(branch: &str) -> Result<CellName, NameError> {
    format!("{BRANCH_GROUP}{branch}").parse::<Group>()?.cell(HEAD_CELL)
}

pub(super) fn branch_swap(
    branch: &str,
    expected: Expected,
    commit: CommitId,
) -> Result<Swap, NameError> {
    let value = SwapValue::Put(commit.object_id().as_bytes().to_vec().into());
    Ok(Swap { cell: branch_cell(branch)?, expected, value })
}

fn decoded_head(branch: &str, cell: &engine::Cell) -> Result<BranchHead, StoreError> {
    let bytes = cell.value.as_ref().try_into();
    let bytes =
        bytes.map_err(|_| StoreError::Row { what: format!("the head of branch {branch}") })?;
    Ok(BranchHead {
        commit: CommitId::from_object_id(ObjectId::from_bytes(bytes)),
        version: cell.version,
    })
}

pub(super) fn branch_head(
    repository: &Repository,
    branch: &str,
) -> Result<Option<BranchHead>, StoreError> {
    let Ok(name) = branch_cell(branch) else { return Ok(None) };
    repository.engine.cell(&name)?.map(|cell| decoded_head(branch, &cell)).transpose()
}

/// A change that is as it must be by itself; the graph around it is not looked at yet.
#[derive(Clone)]
pub(super) struct Prepared {
    pub(super) key: EntryKey,
    pub(super) before: Option<CatalogueRow>,
    pub(super) facts: Touched,
    /// The new document, none for a deletion.
    pub(super) document: Option<NewDocument>,
    pub(super) schema: Option<DocumentId>,
    pub(super) derived_from: Option<RevisionId>,
}

/// The document that a change gives an entry.
#[derive(Clone)]
pub(super) struct NewDocument {
    pub(super) id: DocumentId,
    /// The object, while it waits to be written.
    pub(super) unwritten: Option<Object>,
}

impl NewDocument {
    pub(super) fn of(document: &Value) -> Self {
        let object = Object::new(ObjectKind::Document, canonical::to_bytes(document));
        Self { id: DocumentId::from_object_id(object.id()), unwritten: Some(object) }
    }
}

impl Prepared {
    pub(super) fn state(&self) -> RowState {
        self.document.as_ref().map_or(RowState::Deleted, |document| RowState::Resolved(document.id))
    }

    pub(super) fn changes_nothing(&self) -> bool {
        match self.before {
            Some(before) => before.state == self.state(),
            None => self.document.is_none(),
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
        let mut moved = None;
        for _ in 0..ATTEMPTS_MAX {
            let unknown = || CommitError::UnknownBranch { branch: request.branch.clone() };
            let head = branch_head(self, &request.branch)?.ok_or_else(unknown)?;
            if request.expected.is_some_and(|expected| expected != head.commit) {
                return Err(CommitError::Moved { branch: request.branch, found: head.commit });
            }
            match self.commit_onto(&head, &request)? {
                Some(committed) => return Ok(committed),
                None => moved = Some(head.commit),
            }
        }
        let found = moved.expect("at least one attempt was made");
        Err(CommitError::Moved { branch: request.branch, found })
    }

    /// One attempt; none when the branch moved meanwhile.
    fn commit_onto(
        &self,
        head: &BranchHead,
        request: &CommitRequest,
    ) -> Result<Option<Committed>, CommitError> {
        let base = self.commit_of(head.commit)?;
        let kinds = Kinds::at(self, base.catalogue);
        let mut prepared = Vec::new();
        let mut refusals = Vec::new();
        let mut keys = BTreeSet::new();
        for change in &request.changes {
            let result = if keys.insert(&change.key) {
                self.prepare(&kinds, &base, change)?
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
        if !refusals.is_empty() {
            return Err(CommitError::Refused { refusals });
        }
        if prepared.is_empty() {
            return Err(CommitError::NothingChanged);
        }
        prepared.sort_by(|a, b| a.key.cmp(&b.key));
        let mut staged = Staging::over(&*self.source);
        let changes: Vec<&Prepared> = prepared.iter().collect();
        let built = self.build(&mut staged, &base, &changes, &request.stamp)?;
        {
            let graph = Graph::new(self, &staged, built.roots, &kinds);
            let touched = touched(&changes);
            for (key, entry) in &touched {
                graph.know(key.clone(), entry.after.clone());
            }
            let refusals = check(&graph, &touched)?;
            if !refusals.is_empty() {
                return Err(CommitError::Refused { refusals });
            }
        }
        let mut objects: Vec<_> =
            prepared.iter().filter_map(|change| change.document.clone()?.unwritten).collect();
        objects.extend(built.revisions);
        let nodes = staged.into_reachable([built.roots.catalogue, built.roots.backlinks]);
        objects.extend(nodes.iter().map(|node| node.object.clone()));
        let objects = objects.into_iter().map(|object| (Space::Source, object)).collect();
        let changed_count = prepared.len();
        let commit = self.finish(request, head, &base, built.roots, objects)?;
        if commit.is_some() {
            self.source.remember(nodes);
        }
        Ok(commit.map(|commit| Committed { commit, changed_count }))
    }

    /// Writes the commit object and moves the branch; none when it moved meanwhile.
    pub(super) fn finish(
        &self,
        request: &CommitRequest,
        head: &BranchHead,
        base: &Commit,
        roots: Roots,
        mut objects: Vec<(Space, Object)>,
    ) -> Result<Option<CommitId>, StoreError> {
        let commit = Commit {
            catalogue: roots.catalogue,
            backlinks: roots.backlinks,
            parents: vec![head.commit],
            generation: base.generation + 1,
            author: request.stamp.author.clone(),
            time_ms: request.stamp.time_ms,
            message: request.stamp.message.clone(),
        };
        let object = Object::new(ObjectKind::Commit, commit.encode());
        let id = CommitId::from_object_id(object.id());
        objects.push((Space::Source, object));
        let swap =
            branch_swap(&request.branch, Expected::Version(head.version), id).map_err(|_| {
                StoreError::Row { what: format!("the name of branch {}", request.branch) }
            })?;
        let audit = request
            .stamp
            .audit("commit", &[("branch", &request.branch), ("commit", &id.to_string())]);
        let transaction = Transaction {
            operation: request.stamp.operation,
            objects,
            swaps: vec![swap],
            audit: Some(audit),
        };
        let outcomes = self.engine.commit(vec![transaction])?;
        Ok(matches!(outcomes[..], [Outcome::Applied(_)]).then_some(id))
    }

    fn prepare(
        &self,
        kinds: &Kinds<'_>,
        base: &Commit,
        change: &Change,
    ) -> Result<Result<Prepared, Vec<Violation>>, StoreError> {
        let Some(kind) = kinds.get(change.key.kind())? else {
            return Ok(Err(vec![unknown_kind(kinds, &change.key)?]));
        };
        let before = catalogue::row(&*self.source, base.catalogue, &change.key)?;
        let mut prepared = Prepared {
            key: change.key.clone(),
            before,
            facts: Touched::default(),
            document: None,
            schema: kind.document,
            derived_from: None,
        };
        if let Action::Put(text) = &change.action {
            let value = match canonical::parse(text) {
                Ok(value) => value,
                Err(error) => {
                    return Ok(Err(vec![Violation::new(
                        error.pointer,
                        ViolationCode::NotADocument,
                        error.reason,
                    )]));
                }
            };
            let violations = match change.key.locale() {
                None => kind.schema.validate(&value),
                Some(_) => self.check_translation(base, &change.key, &value, &mut prepared)?,
            };
            if !violations.is_empty() {
                return Ok(Err(violations));
            }
            if change.key.locale().is_none() {
                prepared.facts.after = Some(Arc::new(Facts::of(&kind.schema, &value)));
            }
            prepared.document = Some(NewDocument::of(&value));
        }
        if change.key.locale().is_none()
            && let Some(document) = before.and_then(|row| row.document())
        {
            let document = self.document(document)?;
            prepared.facts.before = Some(Arc::new(Facts::of(&kind.schema, &document)));
        }
        Ok(Ok(prepared))
    }

    /// A translation needs a source, and must be one by its form.
    fn check_translation(
        &self,
        base: &Commit,
        key: &EntryKey,
        value: &Value,
        prepared: &mut Prepared,
    ) -> Result<Vec<Violation>, StoreError> {
        let source = catalogue::row(&*self.source, base.catalogue, &key.source())?;
        let Some(source) = source.filter(|row| row.state != RowState::Deleted) else {
            let message = format!("there is no entry {} to translate", key.source());
            return Ok(vec![Violation::new("", ViolationCode::NoSource, message)]);
        };
        prepared.derived_from = Some(source.revision);
        Ok(crate::schema::translation::Translation::parse(value).err().unwrap_or_default())
    }

    /// The revisions and maps that changes come to; nothing is written. The changes ascend by key.
    pub(super) fn build(
        &self,
        staged: &mut Staging<'_>,
        base: &Commit,
        prepared: &[&Prepared],
        stamp: &Stamp,
    ) -> Result<Built, StoreError> {
        let salt = self.header.salt();
        let revise = |change: &&Prepared, derived_from| {
            Object::new(ObjectKind::Revision, revision(change, derived_from, stamp).encode())
        };
        let (sources, translations): (Vec<&Prepared>, Vec<&Prepared>) =
            prepared.iter().partition(|change| change.key.locale().is_none());
        let mut revisions: Vec<Object> =
            sources.par_iter().with_min_len(256).map(|change| revise(change, None)).collect();
        let made_from = |change: &Prepared| {
            let source = change.key.source();
            match sources.binary_search_by(|candidate| candidate.key.cmp(&source)) {
                Ok(index) => Some(RevisionId::from_object_id(revisions[index].id())),
                Err(_) => change.derived_from,
            }
        };
        let translated = translations.par_iter().with_min_len(256);
        let translated: Vec<Object> =
            translated.map(|change| revise(change, made_from(change))).collect();
        revisions.extend(translated);
        let mut rows = BTreeMap::new();
        let mut links = BTreeMap::new();
        for (change, revision) in sources.iter().chain(&translations).zip(&revisions) {
            let revision = RevisionId::from_object_id(revision.id());
            let row = CatalogueRow { state: change.state(), revision };
            rows.insert(change.key.encode(), Some(row.encode()));
            link_edits(&change.key, &change.facts, &mut links);
        }
        let catalogue = map::edit(staged, salt, base.catalogue, rows).map_err(StoreError::from)?;
        let backlinks = map::edit(staged, salt, base.backlinks, links).map_err(StoreError::from)?;
        Ok(Built { roots: Roots { catalogue, backlinks }, revisions })
    }

    /// The branches and where they point, ascending by name.
    pub(super) fn branches(&self) -> Result<Vec<(String, CommitId)>, StoreError> {
        let mut query = CellQuery {
            group_prefix: BRANCH_GROUP.to_owned(),
            after: None,
            rows_max: PAGE_ROWS_MAX,
        };
        let mut branches = Vec::new();
        loop {
            let page = self.engine.cells(&query)?;
            for (name, cell) in &page.rows {
                if name.name() == HEAD_CELL
                    && let Some(branch) = name.group().as_str().strip_prefix(BRANCH_GROUP)
                {
                    branches.push((branch.to_owned(), decoded_head(branch, cell)?.commit));
                }
            }
            query.after = page.rows.last().map(|(name, _)| name.clone());
            if !page.more {
                return Ok(branches);
            }
        }
    }
}

/// What changes came to.
pub(super) struct Built {
    pub(super) roots: Roots,
    pub(super) revisions: Vec<Object>,
}

pub(super) fn touched(prepared: &[&Prepared]) -> BTreeMap<EntryKey, Touched> {
    let sources = prepared.iter().filter(|change| change.key.locale().is_none());
    sources.map(|change| (change.key.clone(), change.facts.clone())).collect()
}

fn revision(change: &Prepared, derived_from: Option<RevisionId>, stamp: &Stamp) -> Revision {
    Revision {
        key: change.key.clone(),
        state: match change.state() {
            RowState::Resolved(document) => RevisionState::Resolved(document),
            RowState::Conflicted | RowState::Deleted => RevisionState::Deleted,
        },
        parents: change.before.iter().map(|row| row.revision).collect(),
        schema: change.schema,
        derived_from,
        meaning_unchanged: false,
        author: stamp.author.clone(),
        time_ms: stamp.time_ms,
        note: stamp.message.clone(),
    }
}

/// The back-links that come and go with an entry's links.
pub(super) fn link_edits(
    key: &EntryKey,
    facts: &Touched,
    edits: &mut BTreeMap<Vec<u8>, Option<Vec<u8>>>,
) {
    let links = |facts: &Option<Arc<Facts>>| -> BTreeSet<(EntryKey, Role)> {
        let links = facts.iter().flat_map(|facts| &facts.links);
        links.map(|link| (link.target.clone(), link.role)).collect()
    };
    let (before, after) = (links(&facts.before), links(&facts.after));
    for (target, role) in before.difference(&after) {
        edits.insert(backlinks::key(target, *role, key), None);
    }
    for (target, role) in after.difference(&before) {
        edits.insert(backlinks::key(target, *role, key), Some(Vec::new()));
    }
}

pub(super) fn unknown_kind(kinds: &Kinds<'_>, key: &EntryKey) -> Result<Violation, StoreError> {
    let names = kinds.names()?;
    let known: Vec<_> = names.iter().map(|kind| kind.as_str()).collect();
    let message =
        format!("there is no kind {:?}; the kinds are {}", key.kind().as_str(), known.join(", "));
    Ok(Violation::new("", ViolationCode::UnknownKind, message))
}
