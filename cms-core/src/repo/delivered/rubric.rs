//! Rubrics: elements with their answers, kept for the elements that were delivered without them.
//!
//! Invariants:
//! 1. A rubric's id says nothing about the answers: the rubric holds a salt made with the repository's secret, so that
//!    nobody can find the answers by trying which ones hash to the id. Other answers give another id, even where
//!    nothing else differs.
//! 2. Nothing is scored by a rubric that was not made here: its salt is checked when it is read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    model::{
        canonical,
        id::DocumentId,
        key::EntryKey,
        object::{Object, ObjectKind, Space},
    },
    repo::ground::{error::StoreError, repository::Repository},
};

/// The field of a delivered element that names its rubric.
pub(in crate::repo) const RUBRIC: &str = "rubric";

const RUBRIC_CONTEXT: &str = "cms 2026-11-22 v1 rubric salt";

/// An element with its answers, kept for the element that was delivered without them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::repo) struct Rubric {
    /// The complete element.
    pub element: Value,
    /// The engine that understands it, by the name that its kind uses.
    pub engine: String,
    /// The element's form.
    pub form: String,
    /// The text that identifies the element among the others.
    pub item: String,
    /// The entries that it shows, mostly pictures.
    pub embeds: Vec<EntryKey>,
    /// The delivered documents of entries that nobody sees until a withheld part of the element is given. Rubrics from
    /// earlier versions have none: what those embed is delivered by itself.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub shows: BTreeMap<EntryKey, Value>,
    pub(in crate::repo) salt: String,
}

impl Rubric {
    pub(in crate::repo) fn object(&self) -> Object {
        let value = serde_json::to_value(self).expect("a rubric is JSON");
        Object::new(ObjectKind::Document, canonical::to_bytes(&value))
    }
}

pub(in crate::repo) fn salt(
    secret: &[u8; 32],
    element: &Value,
    shows: &BTreeMap<EntryKey, Value>,
) -> String {
    let key = blake3::derive_key(RUBRIC_CONTEXT, secret);
    let mut hasher = blake3::Hasher::new_keyed(&key);
    hasher.update(&canonical::to_bytes(element));
    if !shows.is_empty() {
        let shows = serde_json::to_value(shows).expect("documents are JSON");
        hasher.update(&canonical::to_bytes(&shows));
    }
    hasher.finalize().to_hex().to_string()
}

/// The rubrics that a delivered document names.
pub(in crate::repo) fn rubrics_named(bytes: &[u8]) -> Vec<DocumentId> {
    // Within a text the quotes would be escaped, so these bytes can only begin the field.
    let begins = format!("\"{RUBRIC}\":\"");
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let named = text.split(begins.as_str()).skip(1);
    named.filter_map(|rest| rest.split('"').next()?.parse().ok()).collect()
}

impl Repository {
    /// The rubric from which a delivered element was made, by the id that the element names.
    ///
    /// # Errors
    /// [`StoreError`] when it does not exist, or was not made here.
    pub(in crate::repo) fn rubric(&self, id: DocumentId) -> Result<Rubric, StoreError> {
        let id = id.object_id();
        let bytes = self.object(&Space::Source, id, ObjectKind::Document)?;
        let rubric: Option<Rubric> = serde_json::from_slice(&bytes).ok();
        let secret = self.secret()?;
        rubric
            .filter(|rubric| rubric.salt == salt(secret, &rubric.element, &rubric.shows))
            .ok_or_else(|| StoreError::Row { what: format!("the rubric {id}") })
    }
}
