//! `…/session/providers`, `…/session/oidc/…`, `…/account/identities`: signing in elsewhere.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use cms_core::{
    model::name::Person,
    repo::{Factor, GroupRole, PeopleError, PersonState, SessionStage, Vouched},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{account::change_credentials, session::end_before};
use crate::{
    app::App,
    authoring::listed,
    edge::{
        access::signed::{self, Asking, Signed},
        body::JsonBody,
        extract::PathOf,
        query::{NoQuery, Query},
    },
    ground::{authorship::Authorship, moment},
    problem::{Code, Problem, caching::Caching},
    process::config::provider::Provider,
    signing::{
        cookie,
        credentials::{self, Credentials, Identity, Kept},
        fresh_person, names,
        providers::{self, Groups, Returned},
        session::{self, Shown},
        sign_in,
    },
    store::Store,
};

/// For how long a browser is bound to a sign-in at a provider, in seconds.
const AWAY_S: u64 = 10 * 60;
/// Where a browser goes when a sign-in at a provider was refused.
const REFUSED: &str = "/sign-in#problem=";

/// A provider of identities.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProviderView {
    /// What it is called in addresses.
    pub provider: String,
    /// What it is called for people.
    pub title: String,
}

/// Providers of identities.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProvidersView {
    /// The providers, in the order of the settings.
    pub providers: Vec<ProviderView>,
}

/// The beginning of a sign-in at a provider.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BeginBody {
    /// Where to go afterwards: a path of this server; `/` when left out.
    #[serde(default)]
    return_to: Option<String>,
    /// Whether the identity is added to the account of whoever is signed in, rather than signing in with it.
    #[serde(default)]
    link: bool,
}

/// Where to sign in.
#[derive(Debug, Serialize, ToSchema)]
pub struct BegunView {
    /// Where the browser goes.
    pub url: String,
}

/// What a provider sends a browser back with.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReturnQuery {
    /// Names the beginning.
    state: Option<String>,
    /// What is exchanged for an identity.
    code: Option<String>,
    /// The provider's own name for itself.
    iss: Option<String>,
    /// Why the provider refused.
    error: Option<String>,
    /// The same, in words.
    #[serde(rename = "error_description")]
    #[param(rename = "error_description")]
    _error_description: Option<String>,
    /// What some providers add.
    #[serde(rename = "session_state")]
    #[param(rename = "session_state")]
    _session_state: Option<String>,
    /// What some providers add.
    #[serde(rename = "scope")]
    #[param(rename = "scope")]
    _scope: Option<String>,
}

/// An identity at a provider.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdentityView {
    /// The provider's name in the settings.
    pub provider: String,
    /// When it was added: UTC, ISO 8601.
    #[schema(format = DateTime)]
    pub added_at: String,
}

/// Identities at providers.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdentitiesView {
    /// The identities, the oldest first.
    pub identities: Vec<IdentityView>,
}

/// Where people can sign in besides
///
/// The providers of identities that this server is set up for.
#[utoipa::path(
    get,
    path = "/authoring/v1/session/providers",
    operation_id = "session_providers",
    tag = "session",
    responses((status = 200, description = "The providers", body = ProvidersView)),
)]
pub async fn list(State(app): State<App>, _: NoQuery) -> Result<Response, Problem> {
    let all = &app.signing().config().providers;
    let view = |of: &Provider| ProviderView { provider: of.name.clone(), title: of.title.clone() };
    Ok(listed(&ProvidersView { providers: all.iter().map(view).collect() }))
}

fn provider_of(app: &App, name: &str) -> Result<Provider, Problem> {
    let all = &app.signing().config().providers;
    let found = all.iter().find(|provider| provider.name == name).cloned();
    found.ok_or_else(|| {
        let known: Vec<_> = all.iter().map(|provider| provider.name.clone()).collect();
        Problem::new(Code::PathUnknown, "there is no such provider").with("known", known)
    })
}

