//! The forms of parts of addresses and of parameters, by name.

use serde_json::{Value, json};

use super::parts::Operation;

const FORMS: &[(&str, &str)] = &[
    ("channel", "^[a-z0-9][a-z0-9_-]{0,63}$"),
    ("commit", HEX_64),
    ("cursor", "^[A-Za-z0-9_-]+$"),
    ("draft", "^[a-z0-9][a-z0-9_-]{0,31}$"),
    ("schedule", "^[0-9a-z]{1,64}$"),
    ("review", "^[a-z0-9][a-z0-9_-]{0,31}$"),
    ("comment", "^[0-9a-f]{1,64}$"),
    ("thread", "^[0-9a-f]{1,64}$"),
    ("locale", "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$"),
    ("key", KEY),
    ("If-None-Match", "^\\*$"),
    ("id", "^[a-z0-9][a-z0-9_-]{0,63}(@[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?)?$"),
    ("id_prefix", "^[a-z0-9_-]*$"),
    ("job", "^[0-9a-f]{24}$"),
    ("kind", "^[a-z][a-z0-9_-]{0,31}$"),
    ("media", HEX_64),
    ("notice", "^[0-9a-f]{24}$"),
    ("object", HEX_64),
    ("publication", HEX_64),
    ("revision", HEX_64),
    ("snapshot", HEX_64),
    ("If-Match", "^(\\*|(W/)?\"[!#-~]*\"( *, *(W/)?\"[!#-~]*\")*)$"),
    ("Idempotency-Key", "^[!-~]([ -~]{0,253}[!-~])?$"),
];
const KEY: &str = "^[a-z][a-z0-9_-]{0,31}/[a-z0-9][a-z0-9_-]{0,63}$";
/// Learners' addresses name the locale apart from the entry.
const SOURCE_ID: &str = "^[a-z0-9][a-z0-9_-]{0,63}$";
const HEX_64: &str = "^[0-9a-f]{64}$";

/// Gives parameters the form that their name has everywhere.
pub(super) fn form(operation: &mut Operation<'_>) {
    let is_authoring = operation.is_authoring();
    let Some(parameters) = operation.body.get_mut("parameters").and_then(Value::as_array_mut)
    else {
        return;
    };
    for parameter in parameters {
        let name = parameter["name"].as_str().unwrap_or_default().to_owned();
        let is_in_path = parameter["in"] == "path";
        let schema = &mut parameter["schema"];
        if let Some((_, pattern)) = FORMS.iter().find(|(known, _)| *known == name) {
            let pattern = if name == "id" && !is_authoring { SOURCE_ID } else { pattern };
            // A list of them has its own form.
            if schema["type"] != "array" {
                schema["pattern"] = json!(pattern);
            }
        }
        if name == "limit" {
            schema["minimum"] = json!(1);
            schema["maximum"] = json!(500);
        }
        // A parameter without a value is left out; it is never the word `null`.
        if !is_in_path {
            not_null(schema);
        }
    }
}

fn not_null(schema: &mut Value) {
    let Some(types) = schema["type"].as_array() else { return };
    if let (2, Some(kept)) = (types.len(), types.iter().find(|of| *of != "null")) {
        schema["type"] = kept.clone();
    }
}
