//! Where entries stand, as far as rights are concerned: the containers above an entry along its main place.
//!
//! An entry that stands in the tree has one main place there. What is used but not contained, as pictures are, counts
//! as standing where everything that uses it stands. What is in the trash counts as standing in what it stood in before
//! it was put there. Where an entry that is on `main` stands is judged there, so a draft cannot move an entry into its
//! writer's own part of the catalogue.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use parking_lot::Mutex;

use crate::{
    model::{id::RevisionId, key::EntryKey},
    repo::{
        content::{
            catalogue::{self, CatalogueRow, RowState},
            graph::Graph,
            home::home,
            kinds::Kinds,
            reading_order::ReadingOrder,
            state::Roots,
        },
        ground::{error::StoreError, repository::Repository},
    },
};

/// Most containers above an entry that are looked at; a deeper place is no place.
const DEPTH_MAX: usize = 64;
/// Most places that are remembered of one state.
const REMEMBERED_MAX: usize = 200_000;

/// The containers above an entry, the nearest first.
pub(in crate::repo) type Above = Arc<[EntryKey]>;

/// Places at one state; each is found once.
pub(in crate::repo) struct Places<'g, 'a> {
    graph: &'g Graph<'a>,
    order: ReadingOrder,
    stands: Mutex<HashMap<EntryKey, bool>>,
    known: HashMap<EntryKey, Above>,
}

/// The places on `main` that were found last.
#[derive(Default)]
struct Memo(Mutex<(Option<Roots>, HashMap<EntryKey, Above>)>);

impl<'g, 'a> Places<'g, 'a> {
    pub(in crate::repo) fn of(graph: &'g Graph<'a>) -> Self {
        Self {
            graph,
            order: ReadingOrder::default(),
            stands: Mutex::default(),
            known: HashMap::new(),
        }
    }

    /// The containers above an entry, the nearest first.
    pub(in crate::repo) fn above(&mut self, key: &EntryKey) -> Result<Above, StoreError> {
        self.above_within(&key.source(), &mut Vec::new())
    }

    fn above_within(
        &mut self,
        key: &EntryKey,
        below: &mut Vec<EntryKey>,
    ) -> Result<Above, StoreError> {
        if let Some(known) = self.known.get(key) {
            return Ok(Arc::clone(known));
        }
        // A circle, which only a draft can have, is no place.
        if *key == home() || below.len() >= DEPTH_MAX || below.contains(key) {
            return Ok(Arc::default());
        }
        below.push(key.clone());
        let row = self.graph.row(key)?;
        let parent = match row.filter(|row| row.state == RowState::Deleted) {
            Some(row) => stood_in(self.graph.repository, key, row.revision),
            None => self.parent(key),
        };
        let above = match parent {
            // Where something stood that was taken down or is damaged nobody can say, so it is in no part.
            Err(error) if error.is_damage() => Arc::default(),
            Err(error) => return Err(error),
            Ok(Some(parent)) => {
                let higher = self.above_within(&parent, below)?;
                std::iter::once(parent).chain(higher.iter().cloned()).collect()
            }
            Ok(None) => self.above_all_users(key, below)?,
        };
        below.pop();
        self.known.insert(key.clone(), Arc::clone(&above));
        Ok(above)
    }

    /// The container in which an entry has its main place. Containers that do not stand themselves count when there are
    /// no others: a lesson that is not placed yet holds its exercises.
    fn parent(&mut self, key: &EntryKey) -> Result<Option<EntryKey>, StoreError> {
        let graph = self.graph;
        let facts = graph.facts(key)?;
        let stands = |key: &EntryKey| leads_home(graph, &self.stands, key);
        let found = self.order.canonical_parent(graph, &stands, key, facts.as_deref())?;
        if found.is_some() {
            return Ok(found);
        }
        ReadingOrder::default().canonical_parent(graph, &|_| Ok(true), key, facts.as_deref())
    }

