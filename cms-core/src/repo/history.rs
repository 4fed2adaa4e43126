//! History: of a branch by its commits, of an entry by its revisions, and an entry as it stands.

use std::collections::{BinaryHeap, HashSet};

use serde::Serialize;
use serde_json::Value;

use super::{
    content::{catalogue, graph::Graph, kinds::Kinds, objects::StoreError},
    open::Repository,
    state::State,
};
use crate::{
    map,
    model::{
        commit::Commit,
        id::{CommitId, DocumentId, RevisionId},
        key::{EntryKey, Locale},
        revision::RevisionState,
    },
};

/// One commit, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommitRow {
    /// The commit.
    pub commit: CommitId,
    /// The commits it was made from.
    pub parents: Vec<CommitId>,
    /// Who.
    pub author: String,
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// Why.
    pub message: String,
    /// How many entries and translations differ from the first parent's; cut at 10,000.
    pub changes_count: u64,
}

/// One version of an entry, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RevisionRow {
    /// The revision.
    pub revision: RevisionId,
    /// `resolved`, `conflicted` or `deleted`.
    pub state: &'static str,
    /// The document, when there is exactly one.
    pub document: Option<DocumentId>,
    /// Who.
    pub author: String,
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// Why; may be empty.
    pub note: String,
}

/// An entry as it stands at a state.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shown {
    /// The entry or translation.
    pub key: EntryKey,
    /// Its title.
    pub title: Option<String>,
    /// Its newest revision there.
    pub revision: RevisionRow,
    /// Its document; none when it is in the trash or in conflict.
    pub document: Option<Value>,
    /// The entries that contain it.
    pub parents: Vec<EntryKey>,
    /// The locales that it is translated to.
    pub locales: Vec<Locale>,
    /// Its route, where the state is a snapshot and it has one.
    pub route: Option<String>,
    /// Its delivered document, where the state is a snapshot and it has one.
    pub object: Option<DocumentId>,
}

/// Most differences that a log counts for one commit.
const CHANGES_COUNTED_MAX: usize = 10_000;

impl Repository {
    /// A commit and all that it was made from, each once, the highest generation first.
    pub(super) fn ancestry(
        &self,
        head: CommitId,
    ) -> impl Iterator<Item = Result<(CommitId, Commit), StoreError>> {
        let mut queue: BinaryHeap<(u64, CommitId)> = BinaryHeap::from([(u64::MAX, head)]);
        let mut seen = HashSet::from([head]);
        std::iter::from_fn(move || {
            let (_, id) = queue.pop()?;
            let commit = match self.commit_of(id) {
                Ok(commit) => commit,
                Err(error) => return Some(Err(error)),
            };
            for parent in &commit.parents {
                if seen.insert(*parent) {
                    match self.commit_of(*parent) {
                        Ok(read) => queue.push((read.generation, *parent)),
                        Err(error) => return Some(Err(error)),
                    }
                }
            }
            Some(Ok((id, commit)))
        })
    }

