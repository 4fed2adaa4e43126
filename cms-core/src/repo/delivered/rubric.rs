//! Rubrics: elements with their answers, as they were delivered without them.
//!
//! Invariants:
//! 1. A rubric's id tells nothing of the answers: the rubric holds a salt made with the repository's secret, so that
//!    nobody can try out what hashes to it. Another answer has another id, also where nothing else shows.
//! 2. A rubric that was not made here is never scored by: its salt is checked when it is read.

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

/// An element with its answers, as it was delivered without them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::repo) struct Rubric {
    /// The element, whole.
    pub element: Value,
    /// The engine that understands it, by its kind's name for it.
    pub engine: String,
    /// The element's form.
    pub form: String,
    /// The text that tells the element apart from the others.
    pub item: String,
    /// The entries that it shows: pictures above all.
    pub embeds: Vec<EntryKey>,
    /// The delivered documents of those that nobody sees before a part of the element is given that is kept back. Rubrics
    /// that were made earlier have none: what they embed is delivered by itself.
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
    // Within a text the quotes would be escaped, so what begins like this is the field.
    let begins = format!("\"{RUBRIC}\":\"");
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let named = text.split(begins.as_str()).skip(1);
    named.filter_map(|rest| rest.split('"').next()?.parse().ok()).collect()
}

impl Repository {
    /// The element that a delivered one was made of, by the id that it names.
    ///
    /// # Errors
    /// [`StoreError`] when it is not there, or is none that was made here.
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
