//! What a publish made: the rows of the delivered map that change.

use std::collections::BTreeMap;

use crate::{
    map::Edit,
    model::{
        key::{EntryKey, Kind, Locale},
        snapshot::Snapshot,
    },
    repo::{
        content::home::home,
        delivered::row::Row,
        publish::{
            error::Takes,
            report::{DeliveredCounts, HeldBack, LeftOut, ShortenedRow},
        },
        state::old_keys::OldKeyRow,
    },
};

/// The result of making: what a publish made.
#[derive(Default)]
pub(in crate::repo::publish) struct Made {
    pub(in crate::repo::publish) changes: Vec<RowChange>,
    pub(in crate::repo::publish) left_out: Vec<LeftOut>,
    /// Translations that stay as they were, because what they make of their sources now is refused.
    pub(in crate::repo::publish) kept: Vec<HeldBack>,
    pub(in crate::repo::publish) old_keys: Vec<OldKeyRow>,
    pub(in crate::repo::publish) shortened: Vec<ShortenedRow>,
}

/// A change of one row of the delivered map.
pub(in crate::repo::publish) struct RowChange {
    pub(in crate::repo::publish) key: EntryKey,
    pub(in crate::repo::publish) before: Option<Row>,
    pub(in crate::repo::publish) after: Option<Row>,
    pub(in crate::repo::publish) size_bytes: u64,
}

impl Made {
    pub(in crate::repo::publish) fn edits(&self) -> Vec<Edit> {
        let mut edits: Vec<Edit> = self
            .changes
            .iter()
            .map(|change| (change.key.encode(), change.after.map(|row| row.encode())))
            .collect();
        edits.sort();
        edits
    }

    pub(in crate::repo::publish) fn retired(&self) -> Vec<EntryKey> {
        let retired =
            self.changes.iter().filter(|change| change.after.is_some_and(|row| row.retired));
        let mut retired: Vec<_> = retired.map(|change| change.key.clone()).collect();
        retired.sort();
        retired
    }

    pub(in crate::repo::publish) fn delivered_counts(&self) -> DeliveredCounts {
        let mut counts = DeliveredCounts::default();
        for change in &self.changes {
            let live = |row: Option<Row>| row.is_some_and(|row| !row.retired);
            match (live(change.before), live(change.after)) {
                (false, true) => counts.added += 1,
                (true, true) => counts.changed += 1,
                (true, false) => counts.removed += 1,
                (false, false) => {}
            }
            counts.size_bytes += change.size_bytes;
        }
        counts
    }

    /// What learners would lose that they had before.
    pub(in crate::repo::publish) fn takes(&self, before: Option<&Snapshot>) -> Option<Takes> {
        let live = |row: Option<Row>| row.is_some_and(|row| !row.retired);
        let home = home();
        let goes = |change: &RowChange| live(change.before) && !live(change.after);
        let had_some = before.is_some_and(|snapshot| !snapshot.kinds.is_empty());
        if had_some && self.counts(before, &[]).0.is_empty() {
            return Some(Takes::Everything);
        }
        let takes_home = self.changes.iter().any(|change| change.key == home && goes(change));
        takes_home.then_some(Takes::Home)
    }

    /// The snapshot's counts, made from the previous snapshot's. Its languages are the given ones, with or without
    /// documents of their own; languages that a channel delivered before languages had to be entries stay counted.
    pub(in crate::repo::publish) fn counts(
        &self,
        before: Option<&Snapshot>,
        languages: &[Locale],
    ) -> Counts {
        let (mut kinds, mut locales) = (BTreeMap::new(), BTreeMap::new());
        for change in &self.changes {
            let live = |row: Option<Row>| i64::from(row.is_some_and(|row| !row.retired));
            let difference = live(change.after) - live(change.before);
            match change.key.locale() {
                None => *kinds.entry(change.key.kind().clone()).or_default() += difference,
                Some(locale) => *locales.entry(locale.clone()).or_default() += difference,
            }
        }
        let none = (Vec::new(), Vec::new());
        let (kinds_before, locales_before) =
            before.map_or(none, |snapshot| (snapshot.kinds.clone(), snapshot.locales.clone()));
        let mut locales: BTreeMap<Locale, u64> =
            counted(&locales_before, &locales).into_iter().collect();
        for language in languages {
            locales.entry(language.clone()).or_default();
        }
        (counted(&kinds_before, &kinds), locales.into_iter().collect())
    }
}

/// The counts of a snapshot, updated from publish to publish.
pub(in crate::repo::publish) type Counts = (Vec<(Kind, u64)>, Vec<(Locale, u64)>);

/// Adds changes to counts, without those that become zero.
fn counted<K: Ord + Clone>(before: &[(K, u64)], changes: &BTreeMap<K, i64>) -> Vec<(K, u64)> {
    let mut counts: BTreeMap<K, i64> = before
        .iter()
        .map(|(key, count)| (key.clone(), i64::try_from(*count).unwrap_or(i64::MAX)))
        .collect();
    for (key, change) in changes {
        *counts.entry(key.clone()).or_default() += change;
    }
    counts
        .into_iter()
        .filter_map(|(key, count)| Some((key, u64::try_from(count).ok().filter(|c| *c > 0)?)))
        .collect()
}
