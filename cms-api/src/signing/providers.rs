//! Providers of identities (OpenID Connect): somebody signs in elsewhere, and the provider vouches for them.
//!
//! What begins at a provider ends at the same one, in the same browser, once: the *state* in the address names the beginning,
//! a cookie the browser, and the answer the provider. An identity is an issuer and a subject, never an address: a provider
//! that lets people choose their address must not let them choose whose account they get.

use std::{
    collections::HashMap,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use cms_core::{access::Role, repo::SecretHash};
use openidconnect::{
    AsyncHttpClient, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken,
    HttpRequest, HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope, SignatureVerificationError, TokenResponse,
    core::{
        CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreIdTokenVerifier, CoreProviderMetadata,
        CoreTokenResponse,
    },
};
use serde_json::{Map, Value};

use super::{
    cookie::SessionKey,
    provider_problems::{refused, unavailable},
    userinfo,
};
use crate::{
    ground::{
        fetching::{Fetcher, terms::FetchError},
        secret,
    },
    problem::{Code, Problem},
    process::config::provider::Provider,
};

/// How long somebody may take to sign in at a provider, in milliseconds.
const AWAY_MS: u64 = 10 * 60 * 1000;
/// Most people who are away at a provider; the oldest make room.
const AWAY_MAX: usize = 10_000;
/// How long a provider's configuration and keys are used before they are read again.
const KNOWN_FOR: Duration = Duration::from_secs(60 * 60);
/// How far the clocks may be apart, in milliseconds.
const SKEW_MS: u64 = 60 * 1000;
/// The prefix of a state.
const STATE: &str = "state_";
/// The prefix of the secret that binds a sign-in to a browser.
const BINDING: &str = "away_";

/// Somebody who is away at a provider.
struct Away {
    provider: String,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    binding: SecretHash,
    return_to: String,
    links: Option<SessionKey>,
    until_ms: u64,
}

/// The providers, as far as they are known, and who is away at one.
#[derive(Default)]
pub struct Providers {
    known: Mutex<HashMap<String, (Arc<CoreProviderMetadata>, Instant)>>,
    away: Mutex<HashMap<String, Away>>,
}

/// The beginning of a sign-in at a provider.
#[derive(Debug)]
pub struct Begun {
    /// Where the browser goes.
    pub url: String,
    /// The value of the cookie that binds the sign-in to the browser.
    pub binding: String,
}

/// What a provider sends a browser back with.
#[derive(Debug, Clone, Default)]
pub struct Returned {
    /// The name of the beginning.
    pub state: String,
    /// What is exchanged for an identity.
    pub code: String,
    /// The provider's own name for itself (RFC 9207).
    pub issuer: Option<String>,
    /// The browser's cookie.
    pub binding: String,
}

/// What the groups of a person at a provider stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Groups {
    /// The greatest role that they have here, if any has one.
    Known(Option<Role>),
    /// The provider's answer can't be read as a whole, so it says nothing about groups: roles stay as they are.
    Unknown,
}

/// An identity that a provider vouches for.
#[derive(Debug, Clone)]
pub struct Vouched {
    /// The provider's own name for itself.
    pub issuer: String,
    /// The provider's name for the person.
    pub subject: String,
    /// The name that the person has there.
    pub name: Option<String>,
    /// The person's address, if the provider has verified it.
    pub email: Option<String>,
    /// What the person's groups stand for here.
    pub groups: Groups,
    /// Where the person wanted to go.
    pub return_to: String,
    /// The session to whose account the identity is to be added.
    pub links: Option<SessionKey>,
}

/// A place on this server to which a page may lead back: a path, so that nothing leads to another server.
///
/// # Errors
/// [`Code::ParameterMalformed`].
pub fn place(text: &str) -> Result<String, Problem> {
    let is_path = text.starts_with('/')
        && !text.starts_with("//")
        && text.len() <= 2000
        && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_path {
        return Ok(text.to_owned());
    }
    let detail = "`return_to` is a path of this server, such as /admin/";
    Err(Problem::new(Code::AccountRefused, detail).with("pointer", "/return_to"))
}

fn callback(public_url: &str, provider: &Provider) -> Result<RedirectUrl, Problem> {
    let url = format!("{public_url}/authoring/v1/session/oidc/{}/callback", provider.name);
    RedirectUrl::new(url).map_err(Problem::internal)
}

/// What the library asks providers with: the one fetcher that stays outside.
struct Asking(Fetcher);

impl<'c> AsyncHttpClient<'c> for Asking {
    type Error = FetchError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, FetchError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        let fetcher = self.0.clone();
        Box::pin(async move { fetcher.fetch(request).await })
    }
}

