//! History: of a branch by its commits, of an entry by its revisions, and an entry as it is at a state.

pub(in crate::repo) mod blame;
pub(in crate::repo) mod happened;

use std::collections::{BinaryHeap, HashSet};

use serde::Serialize;
use serde_json::Value;

use super::content::{
    catalogue::{self, CatalogueRow, EntryState},
    graph::Graph,
    kinds::Kinds,
    own,
};
use crate::{
    map,
    model::{
        commit::Commit,
        id::{CommitId, DocumentId, RevisionId},
        key::{EntryKey, Locale},
        revision::{Revision, RevisionState},
    },
    repo::{
        content::{catalogue::changed_rows, state::State},
        delivered::{route::route_of, row::served},
        ground::{
            error::{StoreError, unless_damaged},
            repository::Repository,
        },
    },
};

/// The history of a repository: what became of entries and branches, and who did it.
#[derive(Clone, Copy)]
pub struct History<'r> {
    repository: &'r Repository,
}

impl Repository {
    /// What can be asked of history.
    pub const fn history(&self) -> History<'_> {
        History { repository: self }
    }
}

/// One commit, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommitRow {
    /// The commit.
    pub commit: CommitId,
    /// The commits that it was made from.
    pub parents: Vec<CommitId>,
    /// Who made it.
    pub author: String,
    /// When it was made, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// The message that its author gave.
    pub message: String,
    /// How many entries and translations differ from its first parent; cut at 10,000.
    pub changes_count: u64,
    /// Why that number is not known, or why commits before this one are not listed: what the damaged object says of its
    /// damage.
    pub damaged: Option<String>,
}

/// One version of an entry, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RevisionRow {
    /// The revision.
    pub revision: RevisionId,
    /// What the entry is in this version.
    pub state: EntryState,
    /// The document, when there is exactly one.
    pub document: Option<DocumentId>,
    /// Who wrote it.
    pub author: String,
    /// When they wrote it, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// The note that its author gave; may be empty.
    pub note: String,
    /// Why the author, time and note are not known, or why earlier versions are not listed: what the damaged object
    /// says of its damage.
    pub damaged: Option<String>,
}

/// An entry as it is at a state.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shown {
    /// The entry or translation.
    pub key: EntryKey,
    /// Its title.
    pub title: Option<String>,
    /// Its newest revision there.
    pub revision: RevisionRow,
    /// Its document; `None` when it is in the trash or in conflict.
    pub document: Option<Value>,
    /// The entries that contain it.
    pub parents: Vec<EntryKey>,
    /// The locales into which it is translated.
    pub locales: Vec<Locale>,
    /// Its route, if the state is a snapshot and the entry has one.
    pub route: Option<String>,
    /// Its delivered document, if the state is a snapshot and the entry has one.
    pub object: Option<DocumentId>,
}

/// A revision as it was written.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShownRevision {
    /// The entry or translation.
    pub key: EntryKey,
    /// The version, with its author, time and note.
    pub revision: RevisionRow,
    /// The versions that it was made from.
    pub parents: Vec<RevisionId>,
    /// The document of the schema under which it was written.
    pub schema: Option<DocumentId>,
    /// For a translation, the source revision that it was made from.
    pub derived_from: Option<RevisionId>,
    /// Whether the author declared that the text still means what it meant before.
    pub meaning_unchanged: bool,
    /// Its document, when there is exactly one.
    pub document: Option<Value>,
}

/// Where a page of a log begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogFrom {
    /// At a state.
    State(State),
    /// Where the last page ended: the commits that come next, one for each line of the history.
    Lines(Vec<CommitId>),
}

/// A walk over commits; see [`Repository::ancestry`].
pub(super) struct Ancestry<'a> {
    repository: &'a Repository,
    /// Ordered by generation, so that a commit comes after all commits that were made from it.
    queue: BinaryHeap<(u64, CommitId)>,
    seen: HashSet<CommitId>,
    /// Errors of parents that can't be read, to be reported after the commit that names them.
    unreadable: Vec<StoreError>,
}

