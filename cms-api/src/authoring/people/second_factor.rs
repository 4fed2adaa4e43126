//! `…/session/second-factor`, `…/account/totp`, `…/account/recovery-codes`: the second factor, and setting one up.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use cms_core::repo::{Factor, SessionStage};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    account::{change_credentials, rotated_with},
    session::begun,
};
use crate::{
    app::App,
    authoring::listed,
    edge::{
        access::signed::{Asking, Signed},
        body::JsonBody,
        query::NoQuery,
    },
    problem::{Code, Problem, caching::Caching},
    signing::{
        credentials::{self, Kept, TotpSecret},
        second_factor,
        session::{self, Shown},
        totp,
    },
    views::accounts::SessionView,
};

/// A code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeBody {
    /// Six digits of the authenticator app, or a recovery code.
    #[schema(format = Password)]
    code: String,
}

/// The secret of an authenticator app that is being set up.
#[derive(Debug, Serialize, ToSchema)]
pub struct TotpView {
    /// The secret in base32, to be typed.
    pub secret: String,
    /// The same as an address, to be shown as a QR code.
    pub url: String,
    /// That code, row by row, a digit for each module: `1` is dark. Null when the names in it are too long for a code.
    pub qr: Option<Vec<String>>,
}

/// Recovery codes, which are returned only once.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecoveryCodesView {
    /// Each signs in once, in place of a code of the app.
    pub recovery_codes: Vec<String>,
}

/// What one signs in with.
#[derive(Debug, Serialize, ToSchema)]
pub struct FactorsView {
    /// Whether there is a password.
    pub has_password: bool,
    /// Whether an authenticator app is set up.
    pub has_totp: bool,
    /// How many passkeys there are.
    pub passkeys_count: usize,
    /// How many recovery codes are left.
    pub recovery_codes_count: usize,
}

/// Show a second factor
///
/// For a session whose `stage` is `second-factor`. The session goes on under a new cookie. After five wrong codes it is
/// over, and the password is asked for again.
#[utoipa::path(
    post,
    path = "/authoring/v1/session/second-factor",
    operation_id = "session_second_factor",
    tag = "session",
    request_body(content = CodeBody),
    responses(
        (status = 200, description = "Signed in", body = SessionView),
        (status = 409, description = "The account is no longer active"),
    ),
)]
pub async fn show(
    State(app): State<App>,
    _: NoQuery,
    signed: Signed,
    asking: Asking,
    JsonBody { value: body, .. }: JsonBody<CodeBody>,
) -> Result<Response, Problem> {
    let (worker, signing) = (app.worker(), app.signing());
    let taken = second_factor::take(worker, signing, &asking.browser, &signed.session, body.code);
    let mut factors = signed.session.factors.clone();
    factors.push(taken.await?);
    let shown = Shown {
        person: signed.account.id.clone(),
        stage: SessionStage::Full,
        factors,
        replaces: Some(signed.key.hash),
    };
    let session = session::begin(worker, signing, &asking.browser, shown).await?;
    begun(&app, &asking.browser, session, StatusCode::OK).await
}

/// What you sign in with
///
/// Whether there is a password, an app for codes and unused recovery codes, and how many passkeys and identities.
#[utoipa::path(
    get,
    path = "/authoring/v1/account/factors",
    operation_id = "account_factors",
    tag = "account",
    responses((status = 200, description = "What there is", body = FactorsView)),
)]
pub async fn factors(
    State(app): State<App>,
    _: NoQuery,
    signed: Signed,
) -> Result<Response, Problem> {
    signed.may_enrol(app.worker(), app.signing()).await?;
    app.core(move |store| {
        let of = credentials::of(store, &signed.account.id)?.credentials;
        Ok(listed(&FactorsView {
            has_password: of.password.is_some(),
            has_totp: of.totp.is_some(),
            passkeys_count: of.passkeys.len(),
            recovery_codes_count: of.recovery_codes.len(),
        }))
    })
    .await
}

async fn may_change(app: &App, signed: &Signed) -> Result<(), Problem> {
    signed.may_enrol(app.worker(), app.signing()).await?;
    signed.must_be_recent(app.signing().now_ms(app.now_ms()))
}

/// Begin to set up an authenticator app
///
/// The secret is good for nothing until a code of the app confirms it. It needs a sign-in of the last quarter of an hour.
#[utoipa::path(
    post,
    path = "/authoring/v1/account/totp",
    operation_id = "account_totp_begin",
    tag = "account",
    responses(
        (status = 200, description = "The secret", body = TotpView),
        (status = 409, description = "An app is set up already, or the account is no longer active"),
        (status = 412, description = "You changed it elsewhere at the same time"),
    ),
)]
pub async fn begin(
    State(app): State<App>,
    _: NoQuery,
    signed: Signed,
) -> Result<Response, Problem> {
    may_change(&app, &signed).await?;
    let account = signed.account.email.as_deref().unwrap_or(signed.account.id.as_str());
    let url = app.signing().public_url();
    let server = url.split_once("://").map_or(url, |(_, host)| host);
    let fresh = totp::fresh(account, server)?;
    let (secret, what) = (fresh.secret.clone(), Kept { verb: "totp-begin", ends_sessions: false });
    change_credentials(&app, &signed, what, move |stored| {
        if stored.credentials.totp.is_some() {
            let detail = "an authenticator app is set up already; remove it first";
            return Err(Problem::new(Code::NothingToDo, detail));
        }
        stored.credentials.totp_to_confirm = Some(secret);
        Ok(())
    })
    .await?;
    let totp::Fresh { secret, url, qr } = fresh;
    Ok(listed(&TotpView { secret, url, qr }))
}

