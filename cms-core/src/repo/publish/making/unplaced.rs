//! Effective entries that stand nowhere: nobody gets them, and nobody would notice that they are missing. Entries that
//! are given with something withheld, such as the picture of a hint, are not among them.
//!
//! The set is updated from publish to publish, so that listing it costs only what it holds.

use std::collections::BTreeMap;

use crate::{
    map::{self, Edit, Staging},
    model::{id::NodeId, key::EntryKey},
    repo::{
        content::{graph::Graph, kinds::Kinds},
        delivered::row::Row,
        ground::{error::StoreError, repository::Repository},
        publish::{
            affected::{Affected, Standing},
            course::Base,
            select::selection::Selection,
        },
    },
    schema::Place,
};

/// The entries that now stand nowhere, and those that no longer do.
pub(in crate::repo::publish) fn edits(
    graph: &Graph<'_>,
    base: &Base,
    selection: &Selection,
    affected: &Affected,
) -> Result<Vec<Edit>, StoreError> {
    let mut edits: BTreeMap<&EntryKey, Option<Vec<u8>>> = BTreeMap::new();
    let is_never = |key: &EntryKey| -> Result<bool, StoreError> {
        let kind = graph.kinds.get(key.kind())?;
        Ok(kind.is_none_or(|kind| kind.schema.place() == Place::Never))
    };
    for (key, candidate) in selection.accepted.iter().filter(|(key, _)| key.locale().is_none()) {
        if !candidate.is_live_after() || is_never(key)? {
            edits.insert(key, None);
        }
    }
    for key in &affected.newly_placed {
        edits.insert(key, None);
    }
    let standing = Standing::of(graph, base);
    let unseen = affected.unseen.iter().filter(|(_, given)| !**given).map(|(key, _)| key);
    for key in affected.stands_nowhere.iter().chain(&affected.withdrawn).chain(unseen) {
        let is_there = graph.row(key)?.is_some_and(|row| row.document().is_some());
        let is_there = is_there && !is_never(key)? && !standing.is_given(key)?;
        edits.insert(key, is_there.then(Vec::new));
    }
    for (key, _) in affected.unseen.iter().filter(|(_, given)| **given) {
        edits.insert(key, None);
    }
    let mut edits: Vec<Edit> =
        edits.into_iter().map(|(key, value)| (key.encode(), value)).collect();
    edits.sort();
    Ok(edits)
}

/// The set after a publish.
pub(in crate::repo::publish) fn after(
    repository: &Repository,
    staged: &mut Staging<'_>,
    base: &Base,
    edits: Vec<Edit>,
) -> Result<NodeId, StoreError> {
    let salt = repository.header.salt();
    let before = match base.nowhere {
        Some(before) => before,
        None => {
            let keys = walk(repository, base)?;
            let all = keys.iter().map(|key| (key.encode(), Some(Vec::new())));
            let empty = map::build(&mut Vec::new(), salt, [])?;
            map::edit(staged, salt, empty, all.collect::<Vec<_>>())?
        }
    };
    Ok(map::edit(staged, salt, before, edits)?)
}

/// The set for a publication that does not record it, found by walking everything that is effective.
pub(in crate::repo::publish) fn walk(
    repository: &Repository,
    base: &Base,
) -> Result<Vec<EntryKey>, StoreError> {
    let kinds = Kinds::at(repository, base.roots.catalogue);
    let graph = Graph::new(repository, &*repository.source, base.roots, &kinds);
    let standing = Standing::of(&graph, base);
    let mut keys = Vec::new();
    for row in repository.rows(base.roots.catalogue, b"")? {
        let (key, row) = row?;
        if key.locale().is_some() || row.document().is_none() {
            continue;
        }
        let place = kinds.get(key.kind())?.map_or(Place::Never, |kind| kind.schema.place());
        if place == Place::Never {
            continue;
        }
        let delivered = map::get(&*repository.public, base.delivered, &key.encode())?;
        let delivered = delivered.map(|value| Row::decode(&value)).transpose()?;
        if delivered.is_none_or(|row| row.retired) && !standing.is_given(&key)? {
            keys.push(key);
        }
    }
    Ok(keys)
}