    /// What stands above everything that uses an entry, those users included when there is only one.
    fn above_all_users(
        &mut self,
        key: &EntryKey,
        below: &mut Vec<EntryKey>,
    ) -> Result<Above, StoreError> {
        let mut shared: Option<Vec<EntryKey>> = None;
        for user in self.graph.carriers(key)? {
            let higher = self.above_within(&user, below)?;
            let chain: Vec<EntryKey> =
                std::iter::once(user).chain(higher.iter().cloned()).collect();
            shared = Some(match shared {
                None => chain,
                Some(shared) => {
                    let chain: HashSet<EntryKey> = chain.into_iter().collect();
                    shared.into_iter().filter(|above| chain.contains(above)).collect()
                }
            });
        }
        Ok(shared.unwrap_or_default().into())
    }
}

/// The container in which an entry of `main` had its main place before it was put into the trash.
fn stood_in(
    repository: &Repository,
    key: &EntryKey,
    deleted: RevisionId,
) -> Result<Option<EntryKey>, StoreError> {
    let Some((main, _)) = repository.main_roots()? else { return Ok(None) };
    let Some(before) = repository.before_deletion(main, key, deleted)? else { return Ok(None) };
    let roots = Roots { catalogue: before.catalogue, backlinks: before.backlinks };
    let kinds = Kinds::at(repository, roots.catalogue);
    let graph = Graph::new(repository, &*repository.source, roots, &kinds);
    Ok(Places::of(&graph).above(key)?.first().cloned())
}

/// Whether containers lead from an entry up to the home page.
fn leads_home(
    graph: &Graph<'_>,
    known: &Mutex<HashMap<EntryKey, bool>>,
    key: &EntryKey,
) -> Result<bool, StoreError> {
    if *key == home() {
        return Ok(true);
    }
    if let Some(leads) = known.lock().get(key) {
        return Ok(*leads);
    }
    // A circle leads nowhere.
    known.lock().insert(key.clone(), false);
    for parent in graph.parents(key)? {
        if leads_home(graph, known, &parent)? {
            known.lock().insert(key.clone(), true);
            return Ok(true);
        }
    }
    Ok(false)
}

impl Repository {
    /// The row of an entry on `main`.
    pub(super) fn row_on_main(&self, key: &EntryKey) -> Result<Option<CatalogueRow>, StoreError> {
        let Some((_, roots)) = self.main_roots()? else { return Ok(None) };
        catalogue::row(&*self.source, roots.catalogue, key)
    }

    /// Whether an entry is on `main`, and not in the trash.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn is_on_main(&self, key: &EntryKey) -> Result<bool, StoreError> {
        Ok(self.row_on_main(key)?.is_some_and(|row| row.state != RowState::Deleted))
    }

    /// The containers above an entry along its main place on `main`, the nearest first.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn above(&self, key: &EntryKey) -> Result<Arc<[EntryKey]>, StoreError> {
        let key = key.source();
        let Some((_, roots)) = self.main_roots()? else { return Ok(Arc::default()) };
        let memo = self.memos.of(Memo::default);
        {
            let mut memo = memo.0.lock();
            if memo.0 != Some(roots) {
                *memo = (Some(roots), HashMap::new());
            }
            if let Some(above) = memo.1.get(&key) {
                return Ok(Arc::clone(above));
            }
        }
        let mut known = HashMap::new();
        let above = self.above_at(roots, &key, &mut known)?;
        let mut memo = memo.0.lock();
        if memo.0 == Some(roots) && memo.1.len() < REMEMBERED_MAX {
            memo.1.extend(known);
            memo.1.insert(key, Arc::clone(&above));
        }
        Ok(above)
    }

    /// The containers above an entry at a state, the nearest first. What is found on the way is remembered in `known`.
    pub(super) fn above_at(
        &self,
        roots: Roots,
        key: &EntryKey,
        known: &mut HashMap<EntryKey, Above>,
    ) -> Result<Above, StoreError> {
        let kinds = Kinds::at(self, roots.catalogue);
        let graph = Graph::new(self, &*self.source, roots, &kinds);
        let mut places = Places { known: std::mem::take(known), ..Places::of(&graph) };
        let above = places.above(key);
        *known = places.known;
        above
    }
}
