//! Which entries a publish concerns: what it changes, what begins or ceases to stand, and everything that carries
//! these.

mod shown;
mod standing;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use rayon::prelude::*;

use super::{
    course::Base,
    select::{plain_links::is_plain, selection::Selection},
};
use crate::{
    engine::widely,
    model::key::{EntryKey, Locale},
    repo::{
        channel::policy::Answers,
        content::{
            backlinks,
            catalogue::{self, CatalogueRow},
            graph::Graph,
            kinds::schema_key,
            languages::language_of,
        },
        delivered::row::delivered_rows,
        ground::{error::StoreError, repository::Repository},
    },
    schema::{Place, Role},
};

pub(in crate::repo) use standing::Standing;

/// With more changes than this all cores are busy anyway, and reading ahead would only read twice.
const CHANGES_AHEAD_MAX: usize = 256;

/// The entries whose delivered documents may change.
pub(in crate::repo) struct Affected {
    /// In an order for making them: each layer needs only what the layers before it made.
    pub(super) layers: Vec<Vec<EntryKey>>,
    /// Entries whose own document or a translation changed, with the locales that this concerns.
    pub(super) changed: HashMap<EntryKey, Changed>,
    /// Those among them whose kind changed, with or without a change of their own.
    pub(super) by_kind: HashSet<EntryKey>,
    /// Entries that were delivered and no longer stand.
    pub(in crate::repo) withdrawn: BTreeSet<EntryKey>,
    /// Entries that stand and were not delivered before.
    pub(in crate::repo) newly_placed: BTreeSet<EntryKey>,
    /// Entries that are not delivered by themselves, neither before nor after, and whether each is given with what is
    /// withheld.
    pub(super) unseen: BTreeMap<EntryKey, bool>,
    /// Changed entries that stand nowhere.
    pub(super) stands_nowhere: Vec<EntryKey>,
    /// Those among them that are not in a template's model either.
    pub(super) unplaced: Vec<EntryKey>,
}

/// What changed in an entry itself.
#[derive(Debug, Clone, Default)]
pub(super) struct Changed {
    pub(super) document: bool,
    pub(super) locales: BTreeSet<Locale>,
}

pub(super) fn affected(
    repository: &Repository,
    graph: &Graph<'_>,
    base: &Base,
    selection: &Selection,
) -> Result<Affected, StoreError> {
    for candidate in
        selection.accepted.values().filter(|candidate| candidate.key.locale().is_none())
    {
        graph.know(candidate.key.clone(), candidate.facts.after.clone());
    }
    if selection.accepted.len() <= CHANGES_AHEAD_MAX {
        read_ahead(graph, selection)?;
    }
    let standing = Standing::of(graph, base);
    let mut changed = changed(graph, selection)?;
    if base.head.is_some() {
        link_up(graph, selection, &mut changed)?;
        give_anew(&standing, &mut changed)?;
    }
    let mut affected = Affected {
        layers: Vec::new(),
        withdrawn: BTreeSet::new(),
        newly_placed: BTreeSet::new(),
        unseen: BTreeMap::new(),
        stands_nowhere: Vec::new(),
        unplaced: Vec::new(),
        by_kind: by_kind(selection),
        changed,
    };
    flips(repository, &standing, base, selection, &mut affected)?;
    let mut concerned: BTreeSet<EntryKey> = BTreeSet::new();
    for key in affected.changed.keys().chain(&affected.newly_placed) {
        if standing.stands(key)? {
            concerned.insert(key.clone());
        } else if selection
            .accepted
            .get(key)
            .is_some_and(|candidate| candidate.facts.after.is_some())
        {
            let kind = graph.kinds.get(key.kind())?;
            if kind.is_some_and(|kind| kind.schema.place() != Place::Never)
                && !standing.is_given(key)?
            {
                affected.stands_nowhere.push(key.clone());
            }
        }
    }
    affected.stands_nowhere.sort();
    affected.stands_nowhere.dedup();
    for key in &affected.stands_nowhere {
        if graph.template_of(key)?.is_none() {
            affected.unplaced.push(key.clone());
        }
    }
    affected.layers = layers(graph, &standing, concerned, &affected.withdrawn)?;
    Ok(affected)
}

/// Reads which entries carry what changed, many at once: finding this out step by step would wait for the storage at
/// each step.
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

/// The entries whose kind changed: what other entries show of them is made again, whatever else changed.
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

/// What changed, by entry; a locale's new policy concerns everything that is translated into it.
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
            let key = catalogue::decoded_key(&row?.0)?;
            if let Some(locale) = key.locale().filter(|locale| languages.contains(locale)) {
                changed.entry(key.source()).or_default().locales.insert(locale.clone());
            }
        }
    }
    Ok(changed)
}

/// Entries with a plain link to one that becomes live were delivered without that link, so they are made again.
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

