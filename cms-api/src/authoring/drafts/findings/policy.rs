//! `…/findings-policy`: which findings keep an entry from going live.

use axum::{extract::State, http::HeaderMap, response::Response};
use cms_core::repo::FindingsPolicy;

use crate::{
    app::App,
    authoring::by,
    edge::{access::Caller, body::JsonBody, cache::Tagged, precondition::IfMatch, query::NoQuery},
    problem::Problem,
    views::{findings::FindingsPolicyView, view},
};

/// The rules about findings
///
/// Which findings keep an entry from going live.
#[utoipa::path(
    get,
    path = "/authoring/v1/findings-policy",
    operation_id = "findings_policy_get",
    tag = "findings",
    responses(
        (status = 200, description = "The rules", body = FindingsPolicyView, headers(("ETag" = String, description = "Their version"))),
        (status = 304, description = "They have not changed"),
    ),
)]
pub async fn one(
    State(app): State<App>,
    _: NoQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    app.core(move |store| {
        let (policy, version) = store.repository.findings_policy()?;
        let policy: FindingsPolicyView = view(policy);
        Ok(Tagged::version(version, &policy).answer(&headers))
    })
    .await
}

/// Set the rules about findings
///
/// They apply from the next publish; what is live stays live.
#[utoipa::path(
    put,
    path = "/authoring/v1/findings-policy",
    operation_id = "findings_policy_set",
    tag = "findings",
    params(("If-Match" = String, Header, description = "The rules' `ETag`")),
    request_body(content = FindingsPolicyView),
    responses(
        (status = 200, description = "The rules as they are now", body = FindingsPolicyView, headers(("ETag" = String, description = "Their version"))),
    ),
)]
pub async fn set(
    State(app): State<App>,
    caller: Caller,
    _: NoQuery,
    precondition: IfMatch,
    JsonBody { value: body, .. }: JsonBody<FindingsPolicyView>,
) -> Result<Response, Problem> {
    let by = by(&app, caller);
    app.core(move |store| {
        let (_, version) = store.repository.findings_policy()?;
        precondition.check(&version.to_string())?;
        let policy = FindingsPolicy { bars: body.bars.into() };
        let is_set = store.repository.set_findings_policy(policy, version, &by.stamp(""))?;
        let (policy, now) = store.repository.findings_policy()?;
        if !is_set {
            return Err(Problem::stale(&now.to_string()));
        }
        let policy: FindingsPolicyView = view(policy);
        Ok(Tagged::version(now, &policy).answer(&HeaderMap::new()))
    })
    .await
}
