//! `…/session/passkey`, `…/account/passkeys`: signing in with a passkey, and adding one.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use cms_core::repo::{Factor, PersonState, SessionStage};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{
    account::{change_credentials, rotated_with},
    session::{begun, end_before},
};
use crate::{
    app::App,
    authoring::listed,
    edge::{
        access::signed::{Asking, Signed},
        body::JsonBody,
        extract::PathOf,
        query::NoQuery,
    },
    ground::{authorship::Authorship, moment},
    problem::{Code, Problem, caching::Caching},
    signing::{
        credentials::{self, Kept, StoredPasskey},
        passkeys::{Answered, NAME_CHARS_MAX, PASSKEYS_MAX},
        refusals,
        session::{self, Shown},
        sign_in,
    },
    store::Store,
    views::accounts::SessionView,
};

/// What a page passes to `navigator.credentials`.
#[derive(Debug, Serialize, ToSchema)]
pub struct CeremonyView {
    /// What the answer sends along.
    pub ceremony: String,
    /// The options (W3C Web Authentication), with bytes in base64url: `PublicKeyCredential.parseCreationOptionsFromJSON` or
    /// `parseRequestOptionsFromJSON` reads their `publicKey`.
    #[schema(value_type = Object)]
    pub options: Value,
}

/// A device's answer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerBody {
    /// The ceremony that it answers.
    ceremony: String,
    /// The credential, as its `toJSON` gives it.
    #[schema(value_type = Object)]
    credential: Map<String, Value>,
}

/// A device's new key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPasskeyBody {
    /// The ceremony that it answers.
    ceremony: String,
    /// The credential, as its `toJSON` gives it.
    #[schema(value_type = Object)]
    credential: Map<String, Value>,
    /// What to call it: the name of the device.
    #[schema(min_length = 1, max_length = 60)]
    name: String,
}

/// A passkey.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasskeyView {
    /// Its id.
    pub passkey: String,
    /// What its owner calls it.
    pub name: String,
    /// When it was added: UTC, ISO 8601.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it was last used: UTC, ISO 8601; null when it never was.
    #[schema(format = DateTime)]
    pub used_at: Option<String>,
}

/// Passkeys.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasskeysView {
    /// The passkeys, the oldest first.
    pub passkeys: Vec<PasskeyView>,
}

impl PasskeyView {
    fn of(stored: &StoredPasskey) -> Self {
        Self {
            passkey: stored.id.clone(),
            name: stored.name.clone(),
            created_at: moment::iso(stored.created_ms),
            used_at: stored.used_ms.map(moment::iso),
        }
    }
}

/// Ask for a passkey
///
/// What a page passes to `navigator.credentials.get`. Nobody is named: the browser shows the passkeys that it has for this
/// server.
#[utoipa::path(
    post,
    path = "/authoring/v1/session/passkey/options",
    operation_id = "session_passkey_options",
    tag = "session",
    responses(
        (status = 200, description = "The options", body = CeremonyView),
        (status = 409, description = "Browsers know no passkeys of this server"),
    ),
)]
pub async fn ask(State(app): State<App>, _: NoQuery, _: Asking) -> Result<Response, Problem> {
    let signing = app.signing();
    let asked = signing.ceremonies().ask(signing.public_url(), signing.now_ms(app.now_ms()))?;
    Ok(listed(&CeremonyView { ceremony: asked.ceremony, options: asked.options }))
}

