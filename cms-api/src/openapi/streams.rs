//! Streams in the document: what the data of an event says.

use serde_json::json;

use super::Schemas;
use crate::views::events::EventData;

/// The data of an event is a text that holds JSON; a reader that knows what it holds is told here.
pub(super) fn describe(schemas: &mut Schemas) {
    let data = schemas.refer::<EventData>();
    let event = &mut schemas.0["StreamEvent"]["properties"]["data"];
    event["contentMediaType"] = json!("application/json");
    event["contentSchema"] = data;
}
