//! What is missing and what is stale in a language, by course, counted in words.

use std::collections::{BTreeMap, HashSet};

use rayon::prelude::*;
use serde::Serialize;

use super::{
    old_keys::Language,
    texts::{TextState, state_of},
};
use crate::{
    model::key::{EntryKey, Kind, Locale},
    repo::{
        content::{
            catalogue,
            graph::Graph,
            home::home,
            kinds::Kinds,
            languages::{language_key, languages},
            state::State,
        },
        ground::{
            error::{StoreError, unless_damaged},
            repository::Repository,
        },
        state::old_keys::OldKeyRow,
    },
};

/// A number of texts and of their words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Amount {
    /// How many texts.
    pub texts: u64,
    /// How many words they have in the source.
    pub words: u64,
}

impl Amount {
    fn add(&mut self, other: Self) {
        self.texts += other.texts;
        self.words += other.words;
    }
}

/// How much of something is translated into a language.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Amounts {
    /// All texts that have words.
    pub all: Amount,
    /// Those of them that have no translation.
    pub missing: Amount,
    /// Those of them whose translation was made from an earlier text.
    pub stale: Amount,
}

impl Amounts {
    fn add(&mut self, other: Self) {
        self.all.add(other.all);
        self.missing.add(other.missing);
        self.stale.add(other.stale);
    }
}

/// The state of a course, or of another container, in a language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CourseGaps {
    /// The container; `None` for entries that are in no such container.
    pub course: Option<EntryKey>,
    /// Its title.
    pub title: Option<String>,
    /// How many entries stand in it, including itself and the entries that they show.
    pub entries_count: u64,
    /// How many of these are not done.
    pub undone_count: u64,
    /// How many items keep earlier answers than the source's for the time being.
    pub old_keys_count: u64,
    /// Its texts.
    pub amounts: Amounts,
    /// How many of its entries can't be read, so that neither their texts nor the entries below them are counted.
    pub damaged_count: u64,
}

/// An entry that is not done in a language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryGaps {
    /// The entry.
    pub key: EntryKey,
    /// Its title in the source's language.
    pub title: Option<String>,
    /// The container in which it stands.
    pub course: Option<EntryKey>,
    /// Its texts.
    pub amounts: Amounts,
    /// Its items for which the language's learners would be scored by earlier answers than the source's, if this were
    /// published.
    pub old_keys: Vec<OldKeyRow>,
    /// Why its texts are not known: what the damaged object says of its damage.
    pub damaged: Option<String>,
}

/// The entries in the tree, each with the container of the requested kind in which it stands.
type Standing = Vec<(EntryKey, Option<EntryKey>)>;

