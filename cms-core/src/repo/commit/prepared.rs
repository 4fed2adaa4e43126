//! Changes that are acceptable by themselves, and the revisions and maps that they produce.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use rayon::prelude::*;

use super::check::Touched;
use crate::repo::{
    content::{
        backlinks,
        catalogue::{CatalogueRow, RowState},
        facts::Facts,
        state::Roots,
    },
    ground::{error::StoreError, repository::Repository, stamp::Stamp},
};
use crate::{
    document::Sides,
    map::{self, Staging},
    model::{
        commit::Commit,
        document::Document,
        id::{DocumentId, RevisionId},
        key::EntryKey,
        object::{Object, ObjectKind},
        revision::{Revision, RevisionState},
    },
    schema::{Role, Violation},
};

/// A change that is acceptable by itself; the graph around it has not been checked yet.
#[derive(Clone)]
pub(in crate::repo) struct Prepared {
    pub(in crate::repo) key: EntryKey,
    pub(in crate::repo) before: Option<CatalogueRow>,
    pub(in crate::repo) facts: Touched,
    pub(in crate::repo) after: After,
    pub(in crate::repo) schema: Option<DocumentId>,
    pub(in crate::repo) derived_from: Option<RevisionId>,
    /// Revisions that it was made from, besides the one before it.
    pub(in crate::repo) merged: Vec<RevisionId>,
    /// What is wrong with its document by itself, if that was already determined.
    pub(in crate::repo) judged: Option<Vec<Violation>>,
    /// Who wrote it, and when in milliseconds since 1970-01-01T00:00:00Z, if that is not the committer.
    pub(in crate::repo) written: Option<(String, u64)>,
}

/// What a change makes of an entry.
#[derive(Clone)]
pub(in crate::repo) enum After {
    /// The entry gets this document.
    Document(NewDocument),
    /// Several documents that a merge could not join; `None` stands for no entry.
    Conflict(Sides<Option<NewDocument>>),
    /// The entry goes into the trash.
    Deleted,
    /// The entry becomes what another commit made of it, revision included; `None` where that commit never had it.
    Taken(Option<CatalogueRow>),
}

/// The document that a change gives an entry.
#[derive(Clone)]
pub(in crate::repo) enum NewDocument {
    /// A document that waits to be written.
    Unwritten(Document),
    /// A document that is stored already.
    Stored(DocumentId),
}

impl NewDocument {
    pub(in crate::repo) const fn id(&self) -> DocumentId {
        match self {
            Self::Unwritten(document) => document.id(),
            Self::Stored(id) => *id,
        }
    }

    /// The object, while it waits to be written.
    pub(in crate::repo) const fn unwritten(&self) -> Option<&Object> {
        match self {
            Self::Unwritten(document) => Some(document.object()),
            Self::Stored(_) => None,
        }
    }

    /// Takes the object that waits to be written; from then on only its id is kept.
    pub(in crate::repo) fn take_unwritten(&mut self) -> Option<Object> {
        let object = self.unwritten().cloned();
        *self = Self::Stored(self.id());
        object
    }
}

impl Prepared {
    /// A change of an entry about which nothing more is known yet.
    pub(in crate::repo) fn new(
        key: EntryKey,
        before: Option<CatalogueRow>,
        schema: Option<DocumentId>,
    ) -> Self {
        Self {
            key,
            before,
            facts: Touched::default(),
            after: After::Deleted,
            schema,
            derived_from: None,
            merged: Vec::new(),
            judged: None,
            written: None,
        }
    }

    /// The state that the catalogue's row will have; `None` for no entry at all.
    pub(in crate::repo) const fn state(&self) -> Option<RowState> {
        match &self.after {
            After::Document(document) => Some(RowState::Resolved(document.id())),
            After::Conflict(..) => Some(RowState::Conflicted),
            After::Deleted => Some(RowState::Deleted),
            After::Taken(Some(row)) => Some(row.state),
            After::Taken(None) => None,
        }
    }

    /// The new document, when there is exactly one.
    pub(in crate::repo) const fn document(&self) -> Option<&NewDocument> {
        match &self.after {
            After::Document(document) => Some(document),
            After::Conflict(..) | After::Deleted | After::Taken(_) => None,
        }
    }

    pub(in crate::repo) fn changes_nothing(&self) -> bool {
        match (&self.after, self.before) {
            (After::Conflict(..), _) => false,
            (After::Taken(after), before) => *after == before,
            (_, Some(before)) => Some(before.state) == self.state(),
            (after, None) => matches!(after, After::Deleted),
        }
    }

