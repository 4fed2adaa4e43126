//! Findings that an entry has in a translation and not in its own words: two labels that become the same word in
//! another language, an order of cards that nobody can produce.
//!
//! Invariants:
//! 1. What is also found in the source is a finding of the source.
//! 2. An item whose translation is incomplete is not judged: no learner gets it like this.

use std::collections::HashSet;

use serde_json::Value;

use super::{FindingRow, Look};
use crate::{
    model::key::EntryKey,
    repo::ground::{error::StoreError, repository::Repository},
    schema::{
        KindSchema,
        segments::UnitId,
        translation::{Translation, whole_units},
    },
};

impl Repository {
    /// What could be better about a source in a translation, where its own words are fine; pointers point into the
    /// translation's document.
    ///
    /// # Errors
    /// As [`Repository::findings_of`].
    pub(in crate::repo) fn findings_of_translation(
        &self,
        kind: &KindSchema,
        key: &EntryKey,
        (source, translation): (&Value, &Translation),
        look: Look,
    ) -> Result<Vec<FindingRow>, StoreError> {
        if kind.engine_places().is_empty() {
            return Ok(Vec::new());
        }
        let applied = kind.applied(source, translation);
        let mut rows = self.findings_of(kind, key, &applied.document, look)?;
        if rows.is_empty() {
            return Ok(rows);
        }
        let sources = self.findings_of(kind, &key.source(), source, look)?;
        let known: HashSet<_> =
            sources.iter().map(|row| (&*row.finding.pointer, &*row.finding.rule)).collect();
        rows.retain(|row| !known.contains(&(&*row.finding.pointer, &*row.finding.rule)));
        let whole: HashSet<String> =
            whole_units(kind, source, translation).iter().map(UnitId::key).collect();
        rows.retain(|row| whole.contains(&row.item));
        for row in &mut rows {
            row.finding.pointer = applied.place_of(&row.finding.pointer);
        }
        Ok(rows)
    }
}
