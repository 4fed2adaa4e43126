//! `…/policies`: what a change needs besides a right, by where it stands.

use axum::{extract::State, http::HeaderMap, response::Response};
use cms_core::access::Policies;

use crate::{
    app::App,
    authoring::by,
    edge::{access::Caller, body::JsonBody, cache::Tagged, precondition::IfMatch, query::NoQuery},
    problem::Problem,
    store::Store,
    views::{people::PoliciesView, view},
};

fn tagged(store: &Store) -> Result<Tagged, Problem> {
    let (policies, version) = store.repository.policies()?;
    let policies: PoliciesView = view(Policies::clone(&policies));
    Ok(Tagged::version(version, &policies))
}

/// The table of policies
///
/// What a change needs besides a right. What holds at an entry is said by the nearest row above it on `main` that says
/// anything about it, and else by the house's.
#[utoipa::path(
    get,
    path = "/authoring/v1/policies",
    operation_id = "policies_get",
    tag = "people",
    responses(
        (status = 200, description = "The table", body = PoliciesView, headers(("ETag" = String, description = "Its version"))),
        (status = 304, description = "It has not changed"),
    ),
)]
pub async fn one(
    State(app): State<App>,
    _: NoQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    app.core(move |store| Ok(tagged(store)?.answer(&headers))).await
}

/// Set the table of policies
///
/// It applies from now on, to reviews that are open and schedules that are up already too.
#[utoipa::path(
    put,
    path = "/authoring/v1/policies",
    operation_id = "policies_set",
    tag = "people",
    params(("If-Match" = String, Header, description = "The table's `ETag`")),
    request_body(content = PoliciesView),
    responses(
        (status = 200, description = "The table as it is now", body = PoliciesView, headers(("ETag" = String, description = "Its version"))),
        (status = 422, description = "A row means nothing"),
    ),
)]
pub async fn set(
    State(app): State<App>,
    caller: Caller,
    _: NoQuery,
    precondition: IfMatch,
    JsonBody { value: body, .. }: JsonBody<PoliciesView>,
) -> Result<Response, Problem> {
    let stamp = by(&app, caller).stamp("");
    app.core(move |store| {
        let (_, version) = store.repository.policies()?;
        precondition.check(&version.to_string())?;
        store.repository.set_policies(body.try_into()?, version, &stamp)?;
        Ok(tagged(store)?.answer(&HeaderMap::new()))
    })
    .await
}