impl Ancestry<'_> {
    fn advance(&mut self) -> Result<Option<(CommitId, Commit)>, StoreError> {
        if let Some(error) = self.unreadable.pop() {
            return Err(error);
        }
        let Some((_, id)) = self.queue.pop() else { return Ok(None) };
        let commit = self.repository.commit_of(id)?;
        for parent in &commit.parents {
            if self.seen.insert(*parent) {
                match self.repository.commit_of(*parent) {
                    Ok(commit) => self.queue.push((commit.generation, *parent)),
                    Err(error) => self.unreadable.push(error),
                }
            }
        }
        Ok(Some((id, commit)))
    }
}

impl Iterator for Ancestry<'_> {
    type Item = Result<(CommitId, Commit), StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.advance().transpose()
    }
}

/// Most differences that a log counts for one commit.
pub const CHANGES_COUNTED_MAX: u64 = 10_000;

impl Repository {
    /// A commit and everything that it was made from, each commit once, the highest generation first. A commit that
    /// can't be read is reported once, and the walk continues with the others.
    pub(super) fn ancestry(&self, head: CommitId) -> Ancestry<'_> {
        self.ancestry_of([(u64::MAX, head)])
    }

    fn ancestry_of(&self, heads: impl IntoIterator<Item = (u64, CommitId)>) -> Ancestry<'_> {
        let queue: BinaryHeap<_> = heads.into_iter().collect();
        let seen = queue.iter().map(|(_, id)| *id).collect();
        Ancestry { repository: self, queue, seen, unreadable: Vec::new() }
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
}

