//! The entries of a subtree of `main`: what stands below its root along main places.
//!
//! Lists for people who see only a part of the catalogue go through its entries instead of through all. The set is made
//! once, by walking down from the root. From then on it follows `main`: after a commit, only what is below a changed link
//! is looked at again.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use parking_lot::Mutex;

use super::places::Places;
use crate::{
    map,
    model::key::EntryKey,
    repo::{
        content::{
            catalogue::{self, RowState},
            facts::Facts,
            graph::Graph,
            kinds::Kinds,
            state::Roots,
        },
        ground::{error::StoreError, repository::Repository},
    },
    schema::{KIND_OF_SCHEMAS, Role},
};

/// The entries of one subtree, without translations.
type Territory = Arc<BTreeSet<EntryKey>>;

/// Most changed entries after which a set follows; after more it is made anew.
const CHANGES_LOOKED_MAX: usize = 1000;
/// Most entries below changed links that are looked at; with more, the set is made anew.
const BELOW_LOOKED_MAX: usize = 5000;
/// Most subtrees that are remembered.
const SUBTREES_MAX: usize = 1000;

/// Each subtree by its root, with the state of `main` at which it was looked at last.
#[derive(Default)]
struct Memo(Mutex<HashMap<EntryKey, (Roots, Territory)>>);

/// What became of a subtree.
enum Followed {
    /// Nothing.
    Same,
    /// It is this now.
    Changed(BTreeSet<EntryKey>),
    /// So much changed that it is to be made anew.
    TooMuch,
}

impl Repository {
    /// The entries of a subtree of `main`, its root included.
    pub(super) fn territory(&self, root: &EntryKey) -> Result<Territory, StoreError> {
        let Some((_, roots)) = self.main_roots()? else { return Ok(Arc::default()) };
        let memo = self.memos.of(Memo::default);
        let known = memo.0.lock().get(root).cloned();
        let made = match known {
            Some((at, known)) if at == roots => return Ok(known),
            Some((at, known)) => match self.subtree_after(root, &known, at, roots)? {
                Followed::Same => known,
                Followed::Changed(made) => Arc::new(made),
                Followed::TooMuch => Arc::new(self.walk_down(roots, root)?),
            },
            None => Arc::new(self.walk_down(roots, root)?),
        };
        let mut memo = memo.0.lock();
        if memo.len() < SUBTREES_MAX || memo.contains_key(root) {
            memo.insert(root.clone(), (roots, Arc::clone(&made)));
        }
        Ok(made)
    }

    fn walk_down(&self, roots: Roots, root: &EntryKey) -> Result<BTreeSet<EntryKey>, StoreError> {
        let kinds = Kinds::at(self, roots.catalogue);
        let graph = Graph::new(self, &*self.source, roots, &kinds);
        let (mut found, mut queue) = (BTreeSet::new(), vec![root.clone()]);
        let mut places = Places::of(&graph);
        while let Some(key) = queue.pop() {
            for one in self.carried_by(&graph, &key)? {
                if !found.contains(&one) && places.above(&one)?.contains(root) {
                    queue.push(one.clone());
                    found.insert(one);
                }
            }
        }
        if graph.exists(root)? {
            found.insert(root.clone());
        }
        Ok(found)
    }

    /// What an entry carries: what a translation of it shows counts as carried by it.
    fn carried_by(&self, graph: &Graph<'_>, key: &EntryKey) -> Result<Vec<EntryKey>, StoreError> {
        let mut keys = vec![key.clone()];
        let prefix = key.translations_prefix();
        for row in catalogue::with_prefix(&*self.source, graph.roots.catalogue, &prefix)? {
            keys.push(catalogue::decoded_key(&row?.0)?);
        }
        let mut carried = Vec::new();
        for key in keys {
            let facts = graph.readable_facts(&key)?;
            carried.extend(facts.iter().flat_map(|facts| facts.carried().map(|it| it.0.clone())));
        }
        Ok(carried)
    }

    /// What becomes of a subtree from one state to another.
    fn subtree_after(
        &self,
        root: &EntryKey,
        known: &BTreeSet<EntryKey>,
        before: Roots,
        after: Roots,
    ) -> Result<Followed, StoreError> {
        let Some(mut queue) = self.moved(before, after)? else { return Ok(Followed::TooMuch) };
        if queue.is_empty() {
            return Ok(Followed::Same);
        }
        let kinds = Kinds::at(self, after.catalogue);
        let graph = Graph::new(self, &*self.source, after, &kinds);
        let (mut places, mut made) = (Places::of(&graph), known.clone());
        let mut seen: HashSet<EntryKey> = queue.iter().cloned().collect();
        while let Some(key) = queue.pop() {
            if seen.len() > BELOW_LOOKED_MAX {
                return Ok(Followed::TooMuch);
            }
            let stands_there = key == *root || places.above(&key)?.contains(root);
            if stands_there && graph.exists(&key)? {
                made.insert(key.clone());
            } else {
                made.remove(&key);
            }
            let below = self.carried_by(&graph, &key)?;
            queue.extend(below.into_iter().filter(|below| seen.insert(below.clone())));
        }
        Ok(Followed::Changed(made))
    }

    /// The entries below which places may have changed; `None` when there are too many, or that can't be said.
    fn moved(&self, before: Roots, after: Roots) -> Result<Option<Vec<EntryKey>>, StoreError> {
        let kinds = [before, after].map(|roots| Kinds::at(self, roots.catalogue));
        let graphs = [
            Graph::new(self, &*self.source, before, &kinds[0]),
            Graph::new(self, &*self.source, after, &kinds[1]),
        ];
        let mut moved = BTreeSet::new();
        for (count, difference) in
            map::diff(&*self.source, before.catalogue, after.catalogue)?.enumerate()
        {
            let difference = difference?;
            let key = catalogue::decoded_key(&difference.key)?;
            if count >= CHANGES_LOOKED_MAX || key.kind().as_str() == KIND_OF_SCHEMAS {
                return Ok(None);
            }
            let mut facts = [None, None];
            for (side, value) in [&difference.left, &difference.right].into_iter().enumerate() {
                let Some(value) = value else { continue };
                if catalogue::decoded_row(&difference.key, value)?.state == RowState::Deleted {
                    continue;
                }
                match graphs[side].readable_facts(&key)? {
                    Some(known) => facts[side] = Some(known),
                    // What it led to can't be said any more.
                    None => return Ok(None),
                }
            }
            match facts {
                [Some(was), Some(is)] if links_the_same(&was, &is) => {}
                [was, is] => {
                    moved.insert(key.source());
                    let carried = was.iter().chain(&is).flat_map(|facts| facts.carried());
                    moved.extend(carried.map(|(key, _)| key.clone()));
                }
            }
        }
        Ok(Some(moved.into_iter().collect()))
    }
}

/// Whether two documents lead to the same entries in the same order, and name the same main place.
fn links_the_same(was: &Facts, is: &Facts) -> bool {
    let links = |facts: &'_ Facts| -> Vec<(EntryKey, Role)> {
        facts.links.iter().map(|link| (link.target.clone(), link.role)).collect()
    };
    links(was) == links(is) && was.canonical_parent == is.canonical_parent
}