impl Repository {
    /// What is missing and stale in a language at a state, by container of a kind, in reading order; `None` when there
    /// is no such language. It reads every entry in the tree.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn language_gaps(
        &self,
        state: &State,
        locale: &Locale,
        by: &Kind,
    ) -> Result<Option<Vec<CourseGaps>>, StoreError> {
        let Some(entries) = self.entries_in(state, locale, by, |_| true)? else { return Ok(None) };
        let mut order: Vec<CourseGaps> = Vec::new();
        let mut places: BTreeMap<Option<EntryKey>, usize> = BTreeMap::new();
        for entry in entries {
            let place = *places.entry(entry.course.clone()).or_insert_with(|| {
                order.push(CourseGaps {
                    course: entry.course.clone(),
                    title: None,
                    entries_count: 0,
                    undone_count: 0,
                    old_keys_count: 0,
                    amounts: Amounts::default(),
                    damaged_count: 0,
                });
                order.len() - 1
            });
            let course = &mut order[place];
            if course.course.as_ref() == Some(&entry.key) {
                course.title.clone_from(&entry.title);
            }
            course.entries_count += 1;
            course.undone_count += u64::from(entry.is_undone());
            course.old_keys_count += entry.old_keys.len() as u64;
            course.amounts.add(entry.amounts);
            course.damaged_count += u64::from(entry.damaged.is_some());
        }
        Ok(Some(order))
    }

    /// The languages that there are at a state, ascending.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn languages_at(&self, state: &State) -> Result<Vec<Locale>, StoreError> {
        languages(&*self.source, self.roots(state)?.catalogue)
    }

    /// The entries that are not done in a language, ascending, for keys after the given one, at most `rows_max`; only
    /// those of one container if one is named. `None` when there is no such language.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn entry_gaps(
        &self,
        state: &State,
        locale: &Locale,
        by: &Kind,
        course: Option<&EntryKey>,
        after: Option<&EntryKey>,
        rows_max: usize,
    ) -> Result<Option<Vec<EntryGaps>>, StoreError> {
        let is_asked = |of: &Option<EntryKey>| course.is_none() || of.as_ref() == course;
        let Some(mut entries) = self.entries_in(state, locale, by, is_asked)? else {
            return Ok(None);
        };
        entries.retain(|entry| entry.is_undone() && after.is_none_or(|after| entry.key > *after));
        entries.sort_by(|a, b| a.key.cmp(&b.key));
        entries.truncate(rows_max);
        Ok(Some(entries))
    }

    fn entries_in(
        &self,
        state: &State,
        locale: &Locale,
        by: &Kind,
        is_asked: impl Fn(&Option<EntryKey>) -> bool,
    ) -> Result<Option<Vec<EntryGaps>>, StoreError> {
        let roots = self.roots(state)?;
        let language = match language_key(locale) {
            Some(key) => catalogue::row(&*self.source, roots.catalogue, &key)?,
            None => None,
        };
        if language.is_none_or(|row| row.document().is_none()) {
            return Ok(None);
        }
        let kinds = Kinds::at(self, roots.catalogue);
        let graph = Graph::new(self, &*self.source, roots, &kinds);
        let language = self.language_at(roots.catalogue, locale)?;
        let standing = standing(&graph, by)?;
        let asked: Vec<_> = standing.into_iter().filter(|(_, course)| is_asked(course)).collect();
        let entries = asked
            .into_par_iter()
            .map(|(key, course)| {
                let gaps = self.gaps_of(&graph, &language, key.clone(), course.clone());
                Ok(unless_damaged(gaps)?.unwrap_or_else(|damaged| {
                    Some(EntryGaps { damaged: Some(damaged), ..EntryGaps::none_of(key, course) })
                }))
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        Ok(Some(entries.into_iter().flatten().collect()))
    }

    fn gaps_of(
        &self,
        graph: &Graph<'_>,
        language: &Language<'_>,
        key: EntryKey,
        course: Option<EntryKey>,
    ) -> Result<Option<EntryGaps>, StoreError> {
        let Some(own) = graph.row(&key)? else { return Ok(None) };
        let (Some(document), Some(kind)) = (own.document(), graph.kinds.get(key.kind())?) else {
            return Ok(None);
        };
        let source = graph.kinds.document(&kind, document)?;
        let row = graph.row(&key.translated(language.locale))?;
        let translation = self.translation_in(&kind, row.and_then(|row| row.document()))?;
        let mut gaps = EntryGaps::none_of(key, course);
        let amounts = &mut gaps.amounts;
        for segment in kind.schema.segments(&source) {
            let one = Amount { texts: 1, words: segment.word_count() };
            if one.words == 0 {
                continue;
            }
            amounts.all.add(one);
            match state_of(&segment, translation.get(&segment.address)) {
                TextState::Missing => amounts.missing.add(one),
                TextState::Stale => amounts.stale.add(one),
                TextState::Translated | TextState::Wordless | TextState::Gone => {}
            }
        }
        gaps.title = kind.schema.title(&source).map(str::to_owned);
        if gaps.is_undone() {
            let this = (&gaps.key, &source, own.revision);
            gaps.old_keys = self.old_keys((graph.kinds, &kind), this, &translation, language)?;
        }
        Ok(Some(gaps))
    }
}

impl EntryGaps {
    /// An entry before its texts are counted.
    fn none_of(key: EntryKey, course: Option<EntryKey>) -> Self {
        let amounts = Amounts::default();
        Self { key, title: None, course, amounts, old_keys: Vec::new(), damaged: None }
    }

    /// Whether texts wait for translation, or it is not known whether any do.
    const fn is_undone(&self) -> bool {
        self.amounts.missing.texts + self.amounts.stale.texts > 0 || self.damaged.is_some()
    }
}

/// Every entry below the home page in reading order, with the entries that each shows.
fn standing(graph: &Graph<'_>, by: &Kind) -> Result<Standing, StoreError> {
    let mut found = Vec::new();
    let mut seen = HashSet::from([home()]);
    let mut stack = vec![(home(), None)];
    while let Some((key, course)) = stack.pop() {
        let course = if key.kind() == by { Some(key.clone()) } else { course };
        found.push((key.clone(), course.clone()));
        // Entries that stand only below an entry that can't be read are not found; its row says so.
        let facts = unless_damaged(graph.facts(&key))?.ok().flatten();
        let carried: Vec<EntryKey> =
            facts.iter().flat_map(|facts| facts.carried()).map(|(key, _)| key.clone()).collect();
        // The last entry on the stack is taken first, so the order is reversed.
        stack.extend(
            carried
                .into_iter()
                .rev()
                .filter(|key| !seen.contains(key))
                .map(|key| (key, course.clone())),
        );
        while let Some((next, _)) = stack.last()
            && !seen.insert(next.clone())
        {
            stack.pop();
        }
    }
    Ok(found)
}
