//! The OpenAPI document: what the handlers say about themselves, and what is true of all of them.
//!
//! A handler describes its own answers. What holds for every operation of a sort is written here once: what it refuses
//! and with which problems ([`refusals`], [`problems`]), which headers its answers have ([`headers`]), the form of each
//! part of an address ([`parameters`]), and what each verb takes and reports ([`verbs`]).
//!
//! Invariants:
//! 1. Client generators accept the document without a warning; `cargo xtask test` runs several.
//! 2. The document is true: the integration tests check every answer that they get against it.

mod answers;
mod delivered;
mod headers;
mod parameters;
mod parts;
mod problems;
pub mod published;
mod refusals;
mod streams;
pub(crate) mod verbs;

use serde_json::{Map, Value, json};
use utoipa::{OpenApi, openapi};

use crate::{authoring::diff::DifferenceForm, verbs::Call, views::words::audit::AuditOrderWord};
use parts::{Operation, Schemas};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "cms",
        description = "Delivery of published teaching material, and everything that its authors do.\n\nWhat is fetched under `/v1` is public and, except for a channel's pointer, immutable: an address always gives the same answer, so caches may keep it. Start at a channel, follow its snapshot, then walk by object ids: a container's document carries its children's ids and summaries. `POST /v1/score` and `/v1/hints` are computed for each request.\n\nEvery refusal is `application/problem+json` with a stable `code`. Unknown query parameters are refused, so that one answer has one address.\n\nEverything under `/authoring/v1` needs a token, or the session of a browser that signed in. A write names the version that it is based on (`If-Match`), a create may name itself (`Idempotency-Key`), and listings continue with their `next`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
        contact(name = "The people who run this server"),
    ),
    servers((url = "/", description = "This server")),
    tags(
        (name = "delivery", description = "What learners' apps read. No authentication, no cookies."),
        (name = "attempts", description = "Scores of learners' inputs, and hints. No authentication, no cookies."),
        (name = "channels", description = "Where channels are, what they delivered, and what they do not."),
        (name = "commands", description = "The verbs of the command line, by their names."),
        (name = "commits", description = "History: commits, revisions, and what differs between states."),
        (name = "drafts", description = "Drafts, what people type in them, and what is done with them."),
        (name = "entries", description = "Entries of a state, where they are used, and who made them what they are."),
        (name = "events", description = "What happens, as it happens."),
        (name = "audit", description = "Who did what, when and from where, and proof that nobody changed that."),
        (name = "findings", description = "What could be better about entries, and which findings keep them from going live."),
        (name = "jobs", description = "Long work that a request starts and does not wait for."),
        (name = "me", description = "Who the token stands for."),
        (name = "media", description = "Media files of authors."),
        (name = "notices", description = "What a person should know about."),
        (name = "account", description = "One's own account, and what one signs in with."),
        (name = "people", description = "People: who has an account, inviting them, their roles, and who may do what."),
        (name = "session", description = "Signing in, where one is signed in, and signing out."),
        (name = "operation", description = "For the people who run the server."),
        (name = "publishing", description = "What moves a channel."),
        (name = "reviews", description = "Reviews of drafts: who approved what, and what was said."),
        (name = "schedules", description = "What moves channels at an instant."),
        (name = "shares", description = "Links that show a draft to people without an account."),
        (name = "states", description = "What names stand for: branches, channels, commits, snapshots."),
        (name = "takedowns", description = "What was taken down, by law or for a person's sake."),
        (name = "templates", description = "What new entries can be made from."),
        (name = "translations", description = "Texts with their translations, and what is not done in a language."),
    ),
    components(schemas(AuditOrderWord, Call, DifferenceForm)),
)]
struct Description;

/// The description of the whole server.
pub(crate) fn description() -> openapi::OpenApi {
    Description::openapi()
}

const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// The document: what the handlers say about themselves, and what is true of all of them.
///
/// # Panics
/// Never, because descriptions serialise.
pub fn complete(document: &openapi::OpenApi) -> Value {
    let mut document = serde_json::to_value(document).expect("the description serialises");
    let mut schemas = Schemas(taken(&mut document["components"], "schemas"));
    let mut paths = taken(&mut document, "paths");
    // The home page has the empty route, and no client library treats a path with a slash at its end as an address of
    // its own.
    paths.retain(|path, _| !path.ends_with('/'));
    // OpenAPI writes a path parameter with slashes differently from the router.
    let mut paths: Map<String, Value> =
        paths.into_iter().map(|(path, item)| (path.replace("{*", "{"), item)).collect();
    verbs::spread(&mut paths, &mut schemas);
    let refused = problems::schemas(&mut schemas);
    for (path, item) in &mut paths {
        for method in METHODS {
            let Some(body) = item.get_mut(method).and_then(Value::as_object_mut) else { continue };
            let mut operation = Operation { path, method, body };
            let security = match operation.is_authoring() {
                true if operation.signs_in() => json!([]),
                true => json!([{ "token": [] }, { "session": [] }]),
                false => json!([]),
            };
            operation.body.insert("security".to_owned(), security);
            parameters::form(&mut operation);
            refusals::fill(&mut operation, &refused);
            headers::fill(&mut operation);
        }
    }
    verbs::jobs(&mut schemas);
    verbs::of_a_channel(&mut paths, &mut schemas);
    delivered::describe(&mut paths, &mut schemas);
    streams::describe(&mut schemas);
    document["paths"] = Value::Object(paths);
    document["components"]["schemas"] = Value::Object(schemas.0);
    answers::complete(&mut document);
    document["components"]["headers"] = headers::shared();
    document["components"]["securitySchemes"] = json!({ "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of `cms token create`, or the server's own, which is in its data directory",
    }, "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-cms_session",
        "description": "The session of a browser that signed in. Requests that may change something send its `csrf_token` as `X-CSRF-Token`. On the machine itself, without encryption, the cookie is called `cms_session`.",
    } });
    document
}

fn taken(value: &mut Value, name: &str) -> Map<String, Value> {
    match value[name].take() {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
