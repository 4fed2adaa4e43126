//! What could be better about an entry in a translation's words, and is fine in its own: two labels that are one word in
//! another language, an order of cards that nobody can bring about.
//!
//! Invariants:
//! 1. What is found in the source too is the source's.
//! 2. An item that is not whole is not judged: nobody gets it as it stands.

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
    /// What could be better about a source in a translation's words, where its own are fine; pointers are of the
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
