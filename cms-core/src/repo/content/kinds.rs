//! The kinds in force at one catalogue, compiled once per schema document.

use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    sync::Arc,
};

use parking_lot::Mutex;
use serde_json::Value;

use super::catalogue::{self, CatalogueRow, RowState};
use crate::repo::ground::{error::StoreError, repository::Repository};
use crate::{
    map::ReadNodes,
    model::{
        document::Document,
        id::{DocumentId, NodeId},
        key::{EntryKey, Kind},
        revision::RevisionState,
    },
    schema::{KIND_OF_SCHEMAS, KindSchema},
};

/// A kind in force: its compiled schema, and the document that holds the schema (`None` for the kind of kinds).
#[derive(Clone)]
pub(in crate::repo) struct KindInForce {
    pub(in crate::repo) schema: Arc<KindSchema>,
    pub(in crate::repo) document: Option<DocumentId>,
}

impl KindInForce {
    /// A document of an entry of this kind, its fields under the names that the kind gives them now.
    pub(in crate::repo) fn under_its_names(&self, document: Document) -> Document {
        if !self.schema.has_earlier_forms() {
            return document;
        }
        let mut value = document.clone().into_value();
        if self.schema.rename(&mut value).is_empty() { document } else { Document::of(value) }
    }
}

/// The kinds that the schemas of one catalogue describe.
pub(in crate::repo) struct Kinds<'a> {
    repository: &'a Repository,
    catalogue: NodeId,
    /// Schemas that are to be in force instead of the catalogue's.
    over: BTreeMap<EntryKey, Option<CatalogueRow>>,
    known: Mutex<HashMap<Kind, Option<KindInForce>>>,
    /// Kinds whose schema is about to change, as they were before.
    before: Mutex<HashMap<Kind, Option<KindInForce>>>,
}

impl<'a> Kinds<'a> {
    pub(in crate::repo) fn at(repository: &'a Repository, catalogue: NodeId) -> Self {
        Self::over(repository, catalogue, BTreeMap::new())
    }

    /// The kinds of a catalogue with some of its schemas replaced.
    pub(in crate::repo) fn over(
        repository: &'a Repository,
        catalogue: NodeId,
        over: BTreeMap<EntryKey, Option<CatalogueRow>>,
    ) -> Self {
        Self { repository, catalogue, over, known: Mutex::default(), before: Mutex::default() }
    }

    pub(super) const fn repository(&self) -> &Repository {
        self.repository
    }

    /// The catalogue whose kinds these are.
    pub(in crate::repo) const fn catalogue(&self) -> NodeId {
        self.catalogue
    }

    /// The kind, if there is a schema for it.
    pub(in crate::repo) fn get(&self, kind: &Kind) -> Result<Option<KindInForce>, StoreError> {
        if let Some(known) = self.known.lock().get(kind) {
            return Ok(known.clone());
        }
        let found = self.load(kind)?;
        self.known.lock().insert(kind.clone(), found.clone());
        Ok(found)
    }

    /// A stored document of a kind, its fields under the names that the kind in force has for them.
    pub(in crate::repo) fn document(
        &self,
        kind: &KindInForce,
        id: DocumentId,
    ) -> Result<Value, StoreError> {
        let mut document = self.repository.document(id)?;
        kind.schema.rename(&mut document);
        Ok(document)
    }

    /// Puts the schema in a document in force, if it compiles and differs. A schema that does not compile is a
    /// violation of its own entry; what is in force stays.
    pub(in crate::repo) fn take_document(
        &self,
        kind: Kind,
        document: &Document,
    ) -> Result<(), StoreError> {
        let Ok(schema) = KindSchema::compile(&kind, document) else { return Ok(()) };
        let id = document.id();
        if self.get(&kind)?.is_some_and(|known| known.document == Some(id)) {
            return Ok(());
        }
        self.take(kind, KindInForce { schema: Arc::new(schema), document: Some(id) })
    }

    /// Puts another schema of a kind in force.
    pub(in crate::repo) fn take(&self, kind: Kind, taken: KindInForce) -> Result<(), StoreError> {
        let before = self.get(&kind)?;
        self.before.lock().entry(kind.clone()).or_insert(before);
        self.known.lock().insert(kind, Some(taken));
        Ok(())
    }

    /// The kinds whose schemas are about to change.
    pub(in crate::repo) fn taken(&self) -> Vec<Kind> {
        self.before.lock().keys().cloned().collect()
    }

