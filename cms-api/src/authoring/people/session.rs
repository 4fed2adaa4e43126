//! `…/session`: signing in, who one is, signing out.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use cms_core::{model::name::Person, repo::PersonRow};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    app::App,
    authoring::listed,
    edge::{
        access::signed::{Asking, Signed},
        body::JsonBody,
        query::NoQuery,
    },
    ground::{authorship::Authorship, form, moment},
    problem::{Problem, caching::Caching},
    signing::{
        browser::{self, Browser},
        cookie, credentials, grace,
        session::Begun,
        sign_in::{self, Attempt},
    },
    store::Store,
    views::accounts::SessionView,
};

/// A sign-in with a password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInBody {
    /// The address, or the person's id.
    name: String,
    /// The password.
    #[schema(format = Password)]
    password: String,
}

/// A sign-in of somebody whose session has ended.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenewalBody {
    /// Whose session it was; nobody else is signed in.
    #[serde(deserialize_with = "form::person")]
    #[schema(value_type = form::PersonText)]
    person: Person,
    /// The password.
    #[schema(format = Password)]
    password: String,
}

/// The view of a session.
pub(super) fn view(
    store: &Store,
    key: &cookie::SessionKey,
    session: &cms_core::repo::SessionRow,
    account: &PersonRow,
    is_secure: bool,
) -> Result<SessionView, Problem> {
    let rules = store.repository.rules()?;
    let (began_at, shown) = (session.roles_at, session.assurance());
    let holder = rules.holder_in_session(&account.id, began_at, shown);
    let until_ms = match grace::days(store, &account.id)? {
        Some(days) => {
            let credentials = credentials::of(store, &account.id)?.credentials;
            let end_ms = grace::end_ms(store, &credentials, days)?;
            end_ms.filter(|_| !credentials.has_second_factor())
        }
        None => None,
    };
    Ok(SessionView {
        session: session.id.clone(),
        person: account.id.to_string(),
        name: account.name.clone(),
        role: holder.role().map(Into::into),
        roles_wait: holder.waits(),
        language: account.language.clone(),
        stage: session.stage.into(),
        factors: session.factors.iter().map(|factor| (*factor).into()).collect(),
        csrf_token: key.csrf_token.clone(),
        created_at: moment::iso(session.created_ms),
        idle_end_at: moment::iso(session.idle_end_ms()),
        ends_at: moment::iso(session.absolute_end_ms),
        second_factor_until: until_ms.map(moment::iso),
        insecure: !is_secure,
    })
}

/// The answer to a sign-in: the session, and its cookies.
pub(super) async fn begun(
    app: &App,
    browser: &Browser,
    begun: Begun,
    status: StatusCode,
) -> Result<Response, Problem> {
    let is_secure = browser.is_secure;
    let (key, row) = (begun.key, begun.row);
    let view = app.core(move |store| {
        let account = store.repository.people().one(&row.person)?;
        view(store, &key, &row, &account, is_secure)
    });
    let mut response = (status, [Caching::NoStore.header()], Json(view.await?)).into_response();
    for cookie in begun.cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Sign in with a password
///
/// Sets the session's cookie. The answer says the same, and takes the same time, whether or not there is such a person.
/// `stage` is `second-factor` where the code of an authenticator app is to be sent next; the session opens nothing
/// until then. Every other request that may change something sends `csrf_token` as `X-CSRF-Token`.
#[utoipa::path(
    post,
    path = "/authoring/v1/session",
    operation_id = "session_create",
    tag = "session",
    request_body(content = SignInBody),
    responses((status = 200, description = "Signed in", body = SessionView)),
)]
pub async fn create(
    State(app): State<App>,
    _: NoQuery,
    asking: Asking,
    JsonBody { value: body, .. }: JsonBody<SignInBody>,
) -> Result<Response, Problem> {
    let attempt = Attempt { name: body.name, password: body.password, must_be: None };
    enter(&app, asking, attempt).await
}

