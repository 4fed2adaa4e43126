//! What a changed kind would break: every entry of the kind under the new schema, before anyone merges it.

use rayon::prelude::*;
use serde::Serialize;
use serde_json::Value;

use crate::repo::{
    content::{
        catalogue::{decoded_key, decoded_row, with_prefix},
        objects::StoreError,
    },
    open::Repository,
    state::State,
};
use crate::{
    model::{
        id::DocumentId,
        key::{EntryKey, Kind},
    },
    schema::{KindSchema, SchemaError, Violation},
};

/// Most entries that a report lists; the count is whole.
const ROWS_MAX: usize = 1000;
/// Most violations that are listed of one entry.
const VIOLATIONS_LISTED_MAX: usize = 20;
/// Documents that are read and validated together, on all cores.
const DOCUMENTS_AT_ONCE: usize = 512;

/// What a schema would make of the entries of its kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SchemaCheckReport {
    /// The kind.
    pub kind: Kind,
    /// Entries that were looked at.
    pub entries_count: u64,
    /// Those that are valid now and would not be, or are not now either, ascending by key.
    pub broken: Vec<BrokenEntry>,
    /// How many those are.
    pub broken_count: u64,
}

/// An entry that a schema does not accept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BrokenEntry {
    /// The entry.
    pub key: EntryKey,
    /// Its title.
    pub title: Option<String>,
    /// What is wrong with it under that schema; cut at 20.
    pub violations: Vec<Violation>,
    /// How much that is.
    pub violations_count: u64,
}

/// Why a schema was not checked.
#[derive(Debug, thiserror::Error)]
pub enum SchemaCheckError {
    /// It does not compile.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Repository {
    /// Validates every entry of a kind at a state under another schema; nothing is written.
    ///
    /// # Errors
    /// [`SchemaCheckError::Schema`] when the schema does not compile, or the store can't be read.
    pub fn check_schema(
        &self,
        state: &State,
        kind: &Kind,
        schema: &Value,
    ) -> Result<SchemaCheckReport, SchemaCheckError> {
        let schema = KindSchema::compile(kind, schema)?;
        let root = self.roots(state)?.catalogue;
        let mut report = SchemaCheckReport {
            kind: kind.clone(),
            entries_count: 0,
            broken: Vec::new(),
            broken_count: 0,
        };
        let mut waiting: Vec<(EntryKey, DocumentId)> = Vec::new();
        let prefix = EntryKey::kind_prefix(kind);
        for entry in with_prefix(&*self.source, root, &prefix)? {
            let (key, value) = entry?;
            let (row, key) = (decoded_row(&key, &value)?, decoded_key(&key)?);
            if let (None, Some(document)) = (key.locale(), row.document()) {
                waiting.push((key, document));
            }
            if waiting.len() == DOCUMENTS_AT_ONCE {
                self.check_documents(&schema, std::mem::take(&mut waiting), &mut report)?;
            }
        }
        self.check_documents(&schema, waiting, &mut report)?;
        Ok(report)
    }

    fn check_documents(
        &self,
        schema: &KindSchema,
        rows: Vec<(EntryKey, DocumentId)>,
        report: &mut SchemaCheckReport,
    ) -> Result<(), StoreError> {
        report.entries_count += rows.len() as u64;
        let check = |(key, id): (EntryKey, DocumentId)| {
            let document = self.document(id)?;
            let mut violations = schema.validate(&document);
            if violations.is_empty() {
                return Ok(None);
            }
            let violations_count = violations.len() as u64;
            violations.truncate(VIOLATIONS_LISTED_MAX);
            let title = schema.title(&document).map(str::to_owned);
            Ok(Some(BrokenEntry { key, title, violations, violations_count }))
        };
        let checked: Vec<Option<BrokenEntry>> =
            rows.into_par_iter().map(check).collect::<Result<_, StoreError>>()?;
        for broken in checked.into_iter().flatten() {
            report.broken_count += 1;
            if report.broken.len() < ROWS_MAX {
                report.broken.push(broken);
            }
        }
        Ok(())
    }
}
