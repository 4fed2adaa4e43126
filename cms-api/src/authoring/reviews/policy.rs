//! `…/review-policy`: how many approvals a merge into `main` needs.

use axum::{extract::State, http::HeaderMap, response::Response};
use cms_core::repo::ReviewPolicy;

use crate::{
    app::App,
    authoring::by,
    edge::{access::Caller, body::JsonBody, cache::Tagged, precondition::IfMatch, query::NoQuery},
    problem::Problem,
    views::{reviews::ReviewPolicyView, view},
};

/// The rules about reviews
///
/// How many people must approve an entry before it is merged.
#[utoipa::path(
    get,
    path = "/authoring/v1/review-policy",
    operation_id = "review_policy_get",
    tag = "reviews",
    responses(
        (status = 200, description = "The rules", body = ReviewPolicyView, headers(("ETag" = String, description = "Their version"))),
        (status = 304, description = "They have not changed"),
    ),
)]
pub async fn one(
    State(app): State<App>,
    _: NoQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    app.core(move |store| {
        let (policy, version) = store.repository.review_policy()?;
        let policy: ReviewPolicyView = view(policy);
        Ok(Tagged::version(version, &policy).answer(&headers))
    })
    .await
}

/// Set the rules about reviews
///
/// They apply from the next merge.
#[utoipa::path(
    put,
    path = "/authoring/v1/review-policy",
    operation_id = "review_policy_set",
    tag = "reviews",
    params(("If-Match" = String, Header, description = "The rules' `ETag`")),
    request_body(content = ReviewPolicyView),
    responses((status = 200, description = "The rules as they are now", body = ReviewPolicyView, headers(("ETag" = String, description = "Their version")))),
)]
pub async fn set(
    State(app): State<App>,
    caller: Caller,
    _: NoQuery,
    precondition: IfMatch,
    JsonBody { value: body, .. }: JsonBody<ReviewPolicyView>,
) -> Result<Response, Problem> {
    let by = by(&app, caller);
    app.core(move |store| {
        let (_, version) = store.repository.review_policy()?;
        precondition.check(&version.to_string())?;
        let policy = ReviewPolicy { approvals_required: body.approvals_required };
        let is_set = store.repository.set_review_policy(policy, version, &by.stamp(""))?;
        let (policy, now) = store.repository.review_policy()?;
        if !is_set {
            return Err(Problem::stale(&now.to_string()));
        }
        let policy: ReviewPolicyView = view(policy);
        Ok(Tagged::version(now, &policy).answer(&HeaderMap::new()))
    })
    .await
}
