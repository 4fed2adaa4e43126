//! Live entries that a publish leaves as they are, but makes again because their kind changed: the kind decides what is
//! private, what a parent shows, where entries stand and how their addresses read.
//!
//! Invariant: a change of a kind that affects nothing of what learners get makes no entry again.

use std::{collections::BTreeMap, sync::Arc};

use rayon::prelude::*;

use super::candidate::Candidate;
use crate::{
    model::key::{EntryKey, Kind},
    repo::{
        channel::policy::Answers,
        content::{
            catalogue::{self, CatalogueRow},
            facts::Facts,
            kinds::{KindInForce, Kinds, schema_of},
        },
        ground::{error::StoreError, repository::Repository},
        publish::course::Base,
    },
    schema::{Children, Violation},
};

/// Adds the live entries of the kinds whose schemas go live, unless the entries themselves change.
pub(super) fn add(
    repository: &Repository,
    base: &Base,
    [live, after]: [&Kinds<'_>; 2],
    accepted: &mut BTreeMap<EntryKey, Candidate>,
    held: &mut BTreeMap<EntryKey, (Candidate, Vec<Violation>)>,
) -> Result<(), StoreError> {
    let kinds: Vec<Kind> = accepted.keys().filter_map(schema_of).collect();
    for kind in kinds {
        let sides = [live.get(&kind)?, after.get(&kind)?];
        if let [Some(before), Some(after)] = &sides
            && before.schema.delivers_as(&after.schema)
        {
            continue;
        }
        let entries = entries(repository, base, &kind)?;
        let judged: Vec<(Candidate, Vec<Violation>)> = entries
            .into_par_iter()
            .filter(|(key, _)| !accepted.contains_key(key))
            .map(|(key, row)| judge(repository, base.answers, &sides, key, row))
            .collect::<Result<_, StoreError>>()?;
        for (candidate, violations) in judged {
            // A change that is held back is reported with its own reasons; the live form of its entry follows the kind.
            if violations.is_empty() {
                accepted.insert(candidate.key.clone(), candidate);
            } else {
                held.entry(candidate.key.clone()).or_insert((candidate, violations));
            }
        }
    }
    Ok(())
}

/// The live entries of a kind.
fn entries(
    repository: &Repository,
    base: &Base,
    kind: &Kind,
) -> Result<Vec<(EntryKey, CatalogueRow)>, StoreError> {
    let prefix = EntryKey::kind_prefix(kind);
    let mut entries = Vec::new();
    for row in catalogue::with_prefix(&*repository.source, base.roots.catalogue, &prefix)? {
        let (key, value) = row?;
        let row = catalogue::decoded_row(&key, &value)?;
        let key = catalogue::decoded_key(&key)?;
        if key.locale().is_none() && row.document().is_some() {
            entries.push((key, row));
        }
    }
    Ok(entries)
}

/// An entry as both versions of its kind see it, and what prevents the new version from making it.
fn judge(
    repository: &Repository,
    answers: Answers,
    [before, after]: &[Option<KindInForce>; 2],
    key: EntryKey,
    row: CatalogueRow,
) -> Result<(Candidate, Vec<Violation>), StoreError> {
    let mut candidate = Candidate::new(key, Some(row), Some(row));
    let Some(document) = row.document() else { return Ok((candidate, Vec::new())) };
    let document = repository.document(document)?;
    let facts = |kind: &KindInForce| {
        let mut document = document.clone();
        kind.schema.rename(&mut document);
        Arc::new(Facts::of(&kind.schema, &document))
    };
    candidate.facts.before = before.as_ref().map(facts);
    candidate.facts.after = after.as_ref().map(facts);
    let Some(kind) = after.as_ref().filter(|_| answers == Answers::Withheld) else {
        return Ok((candidate, Vec::new()));
    };
    candidate.title = kind.schema.title(&document).map(str::to_owned);
    let public = kind.schema.public(&document, Children::Dropped);
    let violations = repository.withhold(&kind.schema, public)?.err().unwrap_or_default();
    Ok((candidate, violations))
}
