//! What is delivered, and where a redirect leads.

use serde_json::{Map, Value, json};

use super::parts::Schemas;
use crate::views::delivered::{Delivered, DeliveredDocument, Tombstone};

const OBJECT: &str = "/v1/objects/{object}";

/// Describes the bytes of a delivered document, and that a client that follows a redirect gets one.
pub(super) fn describe(paths: &mut Map<String, Value>, schemas: &mut Schemas) {
    schemas.refer::<Delivered>();
    schemas.refer::<Tombstone>();
    let document = schemas.refer::<DeliveredDocument>();
    let schema = json!({ "application/json": { "schema": document } });
    if let Some(object) = paths.get_mut(OBJECT) {
        object["get"]["responses"]["200"]["content"] = schema.clone();
    }
    for item in paths.values_mut() {
        let Some(get) = item.get_mut("get").filter(|get| get["responses"]["307"].is_object())
        else {
            continue;
        };
        let responses = &mut get["responses"];
        responses["307"]["links"] = json!({ "document": {
            "operationId": "object_get",
            "description": "The document that serves, if the body names its object",
            "parameters": { "object": "$response.body#/object" },
        } });
        responses["200"] = json!({
            "description": "What a client that follows the redirect gets: the document at `/v1/objects/{object}`, with its headers",
            "content": schema,
        });
    }
}
