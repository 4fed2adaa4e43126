//! Whether two versions of a kind give learners the same of every document.
//!
//! What a kind delivers is decided by its annotations and by where they stand. So if two schemas, with everything else
//! removed, are equal, they deliver alike. If they differ, the documents are delivered again from scratch; most then
//! come out as they were, which costs only the work.

use serde_json::{Map, Value};

use super::KindSchema;

/// Annotations that say how documents are edited, merged or read from earlier versions, and nothing of what is
/// delivered.
const EDITORIAL: [&str; 4] = ["x-prose", "x-not-before", "x-answers", "x-template"];

impl KindSchema {
    /// Whether both deliver the same of every document that is valid under both.
    pub fn delivers_as(&self, other: &Self) -> bool {
        skeleton(&self.schema) == skeleton(&other.schema)
    }
}

/// A schema with nothing in it except annotations and the way to them; none if it has no annotations.
fn skeleton(schema: &Value) -> Option<Value> {
    let mut kept = Map::new();
    for (name, value) in schema.as_object()? {
        let left = match name.as_str() {
            "properties" | "$defs" => below(value),
            "items" | "additionalProperties" => skeleton(value),
            "allOf" | "anyOf" | "oneOf" => {
                let branches: Vec<Value> =
                    value.as_array().into_iter().flatten().filter_map(skeleton).collect();
                (!branches.is_empty()).then(|| branches.into())
            }
            // The target may be annotated.
            "$ref" => Some(value.clone()),
            // What a file has to be says nothing about where it goes.
            "x-media" => Some(true.into()),
            name if name.starts_with("x-") && !EDITORIAL.contains(&name) => Some(value.clone()),
            _ => None,
        };
        kept.extend(left.map(|left| (name.clone(), left)));
    }
    (!kept.is_empty()).then(|| kept.into())
}

/// The named schemas of which anything is left.
fn below(named: &Value) -> Option<Value> {
    let named = named.as_object()?.iter();
    let left: Map<String, Value> =
        named.filter_map(|(name, schema)| Some((name.clone(), skeleton(schema)?))).collect();
    (!left.is_empty()).then(|| left.into())
}
