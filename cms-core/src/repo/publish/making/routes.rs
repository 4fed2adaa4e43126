//! Which routes a publish adds, moves and removes.
//!
//! A route is the slugs of the containers on the canonical path, the kind's letter, and the slug. The canonical parent
//! is the one that the entry names, or else the first in reading order.
//!
//! Invariants:
//! 1. Every route that an entry had keeps leading to it, until another entry takes it over.
//! 2. No two entries have the same route.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use crate::repo::{
    content::{facts::Facts, graph::Graph, home::home, reading_order::ReadingOrder},
    ground::{error::StoreError, repository::Repository},
};
use crate::{
    map::Edit,
    model::key::EntryKey,
    repo::{
        delivered::route::{ROUTE_SIZE_BYTES_MAX, RouteRow, by_key, by_route, look_up, route_of},
        publish::{
            affected::{Affected, Standing},
            course::Base,
            report::MovedRoute,
            select::selection::Selection,
        },
    },
    schema::Place,
};

/// The routes that a publish adds, moves and removes.
#[derive(Default)]
pub(in crate::repo) struct RouteEdits {
    pub(in crate::repo) rows: Vec<MovedRoute>,
    pub(in crate::repo) edits: Vec<Edit>,
}

pub(in crate::repo) fn route_edits(
    repository: &Repository,
    graph: &Graph<'_>,
    base: &Base,
    selection: &Selection,
    affected: &Affected,
) -> Result<RouteEdits, StoreError> {
    let mut finder = Finder {
        graph,
        standing: Standing::of(graph, base),
        routes: HashMap::new(),
        order: ReadingOrder::default(),
    };
    let concerned = concerned(graph, selection, affected)?;
    let nodes = &*repository.public;
    let mut edits: BTreeMap<Vec<u8>, Option<Vec<u8>>> = BTreeMap::new();
    let mut taken: HashMap<String, EntryKey> = HashMap::new();
    let mut rows = Vec::new();
    for key in concerned {
        let from = route_of(nodes, base.routes, &key)?;
        let mut to = finder.route(&key)?.map(|route| route.to_string());
        if let Some(route) = &mut to {
            let is_taken = taken.contains_key(route)
                || matches!(look_up(nodes, base.routes, route)?, RouteRow::Entry(other) if other != key
                    && finder.route(&other)?.as_deref() == Some(route.as_str()));
            if is_taken {
                route.push('-');
                route.push_str(key.id());
            }
            taken.insert(route.clone(), key.clone());
        }
        if from == to {
            continue;
        }
        match &to {
            Some(route) => {
                edits.insert(by_route(route), Some(key.encode()));
                edits.insert(by_key(&key), Some(route.clone().into_bytes()));
            }
            None => {
                edits.insert(by_key(&key), None);
            }
        }
        rows.push(MovedRoute { key, from, to });
    }
    Ok(RouteEdits { rows, edits: edits.into_iter().collect() })
}

/// The entries whose routes may differ from before: those whose own slug or place changed, and everything below them.
fn concerned(
    graph: &Graph<'_>,
    selection: &Selection,
    affected: &Affected,
) -> Result<BTreeSet<EntryKey>, StoreError> {
    let mut queue: Vec<EntryKey> =
        affected.newly_placed.iter().chain(&affected.withdrawn).cloned().collect();
    for (key, candidate) in &selection.accepted {
        let (before, after) = match (&candidate.facts.before, &candidate.facts.after) {
            (Some(before), Some(after)) => (before, after),
            // Children that still stand elsewhere get their routes from there now.
            (Some(before), None) => {
                queue.extend(before.children().cloned());
                continue;
            }
            (None, _) => continue,
        };
        if before.slug != after.slug
            || before.letter != after.letter
            || before.canonical_parent != after.canonical_parent
        {
            queue.push(key.clone());
        }
        queue.extend(displaced(before, after));
    }
    let mut concerned = BTreeSet::new();
    while let Some(key) = queue.pop() {
        if !concerned.insert(key.clone()) {
            continue;
        }
        let facts = graph.facts(&key)?;
        queue.extend(facts.iter().flat_map(|facts| facts.children()).cloned());
    }
    Ok(concerned)
}

/// The children that were added or removed; all children if those that stayed are in another order.
fn displaced(before: &Facts, after: &Facts) -> Vec<EntryKey> {
    let (before, after): (Vec<_>, Vec<_>) =
        (before.children().collect(), after.children().collect());
    if before == after {
        return Vec::new();
    }
    let (old, new): (HashSet<_>, HashSet<_>) = (before.iter().collect(), after.iter().collect());
    let stayed_before = before.iter().filter(|key| new.contains(key));
    let stayed_after = after.iter().filter(|key| old.contains(key));
    if stayed_before.eq(stayed_after) {
        old.symmetric_difference(&new).map(|key| (**key).clone()).collect()
    } else {
        old.union(&new).map(|key| (**key).clone()).collect()
    }
}

/// Finds routes, and remembers what it found on the way.
struct Finder<'g, 'a> {
    graph: &'g Graph<'a>,
    standing: Standing<'g, 'a>,
    routes: HashMap<EntryKey, Option<Arc<str>>>,
    order: ReadingOrder,
}

impl Finder<'_, '_> {
    fn route(&mut self, key: &EntryKey) -> Result<Option<Arc<str>>, StoreError> {
        if let Some(route) = self.routes.get(key) {
            return Ok(route.clone());
        }
        // A circle has no route.
        self.routes.insert(key.clone(), None);
        let route = self.find(key)?;
        self.routes.insert(key.clone(), route.clone());
        Ok(route)
    }

    fn find(&mut self, key: &EntryKey) -> Result<Option<Arc<str>>, StoreError> {
        if !self.standing.stands(key)? {
            return Ok(None);
        }
        let (Some(kind), Some(facts)) = (self.graph.kinds.get(key.kind())?, self.graph.facts(key)?)
        else {
            return Ok(None);
        };
        if kind.schema.place() != Place::Tree {
            return Ok(None);
        }
        if *key == home() {
            return Ok(Some("".into()));
        }
        let standing = &self.standing;
        let stands = |key: &EntryKey| standing.stands(key);
        let parent = self.order.canonical_parent(self.graph, &stands, key, Some(&facts))?;
        let (Some(slug), Some(parent)) = (&facts.slug, parent) else { return Ok(None) };
        let Some(above) = self.route(&parent)? else { return Ok(None) };
        let mut route = above.to_string();
        for part in
            [facts.letter.map(String::from).as_deref(), Some(slug.as_str())].into_iter().flatten()
        {
            if !route.is_empty() {
                route.push('/');
            }
            route.push_str(part);
        }
        if route.len() > ROUTE_SIZE_BYTES_MAX {
            route = key.to_string();
        }
        Ok(Some(route.into()))
    }
}
