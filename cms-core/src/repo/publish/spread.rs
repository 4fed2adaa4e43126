//! Whom a publish concerns: what it changes, what comes to stand or falls, and all that carries it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use parking_lot::Mutex;
use rayon::prelude::*;

use super::{Base, Selection, delivered_rows, select::plain_links::is_plain};
use crate::{
    engine::widely,
    model::key::{EntryKey, Locale},
    repo::{
        commit::check::home,
        content::{
            backlinks, catalogue::CatalogueRow, graph::Graph, kinds::schema_key,
            languages::language_of, objects::StoreError,
        },
        open::Repository,
    },
    schema::Place,
};

/// With more changes than this all cores are busy anyway, and reading ahead only reads twice.
const CHANGES_AHEAD_MAX: usize = 256;

/// The entries whose delivered documents may change.
pub(in crate::repo) struct Spread {
    /// In an order to make them in: each layer needs only what the ones before it made.
    pub(super) layers: Vec<Vec<EntryKey>>,
    /// Entries whose own document or a translation changed, with the locales concerned.
    pub(super) changed: HashMap<EntryKey, Changed>,
    /// Those among them whose kind changed, alone or beside something of their own.
    pub(super) by_kind: HashSet<EntryKey>,
    /// Entries that were delivered and stand no more.
    pub(in crate::repo) fallen: BTreeSet<EntryKey>,
    /// Entries that stand and were not delivered.
    pub(in crate::repo) risen: BTreeSet<EntryKey>,
    /// Changed entries that stand nowhere.
    pub(super) stands_nowhere: Vec<EntryKey>,
    /// Those among them that no template has in its model either.
    pub(super) forgotten: Vec<EntryKey>,
}

/// What of an entry changed itself.
#[derive(Debug, Clone, Default)]
pub(super) struct Changed {
    pub(super) document: bool,
    pub(super) locales: BTreeSet<Locale>,
}

/// Whether entries stand, remembered.
pub(in crate::repo) struct Standing<'g, 'a> {
    graph: &'g Graph<'a>,
    known: Mutex<HashMap<EntryKey, bool>>,
}

impl<'g, 'a> Standing<'g, 'a> {
    pub(in crate::repo) fn of(graph: &'g Graph<'a>) -> Self {
        Self { graph, known: Mutex::default() }
    }

    /// Whether learners get the entry: it is there, and its kind's place is given.
    pub(in crate::repo) fn stands(&self, key: &EntryKey) -> Result<bool, StoreError> {
        if let Some(stands) = self.known.lock().get(key) {
            return Ok(*stands);
        }
        // A circle can't hold itself up.
        self.known.lock().insert(key.clone(), false);
        let stands = self.look(key)?;
        self.known.lock().insert(key.clone(), stands);
        Ok(stands)
    }

