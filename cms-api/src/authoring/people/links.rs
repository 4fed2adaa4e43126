//! `…/links`: what a one-time link opens, and using it. Its secret travels in the body only.

use axum::{extract::State, http::StatusCode, response::Response};
use cms_core::{
    model::name::Person,
    repo::{
        Acceptance, Factor, LinkPurpose, LinkRow, PeopleError, PersonRow, SecretHash, SessionStage,
    },
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::session::{begun, end_before};
use crate::{
    app::App,
    authoring::listed,
    edge::{access::signed::Asking, body::JsonBody, query::NoQuery},
    ground::authorship::Authorship,
    problem::Problem,
    signing::{
        browser,
        credentials::Credentials,
        fresh_person, names,
        password::CHARS_MIN,
        session::{self, Shown},
        sign_in,
    },
    store::Store,
    views::accounts::{OpenedLinkView, SessionView},
};

/// The secret of a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkBody {
    /// What stands after `#` in the link.
    #[schema(format = Password)]
    secret: String,
}

/// What somebody sends who uses a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AcceptLinkBody)]
pub struct AcceptBody {
    /// What stands after `#` in the link.
    #[schema(format = Password)]
    secret: String,
    /// The password to sign in with from now on.
    #[schema(format = Password)]
    password: String,
    /// The name by which others know the person; the one in the invitation when left out.
    #[serde(default)]
    name: Option<String>,
    /// The first administrator's address.
    #[serde(default)]
    email: Option<String>,
    /// The language in which the person reads pages.
    #[serde(default)]
    language: Option<String>,
}

fn opened(
    store: &Store,
    hash: &SecretHash,
    now_ms: u64,
) -> Result<(LinkRow, Option<PersonRow>), Problem> {
    let people = store.repository.people();
    let link = people.link(hash, now_ms)?;
    let account = link.person.as_ref().map(|person| people.one(person)).transpose();
    match account {
        Ok(account) => Ok((link, account)),
        Err(PeopleError::Unknown { .. }) => Err(PeopleError::LinkSpent.into()),
        Err(error) => Err(error.into()),
    }
}

/// Look at a one-time link
///
/// What it is for and until when. It stays valid.
#[utoipa::path(
    post,
    path = "/authoring/v1/links/look",
    operation_id = "link_look",
    tag = "session",
    request_body(content = LinkBody),
    responses(
        (status = 200, description = "What it opens", body = OpenedLinkView),
        (status = 410, description = "It was used, has ended, or never existed"),
    ),
)]
pub async fn look(
    State(app): State<App>,
    _: NoQuery,
    _: Asking,
    JsonBody { value: body, .. }: JsonBody<LinkBody>,
) -> Result<Response, Problem> {
    let hash = SecretHash::of(body.secret.trim().as_bytes());
    let now_ms = app.now_ms();
    app.core(move |store| {
        let (link, account) = opened(store, &hash, now_ms)?;
        Ok(listed(&OpenedLinkView::of(&link, account.as_ref(), CHARS_MIN)))
    })
    .await
}

/// Use a one-time link
///
/// Makes the first administrator, accepts an invitation, or replaces everything that a person signs in with; and signs
/// them in. What is refused leaves the link as it is.
#[utoipa::path(
    post,
    path = "/authoring/v1/links/accept",
    operation_id = "link_accept",
    tag = "session",
    request_body(content = AcceptBody),
    responses(
        (status = 200, description = "Signed in", body = SessionView),
        (status = 409, description = "Somebody has an account with this address"),
        (status = 410, description = "It was used, has ended, or never existed"),
        (status = 422, description = "Refused: the password, the name or the address"),
    ),
)]
pub async fn accept(
    State(app): State<App>,
    _: NoQuery,
    asking: Asking,
    JsonBody { value: body, .. }: JsonBody<AcceptBody>,
) -> Result<Response, Problem> {
    let (worker, signing) = (app.worker(), app.signing());
    let hash = SecretHash::of(body.secret.trim().as_bytes());
    let now_ms = app.now_ms();
    let (link, account) = app.core(move |store| opened(store, &hash, now_ms)).await?;
    let name = body.name.as_deref().map(names::checked).transpose()?;
    let known = account.as_ref().map(|row| row.name.as_str());
    let address = account.as_ref().and_then(|row| row.email.as_deref());
    let own = [name.as_deref(), known, body.email.as_deref(), address];
    let own: Vec<&str> = own.into_iter().flatten().collect();
    let phc = sign_in::hashed(signing, &asking.browser, &body.password, &own).await?;
    let credentials = Credentials { password: Some(phc), ..Credentials::default() };
    let fresh = fresh_person()?;
    let author: Person = link.person.clone().unwrap_or_else(|| fresh.clone());
    let mut acceptance = Acceptance {
        fresh,
        name: name.filter(|_| link.purpose != LinkPurpose::Reset),
        email: body.email,
        language: body.language,
        credential: credentials.value(),
        stamp: Authorship::own(author, now_ms).stamp(""),
    };
    let address = asking.browser.address;
    let accepted = app.core(move |store| {
        acceptance.stamp.origin = browser::origin_of(store, address);
        Ok(store.repository.people().accept(&hash, &acceptance)?)
    });
    let row = accepted.await?;
    let shown = Shown {
        person: row.id,
        stage: SessionStage::Full,
        factors: vec![Factor::Link, Factor::Password],
        replaces: None,
    };
    let session = session::begin(worker, signing, &asking.browser, shown).await?;
    end_before(&app, &asking, &session).await?;
    begun(&app, &asking.browser, session, StatusCode::OK).await
}