/// Sign in with a passkey
///
/// It counts as two factors. In a session that waits for a second factor, or that has ended, it is the way on as well.
#[utoipa::path(
    post,
    path = "/authoring/v1/session/passkey/verify",
    operation_id = "session_passkey_verify",
    tag = "session",
    request_body(content = AnswerBody),
    responses(
        (status = 200, description = "Signed in", body = SessionView),
        (status = 409, description = "Browsers know no passkeys of this server, or the account is no longer active"),
    ),
)]
pub async fn verify(
    State(app): State<App>,
    _: NoQuery,
    asking: Asking,
    JsonBody { value: body, .. }: JsonBody<AnswerBody>,
) -> Result<Response, Problem> {
    let came = std::time::Instant::now();
    let (worker, signing) = (app.worker(), app.signing());
    let now_ms = signing.now_ms(app.now_ms());
    let credential = Value::Object(body.credential);
    let answered =
        signing.ceremonies().answered(signing.public_url(), &body.ceremony, &credential, now_ms)?;
    let person = answered.person.clone();
    let source = asking.browser.source(signing, Some(person.as_str()));
    signing.attempts().admit(person.as_str(), &source, now_ms)?;
    let checked = app.core(move |store| check(store, answered, now_ms)).await;
    if let Err(problem) = checked {
        if problem.code == Code::SignInRefused {
            sign_in::refuse(worker, signing, &asking.browser, person.as_str(), &source, None).await;
            refusals::even_out(came).await;
        }
        return Err(problem);
    }
    let network = &asking.browser.network;
    signing.attempts().succeeded(person.as_str(), &source, network, now_ms);
    let factors = vec![Factor::Passkey];
    let shown = Shown { person, stage: SessionStage::Full, factors, replaces: None };
    let session = session::begin(worker, signing, &asking.browser, shown).await?;
    end_before(&app, &asking, &session).await?;
    begun(&app, &asking.browser, session, StatusCode::OK).await
}

fn check(store: &Store, answered: Answered, now_ms: u64) -> Result<(), Problem> {
    let person = answered.person.clone();
    let is_active = match store.repository.people().one(&person) {
        Ok(row) => row.state == PersonState::Active,
        Err(cms_core::repo::PeopleError::Unknown { .. }) => false,
        Err(error) => return Err(error.into()),
    };
    if !is_active {
        return Err(refusals::refused());
    }
    let mut stored = credentials::of(store, &person)?;
    answered.check(&mut stored.credentials.passkeys, now_ms)?;
    let stamp = Authorship::own(person.clone(), now_ms).stamp("");
    let what = Kept { verb: "passkey-use", ends_sessions: false };
    match credentials::keep(store, &person, &stored, what, &stamp) {
        // Another sign-in noted another use at the same moment; this one was right all the same.
        Err(problem) if problem.code == Code::Stale => Ok(()),
        other => other.map(drop),
    }
}

/// Your passkeys
///
/// Each with the name that you gave it and when it was last used; no secret is shown.
#[utoipa::path(
    get,
    path = "/authoring/v1/account/passkeys",
    operation_id = "account_passkeys_list",
    tag = "account",
    responses((status = 200, description = "The passkeys", body = PasskeysView)),
)]
pub async fn list(State(app): State<App>, _: NoQuery, signed: Signed) -> Result<Response, Problem> {
    signed.may_enrol(app.worker(), app.signing()).await?;
    app.core(move |store| {
        let stored = credentials::of(store, &signed.account.id)?.credentials;
        Ok(listed(&PasskeysView {
            passkeys: stored.passkeys.iter().map(PasskeyView::of).collect(),
        }))
    })
    .await
}

/// Begin to add a passkey
///
/// What a page passes to `navigator.credentials.create`. It needs a sign-in of the last quarter of an hour.
#[utoipa::path(
    post,
    path = "/authoring/v1/account/passkeys/options",
    operation_id = "account_passkeys_options",
    tag = "account",
    responses(
        (status = 200, description = "The options", body = CeremonyView),
        (status = 409, description = "Browsers know no passkeys of this server"),
    ),
)]
pub async fn options(
    State(app): State<App>,
    _: NoQuery,
    signed: Signed,
) -> Result<Response, Problem> {
    let signing = app.signing();
    let now_ms = signing.now_ms(app.now_ms());
    signed.may_enrol(app.worker(), signing).await?;
    signed.must_be_recent(now_ms)?;
    let person = signed.account.id.clone();
    let stored = app.core(move |store| Ok(credentials::of(store, &person)?.credentials)).await?;
    let account = &signed.account;
    let names = (account.email.as_deref().unwrap_or(account.id.as_str()), account.name.as_str());
    let asked = signing.ceremonies().add(
        signing.public_url(),
        &account.id,
        names,
        &stored.passkeys,
        now_ms,
    )?;
    Ok(listed(&CeremonyView { ceremony: asked.ceremony, options: asked.options }))
}

