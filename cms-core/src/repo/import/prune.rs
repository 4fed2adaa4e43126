//! Removing what the lines lack, and how much may be removed.
//!
//! An input that was cut short, or that a failed program left empty, looks like one that means to remove the rest. So
//! at most a tenth is removed unless the caller says how much they mean.

use std::{collections::BTreeMap, sync::Arc};

use crate::repo::import::{
    error::ImportError,
    incoming::Incoming,
    report::{ImportReport, Origin},
};
use crate::{
    model::{commit::Commit, key::EntryKey},
    repo::{
        commit::{check::Touched, prepared::Prepared},
        content::{
            catalogue::{CatalogueRow, RowState},
            facts::Facts,
            kinds::Kinds,
        },
        ground::{error::StoreError, repository::Repository},
        import::prune_at_most::PruneAtMost,
    },
    schema::KIND_OF_SCHEMAS,
};

/// How many of the keys are named when too many would be removed.
const KEYS_NAMED: usize = 20;

/// Adds the removal of what the lines lack; see [`super::ImportOptions::prune`].
///
/// # Errors
/// [`ImportError::PrunesTooMuch`], or the store can't be read.
pub(super) fn prune(
    repository: &Repository,
    base: &Commit,
    kinds: &Kinds<'_>,
    at_most: PruneAtMost,
    incoming: &mut BTreeMap<EntryKey, Incoming>,
    report: &mut ImportReport,
) -> Result<(), ImportError> {
    let is_schema = |key: &EntryKey| key.kind().as_str() == KIND_OF_SCHEMAS;
    let has_schemas = incoming.keys().any(is_schema);
    let (mut gone, mut of) = (Vec::new(), 0);
    for row in repository.rows(base.catalogue, b"")? {
        let (key, row) = row?;
        if row.state == RowState::Deleted || (is_schema(&key) && !has_schemas) {
            continue;
        }
        of += 1;
        // A refused line still names its entry: leaving that entry alone is not removing it.
        let is_named = incoming.contains_key(&key)
            || report.named.contains(&key.to_string())
            || report.named.contains(&key.source().to_string());
        if !is_named {
            gone.push((key, row));
        }
    }
    let removed = gone.len() as u64;
    if !at_most.allows(removed, of) {
        let keys = gone.into_iter().take(KEYS_NAMED).map(|(key, _)| key).collect();
        return Err(ImportError::PrunesTooMuch { removed, of, at_most, keys });
    }
    for (key, row) in gone {
        let prepared = removal(repository, kinds, &key, row)?;
        incoming.insert(key, Incoming { origin: Origin::default(), prepared });
        report.removed += 1;
    }
    Ok(())
}

fn removal(
    repository: &Repository,
    kinds: &Kinds<'_>,
    key: &EntryKey,
    row: CatalogueRow,
) -> Result<Prepared, StoreError> {
    let mut facts = Touched::default();
    if let (Some(document), Some(kind)) = (row.document(), kinds.get_before(key.kind())?) {
        let document = repository.document(document)?;
        facts.before = Some(Arc::new(Facts::under(key, &kind.schema, &document)));
    }
    let schema = kinds.get(key.kind())?.and_then(|kind| kind.document);
    Ok(Prepared { facts, ..Prepared::new(key.clone(), Some(row), schema) })
}