    /// The objects that wait to be written.
    pub(in crate::repo) fn unwritten(&self) -> impl Iterator<Item = &Object> {
        let documents = match &self.after {
            After::Document(document) => [Some(document), None, None],
            After::Conflict(sides) => sides.as_options().each(),
            After::Deleted | After::Taken(_) => [None; 3],
        };
        documents.into_iter().flatten().filter_map(NewDocument::unwritten)
    }

    fn revision(&self, derived_from: Option<RevisionId>, stamp: &Stamp) -> Option<Object> {
        let state = match &self.after {
            After::Document(document) => RevisionState::Resolved(document.id()),
            After::Conflict(sides) => {
                let terms = sides.as_options().map(|side| side.map(NewDocument::id));
                RevisionState::Conflicted(terms.into())
            }
            After::Deleted => RevisionState::Deleted,
            After::Taken(_) => return None,
        };
        let before = self.before.iter().map(|row| row.revision);
        let merged = self.merged.iter().copied();
        let (author, time_ms) = match &self.written {
            Some((author, time_ms)) => (author.clone(), *time_ms),
            None => (stamp.author.to_string(), stamp.time_ms),
        };
        let revision = Revision {
            key: self.key.clone(),
            state,
            parents: before.chain(merged).collect(),
            schema: self.schema,
            derived_from,
            meaning_unchanged: false,
            author,
            time_ms,
            note: stamp.message.clone(),
        };
        Some(Object::new(ObjectKind::Revision, revision.encode()))
    }

    fn row(&self, revision: Option<&Object>) -> Option<CatalogueRow> {
        match (&self.after, revision) {
            (After::Taken(row), _) => *row,
            (_, Some(revision)) => Some(CatalogueRow {
                state: self.state()?,
                revision: RevisionId::from_object_id(revision.id()),
            }),
            (_, None) => None,
        }
    }
}

/// The result of building changes.
pub(in crate::repo) struct Built {
    pub(in crate::repo) roots: Roots,
    pub(in crate::repo) revisions: Vec<Object>,
}

impl Repository {
    /// Builds the revisions and maps that changes produce, without writing anything. The changes ascend by key.
    /// Relinked entries keep their documents, but link differently under another schema.
    pub(in crate::repo) fn build(
        &self,
        staged: &mut Staging<'_>,
        base: &Commit,
        prepared: &[&Prepared],
        relinked: &[(EntryKey, Touched)],
        stamp: &Stamp,
    ) -> Result<Built, StoreError> {
        let salt = self.header.salt();
        let (sources, translations): (Vec<&Prepared>, Vec<&Prepared>) =
            prepared.iter().partition(|change| change.key.locale().is_none());
        let mut revisions: Vec<Option<Object>> = sources
            .par_iter()
            .with_min_len(256)
            .map(|change| change.revision(None, stamp))
            .collect();
        let made_from = |change: &Prepared| {
            let source = change.key.source();
            let made = sources.binary_search_by(|candidate| candidate.key.cmp(&source)).ok();
            let row = made.and_then(|at| sources[at].row(revisions[at].as_ref()));
            row.map(|row| row.revision).or(change.derived_from)
        };
        let translated = translations.par_iter().with_min_len(256);
        let translated: Vec<Option<Object>> =
            translated.map(|change| change.revision(made_from(change), stamp)).collect();
        revisions.extend(translated);
        let mut rows = BTreeMap::new();
        let mut links = BTreeMap::new();
        for (change, revision) in sources.iter().chain(&translations).zip(&revisions) {
            let row = change.row(revision.as_ref());
            rows.insert(change.key.encode(), row.map(|row| row.encode()));
            link_edits(&change.key, &change.facts, &mut links);
        }
        for (key, facts) in relinked {
            link_edits(key, facts, &mut links);
        }
        let catalogue = map::edit(staged, salt, base.catalogue, rows)?;
        let backlinks = map::edit(staged, salt, base.backlinks, links)?;
        let revisions = revisions.into_iter().flatten().collect();
        Ok(Built { roots: Roots { catalogue, backlinks }, revisions })
    }
}

/// What the graph sees of changes.
pub(in crate::repo) fn touched(prepared: &[&Prepared]) -> BTreeMap<EntryKey, Touched> {
    // A deleted translation leaves nothing that others could use.
    let seen = prepared
        .iter()
        .filter(|change| change.key.locale().is_none() || change.facts.after.is_some());
    seen.map(|change| (change.key.clone(), change.facts.clone())).collect()
}

/// The back-links that are added and removed with an entry's links.
pub(in crate::repo) fn link_edits(
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
    // What translations show was not always recorded, so a translation that existed before may still lack its
    // back-links.
    let new = after.iter().filter(|link| key.locale().is_some() || !before.contains(link));
    for (target, role) in new {
        edits.insert(backlinks::key(target, *role, key), Some(Vec::new()));
    }
}