impl History<'_> {
    /// The commits that led to a state, newest first, after the given commit if any.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn log(
        &self,
        state: &State,
        rows_max: usize,
        after: Option<CommitId>,
    ) -> Result<Vec<CommitRow>, StoreError> {
        let mut ancestry = self.repository.ancestry(self.repository.commit_behind(state)?);
        if let Some(after) = after {
            for commit in ancestry.by_ref() {
                match commit {
                    Err(error) if error.is_damage() => {}
                    commit => {
                        if commit?.0 == after {
                            break;
                        }
                    }
                }
            }
        }
        self.commit_rows(&mut ancestry, rows_max)
    }

    /// The rows of the commits that come next; the row before a commit that can't be read reports it.
    fn commit_rows(
        &self,
        ancestry: &mut Ancestry<'_>,
        rows_max: usize,
    ) -> Result<Vec<CommitRow>, StoreError> {
        let mut rows: Vec<CommitRow> = Vec::new();
        while rows.len() < rows_max {
            match (ancestry.next(), rows.last_mut()) {
                (None, _) => break,
                (Some(Err(error)), Some(last)) if error.is_damage() => {
                    last.damaged.get_or_insert(format!("an earlier commit can't be read: {error}"));
                }
                (Some(commit), _) => rows.push(self.commit_row(commit?)?),
            }
        }
        // The parents that the last row names would be reported with the next row.
        while let (Some(error), Some(last)) = (ancestry.unreadable.pop(), rows.last_mut()) {
            last.damaged.get_or_insert(format!("an earlier commit can't be read: {error}"));
        }
        Ok(rows)
    }

    /// A page of the commits that led to a state, newest first, from where the previous page ended. Its cost follows
    /// the page alone, however far back it is.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn log_page(
        &self,
        from: &LogFrom,
        rows_max: usize,
    ) -> Result<(Vec<CommitRow>, Option<LogFrom>), StoreError> {
        let mut ancestry = match from {
            LogFrom::State(state) => {
                self.repository.ancestry(self.repository.commit_behind(state)?)
            }
            LogFrom::Lines(lines) => {
                let known =
                    lines.iter().filter_map(|id| match self.repository.content_commit(*id) {
                        Ok(commit) => commit.map(|commit| Ok((commit.generation, *id))),
                        Err(error) => Some(Err(error)),
                    });
                self.repository.ancestry_of(known.collect::<Result<Vec<_>, _>>()?)
            }
        };
        let rows = self.commit_rows(&mut ancestry, rows_max)?;
        let mut lines: Vec<_> = ancestry.queue.into_iter().map(|(_, id)| id).collect();
        lines.sort();
        Ok((rows, (!lines.is_empty()).then_some(LogFrom::Lines(lines))))
    }

    /// One commit, for people; `None` when no commit has this id.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn commit_shown(&self, id: CommitId) -> Result<Option<CommitRow>, StoreError> {
        let commit = self.repository.content_commit(id)?;
        commit.map(|commit| self.commit_row((id, commit))).transpose()
    }

    fn commit_row(&self, (id, commit): (CommitId, Commit)) -> Result<CommitRow, StoreError> {
        let count = || match commit.parents.first() {
            Some(parent) => {
                let before = self.repository.commit_of(*parent)?.catalogue;
                let differences = map::diff(&*self.repository.source, before, commit.catalogue)?;
                let counted =
                    differences.take(CHANGES_COUNTED_MAX as usize).map(|it| it.map(|_| 1));
                Ok(counted.sum::<Result<u64, _>>()?)
            }
            None => Ok(map::count(&*self.repository.source, commit.catalogue)?),
        };
        let (changes_count, damaged) = match unless_damaged(count())? {
            Ok(counted) => (counted, None),
            Err(damaged) => (0, Some(damaged)),
        };
        Ok(CommitRow {
            commit: id,
            parents: commit.parents,
            author: commit.author,
            time_ms: commit.time_ms,
            message: commit.message,
            changes_count,
            damaged,
        })
    }

    /// The versions of an entry up to a state, newest first; the cost follows that history alone.
    ///
    /// Returns `None` when the entry never existed.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn entry_log(
        &self,
        state: &State,
        key: &EntryKey,
        rows_max: usize,
    ) -> Result<Option<Vec<RevisionRow>>, StoreError> {
        let page = self.entry_history(state, key, &[], rows_max)?;
        Ok(page.map(|(rows, _)| rows))
    }

    /// A page of the versions of an entry, newest first, from where the previous page ended (from the newest when
    /// nothing is given), and where the next one begins. The cost follows the page alone.
    ///
    /// Returns `None` when the entry never existed. Writers' clocks order versions on parallel lines of the history.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn entry_history(
        &self,
        state: &State,
        key: &EntryKey,
        from: &[RevisionId],
        rows_max: usize,
    ) -> Result<Option<(Vec<RevisionRow>, Vec<RevisionId>)>, StoreError> {
        let roots = self.repository.roots(state)?;
        let Some(row) = catalogue::row(&*self.repository.source, roots.catalogue, key)? else {
            return Ok(None);
        };
        let from = if from.is_empty() { &[row.revision][..] } else { from };
        let mut queue = BinaryHeap::new();
        let mut seen: HashSet<RevisionId> = from.iter().copied().collect();
        let mut rows = Vec::new();
        for id in &seen {
            match self.repository.revision(*id) {
                Ok(revision) if revision.key == *key => queue.push((revision.time_ms, *id)),
                Err(error) if error.is_damage() && *id == row.revision => {
                    rows.push(damaged_row(row, &error));
                }
                Ok(_) | Err(StoreError::Missing { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        while rows.len() < rows_max {
            let Some((_, id)) = queue.pop() else { break };
            let revision = self.repository.revision(id)?;
            let mut damaged = None;
            for parent in &revision.parents {
                if seen.insert(*parent) {
                    match unless_damaged(self.repository.revision(*parent))? {
                        Ok(revision) => queue.push((revision.time_ms, *parent)),
                        Err(error) => {
                            damaged = Some(format!("an earlier version can't be read: {error}"));
                        }
                    }
                }
            }
            rows.push(RevisionRow { damaged, ..row_of(id, revision) });
        }
        let mut next: Vec<_> = queue.into_iter().map(|(_, id)| id).collect();
        next.sort();
        Ok(Some((rows, next)))
    }

    /// A revision with the document that it holds; `None` when no revision has this id.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn revision_shown(&self, id: RevisionId) -> Result<Option<ShownRevision>, StoreError> {
        let revision = match self.repository.revision(id) {
            Ok(revision) => revision,
            Err(StoreError::Missing { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        if own::is_revision(&revision) {
            return Ok(None);
        }
        let document =
            revision.state.document().map(|id| self.repository.document(id)).transpose()?;
        Ok(Some(ShownRevision {
            key: revision.key.clone(),
            parents: revision.parents.clone(),
            schema: revision.schema,
            derived_from: revision.derived_from,
            meaning_unchanged: revision.meaning_unchanged,
            document,
            revision: row_of(id, revision),
        }))
    }

    /// An entry as it is at a state; `None` when it never existed.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn show(&self, state: &State, key: &EntryKey) -> Result<Option<Shown>, StoreError> {
        let roots = self.repository.roots(state)?;
        let Some(row) = catalogue::row(&*self.repository.source, roots.catalogue, key)? else {
            return Ok(None);
        };
        let kinds = Kinds::at(self.repository, roots.catalogue);
        let graph = Graph::new(self.repository, &*self.repository.source, roots, &kinds);
        let document = row.document().map(|id| self.repository.document(id)).transpose()?;
        let revision = match self.repository.revision(row.revision) {
            Err(error) if error.is_damage() => damaged_row(row, &error),
            revision => row_of(row.revision, revision?),
        };
        let kind = kinds.get(key.kind())?;
        let title = kind
            .zip(document.as_ref())
            .and_then(|(kind, document)| kind.schema.title(document).map(str::to_owned));
        let mut locales = Vec::new();
        let prefix = key.translations_prefix();
        for entry in catalogue::with_prefix(&*self.repository.source, roots.catalogue, &prefix)? {
            let (found, value) = entry?;
            if catalogue::decoded_row(&found, &value)?.document().is_some() {
                locales.extend(catalogue::decoded_key(&found)?.locale().cloned());
            }
        }
        let (mut route, mut object) = (None, None);
        if let State::Snapshot { snapshot, channel, .. } = state
            && let Some(snapshot) = self.repository.any_snapshot(*snapshot)?
        {
            let nodes = self.repository.channel(channel)?.repository.public;
            route = route_of(&*nodes, snapshot.routes, key)?;
            object = served(&*nodes, &snapshot, key, key.locale())?.map(|row| row.object);
        }
        Ok(Some(Shown {
            title,
            revision,
            document,
            parents: graph.parents(&key.source())?,
            locales,
            route,
            object,
            key: key.clone(),
        }))
    }

    /// The entries that a commit changed on its own line, ascending.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn changed_in(&self, commit: CommitId) -> Result<Vec<EntryKey>, StoreError> {
        let known = self.repository.commit_of(commit)?;
        let Some(parent) = known.parents.first() else { return Ok(Vec::new()) };
        let before = self.repository.commit_of(*parent)?.catalogue;
        Ok(changed_rows(self.repository, before, known.catalogue)?.into_keys().collect())
    }
}

fn row_of(id: RevisionId, revision: Revision) -> RevisionRow {
    RevisionRow {
        revision: id,
        state: match revision.state {
            RevisionState::Resolved(_) => EntryState::Resolved,
            RevisionState::Conflicted(_) => EntryState::Conflicted,
            RevisionState::Deleted => EntryState::Deleted,
        },
        document: revision.state.document(),
        author: revision.author,
        time_ms: revision.time_ms,
        note: revision.note,
        damaged: None,
    }
}

/// What the catalogue says about a revision that can't be read.
fn damaged_row(row: CatalogueRow, error: &StoreError) -> RevisionRow {
    RevisionRow {
        revision: row.revision,
        state: row.state.into(),
        document: row.document(),
        author: String::new(),
        time_ms: 0,
        note: String::new(),
        damaged: Some(error.to_string()),
    }
}
