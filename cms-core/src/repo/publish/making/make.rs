//! Making delivered documents, layer by layer, children before the documents that carry them.
//!
//! Unchanged parts are taken from the live documents: a container whose child changed is its live document with another
//! object id and summary in one place.

use std::collections::{BTreeSet, HashMap, HashSet};

use parking_lot::Mutex;
use rayon::prelude::*;

use crate::{
    engine::widely,
    model::{
        id::MediaId,
        key::Locale,
        object::{Object, ObjectKind, Space},
    },
    repo::{
        content::{graph::Graph, languages::languages, objects::ObjectSink},
        ground::{error::StoreError, repository::Repository},
        publish::{
            affected::Affected,
            course::{Base, Course},
            making::row_changes::Made,
        },
    },
};

mod carry;
mod entry;
mod given;
mod live;
mod maker;
mod read;
mod retire;
mod translated;
mod work;

use entry::Outcome;
use maker::Maker;

/// Entries that are made together; their documents stay in memory until they are written.
const ENTRIES_AT_ONCE: usize = 2048;

pub(in crate::repo::publish) fn make(
    repository: &Repository,
    graph: &Graph<'_>,
    base: &Base,
    course: &Course,
    affected: &Affected,
    sink: &mut ObjectSink<'_>,
) -> Result<Made, StoreError> {
    let mut maker = Maker {
        repository,
        graph,
        base,
        affected,
        live: HashMap::new(),
        done: HashMap::new(),
        policies: Mutex::default(),
        given: Mutex::default(),
        gone: gone(repository, graph, base)?,
    };
    let mut made = Made::default();
    for key in &affected.withdrawn {
        let replaced_by = course.replaced_by.as_ref().filter(|_| course.leaving.contains(key));
        let is_taken_down = course.takes_down && course.leaving.contains(key);
        if is_taken_down {
            maker.take_down(key, &mut made, sink)?;
        } else {
            maker.retire(key, replaced_by, &mut made, sink)?;
        }
    }
    if let Some(replaced_by) = &course.replaced_by {
        for key in course.leaving.difference(&affected.withdrawn) {
            maker.replace(key, replaced_by, &mut made, sink)?;
        }
    }
    if course.takes_down {
        for key in course.leaving.difference(&affected.withdrawn) {
            maker.take_down(key, &mut made, sink)?;
        }
    }
    let mut media_seen = HashSet::new();
    maker.live = maker.read_ahead(affected)?;
    // Entries of one layer do not need each other, so each piece is written before the next is made.
    for piece in affected.layers.iter().flat_map(|layer| layer.chunks(ENTRIES_AT_ONCE)) {
        let make = || piece.par_iter().map(|key| maker.entry(key)).collect::<Result<_, _>>();
        let is_there = piece.iter().all(|key| maker.is_there(key));
        let outcomes: Vec<Option<Outcome>> = if is_there { make()? } else { widely(make)? };
        for outcome in outcomes.into_iter().flatten() {
            for object in outcome.objects {
                sink.add(Space::Public, object)?;
            }
            for rubric in outcome.rubrics {
                sink.add(Space::Source, rubric)?;
            }
            for id in outcome.media {
                if media_seen.insert(id) {
                    copy_media(repository, id, sink)?;
                }
            }
            // A change of its kind may change only what its parents show of it.
            let is_changed = !outcome.changes.is_empty() || affected.by_kind.contains(&outcome.key);
            made.changes.extend(outcome.changes);
            made.left_out.extend(outcome.left_out);
            made.kept.extend(outcome.told.kept);
            made.old_keys.extend(outcome.told.old_keys);
            made.shortened.extend(outcome.told.shortened);
            if is_changed {
                maker.done.insert(outcome.key, outcome.rows);
            }
        }
    }
    Ok(made)
}

/// The languages that are removed from the channel together with their entries.
fn gone(
    repository: &Repository,
    graph: &Graph<'_>,
    base: &Base,
) -> Result<BTreeSet<Locale>, StoreError> {
    let mut gone: BTreeSet<Locale> =
        languages(&*repository.source, base.roots.catalogue)?.into_iter().collect();
    for locale in languages(graph.nodes, graph.roots.catalogue)? {
        gone.remove(&locale);
    }
    Ok(gone)
}

/// An object is in a space only if it was written there, so published media are written again.
fn copy_media(
    repository: &Repository,
    id: MediaId,
    sink: &mut ObjectSink<'_>,
) -> Result<(), StoreError> {
    let id = id.object_id();
    if repository.engine.holds(&repository.delivered, &[id])?.first() == Some(&true) {
        return Ok(());
    }
    let bytes = match repository.object(&Space::Source, id, ObjectKind::Media) {
        // What names it is delivered without it.
        Err(error) if error.is_taken_down() => return Ok(()),
        bytes => bytes?,
    };
    sink.add(Space::Public, Object::new(ObjectKind::Media, bytes))
}
