//! The reading order: what a reader who follows the home page downwards meets first.
//!
//! An entry may stand in several containers. Its main place is in the one that it names, or else in the one that comes
//! first in the reading order.

use std::{collections::HashMap, sync::Arc};

use super::{facts::Facts, graph::Graph, home::home};
use crate::{model::key::EntryKey, repo::ground::error::StoreError};

/// Whether an entry stands somewhere: what does not counts for no place.
type Stands<'s> = dyn Fn(&EntryKey) -> Result<bool, StoreError> + 's;

/// Places in the reading order; each is found once and remembered.
#[derive(Default)]
pub(in crate::repo) struct ReadingOrder {
    /// The places of ancestors in reading order, from the home page down.
    ranks: HashMap<EntryKey, Option<Arc<[u32]>>>,
}

impl ReadingOrder {
    /// The container in which an entry has its main place; `None` when it stands in none.
    pub(in crate::repo) fn canonical_parent(
        &mut self,
        graph: &Graph<'_>,
        stands: &Stands<'_>,
        key: &EntryKey,
        facts: Option<&Facts>,
    ) -> Result<Option<EntryKey>, StoreError> {
        let mut parents = Vec::new();
        for parent in graph.parents(key)? {
            if stands(&parent)? {
                parents.push(parent);
            }
        }
        let named = facts.and_then(|facts| facts.canonical_parent.as_ref());
        if let Some(named) = named.filter(|named| parents.contains(named)) {
            return Ok(Some(named.clone()));
        }
        if parents.len() < 2 {
            return Ok(parents.pop());
        }
        let mut best = None;
        for parent in parents {
            let rank = self.rank_in(graph, stands, &parent, key)?;
            if best.as_ref().is_none_or(|(least, _)| rank < *least) {
                best = Some((rank, parent));
            }
        }
        Ok(best.map(|(_, parent)| parent))
    }

    fn rank_in(
        &mut self,
        graph: &Graph<'_>,
        stands: &Stands<'_>,
        parent: &EntryKey,
        key: &EntryKey,
    ) -> Result<Vec<u32>, StoreError> {
        let facts = graph.facts(parent)?;
        let place = facts.iter().flat_map(|facts| facts.children()).position(|child| child == key);
        let above = self.rank(graph, stands, parent)?;
        let mut rank = above.map_or_else(|| vec![u32::MAX], |rank| rank.to_vec());
        rank.push(place.and_then(|place| u32::try_from(place).ok()).unwrap_or(u32::MAX));
        Ok(rank)
    }

    /// The first place in reading order where an entry stands.
    fn rank(
        &mut self,
        graph: &Graph<'_>,
        stands: &Stands<'_>,
        key: &EntryKey,
    ) -> Result<Option<Arc<[u32]>>, StoreError> {
        if *key == home() {
            return Ok(Some([].into()));
        }
        if let Some(rank) = self.ranks.get(key) {
            return Ok(rank.clone());
        }
        self.ranks.insert(key.clone(), None);
        let mut best: Option<Vec<u32>> = None;
        for parent in graph.parents(key)? {
            if stands(&parent)? {
                let rank = self.rank_in(graph, stands, &parent, key)?;
                best = Some(best.map_or(rank.clone(), |best| best.min(rank)));
            }
        }
        let rank: Option<Arc<[u32]>> = best.map(Into::into);
        self.ranks.insert(key.clone(), rank.clone());
        Ok(rank)
    }
}