    /// A kind as it is before the change.
    pub(in crate::repo) fn get_before(
        &self,
        kind: &Kind,
    ) -> Result<Option<KindInForce>, StoreError> {
        if let Some(before) = self.before.lock().get(kind) {
            return Ok(before.clone());
        }
        self.get(kind)
    }

    fn load(&self, kind: &Kind) -> Result<Option<KindInForce>, StoreError> {
        if kind.as_str() == KIND_OF_SCHEMAS {
            return Ok(Some(KindInForce {
                schema: Arc::new(KindSchema::of_schemas()),
                document: None,
            }));
        }
        let Some(key) = schema_key(kind) else { return Ok(None) };
        let nodes: &dyn ReadNodes = &*self.repository.source;
        let row = match self.over.get(&key) {
            Some(row) => *row,
            None => catalogue::row(nodes, self.catalogue, &key)?,
        };
        row.map_or(Ok(None), |row| self.repository.schema_in_force(kind, &row))
    }

    /// Every kind that has a schema, ascending.
    pub(in crate::repo) fn names(&self) -> Result<Vec<Kind>, StoreError> {
        let schemas: Kind = KIND_OF_SCHEMAS.parse().expect("a kind");
        let prefix = EntryKey::kind_prefix(&schemas);
        let rows = catalogue::with_prefix(&*self.repository.source, self.catalogue, &prefix)?;
        let mut names = Vec::new();
        for row in rows {
            let (key, value) = row?;
            if catalogue::decoded_row(&key, &value)?.state != RowState::Deleted {
                names.extend(catalogue::decoded_key(&key)?.id().parse::<Kind>().ok());
            }
        }
        Ok(names)
    }
}

pub(in crate::repo) fn schema_key(kind: &Kind) -> Option<EntryKey> {
    EntryKey::new(KIND_OF_SCHEMAS.parse().expect("a kind"), kind.as_str()).ok()
}

/// Most revisions that are searched for a schema that compiles.
const LOOKED_THROUGH_MAX: usize = 64;

impl Repository {
    /// The schema that a row of the catalogue puts in force: its own, or where that does not compile or is in conflict,
    /// the newest earlier one that does. A draft may contain a mistake in a kind, which is a violation of that entry;
    /// the draft's other content is judged by the kind as it was before the mistake.
    pub(in crate::repo) fn schema_in_force(
        &self,
        kind: &Kind,
        row: &CatalogueRow,
    ) -> Result<Option<KindInForce>, StoreError> {
        if row.state == RowState::Deleted {
            return Ok(None);
        }
        if let Some(document) = row.document()
            && let Some(known) = self.compiling(kind, document)?
        {
            return Ok(Some(known));
        }
        let mut waiting = VecDeque::from([row.revision]);
        let mut seen = HashSet::from([row.revision]);
        while let Some(revision) = waiting.pop_front().filter(|_| seen.len() < LOOKED_THROUGH_MAX) {
            let revision = self.revision(revision)?;
            let terms = match &revision.state {
                RevisionState::Resolved(document) => vec![*document],
                RevisionState::Conflicted(terms) => terms.sides().flatten().collect(),
                RevisionState::Deleted => Vec::new(),
            };
            for document in terms {
                if let Some(known) = self.compiling(kind, document)? {
                    return Ok(Some(known));
                }
            }
            waiting.extend(revision.parents.into_iter().filter(|parent| seen.insert(*parent)));
        }
        Ok(None)
    }

    /// The schema in a document; `None` when it does not compile.
    fn compiling(
        &self,
        kind: &Kind,
        document: DocumentId,
    ) -> Result<Option<KindInForce>, StoreError> {
        match self.compiled_schema(kind, document) {
            Ok(schema) => Ok(Some(KindInForce { schema, document: Some(document) })),
            Err(StoreError::Schema(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The schema in a document, compiled at most once.
    pub(in crate::repo) fn compiled_schema(
        &self,
        kind: &Kind,
        document: DocumentId,
    ) -> Result<Arc<KindSchema>, StoreError> {
        if let Some(schema) = self.compiled.lock().get(&document) {
            return Ok(Arc::clone(schema));
        }
        let schema = Arc::new(KindSchema::compile(kind, &self.document(document)?)?);
        self.compiled.lock().insert(document, Arc::clone(&schema));
        Ok(schema)
    }
}

/// The kind whose schema this entry is.
pub(in crate::repo) fn schema_of(key: &EntryKey) -> Option<Kind> {
    let is_schema = key.kind().as_str() == KIND_OF_SCHEMAS && key.locale().is_none();
    is_schema.then(|| key.id().parse().ok()).flatten()
}
