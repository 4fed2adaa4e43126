//! Comparing two states: which entries were added, removed, moved and changed, how each changed, and which containers
//! that concerns.

pub(in crate::repo) mod entry;
mod page;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;

use super::content::{
    backlinks,
    catalogue::{self, CatalogueRow},
    facts::Facts,
    kinds::Kinds,
};
use crate::{
    document::{DocumentDiff, Shape, diff},
    map,
    model::{document::Document, key::EntryKey},
    repo::{
        content::state::{Roots, State},
        ground::{
            error::{StoreError, unless_damaged},
            repository::Repository,
        },
    },
    schema::Role,
};

use entry::rename_for_diff;
pub use entry::{EntryDifference, Renamed, Version};
pub use page::{DifferencePage, DifferenceRow, DifferenceSide};

/// How to compare.
#[derive(Debug, Clone, Copy)]
pub struct CompareOptions {
    /// Whether to say how each document changed.
    pub details: bool,
    /// Most rows of each list; the counts are complete.
    pub rows_max: usize,
}

/// An entry or translation that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Changed {
    /// The entry or translation.
    pub key: EntryKey,
    /// Its title, the newer one if there are two.
    pub title: Option<String>,
    /// Fields that now have another name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub renamed: Vec<Renamed>,
    /// How its document changed, if that was asked for and there are two documents.
    pub diff: Option<DocumentDiff>,
    /// Why it is not known how it changed: what the damaged document says of its damage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub damaged: Option<String>,
}

/// A container that changed only in what it contains, directly or further down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Concerned {
    /// The container.
    pub key: EntryKey,
    /// Its title.
    pub title: Option<String>,
    /// The entries below it that were added, removed or changed; the first [`BECAUSE_MAX`] of them.
    pub because: Vec<EntryKey>,
    /// How many entries below it were added, removed or changed.
    pub because_count: u64,
}

/// An entry that stands in other places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// The entry.
    pub key: EntryKey,
    /// The containers that no longer contain it.
    pub from: Vec<EntryKey>,
    /// The containers that contain it now.
    pub to: Vec<EntryKey>,
}

/// The difference of two states. Lists are cut as asked; counts are complete.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Comparison {
    /// Entries that only the second state has.
    pub added: Vec<Changed>,
    /// How many entries were added.
    pub added_count: u64,
    /// Entries that only the first state has.
    pub removed: Vec<Changed>,
    /// How many entries were removed.
    pub removed_count: u64,
    /// Entries that both states have, in other places.
    pub moved: Vec<Moved>,
    /// How many entries moved.
    pub moved_count: u64,
    /// Entries whose documents differ.
    pub changed: Vec<Changed>,
    /// How many entries changed.
    pub changed_count: u64,
    /// Containers that the changes concern, ascending by key.
    pub concerned: Vec<Concerned>,
    /// How many containers are concerned.
    pub concerned_count: u64,
}

impl Repository {
    /// Compares two states by their documents, so equal documents are no change, whatever their history. The cost
    /// follows the number of differences.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn compare(
        &self,
        before: &State,
        after: &State,
        options: CompareOptions,
    ) -> Result<Comparison, StoreError> {
        let (left_roots, right_roots) = (self.roots(before)?, self.roots(after)?);
        let sides = [left_roots, right_roots].map(|roots| Kinds::at(self, roots.catalogue));
        let mut comparison = Comparison::default();
        let mut places = Places::default();
        let mut concern = Concern::default();
        for difference in map::diff(&*self.source, left_roots.catalogue, right_roots.catalogue)? {
            let difference = difference?;
            let key = catalogue::decoded_key(&difference.key)?;
            let row = |value: &Option<bytes::Bytes>| -> Result<Option<CatalogueRow>, StoreError> {
                value
                    .as_ref()
                    .map(|value| catalogue::decoded_row(&difference.key, value))
                    .transpose()
            };
            let (left, right) = (row(&difference.left)?, row(&difference.right)?);
            if left.map(|row| row.state) == right.map(|row| row.state) {
                continue;
            }
            let mut damaged = None;
            // Whether the entry exists, and its document if that can be read.
            let mut document = |row: Option<CatalogueRow>, at: usize| {
                let Some(row) = row else { return Ok::<_, StoreError>((false, None)) };
                let shown = unless_damaged(self.drafts().shown_document(&sides[at], &key, row))?;
                Ok(shown.map_or_else(
                    |error| {
                        damaged = Some(error);
                        (true, None)
                    },
                    |document| (document.is_some(), document),
                ))
            };
            let ((was, before), (is, after)) = (document(left, 0)?, document(right, 1)?);
            let into_value = |document: Option<Document>| document.map(Document::into_value);
            let mut documents = [before, after].map(into_value);
            let (list, count) = match (was, is) {
                (false, true) => (&mut comparison.added, &mut comparison.added_count),
                (true, false) => (&mut comparison.removed, &mut comparison.removed_count),
                (true, true) => (&mut comparison.changed, &mut comparison.changed_count),
                (false, false) => continue,
            };
            *count += 1;
            concern.because_of(self, &key.source(), [left_roots, right_roots])?;
            let mut title = None;
            for (index, document) in documents.iter().enumerate() {
                if let (Some(document), Some(kind)) = (document, sides[index].get(key.kind())?) {
                    title = kind.schema.title(document).map(str::to_owned).or(title);
                    if key.locale().is_none() {
                        places.note(&key, &Facts::of(&kind.schema, document), index);
                    }
                }
            }
            if list.len() < options.rows_max {
                let mut renamed = Vec::new();
                let diff = match &mut documents {
                    [Some(before), Some(after)] if options.details => {
                        let kind = match key.locale() {
                            None => sides[1].get(key.kind())?,
                            Some(_) => None,
                        };
                        let shape =
                            kind.as_ref().map_or(Shape::Inferred, |kind| Shape::Kind(&kind.schema));
                        let schema = kind.as_ref().map(|kind| &*kind.schema);
                        renamed = rename_for_diff(schema, before, after);
                        Some(diff(shape, before, after))
                    }
                    _ => None,
                };
                list.push(Changed { key, title, renamed, diff, damaged });
            }
        }
        comparison.concerned = concern.into_rows(self, &sides[1], right_roots)?;
        comparison.concerned_count = comparison.concerned.len() as u64;
        comparison.concerned.truncate(options.rows_max);
        comparison.moved = places.moved();
        comparison.moved_count = comparison.moved.len() as u64;
        comparison.moved.truncate(options.rows_max);
        Ok(comparison)
    }
}

