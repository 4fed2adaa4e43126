//! People's roles: who has which, how far each reaches, and who may do what.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use cms_core::{
    access::{Right, Subject},
    repo::{MAIN, Sight},
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::authoring::{by, listed};
use crate::{
    app::App,
    edge::{
        access::Caller,
        body::JsonBody,
        extract::PathOf,
        idempotency::{Made, Repeatable, once},
        needs::seen::no_entry,
        query::{NoQuery, Query},
    },
    ground::{
        form::{KeyText, PersonText},
        names,
    },
    problem::{Problem, caching::Caching},
    verbs::{role, who_may},
    views::words::operation::RightWord,
};

/// Everybody's roles
///
/// By person, and then by age; with grants that do not do what their giver may think.
#[utoipa::path(
    get,
    path = "/authoring/v1/grants",
    operation_id = "grants_list",
    tag = "people",
    responses((status = 200, description = "The roles", body = role::list::Report)),
)]
pub async fn list(State(app): State<App>, caller: Caller, _: NoQuery) -> Result<Response, Problem> {
    let by = by(&app, caller.clone());
    let report = app.look(move |store| role::list::execute(store, role::list::Request {}, &by));
    Ok(listed(&report.await?))
}

/// Give a role
///
/// To a person, everywhere or within limits. A limit to a part of the catalogue is judged by where entries stand on
/// `main`.
#[utoipa::path(
    post,
    path = "/authoring/v1/grants",
    operation_id = "grant_create",
    tag = "people",
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, the same request is done once")),
    request_body(content = role::give::Request),
    responses(
        (status = 201, description = "The grant", body = role::give::Report, headers(("Location" = String, description = "Where it is"))),
        (status = 404, description = "The subtree begins at an entry that is not on `main`"),
        (status = 409, description = "`grant-given`: the person has this role already"),
    ),
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    _: NoQuery,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<role::give::Request>,
) -> Result<Response, Problem> {
    once(&app, &caller, repeatable, hash, move |store, attempt| {
        let report = role::give::execute(store, body, &attempt.by)?;
        let id = report.grant.id.clone();
        Ok(Made::at(format!("/authoring/v1/grants/{id}"), &report).tagged(id))
    })
    .await
}

/// Take a role back
///
/// The last administrator's role stays.
#[utoipa::path(
    delete,
    path = "/authoring/v1/grants/{grant}",
    operation_id = "grant_take",
    tag = "people",
    params(("grant" = String, Path, description = "The grant's name")),
    responses(
        (status = 200, description = "What was taken", body = role::take::Report),
        (status = 404, description = "No such grant"),
        (status = 409, description = "`last-administrator`: nobody could let people in any more"),
    ),
)]
pub async fn take(
    State(app): State<App>,
    caller: Caller,
    PathOf(grant): PathOf<String>,
    _: NoQuery,
) -> Result<Response, Problem> {
    let by = by(&app, caller);
    let request = role::take::Request { grant };
    let report = app.core(move |store| role::take::execute(store, request, &by)).await?;
    Ok(([Caching::NoStore.header()], Json(report)).into_response())
}

/// What is asked about.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WhoMayQuery {
    /// The entry; the whole catalogue when left out.
    #[param(value_type = Option<KeyText>)]
    key: Option<String>,
    /// The channel; all channels when left out.
    channel: Option<String>,
    /// The person about whom is asked; everybody when left out.
    #[param(value_type = Option<PersonText>)]
    person: Option<String>,
}

/// Who may do something
///
/// And by which grant; about one person, also why not, and who could help. Others than oneself are asked about with the
/// right `people`.
#[utoipa::path(
    get,
    path = "/authoring/v1/who-may/{right}",
    operation_id = "who_may",
    tag = "people",
    params(("right" = RightWord, Path, description = "The right: `read`, `propose`, `edit`, `translate`, `approve`, `accept`, `publish`, `import`, `configure`, `people`, `audit`, `takedown` or `operate`"), WhoMayQuery),
    responses(
        (status = 200, description = "Who may", body = who_may::Report),
        (status = 404, description = "No channel can have this name"),
    ),
)]
pub async fn who(
    State(app): State<App>,
    caller: Caller,
    PathOf(right): PathOf<String>,
    Query(WhoMayQuery { key, channel, person }): Query<WhoMayQuery>,
) -> Result<Response, Problem> {
    if person.as_ref().is_some_and(|person| caller.person != *person) {
        caller.must(Right::People, &Subject::WHOLE)?;
    }
    let request = who_may::Request { right, key, channel, person };
    let by = by(&app, caller.clone());
    let report = app.look(move |store| {
        if let Some(Ok(key)) = request.key.as_ref().map(|key| key.parse()) {
            let is_seen = caller.sight(store).sees_on_main(&key)?;
            is_seen.then_some(()).ok_or_else(|| no_entry(&key, MAIN))?;
        }
        let mut report = who_may::execute(store, request, &by)?;
        // The containers above are named only as far as they are seen.
        report.above = seen_above(&caller.sight(store), report.above)?;
        Ok(report)
    });
    Ok(listed(&report.await?))
}

fn seen_above(sight: &Sight<'_>, above: Vec<String>) -> Result<Vec<String>, Problem> {
    if sight.is_whole() {
        return Ok(above);
    }
    let mut seen = Vec::with_capacity(above.len());
    for text in above {
        if sight.sees_on_main(&names::key(&text)?)? {
            seen.push(text);
        }
    }
    Ok(seen)
}