/// Entries that give a changed entry with what they withhold are made again, because what is given is stored with that.
fn give_anew(
    standing: &Standing<'_, '_>,
    changed: &mut HashMap<EntryKey, Changed>,
) -> Result<(), StoreError> {
    if standing.base.answers == Answers::Included {
        return Ok(());
    }
    let graph = standing.graph;
    let mut queue: Vec<EntryKey> = changed.keys().cloned().collect();
    let mut seen: HashSet<EntryKey> = queue.iter().cloned().collect();
    while let Some(key) = queue.pop() {
        let is_used = |key: &EntryKey| -> Result<bool, StoreError> {
            let kind = graph.kinds.get(key.kind())?;
            Ok(kind.is_some_and(|kind| kind.schema.place() == Place::Used))
        };
        if !is_used(&key)? {
            continue;
        }
        for (holder, role) in graph.carried_by(&key)?.iter() {
            if *role != Role::Embeds {
                continue;
            }
            let source = holder.source();
            if standing.may_keep_back(holder)? && standing.gives(holder, &key)? {
                changed.entry(source.clone()).or_default().document = true;
            }
            if is_used(&source)? && seen.insert(source.clone()) {
                queue.push(source);
            }
        }
    }
    Ok(())
}

/// Finds what begins to stand and what ceases to, downward from each change of what is carried.
fn flips(
    repository: &Repository,
    standing: &Standing<'_, '_>,
    base: &Base,
    selection: &Selection,
    affected: &mut Affected,
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
        // What was withheld may be shown now.
        if standing.may_keep_back(&candidate.key)? || affected.by_kind.contains(&candidate.key) {
            queue.extend(before.intersection(&after).cloned());
        }
    }
    let mut seen = HashSet::new();
    while let Some(key) = queue.pop() {
        if !seen.insert(key.clone()) {
            continue;
        }
        let stands = standing.stands(&key)?;
        let stood = crate::map::get(&*repository.public, base.delivered, &key.encode())?
            .map(|value| crate::repo::delivered::row::Row::decode(&value))
            .transpose()?
            .is_some_and(|row| !row.retired);
        if stands == stood {
            if stands || !is_unseen(standing, &key, affected)? {
                continue;
            }
        } else if stands {
            affected.newly_placed.insert(key.clone());
        } else {
            affected.withdrawn.insert(key.clone());
        }
        let facts = match (stands, selection.accepted.get(&key)) {
            (false, Some(candidate)) => candidate.facts.before.clone(),
            _ => standing.graph.facts(&key)?,
        };
        queue.extend(
            facts.iter().flat_map(|facts| facts.carried()).map(|(target, _)| target.clone()),
        );
        // In a channel's first publish all translations are new, and were looked at above.
        if base.head.is_some() {
            queue.extend(carried_in_words(standing.graph, selection, &key)?);
        }
    }
    Ok(())
}

/// What only the translations of an entry show, for translations that this publish leaves as they are.
fn carried_in_words(
    graph: &Graph<'_>,
    selection: &Selection,
    key: &EntryKey,
) -> Result<Vec<EntryKey>, StoreError> {
    let mut carried = Vec::new();
    let prefix = key.translations_prefix();
    for row in catalogue::with_prefix(graph.nodes, graph.roots.catalogue, &prefix)? {
        let key = catalogue::decoded_key(&row?.0)?;
        if selection.accepted.contains_key(&key) {
            continue;
        }
        let facts = graph.facts(&key)?;
        let targets = facts.iter().flat_map(|facts| facts.carried());
        carried.extend(targets.map(|(target, _)| target.clone()));
    }
    Ok(carried)
}

/// Records an entry that is not delivered by itself; returns whether its kind may be given with something else.
fn is_unseen(
    standing: &Standing<'_, '_>,
    key: &EntryKey,
    affected: &mut Affected,
) -> Result<bool, StoreError> {
    let kind = standing.graph.kinds.get(key.kind())?;
    let is_used = kind.is_some_and(|kind| kind.schema.place() == Place::Used);
    if is_used {
        affected.unseen.insert(key.clone(), standing.is_given(key)?);
    }
    Ok(is_used)
}

/// Adds everything that carries a concerned entry, and orders the entries: what is carried comes first.
fn layers(
    graph: &Graph<'_>,
    standing: &Standing<'_, '_>,
    concerned: BTreeSet<EntryKey>,
    withdrawn: &BTreeSet<EntryKey>,
) -> Result<Vec<Vec<EntryKey>>, StoreError> {
    let mut carriers: BTreeMap<EntryKey, Vec<EntryKey>> = BTreeMap::new();
    let mut queue: Vec<EntryKey> = concerned.union(withdrawn).cloned().collect();
    let mut seen: HashSet<EntryKey> = queue.iter().cloned().collect();
    let mut waiting: HashMap<EntryKey, usize> = HashMap::new();
    while let Some(key) = queue.pop() {
        let mut above = Vec::new();
        for carrier in graph.carriers(&key)? {
            if standing.stands(&carrier)? {
                if !withdrawn.contains(&key) {
                    *waiting.entry(carrier.clone()).or_default() += 1;
                    above.push(carrier.clone());
                }
                if seen.insert(carrier.clone()) {
                    queue.push(carrier);
                }
            }
        }
        if !withdrawn.contains(&key) {
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

/// The rows under which the entry was delivered before, in any locale.
pub(super) fn rows_before(
    repository: &Repository,
    base: &Base,
    key: &EntryKey,
) -> Result<Vec<(Option<Locale>, crate::repo::delivered::row::Row)>, StoreError> {
    delivered_rows(&*repository.public, base.delivered, key)
}
