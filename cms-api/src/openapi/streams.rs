//! Streams in the document: what the data of an event contains.

use serde_json::{Value, json};

use super::parts::Schemas;
use crate::views::events::EventData;

/// Describes the data of an event: a text that holds JSON, for readers that want to know its form.
pub(super) fn describe(schemas: &mut Schemas) {
    let data = schemas.refer::<EventData>();
    // What happened has a position too, so it also fits the schema of `ready`: more than one of these schemas may fit.
    if let Some(data) = schemas.0.get_mut("EventData").and_then(Value::as_object_mut)
        && let Some(each) = data.remove("oneOf")
    {
        data.insert("anyOf".to_owned(), each);
    }
    let event = &mut schemas.0["StreamEvent"]["properties"]["data"];
    event["contentMediaType"] = json!("application/json");
    event["contentSchema"] = data;
}
