//! `…/findings-policy`: which findings keep an entry from going live.

use axum::{extract::State, http::HeaderMap, response::Response};
use cms_core::repo::{Bars, FindingsPolicy, Role};
use serde_json::Value;

use crate::{
    app::App,
    authoring::drafts::by,
    command::view,
    edge::{
        access::Asker,
        body::JsonBody,
        cache::Tagged,
        precondition::{IfMatch, stale},
        problem::{Code, Problem, ProblemSchema},
        query::NoQuery,
    },
    views::findings::FindingsPolicyView,
};

/// The rules of findings
#[utoipa::path(
    get,
    path = "/authoring/v1/findings-policy",
    tag = "authoring",
    security(("token" = [])),
    responses(
        (status = 200, description = "The rules", body = FindingsPolicyView, headers(("ETag" = String, description = "Their version"))),
        (status = 304, description = "They have not changed"),
    ),
)]
pub async fn one(
    State(app): State<App>,
    asker: Asker,
    _: NoQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    asker.must_be(Role::Viewer)?;
    app.core(move |store| {
        let (policy, version) = store.repository.findings_policy()?;
        let policy: FindingsPolicyView = view(&policy);
        Ok(Tagged::version(version, &policy).answer(&headers))
    })
    .await
}

/// Set the rules of findings
#[utoipa::path(
    put,
    path = "/authoring/v1/findings-policy",
    tag = "authoring",
    security(("token" = [])),
    params(("If-Match" = String, Header, description = "The rules' `ETag`")),
    request_body(content = FindingsPolicyView),
    responses(
        (status = 200, description = "The rules as they are now", body = FindingsPolicyView, headers(("ETag" = String, description = "Their version"))),
        (status = 400, description = "`bars` is none of its words", content_type = "application/problem+json", body = ProblemSchema),
    ),
)]
pub async fn set(
    State(app): State<App>,
    asker: Asker,
    _: NoQuery,
    precondition: IfMatch,
    JsonBody { value: body, .. }: JsonBody<FindingsPolicyView>,
) -> Result<Response, Problem> {
    asker.must_be(Role::Operator)?;
    let bars: Bars = serde_json::from_value(Value::from(body.bars)).map_err(|_| {
        let detail = "`bars` is nothing, impossible or errors";
        Problem::new(Code::RequestMalformed, detail).with("pointer", "/bars")
    })?;
    let by = by(&app, asker);
    app.core(move |store| {
        let (_, version) = store.repository.findings_policy()?;
        precondition.check(&version.to_string())?;
        let policy = FindingsPolicy { bars };
        let is_set = store.repository.set_findings_policy(policy, version, &by.stamp(""))?;
        let (policy, now) = store.repository.findings_policy()?;
        if !is_set {
            return Err(stale(&now.to_string()));
        }
        let policy: FindingsPolicyView = view(&policy);
        Ok(Tagged::version(now, &policy).answer(&HeaderMap::new()))
    })
    .await
}
