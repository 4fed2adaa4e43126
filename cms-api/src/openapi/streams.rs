//! Streams in the document: what the data of an event says.

use serde_json::{Value, json};

use super::parts::Schemas;
use crate::views::events::EventData;

/// The data of an event is a text that holds JSON; a reader that knows what it holds is told here.
pub(super) fn describe(schemas: &mut Schemas) {
    let data = schemas.refer::<EventData>();
    // What happened has a position too, so that it is also what `ready` says.
    if let Some(data) = schemas.0.get_mut("EventData").and_then(Value::as_object_mut)
        && let Some(each) = data.remove("oneOf")
    {
        data.insert("anyOf".to_owned(), each);
    }
    let event = &mut schemas.0["StreamEvent"]["properties"]["data"];
    event["contentMediaType"] = json!("application/json");
    event["contentSchema"] = data;
}
