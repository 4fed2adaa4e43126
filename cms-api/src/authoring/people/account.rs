//! `…/account`: one's own name, language and password.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use cms_core::repo::{Factor, PersonChange, SessionStage};
use serde::Deserialize;
use utoipa::ToSchema;

use super::session::begun;
use crate::{
    app::App,
    edge::{
        access::signed::{Asking, Signed},
        body::JsonBody,
        cache::Tagged,
        precondition::IfMatch,
        query::NoQuery,
    },
    problem::Problem,
    signing::{
        credentials::{self, Kept, Versioned},
        names,
        session::{self, Begun, Shown},
        sign_in,
    },
    views::accounts::{PersonView, SessionView},
};

/// A change of one's own account; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountChangeBody {
    /// The name by which others know you.
    #[serde(default)]
    name: Option<String>,
    /// The language in which you read pages.
    #[serde(default)]
    language: Option<String>,
}

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordBody {
    /// The password to sign in with from now on.
    #[schema(format = Password)]
    password: String,
}

/// Your account
///
/// Your name, address and language, and what you may do.
#[utoipa::path(
    get,
    path = "/authoring/v1/account",
    operation_id = "account_get",
    tag = "account",
    responses(
        (status = 200, description = "The account", body = PersonView, headers(("ETag" = String, description = "Its version"))),
        (status = 304, description = "It has not changed"),
    ),
)]
pub async fn one(
    State(app): State<App>,
    _: NoQuery,
    signed: Signed,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    signed.must_be_whole(app.worker(), app.signing()).await?;
    app.core(move |store| {
        let view = PersonView::of(&signed.account, &*store.repository.rules()?);
        Ok(Tagged::version(signed.account.version, &view).answer(&headers))
    })
    .await
}

/// Change your account
///
/// Your name and your language. The address is changed by an administrator.
#[utoipa::path(
    patch,
    path = "/authoring/v1/account",
    operation_id = "account_change",
    tag = "account",
    params(("If-Match" = String, Header, description = "The account's `ETag`")),
    request_body(content = AccountChangeBody),
    responses(
        (status = 200, description = "The account as it is now", body = PersonView, headers(("ETag" = String, description = "Its version"))),
        (status = 422, description = "Refused: the name or the language"),
    ),
)]
pub async fn change(
    State(app): State<App>,
    _: NoQuery,
    signed: Signed,
    precondition: IfMatch,
    JsonBody { value: body, .. }: JsonBody<AccountChangeBody>,
) -> Result<Response, Problem> {
    signed.must_be_whole(app.worker(), app.signing()).await?;
    let name = body.name.as_deref().map(names::checked).transpose()?;
    let change = PersonChange { name, email: None, language: body.language };
    let now_ms = app.now_ms();
    app.core(move |store| {
        let by = signed.own(store, now_ms);
        let (people, person) = (store.repository.people(), signed.account.id);
        let version = people.one(&person)?.version;
        precondition.check(&version.to_string())?;
        let row = people.change(&person, Some(version), &change, &by.stamp(""))?;
        let rules = store.repository.rules()?;
        Ok(Tagged::version(row.version, &PersonView::of(&row, &rules)).answer(&HeaderMap::new()))
    })
    .await
}

/// Change your password
///
/// Every other session of yours ends, and this one goes on under a new cookie. It needs a sign-in of the last quarter of
/// an hour.
#[utoipa::path(
    put,
    path = "/authoring/v1/account/password",
    operation_id = "account_password_set",
    tag = "account",
    request_body(content = PasswordBody),
    responses(
        (status = 200, description = "The session under its new cookie", body = SessionView),
        (status = 409, description = "Somebody changed it at the same time"),
        (status = 412, description = "Somebody changed it at the same time"),
        (status = 422, description = "Refused: the password"),
    ),
)]
pub async fn set_password(
    State(app): State<App>,
    _: NoQuery,
    signed: Signed,
    asking: Asking,
    JsonBody { value: body, .. }: JsonBody<PasswordBody>,
) -> Result<Response, Problem> {
    let (worker, signing) = (app.worker(), app.signing());
    signed.must_be_whole(worker, signing).await?;
    signed.must_be_recent(signing.now_ms(app.now_ms()))?;
    let account = &signed.account;
    let own = [Some(account.name.as_str()), account.email.as_deref()];
    let own: Vec<&str> = own.into_iter().flatten().collect();
    let phc = sign_in::hashed(signing, &asking.browser, &body.password, &own).await?;
    let what = Kept { verb: "password-set", ends_sessions: true };
    change_credentials(&app, &signed, what, move |stored| {
        stored.credentials.password = Some(phc);
        Ok(())
    })
    .await?;
    rotated(&app, &signed, &asking, StatusCode::OK).await
}

/// Changes one's credentials.
pub(super) async fn change_credentials(
    app: &App,
    signed: &Signed,
    what: Kept,
    change: impl FnOnce(&mut Versioned) -> Result<(), Problem> + Send + 'static,
) -> Result<(), Problem> {
    let (signed, now_ms) = (signed.clone(), app.now_ms());
    app.core(move |store| {
        let person = signed.account.id.clone();
        let mut stored = credentials::of(store, &person)?;
        change(&mut stored)?;
        let stamp = signed.own(store, now_ms).stamp("");
        credentials::keep(store, &person, &stored, what, &stamp)?;
        Ok(())
    })
    .await
}

/// The answer with the same session under a new cookie.
pub(super) async fn rotated(
    app: &App,
    signed: &Signed,
    asking: &Asking,
    status: StatusCode,
) -> Result<Response, Problem> {
    let session = rotated_with(app, signed, asking, &[]).await?;
    begun(app, &asking.browser, session, status).await.map(IntoResponse::into_response)
}

/// The same session under a new cookie, with what was shown in addition.
pub(super) async fn rotated_with(
    app: &App,
    signed: &Signed,
    asking: &Asking,
    more: &[Factor],
) -> Result<Begun, Problem> {
    let shown = Shown {
        person: signed.account.id.clone(),
        stage: SessionStage::Full,
        factors: [signed.session.factors.as_slice(), more].concat(),
        replaces: Some(signed.key.hash),
    };
    session::begin(app.worker(), app.signing(), &asking.browser, shown).await
}
