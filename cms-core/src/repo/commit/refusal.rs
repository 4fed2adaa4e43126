//! Why one entry can't become what was asked.

use serde::Serialize;

use crate::{
    model::{canonical::DocumentError, key::EntryKey},
    repo::{content::kinds::Kinds, ground::error::StoreError},
    schema::{Violation, ViolationCode},
};

/// Why one entry can't become what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The entry.
    pub key: EntryKey,
    /// All that is wrong with it.
    pub violations: Vec<Violation>,
}

/// The first of several refusals, as part of a sentence.
pub(in crate::repo) fn first(refusals: &[Refusal]) -> String {
    let Some(refusal) = refusals.first() else { return String::new() };
    let reason = refusal.violations.first().map_or("", |violation| &violation.message);
    format!("{}: {reason}", refusal.key)
}

/// The violation for a text that is not a document.
pub(in crate::repo) fn not_a_document(error: &DocumentError) -> Violation {
    Violation::new(error.pointer.as_str(), ViolationCode::NotADocument, error.reason.as_str())
}

/// The violation for an entry of a kind that does not exist.
pub(in crate::repo) fn unknown_kind(
    kinds: &Kinds<'_>,
    key: &EntryKey,
) -> Result<Violation, StoreError> {
    let names = kinds.names()?;
    let known: Vec<_> = names.iter().map(|kind| kind.as_str()).collect();
    let message =
        format!("there is no kind {:?}; the kinds are {}", key.kind().as_str(), known.join(", "));
    Ok(Violation::new("", ViolationCode::UnknownKind, message))
}
