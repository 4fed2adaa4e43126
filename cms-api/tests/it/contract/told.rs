//! Compares an answer with the OpenAPI document, which must describe its status, its media type, its body and its
//! headers.
//!
//! Every answer that a test gets through [`crate::test_app::TestApp`] passes through here, so whatever the tests do,
//! the document is checked.

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::test_app::Answer;

static DOCUMENT: LazyLock<Value> = LazyLock::new(cms_api::router::document);

/// Headers that must be described for every answer that has them. Headers that only connections and caches read are
/// described by the HTTP standards.
const TOLD: &[&str] = &[
    "etag",
    "location",
    "retry-after",
    "content-range",
    "accept-ranges",
    "www-authenticate",
    "idempotency-replayed",
    "content-encoding",
    "link",
    "vary",
    "cache-control",
];
/// Headers that must be present where they are described.
const KEPT: &[(&str, &[&str])] = &[
    ("ETag", &["200", "201", "206", "304"]),
    ("Location", &["201", "202", "307", "308"]),
    ("Retry-After", &["429"]),
    ("WWW-Authenticate", &["401"]),
    ("Content-Range", &["206", "416"]),
];

/// The operation of a request and its path in the document; none if the document does not describe it.
fn operation(method: &str, path: &str) -> Option<(&'static str, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    let mut all: Vec<_> = paths.iter().filter(|(template, _)| fits(template, path)).collect();
    // A path without placeholders comes before one with placeholders.
    all.sort_by_key(|(template, _)| template.matches('{').count());
    let (template, item) = all.first()?;
    let operation = &item[method.to_ascii_lowercase()];
    operation.is_object().then_some((template.as_str(), operation))
}

fn fits(template: &str, path: &str) -> bool {
    let mut parts = path.split('/');
    for wanted in template.split('/') {
        if wanted == "{route}" {
            return parts.next().is_some_and(|part| !part.is_empty());
        }
        match parts.next() {
            Some(part) if wanted.starts_with('{') && !part.is_empty() => {}
            Some(part) if part == wanted => {}
            _ => return false,
        }
    }
    parts.next().is_none()
}

/// Compares an answer with the document.
///
/// # Panics
/// If the answer is not as described.
pub(crate) fn hold(method: &str, path: &str, answer: &Answer) {
    let is_head = method == "HEAD";
    let method = if is_head { "GET" } else { method };
    let Some((template, operation)) = operation(method, path) else { return };
    let status = answer.status.as_str();
    // The request has not reached an operation of the document.
    if matches!(status, "405") {
        return;
    }
    let at = format!("{method} {template} {status}");
    let told = &operation["responses"][status];
    assert!(told.is_object(), "{at} is not told; the body is {}", shown(answer));
    for (name, value) in &answer.headers {
        let is_known = has(told, name.as_str());
        assert!(is_known || !TOLD.contains(&name.as_str()), "{at} has an untold {name}: {value:?}");
    }
    for (name, statuses) in KEPT {
        if has(told, name) && statuses.contains(&status) {
            assert!(answer.headers.contains_key(*name), "{at} has no {name}");
        }
    }
    let Some(content) = told["content"].as_object() else {
        assert!(answer.body.is_empty(), "{at} has an untold body: {}", shown(answer));
        return;
    };
    let media_type = answer.header("content-type").split(';').next().unwrap_or_default().trim();
    let kind = media_type.split('/').next().unwrap_or_default();
    let content = content.get(media_type).or_else(|| content.get(&format!("{kind}/*")));
    let content = content.unwrap_or_else(|| panic!("{at} is of an untold type, {media_type:?}"));
    let is_json = media_type.ends_with("json") && !media_type.ends_with("ndjson");
    if is_head || !is_json || answer.headers.contains_key("content-encoding") {
        return;
    }
    valid(&content["schema"], &answer.json(), &at);
    if media_type == "application/problem+json" {
        has_no_untold_member(&answer.json(), &at);
    }
}

/// Checks that a problem has no member that its code's schema does not describe.
fn has_no_untold_member(problem: &Value, at: &str) {
    let code = problem["code"].as_str().expect("a code");
    let named = &DOCUMENT["components"]["schemas"]["Problem"]["discriminator"]["mapping"][code];
    let name = named.as_str().and_then(|of| of.rsplit('/').next()).expect("every code is told");
    let told = &DOCUMENT["components"]["schemas"][name]["properties"];
    for member in problem.as_object().expect("an object").keys() {
        assert!(told[member].is_object(), "{at}: {code} has an untold member, {member}");
    }
}

fn has(told: &Value, name: &str) -> bool {
    let mut headers = told["headers"].as_object().into_iter().flatten();
    headers.any(|(known, _)| known.eq_ignore_ascii_case(name))
}

/// Compares a value with a schema of the document.
///
/// # Panics
/// If the value is not as described.
pub(crate) fn valid(schema: &Value, value: &Value, at: &str) {
    let whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "allOf": [schema],
        "components": DOCUMENT["components"],
    });
    let validator =
        jsonschema::validator_for(&whole).unwrap_or_else(|error| panic!("{at}: {error}"));
    let faults: Vec<String> = validator
        .iter_errors(value)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{at}: {faults:#?}\nin {value:#}");
}

/// Compares an event of a stream with the document's description of its data.
///
/// # Panics
/// If the data is not as described.
pub(crate) fn valid_event(name: &str, data: &Value) {
    let of = match name {
        "ready" | "reset" => "EventPosition",
        "progress" | "over" => "JobView",
        _ => "EventHappened",
    };
    let schemas = "#/components/schemas";
    valid(&json!({ "$ref": format!("{schemas}/EventName") }), &json!(name), "an event's name");
    valid(&json!({ "$ref": format!("{schemas}/{of}") }), data, name);
}

fn shown(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).chars().take(400).collect()
}
