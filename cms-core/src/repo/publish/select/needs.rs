//! What chosen entries need besides themselves: the schemas of their kinds, and the languages into which they are
//! translated.
//!
//! Invariant: every entry that a channel delivers has its kind in force there, so that what is delivered is a function
//! of what is effective.

use std::collections::{BTreeMap, HashMap};

use super::candidate::Difference;
use crate::{
    map,
    model::{
        id::NodeId,
        key::{EntryKey, Kind},
    },
    repo::{
        content::{
            catalogue::{self, CatalogueRow},
            kinds::{KindInForce, schema_key},
            languages::language_key,
        },
        ground::{error::StoreError, repository::Repository},
        publish::course::Base,
    },
    schema::KIND_OF_SCHEMAS,
};

/// Finds what rows need that is not live, in the state that they come from.
pub(super) struct Needs<'n> {
    repository: &'n Repository,
    base: &'n Base,
    asked: NodeId,
    /// For each kind, its live schema and the newer one, if there is a newer one.
    schemas: HashMap<Kind, Option<Newer>>,
    found: BTreeMap<EntryKey, CatalogueRow>,
}

/// A schema that is newer than the live one.
struct Newer {
    live: Option<KindInForce>,
    comes: Option<KindInForce>,
    key: EntryKey,
    row: CatalogueRow,
}

impl Newer {
    fn says_more_than(&self, live: &KindInForce) -> bool {
        self.comes.as_ref().is_some_and(|comes| {
            !live.schema.delivers_as(&comes.schema)
                || live.schema.embargo_property() != comes.schema.embargo_property()
        })
    }
}

impl<'n> Needs<'n> {
    pub(super) fn of(repository: &'n Repository, base: &'n Base, asked: NodeId) -> Self {
        Self { repository, base, asked, schemas: HashMap::new(), found: BTreeMap::new() }
    }

    /// Finds what the row that is to go live under a key needs.
    pub(super) fn look(
        &mut self,
        key: &EntryKey,
        after: Option<CatalogueRow>,
    ) -> Result<(), StoreError> {
        let Some(document) = after.and_then(|row| row.document()) else { return Ok(()) };
        if let Some(language) = key.locale().and_then(language_key)
            && self.live(&language)?.is_none()
            && let Some(row) = self.row_asked(&language)?
            && self.found.insert(language.clone(), row).is_none()
        {
            self.look(&language, Some(row))?;
        }
        let repository = self.repository;
        let found = match self.newer(key.kind())? {
            None => return Ok(()),
            Some(newer) => {
                let is_needed = match &newer.live {
                    None => true,
                    // For a translation, its source decides.
                    Some(_) if key.locale().is_some() => false,
                    // An entry goes live with what is private or under embargo by the schema for which it was written.
                    Some(live) => {
                        newer.says_more_than(live)
                            || !repository
                                .judge(&live.schema, &repository.document(document)?)?
                                .is_empty()
                    }
                };
                is_needed.then(|| (newer.key.clone(), newer.row))
            }
        };
        self.found.extend(found);
        Ok(())
    }

    /// The kinds of live entries that are not live themselves, because the channel was begun before chosen entries
    /// brought their kinds.
    fn look_back(&mut self) -> Result<(), StoreError> {
        let schemas: Kind = KIND_OF_SCHEMAS.parse().expect("a kind");
        let nodes = &*self.repository.source;
        for row in catalogue::with_prefix(nodes, self.asked, &EntryKey::kind_prefix(&schemas))? {
            let (key, value) = row?;
            let (key, row) = (catalogue::decoded_key(&key)?, catalogue::decoded_row(&key, &value)?);
            let (Ok(kind), Some(_), None) = (key.id().parse(), row.document(), self.live(&key)?)
            else {
                continue;
            };
            let prefix = EntryKey::kind_prefix(&kind);
            let mut entries = catalogue::with_prefix(nodes, self.base.roots.catalogue, &prefix)?;
            if entries.next().transpose()?.is_some() {
                self.found.insert(key, row);
            }
        }
        Ok(())
    }

    /// What is needed and differs from what is live.
    pub(super) fn into_differences(mut self) -> Result<Vec<Difference>, StoreError> {
        if map::count(&*self.repository.source, self.base.roots.catalogue)? > 0 {
            self.look_back()?;
        }
        let nodes = &*self.repository.source;
        let found = std::mem::take(&mut self.found);
        found
            .into_iter()
            .map(|(key, row)| {
                let before = catalogue::row(nodes, self.base.roots.catalogue, &key)?;
                Ok((key, before, Some(row)))
            })
            .collect()
    }

    fn newer(&mut self, kind: &Kind) -> Result<Option<&Newer>, StoreError> {
        if !self.schemas.contains_key(kind) {
            let newer = self.find_newer(kind)?;
            self.schemas.insert(kind.clone(), newer);
        }
        Ok(self.schemas.get(kind).and_then(Option::as_ref))
    }

    fn find_newer(&self, kind: &Kind) -> Result<Option<Newer>, StoreError> {
        let Some(key) = schema_key(kind) else { return Ok(None) };
        let Some(row) = self.row_asked(&key)? else { return Ok(None) };
        let live = self.live(&key)?;
        if let Some(live) = live
            && (live.state == row.state
                || self.repository.is_made_from(live.revision, row.revision)?)
        {
            return Ok(None);
        }
        let live = match live {
            Some(live) => self.repository.schema_in_force(kind, &live)?,
            None => None,
        };
        let comes = self.repository.schema_in_force(kind, &row)?;
        Ok(Some(Newer { live, comes, key, row }))
    }

    fn live(&self, key: &EntryKey) -> Result<Option<CatalogueRow>, StoreError> {
        let row = catalogue::row(&*self.repository.source, self.base.roots.catalogue, key)?;
        Ok(row.filter(|row| row.document().is_some()))
    }

    fn row_asked(&self, key: &EntryKey) -> Result<Option<CatalogueRow>, StoreError> {
        let row = catalogue::row(&*self.repository.source, self.asked, key)?;
        Ok(row.filter(|row| row.document().is_some()))
    }
}
