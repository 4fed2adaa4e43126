//! `…/people`: who has an account, and inviting people.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use cms_core::{
    model::{
        key::{EntryKey, Kind, Locale},
        name::{ChannelName, Person},
    },
    repo::{Invitation, PeopleQuery, PersonChange, PersonRow, PersonState, SecretHash},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    app::App,
    authoring::{by, listed, people::limits_of},
    edge::{
        access::Caller,
        body::JsonBody,
        cache::Tagged,
        extract::{PathOf, parsed},
        precondition::IfMatch,
        query::{NoQuery, Paged},
    },
    ground::{
        form, moment,
        page::{Order, Page},
        secret,
    },
    problem::{Problem, caching::Caching},
    process::config::mail::MailConfig,
    signing::{
        fresh_person,
        mail::{self, InvitationMail},
        names,
    },
    store::{Store, known},
    views::{
        accounts::{InvitedView, LinkView, PersonView},
        words::operation::RoleWord,
    },
};

/// How long an invitation is valid, in milliseconds: seven days.
const INVITATION_MS: u64 = 7 * 24 * 60 * 60 * 1000;

/// Somebody to invite.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationBody {
    /// Their name.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// The address with which they sign in.
    #[schema(max_length = 254)]
    email: String,
    /// What they may do.
    role: RoleWord,
    /// Only for this entry and what stands below it.
    #[serde(default)]
    #[schema(value_type = Option<form::SubtreeText>)]
    subtree: Option<EntryKey>,
    /// Only for entries of these kinds; for all when left out or empty.
    #[serde(default, deserialize_with = "form::bounded::<_, _, 0, 50>")]
    #[schema(value_type = Vec<form::KindText>, max_items = 50)]
    kinds: Vec<Kind>,
    /// Only for translations into these languages; for all when left out or empty.
    #[serde(default, deserialize_with = "form::bounded::<_, _, 0, 50>")]
    #[schema(value_type = Vec<form::LocaleText>, max_items = 50)]
    locales: Vec<Locale>,
    /// Only for these channels; for all when left out or empty.
    #[serde(default, deserialize_with = "form::bounded::<_, _, 0, 50>")]
    #[schema(value_type = Vec<form::ChannelText>, max_items = 50)]
    channels: Vec<ChannelName>,
    /// The language in which they read pages.
    #[serde(default)]
    language: Option<String>,
}

/// A change of an account; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonChangeBody {
    /// The new name.
    #[serde(default)]
    name: Option<String>,
    /// The new address.
    #[serde(default)]
    email: Option<String>,
    /// The new language.
    #[serde(default)]
    language: Option<String>,
}

/// Who has an account
///
/// Everybody, by id; erased accounts too, of which nothing but the id is left.
#[utoipa::path(
    get,
    path = "/authoring/v1/people",
    operation_id = "people_list",
    tag = "people",
    params(crate::edge::query::PageParameters),
    responses((status = 200, description = "A page", body = Page<PersonView>)),
)]
pub async fn list(
    State(app): State<App>,
    _: Caller,
    Paged { page, .. }: Paged<String>,
) -> Result<Response, Problem> {
    app.core(move |store| {
        let after = page.after.as_deref().and_then(|after| after.parse::<Person>().ok());
        let query = PeopleQuery { after, rows_max: page.rows_max + 1 };
        let found = store.repository.people().list(&query)?;
        let rules = store.repository.rules()?;
        let placed = found.rows.iter().map(|row| (row.id.to_string(), PersonView::of(row, &rules)));
        Ok(listed(&Page::of(placed, &page, Order::Ascending)))
    })
    .await
}

/// One account
///
/// The person's name, address and state, and their roles.
#[utoipa::path(
    get,
    path = "/authoring/v1/people/{person}",
    operation_id = "person_get",
    tag = "people",
    params(("person" = String, Path, description = "Their id")),
    responses(
        (status = 200, description = "The account", body = PersonView, headers(("ETag" = String, description = "Its version"))),
        (status = 304, description = "It has not changed"),
        (status = 404, description = "No such account"),
    ),
)]
pub async fn one(
    State(app): State<App>,
    _: Caller,
    PathOf(person): PathOf<String>,
    _: NoQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let person: Person = parsed(&person)?;
    app.core(move |store| {
        let row = store.repository.people().one(&person)?;
        let rules = store.repository.rules()?;
        Ok(Tagged::version(row.version, &PersonView::of(&row, &rules)).answer(&headers))
    })
    .await
}

