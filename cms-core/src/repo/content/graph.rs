//! The graph of entries at one state: who contains, carries and links to whom.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use parking_lot::Mutex;

use super::{
    backlinks,
    catalogue::{self, CatalogueRow, RowState},
    facts::Facts,
    kinds::Kinds,
};
use crate::repo::{
    content::state::Roots,
    ground::{error::StoreError, repository::Repository},
};
use crate::{map::ReadNodes, model::key::EntryKey, schema::Role};

/// A state's maps, read as a graph. Facts, and which entries carry which, are read once and remembered.
pub(in crate::repo) struct Graph<'a> {
    pub(in crate::repo) repository: &'a Repository,
    pub(in crate::repo) nodes: &'a (dyn ReadNodes + Sync),
    pub(in crate::repo) roots: Roots,
    pub(in crate::repo) kinds: &'a Kinds<'a>,
    known: Mutex<HashMap<EntryKey, Option<Arc<Facts>>>>,
    carrying: Mutex<HashMap<EntryKey, Arc<[(EntryKey, Role)]>>>,
}

impl<'a> Graph<'a> {
    pub(in crate::repo) fn new(
        repository: &'a Repository,
        nodes: &'a (dyn ReadNodes + Sync),
        roots: Roots,
        kinds: &'a Kinds<'a>,
    ) -> Self {
        Self {
            repository,
            nodes,
            roots,
            kinds,
            known: Mutex::default(),
            carrying: Mutex::default(),
        }
    }

    /// Records facts that are known already, so that they need not be read.
    pub(in crate::repo) fn know(&self, key: EntryKey, facts: Option<Arc<Facts>>) {
        self.known.lock().insert(key, facts);
    }

    pub(in crate::repo) fn row(&self, key: &EntryKey) -> Result<Option<CatalogueRow>, StoreError> {
        catalogue::row(self.nodes, self.roots.catalogue, key)
    }

    /// Whether the entry exists and is not in the trash.
    pub(in crate::repo) fn exists(&self, key: &EntryKey) -> Result<bool, StoreError> {
        if let Some(known) = self.known.lock().get(key) {
            return Ok(known.is_some());
        }
        Ok(self.row(key)?.is_some_and(|row| row.state != RowState::Deleted))
    }

    /// The facts of the entry's document; `None` when it has no single document.
    pub(in crate::repo) fn facts(&self, key: &EntryKey) -> Result<Option<Arc<Facts>>, StoreError> {
        if let Some(known) = self.known.lock().get(key) {
            return Ok(known.clone());
        }
        let row = self.row(key)?;
        let document = match row {
            Some(row) => self.repository.stand_in(&row)?,
            None => None,
        };
        let facts = match (document, self.kinds.get(key.kind())?) {
            (Some(document), Some(kind)) => {
                let document = match key.locale() {
                    None => self.kinds.document(&kind, document)?,
                    Some(_) => self.repository.document(document)?,
                };
                Some(Arc::new(Facts::under(key, &kind.schema, &document)))
            }
            _ => None,
        };
        self.known.lock().insert(key.clone(), facts.clone());
        Ok(facts)
    }

    /// As [`Graph::facts`], of a document that can be read: what was taken down or is damaged says nothing.
    pub(in crate::repo) fn readable_facts(
        &self,
        key: &EntryKey,
    ) -> Result<Option<Arc<Facts>>, StoreError> {
        match self.facts(key) {
            Err(error) if error.is_damage() => Ok(None),
            facts => facts,
        }
    }

    /// The entries that link to an entry in one role.
    pub(in crate::repo) fn sources(
        &self,
        key: &EntryKey,
        role: Role,
    ) -> Result<Vec<EntryKey>, StoreError> {
        let sources = backlinks::sources(self.nodes, self.roots.backlinks, key, Some(role))?;
        Ok(sources.into_iter().map(|(source, _)| source).collect())
    }

    /// The entries that contain this one.
    pub(in crate::repo) fn parents(&self, key: &EntryKey) -> Result<Vec<EntryKey>, StoreError> {
        let carrying = self.carrying(key)?;
        let parents = carrying.iter().filter(|(_, role)| *role == Role::Contains);
        Ok(parents.map(|(parent, _)| parent.clone()).collect())
    }

    /// The entries whose delivered documents carry this one, each once.
    pub(in crate::repo) fn carriers(&self, key: &EntryKey) -> Result<Vec<EntryKey>, StoreError> {
        let mut carriers = self.parents(key)?;
        let contain = carriers.len();
        for (carrier, role) in self.carrying(key)?.iter() {
            if *role == Role::Embeds && carriers[..contain].binary_search(carrier).is_err() {
                carriers.push(carrier.clone());
            }
        }
        Ok(carriers)
    }

    fn carrying(&self, key: &EntryKey) -> Result<Vec<(EntryKey, Role)>, StoreError> {
        // What a translation shows counts as carried by its entry.
        let by = self.carried_by(key)?;
        let mut carrying: Vec<_> =
            by.iter().map(|(carrier, role)| (carrier.source(), *role)).collect();
        carrying.dedup();
        Ok(carrying)
    }

    /// The entries and translations whose texts carry this one, by key within each role.
    pub(in crate::repo) fn carried_by(
        &self,
        key: &EntryKey,
    ) -> Result<Arc<[(EntryKey, Role)]>, StoreError> {
        if let Some(known) = self.carrying.lock().get(key) {
            return Ok(Arc::clone(known));
        }
        let found = backlinks::carrying(self.nodes, self.roots.backlinks, key)?;
        let carrying: Arc<[_]> = found.into();
        self.carrying.lock().insert(key.clone(), Arc::clone(&carrying));
        Ok(carrying)
    }

    /// The template whose model an entry is or stands in, the first by key; `None` when there is none.
    pub(in crate::repo) fn template_of(
        &self,
        key: &EntryKey,
    ) -> Result<Option<EntryKey>, StoreError> {
        let mut found = None;
        for model in self.ancestors(key, &[Role::Contains, Role::Embeds])? {
            let users = backlinks::sources(self.nodes, self.roots.backlinks, &model, None)?;
            for (user, _) in users {
                let kind = self.kinds.get(user.kind())?.filter(|kind| kind.schema.is_template());
                let document = self.row(&user)?.and_then(|row| row.document());
                let (Some(kind), Some(document)) = (kind, document) else { continue };
                let is_first = found.as_ref().is_none_or(|found| user < *found);
                if is_first
                    && kind.schema.model(&self.repository.document(document)?)
                        == Some(model.clone())
                {
                    found = Some(user);
                }
            }
        }
        Ok(found)
    }

    /// The entry and everything that leads to it along links of these roles. An entry has few ancestors but may have
    /// many descendants, so circles are searched for in this direction.
    pub(in crate::repo) fn ancestors(
        &self,
        key: &EntryKey,
        roles: &[Role],
    ) -> Result<HashSet<EntryKey>, StoreError> {
        let mut seen = HashSet::from([key.clone()]);
        let mut queue = vec![key.clone()];
        while let Some(next) = queue.pop() {
            for role in roles {
                for source in self.sources(&next, *role)? {
                    if seen.insert(source.clone()) {
                        queue.push(source);
                    }
                }
            }
        }
        Ok(seen)
    }
}