    fn look(&self, key: &EntryKey) -> Result<bool, StoreError> {
        let Some(kind) = self.graph.kinds.get(key.kind())? else { return Ok(false) };
        if kind.schema.place() == Place::Never
            || self.graph.row(key)?.and_then(|row| row.document()).is_none()
        {
            return Ok(false);
        }
        let holders = match kind.schema.place() {
            Place::Never => return Ok(false),
            Place::Always => return Ok(true),
            Place::Tree if *key == home() => return Ok(true),
            Place::Tree => self.graph.parents(key)?,
            Place::Used => self.graph.carriers(key)?,
        };
        for holder in holders {
            if self.stands(&holder)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

pub(super) fn spread(
    repository: &Repository,
    graph: &Graph<'_>,
    base: &Base,
    selection: &Selection,
) -> Result<Spread, StoreError> {
    for candidate in
        selection.accepted.values().filter(|candidate| candidate.key.locale().is_none())
    {
        graph.know(candidate.key.clone(), candidate.facts.after.clone());
    }
    if selection.accepted.len() <= CHANGES_AHEAD_MAX {
        read_ahead(graph, selection)?;
    }
    let standing = Standing::of(graph);
    let mut changed = changed(graph, selection)?;
    if base.head.is_some() {
        link_up(graph, selection, &mut changed)?;
    }
    let mut spread = Spread {
        layers: Vec::new(),
        fallen: BTreeSet::new(),
        risen: BTreeSet::new(),
        stands_nowhere: Vec::new(),
        forgotten: Vec::new(),
        by_kind: by_kind(selection),
        changed,
    };
    flips(repository, &standing, base, selection, &mut spread)?;
    let mut concerned: BTreeSet<EntryKey> = BTreeSet::new();
    for key in spread.changed.keys().chain(&spread.risen) {
        if standing.stands(key)? {
            concerned.insert(key.clone());
        } else if selection
            .accepted
            .get(key)
            .is_some_and(|candidate| candidate.facts.after.is_some())
        {
            let kind = graph.kinds.get(key.kind())?;
            if kind.is_some_and(|kind| kind.schema.place() != Place::Never) {
                spread.stands_nowhere.push(key.clone());
            }
        }
    }
    spread.stands_nowhere.sort();
    spread.stands_nowhere.dedup();
    for key in &spread.stands_nowhere {
        if graph.template_of(key)?.is_none() {
            spread.forgotten.push(key.clone());
        }
    }
    spread.layers = layers(graph, &standing, concerned, &spread.fallen)?;
    Ok(spread)
}

/// Reads who carries what changed, many at once: finding it out step by step waits for the storage at each step.
fn read_ahead(graph: &Graph<'_>, selection: &Selection) -> Result<(), StoreError> {
    let mut wave: Vec<EntryKey> = selection.accepted.keys().map(EntryKey::source).collect();
    let mut seen: HashSet<EntryKey> = wave.iter().cloned().collect();
    while !wave.is_empty() {
        let look = |key: &EntryKey| {
            graph.facts(key)?;
            graph.carriers(key)
        };
        let carriers: Vec<Vec<EntryKey>> =
            widely(|| wave.par_iter().map(look).collect::<Result<_, _>>())?;
        wave = carriers.into_iter().flatten().filter(|key| seen.insert(key.clone())).collect();
    }
    Ok(())
}

/// The entries whose kind changed: what others show of them is made anew, whatever else changed of them.
fn by_kind(selection: &Selection) -> HashSet<EntryKey> {
    let is_retyped = |key: &EntryKey| {
        schema_key(key.kind()).is_some_and(|schema| selection.accepted.contains_key(&schema))
    };
    let anew = selection
        .accepted
        .values()
        .filter(|candidate| candidate.before == candidate.after || is_retyped(&candidate.key));
    anew.map(|candidate| candidate.key.clone()).collect()
}

/// What changed, by entry; a locale's new policy concerns all that is translated to it.
fn changed(
    graph: &Graph<'_>,
    selection: &Selection,
) -> Result<HashMap<EntryKey, Changed>, StoreError> {
    let mut changed: HashMap<EntryKey, Changed> = HashMap::new();
    for key in selection.accepted.keys() {
        let entry = changed.entry(key.source()).or_default();
        match key.locale() {
            None => entry.document = true,
            Some(locale) => {
                entry.locales.insert(locale.clone());
            }
        }
    }
    let languages: BTreeSet<Locale> = selection.accepted.keys().filter_map(language_of).collect();
    if !languages.is_empty() {
        for row in crate::map::entries(graph.nodes, graph.roots.catalogue, b"")? {
            let key = crate::repo::content::catalogue::decoded_key(&row?.0)?;
            if let Some(locale) = key.locale().filter(|locale| languages.contains(locale)) {
                changed.entry(key.source()).or_default().locales.insert(locale.clone());
            }
        }
    }
    Ok(changed)
}

/// Entries that name one that comes to be live did without that link, and are made anew.
fn link_up(
    graph: &Graph<'_>,
    selection: &Selection,
    changed: &mut HashMap<EntryKey, Changed>,
) -> Result<(), StoreError> {
    let has = |row: Option<CatalogueRow>| row.is_some_and(|row| row.document().is_some());
    for candidate in selection.accepted.values() {
        let comes = !has(candidate.before) && has(candidate.after);
        if candidate.key.locale().is_some() || !comes {
            continue;
        }
        let nodes = graph.nodes;
        for (user, role) in backlinks::sources(nodes, graph.roots.backlinks, &candidate.key, None)?
        {
            if is_plain(role) {
                changed.entry(user).or_default().document = true;
            }
        }
    }
    Ok(())
}

/// Finds what comes to stand and what falls, downward from each change of what is carried.
fn flips(
    repository: &Repository,
    standing: &Standing<'_, '_>,
    base: &Base,
    selection: &Selection,
    spread: &mut Spread,
) -> Result<(), StoreError> {
    let mut queue: Vec<EntryKey> = Vec::new();
    for candidate in selection.accepted.values() {
        if candidate.key.locale().is_none() {
            queue.push(candidate.key.clone());
        }
        let carried =
            |facts: &Option<std::sync::Arc<crate::repo::content::facts::Facts>>| -> HashSet<EntryKey> {
                facts
                    .iter()
                    .flat_map(|facts| facts.carried())
                    .map(|(target, _)| target.clone())
                    .collect()
            };
        let (before, after) = (carried(&candidate.facts.before), carried(&candidate.facts.after));
        queue.extend(before.symmetric_difference(&after).cloned());
    }
    let mut seen = HashSet::new();
    while let Some(key) = queue.pop() {
        if !seen.insert(key.clone()) {
            continue;
        }
        let stands = standing.stands(&key)?;
        let stood = crate::map::get(&*repository.public, base.delivered, &key.encode())?
            .map(|value| crate::repo::deliver::Row::decode(&value))
            .transpose()?
            .is_some_and(|row| !row.retired);
        if stands == stood {
            continue;
        }
        if stands {
            spread.risen.insert(key.clone());
        } else {
            spread.fallen.insert(key.clone());
        }
        let facts = match (stands, selection.accepted.get(&key)) {
            (false, Some(candidate)) => candidate.facts.before.clone(),
            _ => standing.graph.facts(&key)?,
        };
        queue.extend(
            facts.iter().flat_map(|facts| facts.carried()).map(|(target, _)| target.clone()),
        );
    }
    Ok(())
}

/// Adds all that carries what is concerned, and orders it: what is carried comes first.
fn layers(
    graph: &Graph<'_>,
    standing: &Standing<'_, '_>,
    concerned: BTreeSet<EntryKey>,
    fallen: &BTreeSet<EntryKey>,
) -> Result<Vec<Vec<EntryKey>>, StoreError> {
    let mut carriers: BTreeMap<EntryKey, Vec<EntryKey>> = BTreeMap::new();
    let mut queue: Vec<EntryKey> = concerned.union(fallen).cloned().collect();
    let mut seen: HashSet<EntryKey> = queue.iter().cloned().collect();
    let mut waiting: HashMap<EntryKey, usize> = HashMap::new();
    while let Some(key) = queue.pop() {
        let mut above = Vec::new();
        for carrier in graph.carriers(&key)? {
            if standing.stands(&carrier)? {
                if !fallen.contains(&key) {
                    *waiting.entry(carrier.clone()).or_default() += 1;
                    above.push(carrier.clone());
                }
                if seen.insert(carrier.clone()) {
                    queue.push(carrier);
                }
            }
        }
        if !fallen.contains(&key) {
            carriers.insert(key, above);
        }
    }
    let mut layer: Vec<EntryKey> =
        carriers.keys().filter(|key| !waiting.contains_key(*key)).cloned().collect();
    let mut layers = Vec::new();
    while !layer.is_empty() {
        let mut next = Vec::new();
        for carrier in layer.iter().flat_map(|key| &carriers[key]) {
            let left = waiting.get_mut(carrier).expect("counted above");
            *left -= 1;
            if *left == 0 {
                next.push(carrier.clone());
            }
        }
        next.sort();
        layers.push(std::mem::replace(&mut layer, next));
    }
    Ok(layers)
}

/// Whether the entry was delivered before, in any locale.
pub(super) fn rows_before(
    repository: &Repository,
    base: &Base,
    key: &EntryKey,
) -> Result<Vec<(Option<Locale>, crate::repo::deliver::Row)>, StoreError> {
    delivered_rows(&*repository.public, base.delivered, key)
}
