//! `POST /authoring/v1/commands/{verb}`: what the command line sends to a server that has the store open.

use axum::{
    Json,
    extract::{FromRequest, Request, State},
    response::{IntoResponse, Response},
};
use cms_core::access::{Right, Subject};
use serde_json::Value;

use crate::{
    app::App,
    edge::{
        access::Caller,
        body::{JsonBody, WholeBody},
        extract::PathOf,
        idempotency::must_be_new,
        query::NoQuery,
    },
    problem::{Code, Problem, caching::Caching},
    store::Store,
    verbs::{Call, Command},
};

/// Do what a verb of the command line does
///
/// `request` has the verb's arguments under their long names. The answer is what `cms VERB --json` prints.
#[utoipa::path(
    post,
    path = "/authoring/v1/commands/{verb}",
    operation_id = "command",
    tag = "commands",
    params(("verb" = String, Path, description = "`plan`, `publish`, `rollback`, `release`, `unpublish`, `retire`, `revert-publish`, `remake`, `begin-channel`, `embargoes`, `schedule`, `not-public`, `bisect`, `snapshots`, `channels`, `holds`, `log`, `show`, `diff`, `where-used`, `verify`, `stats`, `role-give`, `role-list`, `role-take`, `who-may`, `takedown-make`, `takedown-list`, `takedown-show`, `token-create`, `token-list`, `token-revoke`, `admin-link`, `admin-reset`, `audit-log`, `audit-head`, `audit-verify`, `audit-key` or `audit-keep`")),
    request_body(content = Call),
    responses(
        (status = 200, description = "Done; the verb's report", content_type = "application/json", body = serde_json::Value),
        (status = 400, description = "The request is malformed"),
        (status = 401, description = "No token, or a wrong one"),
        (status = 403, description = "The role does not allow this verb"),
        (status = 404, description = "What was named does not exist"),
        (status = 409, description = "It changed meanwhile, or was done before under this operation"),
        (status = 413, description = "The body is larger than the limit"),
        (status = 422, description = "Refused; `report` says why"),
        (status = 503, description = "The store is not available"),
        (status = 507, description = "The disk is full"),
    ),
)]
pub async fn handler(
    State(app): State<App>,
    caller: Caller,
    PathOf(verb): PathOf<String>,
    _: NoQuery,
    request: Request,
) -> Result<Response, Problem> {
    let unknown = || {
        let detail = format!("there is no verb {verb:?}");
        Problem::new(Code::PathUnknown, detail).with("known", Command::WORDS)
    };
    // Each verb needs a right of its own, which is judged before the body is read, as that of an address is.
    let right = Command::right_of(&verb).ok_or_else(unknown)?;
    if Command::is_of_machine(&verb) && !caller.is_server() {
        let detail = "this is for whoever has the machine: type it there";
        return Err(Problem::new(Code::NotAllowed, detail));
    }
    if Command::tells_of_everything(right) {
        caller.must(Right::Read, &Subject::WHOLE)?;
    }
    caller.must_somewhere(right)?;
    let call = call(&WholeBody::from_request(request, &app).await?)?;
    let by = call.by_author(caller.author(&call.author)?, caller.holder.clone(), app.now_ms())?;
    let by = by.coming(caller.origin.clone());
    let command = Command::read(&verb, call.request)?.ok_or_else(unknown)?;
    let (is_named, only_reads) = (call.operation.is_some(), command.only_reads());
    if !only_reads {
        caller.must_be_awake(right)?;
    }
    let work = move |store: &Store| {
        if is_named {
            must_be_new(store, by.operation)?;
        }
        command.execute(store, &by)
    };
    let report = if only_reads { app.look(work).await? } else { app.core(work).await? };
    Ok(([Caching::NoStore.header()], Json(report.to_json())).into_response())
}

/// The call that a body holds. The `pointer` of what is wrong within its `request` leads into the request, as that of the
/// same mistake at an address does.
pub(super) fn call(body: &WholeBody) -> Result<Call, Problem> {
    let read = JsonBody::<Call>::of(&body.0).map_err(|problem| {
        let pointer = problem.members.get("pointer").and_then(Value::as_str);
        let within = pointer.and_then(|pointer| pointer.strip_prefix("/request/"));
        match within.map(|within| format!("/{within}")) {
            Some(pointer) => problem.with("pointer", pointer),
            None => problem,
        }
    })?;
    Ok(read.value)
}
