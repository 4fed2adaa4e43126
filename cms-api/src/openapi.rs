//! The OpenAPI document: what the handlers say of themselves, and what is true of all of them.
//!
//! A handler tells its own answers. What every operation of the authoring side refuses for the same
//! reasons, and what a part of an address looks like wherever it stands, is written here once.

use serde_json::{Value, json};
use utoipa::{
    OpenApi,
    openapi::{
        self, Content, HttpMethod, PathItem, Ref, RefOr, ResponseBuilder,
        path::{Operation, Parameter, ParameterIn},
        schema::Schema,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::{
    authoring::{diff::DifferenceForm, reviews::StateWord},
    command::Call,
    edge::problem::ProblemSchema,
    router,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "cms",
        description = "Delivery of published teaching material, and everything that its authors do.\n\nWhat is fetched under `/v1` is public and, save a channel's pointer, immutable: an address answers the same for ever, so caches may keep it. Start at a channel, follow its snapshot, then walk by object ids: a container's document carries its children's ids and summaries. `POST /v1/score` and `/v1/hints` are answered anew each time.\n\nEvery refusal is `application/problem+json` with a stable `code`. Unknown query parameters are refused, so that one answer has one address.\n\nEverything under `/authoring/v1` needs a token. A write names the version that it is based on (`If-Match`), a create may name itself (`Idempotency-Key`), and listings are read on by their `next`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    servers((url = "/", description = "This server")),
    tags(
        (name = "delivery", description = "What learners' apps read. No authentication, no cookies."),
        (name = "authoring", description = "What authors, reviewers, publishers and operators do, behind a token with a role."),
        (name = "operation", description = "For whoever runs the server."),
    ),
    components(schemas(Call, DifferenceForm, ProblemSchema, StateWord)),
)]
struct Description;

/// What is said of the whole.
pub(crate) fn description() -> openapi::OpenApi {
    Description::openapi()
}

/// What parts of addresses and parameters look like, by name.
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
    ("verb", "^[a-z]+(-[a-z]+)*$"),
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

/// What an operation of the authoring side refuses for the reasons that all have: when it applies,
/// the status, and what it means.
const REFUSALS: &[(fn(&Operation) -> bool, u16, &str)] = &[
    (|_| true, 400, "The request is malformed; `pointer` or `parameter` says where"),
    (|_| true, 401, "No token, or none that opens anything"),
    (|_| true, 403, "The token's role does not allow this"),
    (|of| of.request_body.is_some(), 408, "The body took too long to arrive"),
    (|of| names(of, "If-Match"), 412, "It has changed since the version that `If-Match` names"),
    (|of| of.request_body.is_some(), 413, "The body is larger than the limit"),
    (takes_json, 415, "The body is not `application/json`"),
    (|of| names(of, "Idempotency-Key"), 422, "The key was used for another request"),
    (|of| names(of, "If-Match"), 428, "Without `If-Match`"),
    (|_| true, 500, "Stored bytes are damaged, or a bug; the log has it under the request's id"),
    (|_| true, 503, "The store is not available, or whether a write was done is not known"),
    (|of| of.request_body.is_some(), 507, "The disk is full"),
];

fn names(operation: &Operation, header: &str) -> bool {
    let parameters = operation.parameters.iter().flatten();
    parameters
        .filter_map(|of| match of {
            RefOr::T(parameter) => Some(&parameter.name),
            RefOr::Ref(_) => None,
        })
        .any(|name| name == header)
}

fn takes_json(operation: &Operation) -> bool {
    matches!(&operation.request_body, Some(RefOr::T(body)) if body.content.contains_key("application/json"))
}

/// The document.
pub fn document() -> openapi::OpenApi {
    let mut document = router::described().to_openapi();
    // A path that takes slashes is written otherwise in OpenAPI than in the router.
    let paths = std::mem::take(&mut document.paths.paths);
    document.paths.paths =
        paths.into_iter().map(|(path, item)| (path.replace("{*", "{"), item)).collect();
    for (path, item) in &mut document.paths.paths {
        let is_authoring = path.starts_with("/authoring/");
        for (_, operation) in operations(item) {
            form_parameters(operation, is_authoring);
            if is_authoring {
                refuse(operation);
            }
        }
    }
    let token = SecurityScheme::Http(
        HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A token of `cms token create`, or the server's own, which its data directory tells"))
            .build(),
    );
    document.components.get_or_insert_default().add_security_scheme("token", token);
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (HttpMethod, &mut Operation)> {
    [
        (HttpMethod::Get, item.get.as_mut()),
        (HttpMethod::Put, item.put.as_mut()),
        (HttpMethod::Post, item.post.as_mut()),
        (HttpMethod::Delete, item.delete.as_mut()),
        (HttpMethod::Patch, item.patch.as_mut()),
    ]
    .into_iter()
    .filter_map(|(method, operation)| operation.map(|operation| (method, operation)))
}

/// Gives parameters the form that their name has everywhere.
fn form_parameters(operation: &mut Operation, is_authoring: bool) {
    for parameter in operation.parameters.iter_mut().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        if let Some((_, pattern)) = FORMS.iter().find(|(name, _)| *name == parameter.name) {
            let is_source = parameter.name == "id" && !is_authoring;
            set(parameter, "pattern", json!(if is_source { SOURCE_ID } else { pattern }));
        }
        if parameter.name == "limit" {
            set(parameter, "minimum", json!(1));
            set(parameter, "maximum", json!(500));
        }
        // A parameter that is left out is left out; it is never the word `null`.
        if parameter.parameter_in != ParameterIn::Path {
            not_null(parameter);
        }
    }
}

fn change(parameter: &mut Parameter, change: impl FnOnce(&mut Value)) {
    let Some(RefOr::T(schema)) = &parameter.schema else { return };
    let mut value = serde_json::to_value(schema).expect("schemas serialise");
    change(&mut value);
    let schema: Schema = serde_json::from_value(value).expect("a schema stays one");
    parameter.schema = Some(RefOr::T(schema));
}

fn set(parameter: &mut Parameter, name: &str, value: Value) {
    change(parameter, |schema| schema[name] = value);
}

fn not_null(parameter: &mut Parameter) {
    change(parameter, |schema| {
        if let Some(kept) = schema["type"].as_array().and_then(|types| {
            types.iter().find(|of| *of != "null").filter(|_| types.len() == 2).cloned()
        }) {
            schema["type"] = kept;
        }
    });
}

/// Adds the refusals that the operation does not tell itself.
fn refuse(operation: &mut Operation) {
    for (applies, status, description) in REFUSALS {
        let status = status.to_string();
        if applies(operation) && !operation.responses.responses.contains_key(&status) {
            let problem = Content::new(Some(Ref::from_schema_name("Problem")));
            let response = ResponseBuilder::new()
                .description(*description)
                .content("application/problem+json", problem);
            operation.responses.responses.insert(status, RefOr::T(response.build()));
        }
    }
}
