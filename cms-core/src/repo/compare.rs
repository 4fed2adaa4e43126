//! Comparing two states: which entries came, went, moved and changed.

mod page;
mod textdiff;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::{
    compare::textdiff::text_diff,
    content::{
        catalogue::{self, CatalogueRow},
        facts::Facts,
        kinds::Kinds,
        objects::StoreError,
    },
    open::Repository,
    state::State,
};
use crate::{map, model::key::EntryKey};

pub use page::{DifferencePage, DifferenceRow, DifferenceSide};

/// How to compare.
#[derive(Debug, Clone, Copy)]
pub struct CompareOptions {
    /// Whether to show the difference of each changed document's text.
    pub text: bool,
    /// Most rows of each list; the counts are whole.
    pub rows_max: usize,
}

/// An entry or translation that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// The entry or translation.
    pub key: EntryKey,
    /// Its title, the newer one where there are two.
    pub title: Option<String>,
    /// The difference as a unified diff of the documents' lines, where it was asked for.
    pub text: Option<String>,
}

/// An entry that stands elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// The entry.
    pub key: EntryKey,
    /// The containers that it left.
    pub from: Vec<EntryKey>,
    /// The containers that it came to.
    pub to: Vec<EntryKey>,
}

/// The difference of two states. Lists are cut as asked; counts are whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Entries that the second has and the first has not.
    pub added: Vec<Changed>,
    /// How many those are.
    pub added_count: u64,
    /// Entries that the first has and the second has not.
    pub removed: Vec<Changed>,
    /// How many those are.
    pub removed_count: u64,
    /// Entries that both have, in other places.
    pub moved: Vec<Moved>,
    /// How many those are.
    pub moved_count: u64,
    /// Entries whose documents differ.
    pub changed: Vec<Changed>,
    /// How many those are.
    pub changed_count: u64,
}

impl Repository {
    /// Compares two states; documents are compared, so equal ones are no change whatever their
    /// history. Its cost follows the number of differences.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn compare(
        &self,
        before: &State,
        after: &State,
        options: CompareOptions,
    ) -> Result<Comparison, StoreError> {
        let (left, right) = (self.roots(before)?, self.roots(after)?);
        let sides = [Kinds::at(self, left.catalogue), Kinds::at(self, right.catalogue)];
        let mut comparison = Comparison::default();
        let mut places = Places::default();
        for difference in map::diff(&*self.source, left.catalogue, right.catalogue)? {
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
            let document = |row: Option<CatalogueRow>| -> Result<Option<Value>, StoreError> {
                row.and_then(|row| row.document()).map(|id| self.document(id)).transpose()
            };
            let documents = [document(left)?, document(right)?];
            let (list, count) = match (&documents[0], &documents[1]) {
                (None, Some(_)) => (&mut comparison.added, &mut comparison.added_count),
                (Some(_), None) => (&mut comparison.removed, &mut comparison.removed_count),
                (Some(_), Some(_)) => (&mut comparison.changed, &mut comparison.changed_count),
                (None, None) => continue,
            };
            *count += 1;
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
                let text =
                    options.text.then(|| text_diff(documents[0].as_ref(), documents[1].as_ref()));
                list.push(Changed { key, title, text });
            }
        }
        comparison.moved = places.moved();
        comparison.moved_count = comparison.moved.len() as u64;
        comparison.moved.truncate(options.rows_max);
        Ok(comparison)
    }
}

/// Which of the containers that differ contain an entry, before and after.
#[derive(Default)]
struct Places(BTreeMap<EntryKey, [BTreeSet<EntryKey>; 2]>);

impl Places {
    fn note(&mut self, parent: &EntryKey, facts: &Facts, side: usize) {
        for child in facts.children() {
            self.0.entry(child.clone()).or_default()[side].insert(parent.clone());
        }
    }

    /// An entry moved when it left one container and came to another.
    fn moved(self) -> Vec<Moved> {
        let moved = self.0.into_iter().filter_map(|(key, [before, after])| {
            let from: Vec<_> = before.difference(&after).cloned().collect();
            let to: Vec<_> = after.difference(&before).cloned().collect();
            (!from.is_empty() && !to.is_empty()).then_some(Moved { key, from, to })
        });
        moved.collect()
    }
}