    /// The commits that led to a state, newest first, after a commit if one is given.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn log(
        &self,
        state: &State,
        rows_max: usize,
        after: Option<CommitId>,
    ) -> Result<Vec<CommitRow>, StoreError> {
        let head = match state {
            State::Commit(commit) => *commit,
            State::Snapshot { publication, .. } => self.publication(*publication)?.commit,
        };
        let mut rows = Vec::new();
        let mut is_past = after.is_none();
        for commit in self.ancestry(head) {
            let (id, commit) = commit?;
            if !is_past {
                is_past = Some(id) == after;
                continue;
            }
            if rows.len() == rows_max {
                break;
            }
            let changes_count = match commit.parents.first() {
                Some(parent) => {
                    let before = self.commit_of(*parent)?.catalogue;
                    let differences = map::diff(&*self.source, before, commit.catalogue)?;
                    differences.take(CHANGES_COUNTED_MAX).count() as u64
                }
                None => map::count(&*self.source, commit.catalogue)?,
            };
            rows.push(CommitRow {
                commit: id,
                parents: commit.parents,
                author: commit.author,
                time_ms: commit.time_ms,
                message: commit.message,
                changes_count,
            });
        }
        Ok(rows)
    }

    /// The versions of an entry up to a state, newest first; its cost is that history's alone.
    ///
    /// Returns none when the entry was never there.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn entry_log(
        &self,
        state: &State,
        key: &EntryKey,
        rows_max: usize,
    ) -> Result<Option<Vec<RevisionRow>>, StoreError> {
        let roots = self.roots(state)?;
        let Some(row) = catalogue::row(&*self.source, roots.catalogue, key)? else {
            return Ok(None);
        };
        let mut rows = Vec::new();
        let mut queue = std::collections::VecDeque::from([row.revision]);
        let mut seen = HashSet::from([row.revision]);
        while let Some(id) = queue.pop_front() {
            if rows.len() == rows_max {
                break;
            }
            let revision = self.revision(id)?;
            queue.extend(revision.parents.iter().filter(|parent| seen.insert(**parent)));
            rows.push(self.revision_row(id)?);
        }
        Ok(Some(rows))
    }

    /// Whether a revision was made from another one, directly or through others.
    pub(super) fn is_made_from(
        &self,
        revision: RevisionId,
        earlier: RevisionId,
    ) -> Result<bool, StoreError> {
        let mut queue = std::collections::VecDeque::from([revision]);
        let mut seen = HashSet::from([revision]);
        while let Some(id) = queue.pop_front() {
            if id == earlier {
                return Ok(true);
            }
            let parents = self.revision(id)?.parents;
            queue.extend(parents.into_iter().filter(|parent| seen.insert(*parent)));
        }
        Ok(false)
    }

    fn revision_row(&self, id: RevisionId) -> Result<RevisionRow, StoreError> {
        let revision = self.revision(id)?;
        Ok(RevisionRow {
            revision: id,
            state: match revision.state {
                RevisionState::Resolved(_) => "resolved",
                RevisionState::Conflicted(_) => "conflicted",
                RevisionState::Deleted => "deleted",
            },
            document: revision.state.document(),
            author: revision.author,
            time_ms: revision.time_ms,
            note: revision.note,
        })
    }

    /// An entry as it stands at a state; none when it was never there.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn show(&self, state: &State, key: &EntryKey) -> Result<Option<Shown>, StoreError> {
        let roots = self.roots(state)?;
        let Some(row) = catalogue::row(&*self.source, roots.catalogue, key)? else {
            return Ok(None);
        };
        let kinds = Kinds::at(self, roots.catalogue);
        let graph = Graph::new(self, &*self.source, roots, &kinds);
        let document = row.document().map(|id| self.document(id)).transpose()?;
        let kind = kinds.get(key.kind())?;
        let title = kind
            .zip(document.as_ref())
            .and_then(|(kind, document)| kind.schema.title(document).map(str::to_owned));
        let mut locales = Vec::new();
        let prefix = key.translations_prefix();
        for entry in catalogue::with_prefix(&*self.source, roots.catalogue, &prefix)? {
            let (found, value) = entry?;
            if catalogue::decoded_row(&found, &value)?.document().is_some() {
                locales.extend(catalogue::decoded_key(&found)?.locale().cloned());
            }
        }
        let (mut route, mut object) = (None, None);
        if let State::Snapshot { snapshot, .. } = state
            && let Some(snapshot) = self.snapshot(*snapshot)?
        {
            route = self.route_of(&snapshot, key)?;
            let delivered = self.delivered(&snapshot, &key.source(), key.locale())?;
            object = delivered.map(|delivered| delivered.object);
        }
        Ok(Some(Shown {
            title,
            revision: self.revision_row(row.revision)?,
            document,
            parents: graph.parents(&key.source())?,
            locales,
            route,
            object,
            key: key.clone(),
        }))
    }
}
