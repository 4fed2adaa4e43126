//! What operations refuse for the reasons that all of them have, and with which problems.

use serde_json::{Value, json};

use super::{parts::Operation, problems::ByStatus};

type Applies = fn(&Operation<'_>) -> bool;

/// The common refusals: when each applies, its status, and what it means.
const REFUSALS: &[(Applies, u16, &str)] = &[
    (|_| true, 400, "The request is malformed; `pointer` or `parameter` says where"),
    (is_authoring, 401, "No valid token"),
    (is_authoring, 403, "The token's role does not allow this"),
    (takes_body, 408, "The body took too long to arrive"),
    (reads_documents, 410, "Something that it has to read was taken down"),
    (|of| of.takes("If-Match"), 412, "It has changed since the version that `If-Match` names"),
    (|of| of.reads_tagged(), 412, "`If-Match` names something else"),
    (takes_body, 413, "The body is larger than the limit"),
    (takes_json, 415, "The body is not `application/json`, or is compressed"),
    (takes_body, 415, "The body is compressed"),
    (|of| of.takes("Idempotency-Key"), 422, "The key was used for another request"),
    (|of| of.takes("If-Match"), 428, "Without `If-Match`"),
    (reads_store, 429, "Too many of these at a time; `Retry-After` says when to ask again"),
    (|_| true, 431, "The head of the request is larger than the limit"),
    (reads_store, 500, "Stored bytes are damaged, or a bug; the log has it under the request's id"),
    (
        |_| true,
        503,
        "The store is not available, the server has no place left, or whether a write was done is not known",
    ),
    (takes_body, 507, "The disk is full"),
];

fn is_authoring(operation: &Operation<'_>) -> bool {
    operation.is_authoring()
}

fn reads_store(operation: &Operation<'_>) -> bool {
    operation.path != "/healthz"
}

fn reads_documents(operation: &Operation<'_>) -> bool {
    operation.is_authoring() || matches!(operation.path, "/v1/score" | "/v1/hints")
}

fn takes_body(operation: &Operation<'_>) -> bool {
    !operation.media_types().is_empty()
}

fn takes_json(operation: &Operation<'_>) -> bool {
    operation.media_types() == ["application/json"]
}

/// Adds the refusals that the operation does not describe itself, and to each refusal the problems that it can be.
pub(super) fn fill(operation: &mut Operation<'_>, refused: &ByStatus) {
    let all: Vec<_> = REFUSALS.iter().filter(|(applies, ..)| applies(operation)).collect();
    let responses = operation.responses();
    for (_, status, description) in all {
        let told = responses.entry(status.to_string());
        told.or_insert_with(|| json!({ "description": description }));
    }
    for (status, response) in responses {
        if status.as_str() >= "400" {
            response["content"] = content(refused.of(status));
        }
    }
}

fn content(schema: &Value) -> Value {
    json!({ "application/problem+json": { "schema": schema } })
}
