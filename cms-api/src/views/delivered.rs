//! Delivered documents, as everybody reads them. The core writes these bytes; here is said what they are.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::ground::form::{IdText, KeyText, LocaleText};

/// What stands at the address of an object.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum DeliveredDocument {
    /// A document.
    Document(Delivered),
    /// What is left of one.
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
    /// The entry's own fields, by the schema of its kind, less what is private and `children`. `/schemas/delivered/{kind}` has the
    /// schema of each kind that ships.
    document: Map<String, Value>,
    /// What it contains, in reading order.
    children: Vec<DeliveredChild>,
    /// The entries that it embeds or names, by key.
    refs: BTreeMap<String, DeliveredRef>,
    /// What a client must know to show it, such as `perseus-widget:radio`.
    requires: Vec<String>,
    /// Texts that are in the source's language, as JSON pointers into `document`; left out where there are none.
    untranslated: Option<Vec<String>>,
}

/// What a container's document says of one that it contains.
#[derive(Serialize, ToSchema)]
pub struct DeliveredChild {
    /// The entry.
    #[schema(value_type = KeyText)]
    key: String,
    /// Its delivered document, at `/v1/objects/{object}`.
    #[schema(value_type = IdText)]
    object: String,
    /// What lists show of it, by its kind.
    summary: Map<String, Value>,
    /// The locale of the summary, where it is another than the document's.
    #[schema(value_type = Option<LocaleText>)]
    locale: Option<String>,
}

/// What a document says of one that it embeds or names.
#[derive(Serialize, ToSchema)]
pub struct DeliveredRef {
    /// Its delivered document, at `/v1/objects/{object}`.
    #[schema(value_type = IdText)]
    object: String,
    /// What lists show of it, by its kind.
    summary: Map<String, Value>,
    /// The locale of the summary, where it is another than the document's.
    #[schema(value_type = Option<LocaleText>)]
    locale: Option<String>,
}

/// What is left of an entry that is delivered no more.
#[derive(Serialize, ToSchema)]
pub struct Tombstone {
    /// The version of this form.
    format: u32,
    /// The entry.
    #[schema(value_type = KeyText)]
    key: String,
    /// What it was.
    retired: Retired,
}

/// What an entry was that is delivered no more.
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

/// A picture that is given with a hint or a score.
#[derive(Serialize, ToSchema)]
pub struct GivenRef {
    /// What lists show of it.
    summary: Map<String, Value>,
    /// The address of each of its files, by the file's id.
    media: BTreeMap<String, String>,
    /// Its delivered document, where everybody has it.
    #[schema(value_type = Option<IdText>)]
    object: Option<String>,
    /// Its document, where it is given with the hint.
    document: Option<Map<String, Value>>,
}
