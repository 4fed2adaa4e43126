//! Draws: an entry that asks some of the questions of other entries can't ask more than they have.

use serde_json::Value;

use super::FindingRow;
use crate::{
    model::key::EntryKey,
    repo::{
        content::kinds::Kinds,
        ground::{error::StoreError, repository::Repository},
    },
    schema::{Finding, KindSchema, Severity},
};

impl Repository {
    /// The draws of a document that are larger than what they draw from; `document_of` gives another entry of the same
    /// state.
    pub(in crate::repo) fn too_large_draws(
        &self,
        kinds: &Kinds<'_>,
        kind: &KindSchema,
        key: &EntryKey,
        document: &Value,
        document_of: &dyn Fn(&EntryKey) -> Result<Option<Value>, StoreError>,
    ) -> Result<Vec<FindingRow>, StoreError> {
        let mut rows = Vec::new();
        for draw in kind.draws(document) {
            let Some(from) = kinds.get(draw.from.kind())? else { continue };
            let Some(other) = document_of(&draw.from)? else { continue };
            let places = from.schema.engine_places().iter();
            let asked = places.filter(|place| place.asks(&self.engines));
            let there = asked.map(|place| place.elements(&other).count() as u64).sum::<u64>();
            if draw.count <= there {
                continue;
            }
            let finding = Finding {
                pointer: draw.pointer,
                rule: "draws-too-many".to_owned(),
                severity: Severity::Error,
                message: format!(
                    "{} questions are drawn from {}, which has {there}.",
                    draw.count, draw.from
                ),
                span: None,
            };
            rows.push(self.finding_row(key, "", "", finding, None)?);
        }
        Ok(rows)
    }
}
