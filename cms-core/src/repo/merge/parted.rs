//! What two lines had in common when they parted, and what each changed since.
//!
//! Where the lines crossed, there are several best common ancestors. They are merged with one another first. Where that
//! gives a conflict, the base of those ancestors stands in for it, so that the sides meet the conflict and decide it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::repo::merge::triple::Triple;
use crate::repo::{
    content::{
        catalogue::{self, CatalogueRow, RowState, changed_rows},
        kinds::Kinds,
    },
    ground::{error::StoreError, repository::Repository},
};
use crate::{
    document::Sides,
    map,
    model::{
        document::Document,
        id::{CommitId, DocumentId, NodeId},
        key::EntryKey,
    },
};

/// What two lines had in common.
#[derive(Debug)]
pub(in crate::repo) struct Parted {
    catalogue: NodeId,
    /// If the lines crossed: rows that differ from the catalogue's.
    instead: BTreeMap<EntryKey, Option<RowState>>,
    /// Documents that were only computed and are not stored, by id.
    pub(in crate::repo) made: HashMap<DocumentId, Document>,
}

impl Parted {
    pub(in crate::repo) fn at(catalogue: NodeId) -> Self {
        Self { catalogue, instead: BTreeMap::new(), made: HashMap::new() }
    }

    fn state(
        &self,
        repository: &Repository,
        key: &EntryKey,
    ) -> Result<Option<RowState>, StoreError> {
        if let Some(state) = self.instead.get(key) {
            return Ok(*state);
        }
        let row = catalogue::row(&*repository.source, self.catalogue, key)?;
        Ok(row.map(|row| row.state))
    }

    /// The entries that either side changed, with what each made of them.
    pub(in crate::repo) fn triples(
        &self,
        repository: &Repository,
        ours: NodeId,
        theirs: NodeId,
    ) -> Result<Vec<Triple>, StoreError> {
        let ours = changed_rows(repository, self.catalogue, ours)?;
        let theirs = changed_rows(repository, self.catalogue, theirs)?;
        let keys: BTreeSet<&EntryKey> =
            ours.keys().chain(theirs.keys()).chain(self.instead.keys()).collect();
        let mut triples = Vec::with_capacity(keys.len());
        for key in keys {
            let (by_us, by_them) = (ours.get(key), theirs.get(key));
            let unchanged = || -> Result<Option<CatalogueRow>, StoreError> {
                match by_us.or(by_them) {
                    Some([before, _]) => Ok(*before),
                    None => catalogue::row(&*repository.source, self.catalogue, key),
                }
            };
            let after = |changed: Option<&[Option<CatalogueRow>; 2]>| match changed {
                Some([_, after]) => Ok(*after),
                None => unchanged(),
            };
            let base = match self.instead.get(key) {
                Some(state) => *state,
                None => unchanged()?.map(|row| row.state),
            };
            triples.push(Triple {
                key: key.clone(),
                base,
                ours: after(by_us)?,
                theirs: after(by_them)?,
            });
        }
        Ok(triples)
    }
}

impl Repository {
    /// What two commits had in common when their lines parted.
    pub(in crate::repo) fn parted(
        &self,
        kinds: &Kinds<'_>,
        ours: CommitId,
        theirs: CommitId,
    ) -> Result<Parted, StoreError> {
        let bases = self.merge_bases(ours, theirs)?;
        self.joined_bases(kinds, &bases)
    }

    fn joined_bases(&self, kinds: &Kinds<'_>, bases: &[CommitId]) -> Result<Parted, StoreError> {
        let Some((first, others)) = bases.split_first() else {
            // The lines never met, so everything is new on both sides.
            return Ok(Parted::at(map::build(&mut Vec::new(), self.header.salt(), [])?));
        };
        let mut parted = Parted::at(self.commit_of(*first)?.catalogue);
        for other in others {
            let before = self.merge_bases(*first, *other)?;
            let before = self.joined_bases(kinds, &before)?;
            let theirs = self.commit_of(*other)?.catalogue;
            for triple in before.triples(self, parted.catalogue, theirs)? {
                let ours = parted.state(self, &triple.key)?;
                let theirs = triple.theirs.map(|row| row.state);
                if theirs == triple.base || theirs == ours {
                    continue;
                }
                let state = if ours == triple.base {
                    theirs
                } else {
                    self.join_bases(kinds, &triple, ours, &before, &mut parted)?
                };
                parted.instead.insert(triple.key, state);
            }
        }
        Ok(parted)
    }

    fn join_bases(
        &self,
        kinds: &Kinds<'_>,
        triple: &Triple,
        ours: Option<RowState>,
        before: &Parted,
        parted: &mut Parted,
    ) -> Result<Option<RowState>, StoreError> {
        let read = |state: Option<RowState>, made: &Parted| match state {
            Some(RowState::Resolved(id)) => match made.made.get(&id) {
                Some(document) => Ok(Some(document.clone())),
                None => self.stored_document(id).map(Some),
            },
            _ => Ok(None),
        };
        let theirs = triple.theirs.map(|row| row.state);
        let documents = Sides {
            base: read(triple.base, before)?,
            ours: read(ours, parted)?,
            theirs: read(theirs, before)?,
        };
        let merged = self.merge_documents(kinds, &triple.key, documents)?;
        if !merged.conflicts.is_empty() {
            if let Some(RowState::Resolved(id)) = triple.base
                && let Some(document) = before.made.get(&id)
            {
                parted.made.insert(id, document.clone());
            }
            return Ok(triple.base);
        }
        Ok(Some(match &merged.document {
            None => RowState::Deleted,
            Some(document) => {
                let (id, document) = (document.id(), document.clone());
                parted.made.insert(id, document);
                RowState::Resolved(id)
            }
        }))
    }
}