/// Invite somebody
///
/// Makes an account and a link that is valid for seven days and works once. The link is in the answer, to be handed
/// over, unless a mail server is set up and has taken it. This request takes no `Idempotency-Key`, because the answer holds a secret and is not remembered.
#[utoipa::path(
    post,
    path = "/authoring/v1/people",
    operation_id = "person_invite",
    tag = "people",
    request_body(content = InvitationBody),
    responses(
        (status = 201, description = "Invited", body = InvitedView, headers(("Location" = String, description = "The account"))),
        (status = 404, description = "The subtree begins at an entry that is not on `main`"),
        (status = 409, description = "Somebody has an account with this address"),
        (status = 422, description = "Refused: the name, the address or the language"),
    ),
)]
pub async fn invite(
    State(app): State<App>,
    caller: Caller,
    _: NoQuery,
    JsonBody { value: body, .. }: JsonBody<InvitationBody>,
) -> Result<Response, Problem> {
    let name = names::checked(&body.name)?;
    let limits = limits_of(body.subtree, body.kinds, body.locales, body.channels)?;
    let text = secret::fresh(secret::LINK).map_err(Problem::internal)?;
    let (inviter, stamp) = (caller.person.clone(), by(&app, caller).stamp(""));
    let invitation = Invitation {
        person: fresh_person()?,
        name,
        email: body.email,
        language: body.language,
        role: body.role.into(),
        limits,
        hash: SecretHash::of(text.as_bytes()),
        expires_ms: stamp.time_ms + INVITATION_MS,
        stamp,
    };
    let link = link_view(&app, &text, invitation.expires_ms);
    let invited = app.core(move |store| {
        known::part_must_exist(store, &invitation.limits)?;
        let people = store.repository.people();
        let inviter = people.one(&inviter).map_or_else(|_| inviter.to_string(), |row| row.name);
        let row = people.invite(&invitation)?;
        let look_alikes = look_alikes(store, &row)?;
        let is_mixed = names::is_mixed(&row.name);
        let account = PersonView::of(&row, &*store.repository.rules()?);
        let view =
            InvitedView { account, link: Some(link), is_mailed: false, look_alikes, is_mixed };
        Ok((view, inviter))
    });
    let (mut view, inviter) = invited.await?;
    if let Some(config) = app.signing().config().mail.clone() {
        post(&mut view, config, inviter).await;
    }
    let location = [(header::LOCATION, format!("/authoring/v1/people/{}", view.account.person))];
    Ok((StatusCode::CREATED, [Caching::NoStore.header()], location, Json(view)).into_response())
}

/// Sends the link of an invitation. Where the mail server does not take it, the link is in the answer.
async fn post(view: &mut InvitedView, config: MailConfig, inviter: String) {
    let Some(link) = view.link.take() else { return };
    let mail = InvitationMail {
        to: view.account.email.clone().unwrap_or_default(),
        name: view.account.name.clone(),
        from: inviter,
        url: link.url.clone(),
        expires_at: link.expires_at.clone(),
    };
    let sent = tokio::task::spawn_blocking(move || mail::send(&config, &mail)).await;
    match sent.unwrap_or_else(|error| Err(Problem::internal(error))) {
        Ok(()) => view.is_mailed = true,
        Err(problem) => {
            tracing::error!(detail = problem.detail, "an invitation was not mailed");
            view.link = Some(link);
        }
    }
}

/// The link with a secret, to be handed over.
pub(super) fn link_view(app: &App, secret: &str, expires_ms: u64) -> LinkView {
    let url = format!("{}/welcome#{secret}", app.signing().public_url());
    LinkView { url, expires_at: moment::iso(expires_ms) }
}

/// The accounts whose names look like another one's.
fn look_alikes(store: &Store, row: &PersonRow) -> Result<Vec<String>, Problem> {
    let look = names::look(&row.name);
    let all = store.repository.people().all()?;
    let is_alike = |other: &&PersonRow| {
        other.id != row.id && other.state != PersonState::Erased && names::look(&other.name) == look
    };
    Ok(all.iter().filter(is_alike).map(|other| other.id.to_string()).collect())
}

/// Change an account
///
/// Their name, their address, their language. Roles are given and taken as grants.
#[utoipa::path(
    patch,
    path = "/authoring/v1/people/{person}",
    operation_id = "person_change",
    tag = "people",
    params(
        ("person" = String, Path, description = "Their id"),
        ("If-Match" = String, Header, description = "The account's `ETag`"),
    ),
    request_body(content = PersonChangeBody),
    responses(
        (status = 200, description = "The account as it is now", body = PersonView, headers(("ETag" = String, description = "Its version"))),
        (status = 404, description = "No such account"),
        (status = 409, description = "It is erased, or somebody has this address"),
        (status = 422, description = "Refused: the name, the address or the language"),
    ),
)]
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    PathOf(person): PathOf<String>,
    _: NoQuery,
    precondition: IfMatch,
    JsonBody { value: body, .. }: JsonBody<PersonChangeBody>,
) -> Result<Response, Problem> {
    let person: Person = parsed(&person)?;
    let name = body.name.as_deref().map(names::checked).transpose()?;
    let change = PersonChange { name, email: body.email, language: body.language };
    let stamp = by(&app, caller).stamp("");
    app.core(move |store| {
        let people = store.repository.people();
        let before = people.one(&person)?;
        precondition.check(&before.version.to_string())?;
        let row = people.change(&person, Some(before.version), &change, &stamp)?;
        let rules = store.repository.rules()?;
        Ok(Tagged::version(row.version, &PersonView::of(&row, &rules)).answer(&HeaderMap::new()))
    })
    .await
}