/// Begin to sign in at a provider
///
/// The answer says where the browser goes, and binds the sign-in to this browser by a cookie. When the provider does not
/// answer, the problem says so, and every other way to sign in works.
#[utoipa::path(
    post,
    path = "/authoring/v1/session/oidc/{provider}/start",
    operation_id = "session_oidc_start",
    tag = "session",
    params(("provider" = String, Path, description = "The provider's name")),
    request_body(content = BeginBody),
    responses(
        (status = 200, description = "Where to go", body = BegunView),
        (status = 404, description = "No such provider"),
        (status = 422, description = "Refused: `return_to` is no path of this server"),
    ),
)]
pub async fn start(
    State(app): State<App>,
    PathOf(provider): PathOf<String>,
    _: NoQuery,
    signed: Result<Signed, Problem>,
    asking: Asking,
    JsonBody { value: body, .. }: JsonBody<BeginBody>,
) -> Result<Response, Problem> {
    let provider = provider_of(&app, &provider)?;
    let signing = app.signing();
    let now_ms = signing.now_ms(app.now_ms());
    let return_to = providers::place(body.return_to.as_deref().unwrap_or("/"))?;
    let links = if body.link {
        let signed = signed?;
        signed.may_enrol(app.worker(), signing).await?;
        signed.must_be_recent(now_ms)?;
        Some(signed.key)
    } else {
        None
    };
    let begun = signing.providers().begin(
        &provider,
        app.fetcher(),
        signing.public_url(),
        (return_to, links),
        app.now_ms(),
    );
    let begun = begun.await?;
    let is_secure = asking.browser.is_secure;
    let cookie = cookie::set(cookie::away_name(is_secure), &begun.binding, AWAY_S, is_secure);
    let mut response = listed(&BegunView { url: begun.url });
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Come back from a provider
///
/// For browsers: it leads on to where the sign-in began from, signed in, or to the page for signing in, whose fragment says
/// why not.
pub async fn callback(
    State(app): State<App>,
    PathOf(provider): PathOf<String>,
    Query(query): Query<ReturnQuery>,
    asking: Asking,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let provider = provider_of(&app, &provider)?;
    let name = cookie::away_name(asking.browser.is_secure);
    let binding = cookie::read(&headers, name).unwrap_or_default();
    let came = came_back(&app, &provider, &asking, query, binding).await;
    let (place, cookies) = match came {
        Ok(came) => came,
        Err(problem)
            if problem.code.status().is_server_error()
                && problem.code != Code::ProviderUnavailable =>
        {
            return Err(problem);
        }
        Err(problem) => (format!("{REFUSED}{}", problem.code.word()), Vec::new()),
    };
    let location = [(header::LOCATION, place)];
    let mut response =
        (StatusCode::SEE_OTHER, [Caching::NoStore.header()], location).into_response();
    let cleared = cookie::cleared(name, asking.browser.is_secure);
    for cookie in cookies.into_iter().chain([cleared]) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

type Came = (String, Vec<axum::http::HeaderValue>);

async fn came_back(
    app: &App,
    provider: &Provider,
    asking: &Asking,
    query: ReturnQuery,
    binding: String,
) -> Result<Came, Problem> {
    let (worker, signing) = (app.worker(), app.signing());
    if let Some(error) = query.error {
        let error: String = error.chars().filter(|c| !c.is_control()).take(80).collect();
        tracing::info!(provider = provider.name, %error, "a provider refused");
        return Err(Problem::new(Code::SignInRefused, "the provider refused"));
    }
    let (Some(state), Some(code)) = (query.state, query.code) else {
        return Err(Problem::new(Code::SignInRefused, "the provider's answer is not whole"));
    };
    let now_ms = signing.now_ms(app.now_ms());
    let returned = Returned { state, code, issuer: query.iss, binding };
    let vouched = signing
        .providers()
        .end(provider, app.fetcher(), signing.public_url(), returned, app.now_ms())
        .await?;
    let return_to = vouched.return_to.clone();
    if let Some(key) = vouched.links.clone() {
        let signed = signed::found(worker, signing, key).await?;
        link(app, provider, signed, vouched, now_ms).await?;
        return Ok((return_to, Vec::new()));
    }
    let of = provider.clone();
    let person = app.core(move |store| person_of(store, &of, vouched, now_ms)).await?;
    let (factor, stage) = if provider.is_second_factor {
        (Factor::ProviderTwoFactors, SessionStage::Full)
    } else {
        (Factor::Provider, sign_in::stage_of(worker, &person, now_ms).await?)
    };
    let shown = Shown { person, stage, factors: vec![factor], replaces: None };
    let begun = session::begin(worker, signing, &asking.browser, shown).await?;
    end_before(app, asking, &begun).await?;
    let place = if stage == SessionStage::Full { return_to } else { "/sign-in".to_owned() };
    Ok((place, begun.cookies))
}

/// The person to whom an identity leads; a new one where the provider's groups say so.
fn person_of(
    store: &Store,
    provider: &Provider,
    vouched: providers::Vouched,
    now_ms: u64,
) -> Result<Person, Problem> {
    let people = store.repository.people();
    let (issuer, subject) = (vouched.issuer.clone(), vouched.subject.clone());
    let person = match people.by_identity(&issuer, &subject)? {
        Some(person) => person,
        None if provider.creates_accounts && matches!(vouched.groups, Groups::Known(Some(_))) => {
            let fresh = fresh_person()?;
            let name = vouched.name.as_deref().and_then(|name| names::checked(name).ok());
            let identity = Identity {
                provider: provider.name.clone(),
                issuer: vouched.issuer.clone(),
                subject: vouched.subject.clone(),
                added_ms: now_ms,
            };
            let credentials = Credentials { identities: vec![identity], ..Credentials::default() };
            let new = Vouched {
                name: name.filter(|name| !name.is_empty()).unwrap_or_else(|| fresh.to_string()),
                email: vouched.email.filter(|it| cms_core::repo::normalised_address(it).is_ok()),
                role: None,
                issuer: vouched.issuer,
                subject: vouched.subject,
                credential: credentials.value(),
                stamp: Authorship::own(fresh.clone(), now_ms).stamp(""),
                person: fresh,
            };
            people.create_vouched(&new)?.id
        }
        None => {
            let detail = "no account belongs to this identity; an administrator invites people";
            return Err(Problem::new(Code::SignInRefused, detail));
        }
    };
    if people.one(&person)?.state != PersonState::Active {
        return Err(Problem::new(Code::SignInRefused, "the account is not active"));
    }
    if let Groups::Known(role) = vouched.groups
        && !provider.roles.is_empty()
    {
        let known = credentials::of(store, &person)?.credentials.identities;
        let linked = known.iter().find(|it| it.issuer == issuer && it.subject == subject);
        let linked_ms = linked.map_or(0, |identity| identity.added_ms);
        let groups = GroupRole { provider: &provider.name, role, linked_ms };
        let stamp = Authorship::own(person.clone(), now_ms).stamp("");
        people.follow_groups(&person, &groups, &stamp)?;
    }
    Ok(person)
}

/// Adds an identity to the account of whoever began to.
async fn link(
    app: &App,
    provider: &Provider,
    signed: Signed,
    vouched: providers::Vouched,
    now_ms: u64,
) -> Result<(), Problem> {
    let identity = Identity {
        provider: provider.name.clone(),
        issuer: vouched.issuer,
        subject: vouched.subject,
        added_ms: now_ms,
    };
    let (person, added) = (signed.account.id.clone(), identity.clone());
    app.core(move |store| {
        let stamp = Authorship::own(person.clone(), now_ms).stamp("");
        let people = store.repository.people();
        Ok(people.add_identity(&person, &added.issuer, &added.subject, &stamp)?)
    })
    .await?;
    let what = Kept { verb: "identity-note", ends_sessions: false };
    change_credentials(app, &signed, what, move |stored| {
        let is_same =
            |known: &Identity| known.issuer == identity.issuer && known.subject == identity.subject;
        if !stored.credentials.identities.iter().any(is_same) {
            stored.credentials.identities.push(identity);
        }
        Ok(())
    })
    .await
}

/// Your identities at providers
///
/// The accounts at providers of identities with which you can sign in here.
#[utoipa::path(
    get,
    path = "/authoring/v1/account/identities",
    operation_id = "account_identities_list",
    tag = "account",
    responses((status = 200, description = "The identities", body = IdentitiesView)),
)]
pub async fn identities(
    State(app): State<App>,
    _: NoQuery,
    signed: Signed,
) -> Result<Response, Problem> {
    signed.may_enrol(app.worker(), app.signing()).await?;
    app.core(move |store| {
        let stored = credentials::of(store, &signed.account.id)?.credentials;
        let view = |of: &Identity| IdentityView {
            provider: of.provider.clone(),
            added_at: moment::iso(of.added_ms),
        };
        Ok(listed(&IdentitiesView { identities: stored.identities.iter().map(view).collect() }))
    })
    .await
}