impl Providers {
    fn away(&self) -> MutexGuard<'_, HashMap<String, Away>> {
        self.away.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The configuration and keys of a provider, read again when they are old or `again` says so.
    async fn metadata(
        &self,
        provider: &Provider,
        fetcher: &Fetcher,
        again: bool,
    ) -> Result<Arc<CoreProviderMetadata>, Problem> {
        let known = {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            known.get(&provider.name).cloned()
        };
        if let Some((metadata, read)) =
            known.filter(|(_, read)| !again && read.elapsed() < KNOWN_FOR)
        {
            let _ = read;
            return Ok(metadata);
        }
        let issuer = IssuerUrl::new(provider.issuer.clone()).map_err(Problem::internal)?;
        let found = CoreProviderMetadata::discover_async(issuer, &Asking(fetcher.clone())).await;
        let found = Arc::new(found.map_err(|error| unavailable(provider, &error))?);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(provider.name.clone(), (Arc::clone(&found), Instant::now()));
        Ok(found)
    }

    /// Begins a sign-in at a provider.
    ///
    /// # Errors
    /// [`Code::ProviderUnavailable`] when it does not answer.
    pub async fn begin(
        &self,
        provider: &Provider,
        fetcher: &Fetcher,
        public_url: &str,
        wanted: (String, Option<SessionKey>),
        now_ms: u64,
    ) -> Result<Begun, Problem> {
        let metadata = self.metadata(provider, fetcher, false).await?;
        let client = CoreClient::from_provider_metadata(
            (*metadata).clone(),
            ClientId::new(provider.client_id.clone()),
            provider.client_secret.clone().map(ClientSecret::new),
        )
        .set_redirect_uri(callback(public_url, provider)?);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let state = secret::fresh(STATE).map_err(Problem::internal)?;
        let binding = secret::fresh(BINDING).map_err(Problem::internal)?;
        let named = state.clone();
        let mut request = client.authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            move || CsrfToken::new(named),
            Nonce::new_random,
        );
        for scope in &provider.scopes {
            request = request.add_scope(Scope::new(scope.clone()));
        }
        let (url, _, nonce) = request.set_pkce_challenge(challenge).url();
        let (return_to, links) = wanted;
        let away = Away {
            provider: provider.name.clone(),
            nonce,
            verifier,
            binding: SecretHash::of(binding.as_bytes()),
            return_to,
            links,
            until_ms: now_ms + AWAY_MS,
        };
        let mut all = self.away();
        all.retain(|_, away| now_ms < away.until_ms);
        if all.len() >= AWAY_MAX {
            let oldest = all.iter().min_by_key(|(_, away)| away.until_ms);
            let oldest = oldest.map(|(state, _)| state.clone());
            oldest.map(|state| all.remove(&state));
        }
        all.insert(state, away);
        Ok(Begun { url: url.to_string(), binding })
    }

    /// Takes the answer of a provider: each beginning ends once.
    ///
    /// # Errors
    /// [`Code::SignInRefused`] when the answer does not belong to a beginning at this provider in this browser, or is not
    /// right; [`Code::ProviderUnavailable`].
    pub async fn end(
        &self,
        provider: &Provider,
        fetcher: &Fetcher,
        public_url: &str,
        returned: Returned,
        now_ms: u64,
    ) -> Result<Vouched, Problem> {
        let away = self.away().remove(&returned.state);
        let away = away.filter(|away| now_ms < away.until_ms);
        let away = away.ok_or_else(|| refused("nobody is away under this state"))?;
        if away.provider != provider.name {
            return Err(refused("it began at another provider"));
        }
        if away.binding != SecretHash::of(returned.binding.as_bytes()) {
            return Err(refused("it began in another browser"));
        }
        if returned.issuer.as_ref().is_some_and(|issuer| *issuer != provider.issuer) {
            return Err(refused("another issuer answered"));
        }
        let metadata = self.metadata(provider, fetcher, false).await?;
        let client = CoreClient::from_provider_metadata(
            (*metadata).clone(),
            ClientId::new(provider.client_id.clone()),
            provider.client_secret.clone().map(ClientSecret::new),
        )
        .set_redirect_uri(callback(public_url, provider)?);
        let exchange = client
            .exchange_code(AuthorizationCode::new(returned.code))
            .map_err(Problem::internal)?
            .set_pkce_verifier(away.verifier);
        let answered: CoreTokenResponse = match exchange
            .request_async(&Asking(fetcher.clone()))
            .await
        {
            Ok(answered) => answered,
            // The provider says no: a code that was used, or another client's.
            Err(openidconnect::RequestTokenError::ServerResponse(error)) => {
                return Err(refused(error));
            }
            Err(openidconnect::RequestTokenError::Parse(error, _)) => return Err(refused(error)),
            Err(error) => return Err(unavailable(provider, &error)),
        };
        let token = answered.id_token().ok_or_else(|| refused("no identity was sent"))?;
        let subject = match verified(&client.id_token_verifier(), token, &away.nonce, now_ms) {
            // The provider may have other keys since they were read.
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            )) => {
                let fresh = self.metadata(provider, fetcher, true).await?;
                let client = CoreClient::from_provider_metadata(
                    (*fresh).clone(),
                    ClientId::new(provider.client_id.clone()),
                    provider.client_secret.clone().map(ClientSecret::new),
                );
                verified(&client.id_token_verifier(), token, &away.nonce, now_ms)
            }
            verified => verified,
        };
        let subject = subject.map_err(refused)?;
        let mut claims = payload(&token.to_string());
        let access = answered.access_token().secret();
        let told = userinfo::told(provider, &metadata, fetcher, access, &subject).await?;
        let is_whole = told.is_some();
        claims.extend(told.unwrap_or_default());
        let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
        let is_verified = claims.get("email_verified") == Some(&Value::Bool(true));
        Ok(Vouched {
            issuer: provider.issuer.clone(),
            subject,
            name: text("name").or_else(|| text("preferred_username")),
            email: text("email").filter(|_| is_verified),
            groups: groups(provider, &claims, is_whole),
            return_to: away.return_to,
            links: away.links,
        })
    }
}