/// Add a passkey
///
/// Every other session of yours ends, and this one goes on under a new cookie: ask `…/session` for its `csrf_token`.
#[utoipa::path(
    post,
    path = "/authoring/v1/account/passkeys",
    operation_id = "account_passkeys_add",
    tag = "account",
    request_body(content = NewPasskeyBody),
    responses(
        (status = 201, description = "The passkey", body = PasskeyView, headers(("Location" = String, description = "The passkey"))),
        (status = 409, description = "Browsers know no passkeys of this server, or the account is no longer active"),
        (status = 412, description = "You changed it elsewhere at the same time"),
        (status = 422, description = "Refused: the name"),
    ),
)]
pub async fn add(
    State(app): State<App>,
    _: NoQuery,
    signed: Signed,
    asking: Asking,
    JsonBody { value: body, .. }: JsonBody<NewPasskeyBody>,
) -> Result<Response, Problem> {
    let signing = app.signing();
    let now_ms = signing.now_ms(app.now_ms());
    signed.may_enrol(app.worker(), signing).await?;
    signed.must_be_recent(now_ms)?;
    let name = body.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
        let detail = format!("a passkey has a name of 1 to {NAME_CHARS_MAX} characters");
        return Err(Problem::new(Code::AccountRefused, detail).with("pointer", "/name"));
    }
    let passkey = signing.ceremonies().added(
        signing.public_url(),
        &signed.account.id,
        &body.ceremony,
        &Value::Object(body.credential),
        name,
        now_ms,
    )?;
    let view = PasskeyView::of(&passkey);
    let what = Kept { verb: "passkey-add", ends_sessions: true };
    change_credentials(&app, &signed, what, move |stored| {
        if stored.credentials.passkeys.len() >= PASSKEYS_MAX {
            let detail = format!("you have {PASSKEYS_MAX} passkeys already; remove one");
            return Err(Problem::new(Code::TooMany, detail));
        }
        stored.credentials.passkeys.push(passkey);
        Ok(())
    })
    .await?;
    let session = rotated_with(&app, &signed, &asking, &[Factor::Passkey]).await?;
    let location = format!("/authoring/v1/account/passkeys/{}", view.passkey);
    let headers = [Caching::NoStore.header()];
    let answer = (StatusCode::CREATED, headers, [(header::LOCATION, location)], Json(view));
    let mut response = answer.into_response();
    for cookie in session.cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Remove a passkey
///
/// You can no longer sign in with it.
#[utoipa::path(
    delete,
    path = "/authoring/v1/account/passkeys/{passkey}",
    operation_id = "account_passkeys_delete",
    tag = "account",
    params(("passkey" = String, Path, description = "Its id")),
    responses(
        (status = 204, description = "It opens nothing any more"),
        (status = 404, description = "You have no such passkey"),
        (status = 409, description = "It is all that you sign in with, or the account is no longer active"),
        (status = 412, description = "You changed it elsewhere at the same time"),
    ),
)]
pub async fn remove(
    State(app): State<App>,
    _: NoQuery,
    signed: Signed,
    PathOf(passkey): PathOf<String>,
) -> Result<Response, Problem> {
    let signing = app.signing();
    signed.must_be_whole(app.worker(), signing).await?;
    signed.must_be_recent(signing.now_ms(app.now_ms()))?;
    let what = Kept { verb: "passkey-remove", ends_sessions: false };
    change_credentials(&app, &signed, what, move |stored| {
        let credentials = &mut stored.credentials;
        let before = credentials.passkeys.len();
        credentials.passkeys.retain(|known| known.id != passkey);
        if credentials.passkeys.len() == before {
            return Err(Problem::new(Code::AccountUnknown, "you have no such passkey"));
        }
        let is_left = credentials.password.is_some()
            || !credentials.passkeys.is_empty()
            || !credentials.identities.is_empty();
        if !is_left {
            let detail = "it is all that you sign in with; set a password or add another one first";
            return Err(Problem::new(Code::AccountState, detail).with("state", "active"));
        }
        Ok(())
    })
    .await?;
    Ok((StatusCode::NO_CONTENT, [Caching::NoStore.header()]).into_response())
}
