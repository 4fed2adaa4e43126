//! Whether two versions of a kind give learners the same of every document.
//!
//! What a kind delivers is said by its annotations and by where they stand. So two schemas of which nothing but these is
//! left, and that is equal, deliver alike. Where it differs the documents are made anew; most then come out as they
//! were, which costs work and nothing else.

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

/// A schema with nothing in it but annotations and the way to them; none where there are none.
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
            // What it leads to may be annotated.
            "$ref" => Some(value.clone()),
            // What a file has to be says nothing of where it goes.
            "x-media" => Some(true.into()),
            name if name.starts_with("x-") && !EDITORIAL.contains(&name) => Some(value.clone()),
            _ => None,
        };
        kept.extend(left.map(|left| (name.clone(), left)));
    }
    (!kept.is_empty()).then(|| kept.into())
}

/// The named schemas in which anything is left.
fn below(named: &Value) -> Option<Value> {
    let named = named.as_object()?.iter();
    let left: Map<String, Value> =
        named.filter_map(|(name, schema)| Some((name.clone(), skeleton(schema)?))).collect();
    (!left.is_empty()).then(|| left.into())
}
