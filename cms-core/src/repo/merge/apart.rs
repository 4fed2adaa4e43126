//! Entries that both sides moved, each to other containers: nothing is broken, but one of the two people did not get
//! what they wanted.

use std::collections::{BTreeMap, BTreeSet};

use crate::repo::merge::triple::Triple;
use crate::{
    model::{id::DocumentId, key::EntryKey},
    repo::{
        commit::conflict::{CatalogueConflict, CatalogueReason},
        content::{catalogue::RowState, facts::Facts, kinds::Kinds},
        ground::{error::StoreError, repository::Repository},
    },
};

/// The containers that one side took an entry out of, and those that it put it into.
#[derive(Default)]
struct Move {
    from: BTreeSet<EntryKey>,
    to: BTreeSet<EntryKey>,
}

/// The entries that the two sides moved apart.
pub(in crate::repo) fn moved_apart(
    repository: &Repository,
    kinds: &Kinds<'_>,
    triples: &[Triple],
) -> Result<Vec<CatalogueConflict>, StoreError> {
    let mut moves: [BTreeMap<EntryKey, Move>; 2] = Default::default();
    for triple in triples.iter().filter(|triple| triple.key.locale().is_none()) {
        let Some(kind) = kinds.get(triple.key.kind())?.filter(|kind| kind.schema.is_container())
        else {
            continue;
        };
        let children = |state: Option<RowState>| -> Result<BTreeSet<EntryKey>, StoreError> {
            let Some(RowState::Resolved(id)) = state else { return Ok(BTreeSet::new()) };
            let Some(mut document) = known(repository, id)? else { return Ok(BTreeSet::new()) };
            kind.schema.rename(&mut document);
            Ok(Facts::of(&kind.schema, &document).children().cloned().collect())
        };
        let base = children(triple.base)?;
        for (side, row) in [triple.ours, triple.theirs].into_iter().enumerate() {
            let state = row.map(|row| row.state);
            if state == triple.base {
                continue;
            }
            let now = children(state)?;
            for child in base.difference(&now) {
                let moved = moves[side].entry(child.clone()).or_default();
                moved.from.insert(triple.key.clone());
            }
            for child in now.difference(&base) {
                let moved = moves[side].entry(child.clone()).or_default();
                moved.to.insert(triple.key.clone());
            }
        }
    }
    let [ours, theirs] = moves;
    let mut apart = Vec::new();
    for (child, our_move) in ours {
        let Some(their_move) = theirs.get(&child) else { continue };
        let moved =
            [&our_move, their_move].iter().all(|side| !side.to.is_empty() && !side.from.is_empty());
        if !moved || our_move.to == their_move.to {
            continue;
        }
        let list = |keys: &BTreeSet<EntryKey>| {
            keys.iter().map(EntryKey::to_string).collect::<Vec<_>>().join(", ")
        };
        let message = format!(
            "{child} was moved to {} and, by others, to {}",
            list(&our_move.to),
            list(&their_move.to)
        );
        let reason = CatalogueReason::MovedApart {
            child: child.clone(),
            ours: our_move.to.into_iter().collect(),
            theirs: their_move.to.iter().cloned().collect(),
        };
        apart.push(CatalogueConflict::new(reason, [child], message));
    }
    Ok(apart)
}

/// A document of authors; `None` for one that exists only as a merge of bases.
fn known(repository: &Repository, id: DocumentId) -> Result<Option<serde_json::Value>, StoreError> {
    match repository.document(id) {
        Ok(document) => Ok(Some(document)),
        Err(StoreError::Missing { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
