//! The headers of answers: those that all answers have, and those that follow from what an operation takes and answers.

use serde_json::{Value, json};

use super::parts::Operation;

/// The headers that answers refer to, by name.
pub(super) fn shared() -> Value {
    json!({
        "X-Request-Id": header("The id of this request in the log; the client's own if it sent one", "string"),
        "Location": header("Where it is", "string"),
        "ETag": header("Names the version in this answer; a write that is based on it sends it as `If-Match`", "string"),
        "Retry-After": header("Seconds after which it is worth asking again", "integer"),
        "WWW-Authenticate": header("`Bearer`", "string"),
        "Idempotency-Replayed": header("`true` if the answer is that of an earlier request with this key", "string"),
        "Content-Range": header("`bytes FIRST-LAST/SIZE`; in a refusal `bytes */SIZE`", "string"),
        "Accept-Ranges": header("`bytes`", "string"),
        "Cache-Control": header("How long the answer may be kept, and by whom", "string"),
        "Content-Encoding": header("`gzip`, if the client accepts it and coding is worthwhile", "string"),
        "Vary": header("`Accept-Encoding`, if the answer depends on the coding", "string"),
    })
}

fn header(description: &str, kind: &str) -> Value {
    json!({ "description": description, "schema": { "type": kind } })
}

/// Adds the headers that follow from a rule. A header that a handler describes itself stays.
pub(super) fn fill(operation: &mut Operation<'_>) {
    let is_repeatable = operation.takes("Idempotency-Key");
    let is_media =
        operation.path.starts_with("/v1/media/") || operation.path.starts_with("/v1/given/");
    let is_ending = operation.method == "delete";
    let is_read = operation.method == "get";
    let is_delivered = is_read && operation.path.starts_with("/v1/");
    let has_tag = operation.responses().values().any(|of| of["headers"]["ETag"].is_object());
    if is_media {
        takes_ranges(operation);
    }
    for (status, response) in operation.responses() {
        let is_done = status.starts_with('2');
        let mut names = vec!["X-Request-Id", "Cache-Control"];
        match status.as_str() {
            "201" | "307" | "308" => names.push("Location"),
            // Something that existed and is ended has no new address.
            "202" if !is_ending => names.push("Location"),
            "206" => names.extend(["ETag", "Content-Range"]),
            "304" => names.push("ETag"),
            "401" => names.push("WWW-Authenticate"),
            "416" => names.push("Content-Range"),
            "409" | "429" | "503" => names.push("Retry-After"),
            _ => {}
        }
        if is_repeatable && is_done {
            names.push("Idempotency-Replayed");
        }
        if is_repeatable && status == "201" {
            names.push("ETag");
        }
        if is_media && matches!(status.as_str(), "200" | "206" | "304" | "412" | "416") {
            names.push("Accept-Ranges");
        }
        if is_delivered && status == "200" {
            names.push("ETag");
        }
        if !is_read && !is_repeatable && has_tag && status == "200" {
            names.push("Vary");
        }
        if is_read && (has_tag || is_delivered) {
            match status.as_str() {
                "200" => names.extend(["Content-Encoding", "Vary"]),
                "206" | "304" => names.push("Vary"),
                _ => {}
            }
        }
        for name in names {
            if response["headers"][name].is_null() {
                let shared = format!("#/components/headers/{name}");
                response["headers"][name] = json!({ "$ref": shared });
            }
        }
    }
}

/// Adds the headers by which a client asks for a part.
fn takes_ranges(operation: &mut Operation<'_>) {
    let parameters = operation.body.entry("parameters").or_insert_with(|| json!([]));
    let Some(parameters) = parameters.as_array_mut() else { return };
    for (name, description) in [
        (
            "Range",
            "The part that is wanted, such as `bytes=0-9`; a value that can't be read is ignored",
        ),
        (
            "If-Range",
            "The `ETag` of the file whose part is wanted; if the file has another one, all of it is sent",
        ),
    ] {
        parameters.push(json!({
            "name": name,
            "in": "header",
            "description": description,
            "required": false,
            "schema": { "type": "string" },
        }));
    }
}