/// The subject of an identity, if everything about it is right: who signed it, for whom, until when, and for which beginning.
fn verified(
    verifier: &CoreIdTokenVerifier<'_>,
    token: &CoreIdToken,
    nonce: &Nonce,
    now_ms: u64,
) -> Result<String, ClaimsVerificationError> {
    let at_ms = i64::try_from(now_ms.saturating_sub(SKEW_MS)).unwrap_or(i64::MAX);
    let at = DateTime::<Utc>::from_timestamp_millis(at_ms).unwrap_or_default();
    let verifier = verifier.clone().set_time_fn(move || at);
    Ok(token.claims(&verifier, nonce)?.subject().to_string())
}

/// What an identity that was verified says.
fn payload(token: &str) -> Map<String, Value> {
    let part = token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    part.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// What a person's groups stand for, as far as the claims say; `is_whole` when nothing that was told is missing from them.
fn groups(provider: &Provider, claims: &Map<String, Value>, is_whole: bool) -> Groups {
    let groups = match claims.get(&provider.groups_claim) {
        Some(Value::Array(groups)) => groups.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(group)) => vec![group.as_str()],
        // Providers leave out a claim that is empty.
        None if !is_whole => return Groups::Unknown,
        _ => Vec::new(),
    };
    let roles = groups.into_iter().filter_map(|group| provider.roles.get(group));
    Groups::Known(roles.max().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leads_to_another_server() {
        for path in ["/", "/admin/", "/admin/?at=1#x"] {
            assert_eq!(place(path).unwrap(), path);
        }
        for path in [
            "",
            "admin",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nb",
            "/a b",
            "\t/x",
            "/ü",
            "javascript:alert(1)",
        ] {
            assert!(place(path).is_err(), "{path:?}");
        }
    }

    #[test]
    fn the_greatest_role_of_all_groups_counts() {
        let roles = [("staff", Role::Author), ("heads", Role::Publisher)];
        let provider = Provider {
            name: "school".into(),
            title: "School".into(),
            issuer: "https://id.example".into(),
            client_id: "cms".into(),
            client_secret: None,
            scopes: Vec::new(),
            groups_claim: "groups".into(),
            roles: roles.map(|(group, role)| (group.to_owned(), role)).into(),
            creates_accounts: false,
            is_second_factor: false,
        };
        let of = |claim: Value| {
            groups(&provider, &Map::from_iter([("groups".to_owned(), claim)]), false)
        };
        let known = |role| Groups::Known(role);
        assert_eq!(of(serde_json::json!(["x", "staff", "heads"])), known(Some(Role::Publisher)));
        assert_eq!(of(serde_json::json!("staff")), known(Some(Role::Author)));
        assert_eq!(of(serde_json::json!([7, null])), known(None));
        assert_eq!(of(Value::Null), known(None));
        assert_eq!(groups(&provider, &Map::new(), true), known(None));
        assert_eq!(groups(&provider, &Map::new(), false), Groups::Unknown);
    }
}
