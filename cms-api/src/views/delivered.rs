//! Delivered documents, as everybody reads them. The core writes these bytes; here is their form.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::ground::form::{IdText, KeyText, LocaleText};

/// What is at the address of an object.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum DeliveredDocument {
    /// A delivered document.
    Document(Delivered),
    /// What is left of a retired entry.
    Tombstone(Tombstone),
}

/// A delivered document with what an app needs around it.
#[derive(Serialize, ToSchema)]
pub struct Delivered {
    /// The version of this form.
    format: u32,
    /// The entry.
    #[schema(value_type = KeyText)]
    key: String,
    /// The locale of the document.
    #[schema(value_type = LocaleText)]
    locale: String,
    /// The entry's own fields, as the schema of its kind says, without what is private and without `children`.
    /// `/schemas/delivered/{kind}` has the schema of each kind that ships.
    document: Map<String, Value>,
    /// The entries that it contains, in reading order.
    children: Vec<DeliveredChild>,
    /// The entries that it embeds or names, by key.
    refs: BTreeMap<String, DeliveredRef>,
    /// What a client must know to show it, such as `perseus-widget:radio`.
    requires: Vec<String>,
    /// Texts that are in the source's language, as JSON pointers into `document`; left out when there are none.
    untranslated: Option<Vec<String>>,
}

/// What a container's document says about an entry that it contains.
#[derive(Serialize, ToSchema)]
pub struct DeliveredChild {
    /// The entry.
    #[schema(value_type = KeyText)]
    key: String,
    /// Its delivered document, at `/v1/objects/{object}`.
    #[schema(value_type = IdText)]
    object: String,
    /// What lists show of it, as its kind says.
    summary: Map<String, Value>,
    /// The locale of the summary, if it differs from the document's.
    #[schema(value_type = Option<LocaleText>)]
    locale: Option<String>,
}

/// What a document says about an entry that it embeds or names.
#[derive(Serialize, ToSchema)]
pub struct DeliveredRef {
    /// Its delivered document, at `/v1/objects/{object}`.
    #[schema(value_type = IdText)]
    object: String,
    /// What lists show of it, as its kind says.
    summary: Map<String, Value>,
    /// The locale of the summary, if it differs from the document's.
    #[schema(value_type = Option<LocaleText>)]
    locale: Option<String>,
}

/// What is left of an entry that is no longer delivered.
#[derive(Serialize, ToSchema)]
pub struct Tombstone {
    /// The version of this form.
    format: u32,
    /// The entry.
    #[schema(value_type = KeyText)]
    key: String,
    /// What the entry was.
    retired: Retired,
}

/// What an entry was that is no longer delivered.
#[derive(Serialize, ToSchema)]
pub struct Retired {
    /// Its last delivered document, at `/v1/objects/{object}`.
    #[schema(value_type = IdText)]
    last_object: String,
    /// The entry that replaces it.
    #[schema(value_type = Option<KeyText>)]
    replaced_by: Option<String>,
    /// Its last title.
    title: Option<String>,
}

/// A picture that comes with a hint or a score.
#[derive(Serialize, ToSchema)]
pub struct GivenRef {
    /// What lists show of it.
    summary: Map<String, Value>,
    /// The address of each of its files, by the file's id.
    media: BTreeMap<String, String>,
    /// Its delivered document, if everybody has it.
    #[schema(value_type = Option<IdText>)]
    object: Option<String>,
    /// Its document, if it comes with the hint.
    document: Option<Map<String, Value>>,
}
