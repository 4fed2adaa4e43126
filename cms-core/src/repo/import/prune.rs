//! Removing what the lines lack, and how much of it that may be.
//!
//! An input that was cut short, or a program that failed and wrote nothing, looks like one that means to
//! remove the rest. So no more than a tenth goes unless someone says how much they mean.

use std::{collections::BTreeMap, fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{ImportError, ImportReport, Incoming, Origin};
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
    },
    schema::KIND_OF_SCHEMAS,
};

/// How many keys of what would go are named where that is too much.
const KEYS_NAMED: usize = 20;

/// How much an import may remove: so many entries and translations, or so many of a hundred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PruneAtMost {
    /// So many.
    Rows(u64),
    /// So many of a hundred of those that there are.
    Percent(u8),
}

impl Default for PruneAtMost {
    fn default() -> Self {
        Self::Percent(10)
    }
}

/// Text that says no such thing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not how much may be removed: a number (`12`) or a share (`25%`) is expected")]
pub struct PruneAtMostError {
    text: String,
}

impl FromStr for PruneAtMost {
    type Err = PruneAtMostError;

    fn from_str(text: &str) -> Result<Self, PruneAtMostError> {
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let found = match text.strip_suffix('%') {
            Some(share) if is_number(share) => {
                share.parse().ok().filter(|share| *share <= 100).map(Self::Percent)
            }
            None if is_number(text) => text.parse().ok().map(Self::Rows),
            _ => None,
        };
        found.ok_or_else(|| PruneAtMostError { text: text.chars().take(40).collect() })
    }
}

impl fmt::Display for PruneAtMost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows(count) => write!(f, "{count}"),
            Self::Percent(share) => write!(f, "{share}%"),
        }
    }
}

impl Serialize for PruneAtMost {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PruneAtMost {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl PruneAtMost {
    fn allows(self, removed: u64, of: u64) -> bool {
        match self {
            Self::Rows(count) => removed <= count,
            Self::Percent(share) => removed * 100 <= of * u64::from(share),
        }
    }
}

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
        // A line that is refused names its entry all the same: leaving that alone is not removing it.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_much_may_go_is_a_number_or_a_share() {
        for (text, expected) in [("0", PruneAtMost::Rows(0)), ("25%", PruneAtMost::Percent(25))] {
            assert_eq!(text.parse(), Ok(expected));
            assert_eq!(expected.to_string(), text);
        }
        for text in ["", "%", "101%", "-1", "+1", "1.5%", "all"] {
            assert!(text.parse::<PruneAtMost>().is_err(), "{text}");
        }
        assert!(PruneAtMost::default().allows(1, 10));
        assert!(!PruneAtMost::default().allows(2, 19));
        assert!(PruneAtMost::default().allows(0, 0));
        assert!(!PruneAtMost::Percent(99).allows(5, 5));
    }
}
