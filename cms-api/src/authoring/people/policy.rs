//! `…/sign-in-policy`: from which role on a second factor is needed.

use axum::{extract::State, http::HeaderMap, response::Response};
use cms_core::{access::Role, repo::SignInPolicy};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::App,
    authoring::by,
    edge::{access::Caller, body::JsonBody, cache::Tagged, precondition::IfMatch, query::NoQuery},
    problem::Problem,
    views::words::operation::RoleWord,
};

/// What signing in needs.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInPolicyView {
    /// From which role on a second factor is needed; null for nobody.
    pub second_factor_from: Option<RoleWord>,
    /// How many days people have to set one up, from the first sign-in or request at which it is needed.
    #[schema(minimum = 0, maximum = 90)]
    pub grace_days: u32,
}

impl SignInPolicyView {
    fn of(policy: SignInPolicy) -> Self {
        let SignInPolicy { second_factor_from, grace_days } = policy;
        Self { second_factor_from: second_factor_from.map(Into::into), grace_days }
    }
}

/// The rules of signing in
///
/// From which role on a second factor is needed, and how long people have to set one up.
#[utoipa::path(
    get,
    path = "/authoring/v1/sign-in-policy",
    operation_id = "sign_in_policy_get",
    tag = "people",
    responses(
        (status = 200, description = "The rules", body = SignInPolicyView, headers(("ETag" = String, description = "Their version"))),
        (status = 304, description = "They have not changed"),
    ),
)]
pub async fn one(
    State(app): State<App>,
    _: Caller,
    _: NoQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    app.core(move |store| {
        let (policy, version) = store.repository.people().sign_in_policy()?;
        Ok(Tagged::version(version, &SignInPolicyView::of(policy)).answer(&headers))
    })
    .await
}

/// Set the rules of signing in
///
/// They apply at once: a session that exists is asked for a second factor at its next request.
#[utoipa::path(
    put,
    path = "/authoring/v1/sign-in-policy",
    operation_id = "sign_in_policy_set",
    tag = "people",
    params(("If-Match" = String, Header, description = "The rules' `ETag`")),
    request_body(content = SignInPolicyView),
    responses(
        (status = 200, description = "The rules as they are now", body = SignInPolicyView, headers(("ETag" = String, description = "Their version"))),
        (status = 422, description = "Too many days"),
    ),
)]
pub async fn set(
    State(app): State<App>,
    caller: Caller,
    _: NoQuery,
    precondition: IfMatch,
    JsonBody { value: body, .. }: JsonBody<SignInPolicyView>,
) -> Result<Response, Problem> {
    let stamp = by(&app, caller).stamp("");
    app.core(move |store| {
        let people = store.repository.people();
        let (_, version) = people.sign_in_policy()?;
        precondition.check(&version.to_string())?;
        let policy = SignInPolicy {
            second_factor_from: body.second_factor_from.map(Role::from),
            grace_days: body.grace_days,
        };
        let version = people.set_sign_in_policy(policy, version, &stamp)?;
        Ok(Tagged::version(version, &SignInPolicyView::of(policy)).answer(&HeaderMap::new()))
    })
    .await
}
