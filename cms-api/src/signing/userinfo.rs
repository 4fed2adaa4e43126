//! What a provider of identities tells about a person besides the identity: their name, their address, their groups.
//!
//! A provider that fails to answer has not said that somebody is in no group. So a failure refuses the sign-in, and takes
//! nothing from anybody.

use axum::http::{Request, StatusCode, header};
use openidconnect::core::CoreProviderMetadata;
use serde_json::{Map, Value};

use super::provider_problems::{refused, unavailable};
use crate::{ground::fetching::Fetcher, problem::Problem, process::config::provider::Provider};

/// A provider answered that it does not tell.
#[derive(Debug, thiserror::Error)]
#[error("its `userinfo` answers {0}")]
struct Failed(StatusCode);

/// What the provider tells about a person, nothing more if it has no address for that. `None` when it answers in a form
/// that can't be read, such as a signed one.
///
/// # Errors
/// [`crate::problem::Code::ProviderUnavailable`] when it does not answer with a success, and
/// [`crate::problem::Code::SignInRefused`] when it tells about somebody else.
pub(super) async fn told(
    provider: &Provider,
    metadata: &CoreProviderMetadata,
    fetcher: &Fetcher,
    access: &str,
    subject: &str,
) -> Result<Option<Map<String, Value>>, Problem> {
    let Some(endpoint) = metadata.userinfo_endpoint() else { return Ok(Some(Map::new())) };
    let request = Request::get(endpoint.as_str())
        .header(header::AUTHORIZATION, format!("Bearer {access}"))
        .header(header::ACCEPT, "application/json")
        .body(Vec::new())
        .map_err(Problem::internal)?;
    let answer = fetcher.fetch(request).await.map_err(|error| unavailable(provider, &error))?;
    if !answer.status().is_success() {
        return Err(unavailable(provider, &Failed(answer.status())));
    }
    let Ok(claims) = serde_json::from_slice::<Map<String, Value>>(answer.body()) else {
        tracing::warn!(provider = provider.name, "what its `userinfo` answers can't be read");
        return Ok(None);
    };
    // OpenID Connect Core, 5.3.2: an answer about somebody else must not be used.
    if claims.get("sub").and_then(Value::as_str) != Some(subject) {
        return Err(refused("the provider told about somebody else"));
    }
    Ok(Some(claims))
}