/// Renew an ended session
///
/// As signing in, for one person only: a page whose session ended in the middle of an edit asks for the password in a
/// dialog, and goes on with what it holds.
#[utoipa::path(
    post,
    path = "/authoring/v1/session/renew",
    operation_id = "session_renew",
    tag = "session",
    request_body(content = RenewalBody),
    responses((status = 200, description = "Signed in again", body = SessionView)),
)]
pub async fn renew(
    State(app): State<App>,
    _: NoQuery,
    asking: Asking,
    JsonBody { value: body, .. }: JsonBody<RenewalBody>,
) -> Result<Response, Problem> {
    let name = body.person.to_string();
    enter(&app, asking, Attempt { name, password: body.password, must_be: Some(body.person) }).await
}

async fn enter(app: &App, asking: Asking, attempt: Attempt) -> Result<Response, Problem> {
    let (worker, signing) = (app.worker(), app.signing());
    let session = sign_in::with_password(worker, signing, &asking.browser, attempt).await?;
    end_before(app, &asking, &session).await?;
    begun(app, &asking.browser, session, StatusCode::OK).await
}

/// Ends the session that the browser had before: its secret may be known to somebody who planted it.
pub(super) async fn end_before(app: &App, asking: &Asking, new: &Begun) -> Result<(), Problem> {
    let Some(before) = asking.before.clone().filter(|before| *before != new.key) else {
        return Ok(());
    };
    let (now_ms, address) = (app.now_ms(), asking.browser.address);
    app.core(move |store| {
        let by = Authorship::own(before.person.clone(), now_ms);
        let stamp = by.coming(browser::origin_of(store, address)).stamp("");
        let (people, id) = (store.repository.people(), before.hash.id());
        // Whatever becomes of it, the cookie that named it is replaced.
        let _ = people.end_sessions(&before.person, |row| row.id == id, &stamp);
        Ok(())
    })
    .await
}

/// The session of this browser
///
/// Who is signed in, what they may do, when the session ends, and the token that requests which may change something
/// send along. `401` with `session-ended` says that there was a session and why it is over.
#[utoipa::path(
    get,
    path = "/authoring/v1/session",
    operation_id = "session_get",
    tag = "session",
    responses((status = 200, description = "The session", body = SessionView)),
)]
pub async fn one(
    State(app): State<App>,
    _: NoQuery,
    signed: Signed,
    asking: Asking,
) -> Result<Response, Problem> {
    let is_secure = asking.browser.is_secure;
    app.core(move |store| {
        let Signed { key, session, account, .. } = signed;
        Ok(listed(&view(store, &key, &session, &account, is_secure)?))
    })
    .await
}

/// Sign out
///
/// Ends the session and removes its cookie. A browser that is not signed in gets the same answer.
#[utoipa::path(
    delete,
    path = "/authoring/v1/session",
    operation_id = "session_delete",
    tag = "session",
    responses((status = 204, description = "Nobody is signed in here any more")),
)]
pub async fn delete(
    State(app): State<App>,
    _: NoQuery,
    signed: Result<Signed, Problem>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    use crate::problem::Code;
    match signed {
        Ok(signed) => {
            let now_ms = app.now_ms();
            app.core(move |store| {
                let stamp = signed.own(store, now_ms).stamp("");
                let (people, id) = (store.repository.people(), signed.session.id);
                people.end_sessions(&signed.account.id, |row| row.id == id, &stamp)?;
                Ok(())
            })
            .await?;
        }
        Err(problem) if matches!(problem.code, Code::SessionEnded | Code::TokenRefused) => {}
        Err(problem) => return Err(problem),
    }
    let mut response = (StatusCode::NO_CONTENT, [Caching::NoStore.header()]).into_response();
    for is_secure in [true, false] {
        let name = cookie::session_name(is_secure);
        if cookie::read(&headers, name).is_some() {
            let cleared = cookie::cleared(name, is_secure);
            response.headers_mut().append(header::SET_COOKIE, cleared);
        }
    }
    Ok(response)
}