/// Most entries that are named as the reason why a container is concerned.
const BECAUSE_MAX: usize = 20;

/// The containers above what differs, and the reason why each is concerned.
#[derive(Default)]
struct Concern {
    because: BTreeMap<EntryKey, BTreeSet<EntryKey>>,
    parents: HashMap<EntryKey, BTreeSet<EntryKey>>,
}

impl Concern {
    /// Records a difference at all containers above it, before or after.
    fn because_of(
        &mut self,
        repository: &Repository,
        key: &EntryKey,
        roots: [Roots; 2],
    ) -> Result<(), StoreError> {
        let mut seen = BTreeSet::from([key.clone()]);
        let mut queue = vec![key.clone()];
        while let Some(next) = queue.pop() {
            if !self.parents.contains_key(&next) {
                let mut parents = BTreeSet::new();
                for roots in roots {
                    let nodes = &*repository.source;
                    let found =
                        backlinks::sources(nodes, roots.backlinks, &next, Some(Role::Contains))?;
                    parents.extend(found.into_iter().map(|(parent, _)| parent));
                }
                self.parents.insert(next.clone(), parents);
            }
            for parent in &self.parents[&next] {
                if seen.insert(parent.clone()) {
                    self.because.entry(parent.clone()).or_default().insert(key.clone());
                    queue.push(parent.clone());
                }
            }
        }
        Ok(())
    }

    fn into_rows(
        self,
        repository: &Repository,
        kinds: &Kinds<'_>,
        roots: Roots,
    ) -> Result<Vec<Concerned>, StoreError> {
        let mut rows = Vec::with_capacity(self.because.len());
        for (key, because) in self.because {
            let row = catalogue::row(&*repository.source, roots.catalogue, &key)?;
            let title = match (row.and_then(|row| row.document()), kinds.get(key.kind())?) {
                (Some(document), Some(kind)) => {
                    let document = unless_damaged(repository.document(document))?.ok();
                    document.and_then(|document| kind.schema.title(&document).map(str::to_owned))
                }
                _ => None,
            };
            rows.push(Concerned {
                title,
                because_count: because.len() as u64,
                because: because.into_iter().take(BECAUSE_MAX).collect(),
                key,
            });
        }
        Ok(rows)
    }
}

/// For an entry, the containers that differ and contain it before and after.
#[derive(Default)]
struct Places(BTreeMap<EntryKey, [BTreeSet<EntryKey>; 2]>);

impl Places {
    fn note(&mut self, parent: &EntryKey, facts: &Facts, side: usize) {
        for child in facts.children() {
            self.0.entry(child.clone()).or_default()[side].insert(parent.clone());
        }
    }

    /// The entries that moved: those that left one container and came to another.
    fn moved(self) -> Vec<Moved> {
        let moved = self.0.into_iter().filter_map(|(key, [before, after])| {
            let from: Vec<_> = before.difference(&after).cloned().collect();
            let to: Vec<_> = after.difference(&before).cloned().collect();
            (!from.is_empty() && !to.is_empty()).then_some(Moved { key, from, to })
        });
        moved.collect()
    }
}
