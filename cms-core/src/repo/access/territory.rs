//! The entries of a subtree of `main`: what stands below its root along main places.
//!
//! Lists for people who see only a part of the catalogue go through its entries instead of through all. The set is made
//! once, by walking down from the root, and holds until a commit changes who links to whom.

use std::{
    collections::{BTreeSet, HashMap},
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

/// Most entries that a commit may change for what was known before it to be looked through instead of made anew.
const CHANGES_LOOKED_MAX: usize = 1000;
/// Most subtrees that are remembered.
const SUBTREES_MAX: usize = 1000;

/// The subtrees of the state of `main` that was looked at last.
#[derive(Default)]
struct Memo(Mutex<(Option<Roots>, HashMap<EntryKey, Territory>)>);

impl Repository {
    /// The entries of a subtree of `main`, its root included.
    pub(super) fn territory(&self, root: &EntryKey) -> Result<Territory, StoreError> {
        let Some((_, roots)) = self.main_roots()? else { return Ok(Arc::default()) };
        let memo = self.memos.of(Memo::default);
        {
            let mut memo = memo.0.lock();
            if memo.0 != Some(roots) {
                let holds = match memo.0 {
                    Some(before) if !memo.1.is_empty() => self.keeps_links(before, roots)?,
                    _ => false,
                };
                if !holds {
                    memo.1.clear();
                }
                memo.0 = Some(roots);
            }
            if let Some(known) = memo.1.get(root) {
                return Ok(Arc::clone(known));
            }
        }
        let made = Arc::new(self.walk_down(roots, root)?);
        let mut memo = memo.0.lock();
        if memo.0 == Some(roots) && memo.1.len() < SUBTREES_MAX {
            memo.1.insert(root.clone(), Arc::clone(&made));
        }
        Ok(made)
    }

    fn walk_down(&self, roots: Roots, root: &EntryKey) -> Result<BTreeSet<EntryKey>, StoreError> {
        let kinds = Kinds::at(self, roots.catalogue);
        let graph = Graph::new(self, &*self.source, roots, &kinds);
        let (mut found, mut queue) = (BTreeSet::new(), vec![root.clone()]);
        let mut places = Places::of(&graph);
        while let Some(key) = queue.pop() {
            // What a translation shows counts as carried by its entry.
            let mut carried = Vec::new();
            for row in
                catalogue::with_prefix(&*self.source, roots.catalogue, &key.translations_prefix())?
            {
                carried.push(catalogue::decoded_key(&row?.0)?);
            }
            carried.push(key.clone());
            let mut below = Vec::new();
            for one in carried {
                let facts = graph.readable_facts(&one)?;
                below.extend(
                    facts.iter().flat_map(|facts| facts.carried().map(|(key, _)| key.clone())),
                );
            }
            for one in below {
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

    /// Whether everything that both states have links to the same, and neither has what the other has not.
    fn keeps_links(&self, before: Roots, after: Roots) -> Result<bool, StoreError> {
        let kinds = [before, after].map(|roots| Kinds::at(self, roots.catalogue));
        let graphs = [
            Graph::new(self, &*self.source, before, &kinds[0]),
            Graph::new(self, &*self.source, after, &kinds[1]),
        ];
        for (count, difference) in
            map::diff(&*self.source, before.catalogue, after.catalogue)?.enumerate()
        {
            let difference = difference?;
            let key = catalogue::decoded_key(&difference.key)?;
            let stays = |value: &Option<bytes::Bytes>| -> Result<bool, StoreError> {
                let Some(value) = value else { return Ok(false) };
                Ok(catalogue::decoded_row(&difference.key, value)?.state != RowState::Deleted)
            };
            if count >= CHANGES_LOOKED_MAX
                || key.kind().as_str() == KIND_OF_SCHEMAS
                || !stays(&difference.left)?
                || !stays(&difference.right)?
            {
                return Ok(false);
            }
            match (graphs[0].readable_facts(&key)?, graphs[1].readable_facts(&key)?) {
                (Some(was), Some(is)) if links_the_same(&was, &is) => {}
                _ => return Ok(false),
            }
        }
        Ok(true)
    }
}

/// Whether two documents lead to the same entries in the same order, and name the same main place.
fn links_the_same(was: &Facts, is: &Facts) -> bool {
    let links = |facts: &'_ Facts| -> Vec<(EntryKey, Role)> {
        facts.links.iter().map(|link| (link.target.clone(), link.role)).collect()
    };
    links(was) == links(is) && was.canonical_parent == is.canonical_parent
}
