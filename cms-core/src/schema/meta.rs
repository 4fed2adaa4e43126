//! The kind of kinds: entries like `schema/exercise` hold the schemas in force as their documents.
//!
//! It is the only built-in kind, because something must describe the first schema.

use serde_json::{Value, json};

use super::{
    kind::KindSchema,
    violation::{Violation, ViolationCode},
};
use crate::model::key::Kind;

/// The name of the built-in kind.
pub const KIND_OF_SCHEMAS: &str = "schema";

impl KindSchema {
    /// The built-in kind `schema`: a document of it is valid when it compiles.
    pub fn of_schemas() -> Self {
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Kind",
            "description": "The schema of a kind of content, with the annotations that say what its fields mean.",
            "x-place": "never",
            "type": "object",
            "properties": {
                "title": {
                    "title": "Name",
                    "description": "What editors call content of this kind.",
                    "type": "string",
                    "minLength": 1,
                    "maxLength": 300,
                    "x-title": true
                }
            },
            "required": ["title"]
        });
        let kind = kind_of_schemas();
        let compiled = Self::compile(&kind, &schema).expect("the built-in schema compiles");
        Self { holds_schemas: true, ..compiled }
    }
}

fn kind_of_schemas() -> Kind {
    KIND_OF_SCHEMAS.parse().expect("the built-in kind has a valid name")
}

/// Adds what keeps a document from being a kind's schema.
pub(super) fn check_schema(document: &Value, into: &mut Vec<Violation>) {
    if let Err(error) = KindSchema::compile(&kind_of_schemas(), document) {
        into.extend(error.problems.into_iter().map(|problem| {
            Violation::new(problem.pointer, ViolationCode::BadSchema, problem.message)
        }));
    }
}
