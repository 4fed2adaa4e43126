//! What could be better about an entry, as a draft has it.

use serde_json::Value;

use super::{DraftError, DraftId};
use crate::{
    model::key::EntryKey,
    repo::{
        content::{
            findings::{FindingRow, Look},
            kinds::Kinds,
        },
        draft::Drafts,
        ground::error::StoreError,
    },
    schema::{Severity, translation::Translation},
};

impl Drafts<'_> {
    /// What could be better about an entry, as a draft has it.
    ///
    /// # Errors
    /// [`DraftError::Unknown`], or the store can't be read. Returns `None` when the draft has no such entry.
    pub fn findings(
        &self,
        draft: &DraftId,
        key: &EntryKey,
    ) -> Result<Option<Vec<FindingRow>>, DraftError> {
        let Some(document) = self.document(draft, key)? else { return Ok(None) };
        let (kinds, _) = self.state(draft, key)?;
        Ok(Some(self.findings_typed(draft, &kinds, key, &document)?))
    }

    /// What could be better about a document that is committed or typed in a draft; for a translation, only what its
    /// source does not have too.
    pub(super) fn findings_typed(
        &self,
        draft: &DraftId,
        kinds: &Kinds<'_>,
        key: &EntryKey,
        document: &Value,
    ) -> Result<Vec<FindingRow>, StoreError> {
        let Some(kind) = kinds.get(key.kind())? else { return Ok(Vec::new()) };
        let beside = |key: &EntryKey| {
            self.document(draft, key).map_err(|error| match error {
                DraftError::Store(error) => error,
                other => StoreError::Row { what: other.to_string() },
            })
        };
        if key.locale().is_some() {
            let (Ok(translation), Some(mut source)) =
                (Translation::parse(document), beside(&key.source())?)
            else {
                return Ok(Vec::new());
            };
            kind.schema.rename(&mut source);
            let translation = translation.renamed(&kind.schema);
            let both = (&source, &translation);
            return self.repository.findings_of_translation(
                &kind.schema,
                key,
                both,
                Look::Everything,
            );
        }
        let mut rows =
            self.repository.findings_of(&kind.schema, key, document, Look::Everything)?;
        rows.extend(self.repository.too_large_draws(
            kinds,
            &kind.schema,
            key,
            document,
            &beside,
        )?);
        Ok(rows)
    }

    /// The findings that the writer of a save gets in the answer: all except matters of style and those that were
    /// dismissed.
    pub(super) fn findings_of_save(
        &self,
        draft: &DraftId,
        kinds: &Kinds<'_>,
        key: &EntryKey,
        document: &Value,
    ) -> Result<Vec<FindingRow>, StoreError> {
        let mut rows = self.findings_typed(draft, kinds, key, document)?;
        rows.retain(|row| row.finding.severity < Severity::Guideline && !row.is_settled());
        Ok(rows)
    }
}