/// Remove your identity at a provider
///
/// You can no longer sign in with it.
#[utoipa::path(
    delete,
    path = "/authoring/v1/account/identities/{provider}",
    operation_id = "account_identities_delete",
    tag = "account",
    params(("provider" = String, Path, description = "The provider's name")),
    responses(
        (status = 204, description = "It opens nothing any more"),
        (status = 404, description = "You have none there"),
        (status = 409, description = "It is all that you sign in with, or the account is no longer active"),
        (status = 412, description = "You changed it elsewhere at the same time"),
    ),
)]
pub async fn remove(
    State(app): State<App>,
    PathOf(provider): PathOf<String>,
    _: NoQuery,
    signed: Signed,
) -> Result<Response, Problem> {
    let signing = app.signing();
    let now_ms = signing.now_ms(app.now_ms());
    signed.must_be_whole(app.worker(), signing).await?;
    signed.must_be_recent(now_ms)?;
    let person = signed.account.id.clone();
    app.core(move |store| {
        let mut stored = credentials::of(store, &person)?;
        let credentials = &mut stored.credentials;
        let (gone, left): (Vec<_>, Vec<_>) =
            credentials.identities.drain(..).partition(|known| known.provider == provider);
        credentials.identities = left;
        if gone.is_empty() {
            return Err(Problem::new(Code::AccountUnknown, "you have no identity there"));
        }
        let is_left = credentials.password.is_some()
            || !credentials.passkeys.is_empty()
            || !credentials.identities.is_empty();
        if !is_left {
            let detail = "it is all that you sign in with; set a password or add a passkey first";
            return Err(Problem::new(Code::AccountState, detail).with("state", "active"));
        }
        let what = Kept { verb: "identity-note", ends_sessions: false };
        let stamp = || Authorship::own(person.clone(), now_ms).stamp("");
        credentials::keep(store, &person, &stored, what, &stamp())?;
        for identity in gone {
            let people = store.repository.people();
            match people.remove_identity(&person, &identity.issuer, &identity.subject, &stamp()) {
                Ok(()) | Err(PeopleError::Unknown { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    })
    .await?;
    Ok((StatusCode::NO_CONTENT, [Caching::NoStore.header()]).into_response())
}