/// Confirm an authenticator app
///
/// With a code that it shows. The answer has ten recovery codes, and never again. Every other session of yours ends, and
/// this one goes on under a new cookie: ask `…/session` for its `csrf_token`.
#[utoipa::path(
    post,
    path = "/authoring/v1/account/totp/confirm",
    operation_id = "account_totp_confirm",
    tag = "account",
    request_body(content = CodeBody),
    responses(
        (status = 200, description = "The recovery codes", body = RecoveryCodesView),
        (status = 409, description = "The account is no longer active"),
        (status = 412, description = "You changed it elsewhere at the same time"),
        (status = 422, description = "The code is not right"),
    ),
)]
pub async fn confirm(
    State(app): State<App>,
    _: NoQuery,
    signed: Signed,
    asking: Asking,
    JsonBody { value: body, .. }: JsonBody<CodeBody>,
) -> Result<Response, Problem> {
    may_change(&app, &signed).await?;
    let (codes, hashes) = totp::recovery_codes()?;
    let now_ms = app.now_ms();
    let what = Kept { verb: "totp-set", ends_sessions: true };
    change_credentials(&app, &signed, what, move |stored| {
        let credentials = &mut stored.credentials;
        let wrong = || {
            let detail = "the code is not right; check the time of the phone";
            Problem::new(Code::AccountRefused, detail).with("pointer", "/code")
        };
        let secret = credentials.totp_to_confirm.clone().ok_or_else(wrong)?;
        let mut confirmed = TotpSecret { secret, last_step: 0 };
        confirmed.last_step = totp::step(&confirmed, &body.code, now_ms)?.ok_or_else(wrong)?;
        credentials.totp = Some(confirmed);
        credentials.totp_to_confirm = None;
        credentials.recovery_codes = hashes;
        Ok(())
    })
    .await?;
    let view = RecoveryCodesView { recovery_codes: codes };
    let session = rotated_with(&app, &signed, &asking, &[Factor::Totp]).await?;
    let mut response = (StatusCode::OK, [Caching::NoStore.header()], Json(view)).into_response();
    for cookie in session.cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Remove the authenticator app
///
/// The recovery codes go with it.
#[utoipa::path(
    delete,
    path = "/authoring/v1/account/totp",
    operation_id = "account_totp_delete",
    tag = "account",
    responses(
        (status = 204, description = "There is none any more"),
        (status = 409, description = "The account is no longer active"),
        (status = 412, description = "You changed it elsewhere at the same time"),
    ),
)]
pub async fn remove(
    State(app): State<App>,
    _: NoQuery,
    signed: Signed,
) -> Result<Response, Problem> {
    signed.must_be_whole(app.worker(), app.signing()).await?;
    may_change(&app, &signed).await?;
    let what = Kept { verb: "totp-remove", ends_sessions: false };
    change_credentials(&app, &signed, what, |stored| {
        stored.credentials.totp = None;
        stored.credentials.totp_to_confirm = None;
        stored.credentials.recovery_codes.clear();
        Ok(())
    })
    .await?;
    Ok((StatusCode::NO_CONTENT, [Caching::NoStore.header()]).into_response())
}

/// Make new recovery codes
///
/// Ten, which are returned only here. Those from before are void.
#[utoipa::path(
    post,
    path = "/authoring/v1/account/recovery-codes",
    operation_id = "account_recovery_codes",
    tag = "account",
    responses(
        (status = 200, description = "The codes", body = RecoveryCodesView),
        (status = 409, description = "No authenticator app is set up"),
        (status = 412, description = "You changed it elsewhere at the same time"),
    ),
)]
pub async fn codes(
    State(app): State<App>,
    _: NoQuery,
    signed: Signed,
) -> Result<Response, Problem> {
    signed.must_be_whole(app.worker(), app.signing()).await?;
    may_change(&app, &signed).await?;
    let (codes, hashes) = totp::recovery_codes()?;
    let what = Kept { verb: "recovery-codes-set", ends_sessions: false };
    change_credentials(&app, &signed, what, move |stored| {
        if stored.credentials.totp.is_none() {
            let detail = "recovery codes stand in for an authenticator app; set one up first";
            return Err(Problem::new(Code::NothingToDo, detail));
        }
        stored.credentials.recovery_codes = hashes;
        Ok(())
    })
    .await?;
    Ok(listed(&RecoveryCodesView { recovery_codes: codes }))
}
