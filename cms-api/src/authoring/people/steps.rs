//! `…/people/{person}/…`: what ends an account, brings it back, or lets its person in again.

use axum::{extract::State, response::Response};
use cms_core::{
    model::name::Person,
    repo::{HandedOver, LinkPurpose, Owned, PersonRow, SecretHash, Stamp},
};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::accounts::link_view;
use crate::{
    app::App,
    authoring::{by, listed},
    edge::{
        access::Caller,
        body::JsonBody,
        extract::{PathOf, parsed},
        query::NoQuery,
    },
    ground::{authorship::fresh_operation, form, secret},
    problem::Problem,
    signing::credentials::{self, Kept},
    store::Store,
    views::accounts::{LinkView, PersonView},
};

/// How long a link to sign in again is valid, in milliseconds: ten minutes.
const RESET_MS: u64 = 10 * 60 * 1000;
/// How long an invitation is valid, in milliseconds: seven days.
const INVITATION_MS: u64 = 7 * 24 * 60 * 60 * 1000;

async fn step(
    app: App,
    caller: Caller,
    person: &str,
    verb: impl FnOnce(&Store, &Person, &Stamp) -> Result<PersonRow, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let person: Person = parsed(person)?;
    let stamp = by(&app, caller).stamp("");
    app.core(move |store| {
        let row = verb(store, &person, &stamp)?;
        Ok(listed(&PersonView::of(&row, &*store.repository.rules()?)))
    })
    .await
}

/// Ends an account, and says what its person still owns.
async fn ending(
    app: App,
    caller: Caller,
    person: &str,
    verb: impl FnOnce(&Store, &Person, &Stamp) -> Result<PersonRow, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let person: Person = parsed(person)?;
    let stamp = by(&app, caller).stamp("");
    app.core(move |store| {
        let row = verb(store, &person, &stamp)?;
        let account = PersonView::of(&row, &*store.repository.rules()?);
        let Owned { drafts_count, schedules_count, services_count } =
            store.repository.owned_by(&person)?;
        let owns = OwnedView { drafts_count, schedules_count, services_count };
        Ok(listed(&EndedView { account, owns }))
    })
    .await
}

/// An account that was ended, and what its person still owns.
#[derive(Debug, Serialize, ToSchema)]
pub struct EndedView {
    /// The account.
    #[serde(flatten)]
    account: PersonView,
    /// What they still own: nobody has it until it is handed over, which is possible at any time.
    owns: OwnedView,
}

/// What a person owns.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnedView {
    /// Open drafts that are theirs.
    drafts_count: usize,
    /// Schedules of theirs that have not run.
    schedules_count: usize,
    /// Programs that they answer for.
    services_count: usize,
}

/// Deactivate an account
///
/// From now on none of its sessions and tokens opens anything, and streams that they opened end. Everything about the
/// account is kept. `owns` says what is to be handed over.
#[utoipa::path(
    post,
    path = "/authoring/v1/people/{person}/deactivate",
    operation_id = "person_deactivate",
    tag = "people",
    params(("person" = String, Path, description = "Their id")),
    responses(
        (status = 200, description = "The account as it is now", body = EndedView),
        (status = 404, description = "No such account"),
        (status = 409, description = "It is not active, or nobody would be left as administrator"),
    ),
)]
pub async fn deactivate(
    State(app): State<App>,
    caller: Caller,
    PathOf(person): PathOf<String>,
    _: NoQuery,
) -> Result<Response, Problem> {
    ending(app, caller, &person, |store, person, stamp| {
        Ok(store.repository.people().deactivate(person, stamp)?)
    })
    .await
}

/// Make a deactivated account active again
///
/// Sessions, tokens and links from before stay void.
#[utoipa::path(
    post,
    path = "/authoring/v1/people/{person}/reactivate",
    operation_id = "person_reactivate",
    tag = "people",
    params(("person" = String, Path, description = "Their id")),
    responses(
        (status = 200, description = "The account as it is now", body = PersonView),
        (status = 404, description = "No such account"),
        (status = 409, description = "It is not deactivated"),
    ),
)]
pub async fn reactivate(
    State(app): State<App>,
    caller: Caller,
    PathOf(person): PathOf<String>,
    _: NoQuery,
) -> Result<Response, Problem> {
    step(app, caller, &person, |store, person, stamp| {
        Ok(store.repository.people().reactivate(person, stamp)?)
    })
    .await
}

/// Erase a person
///
/// Everything that says who it was is gone: name, address, picture, what they sign in with, and the labels of tokens and
/// links that are theirs. Content and records keep the id. Nothing brings the account back. `owns` says what is to be
/// handed over, which an erased person's id takes as well.
#[utoipa::path(
    post,
    path = "/authoring/v1/people/{person}/erase",
    operation_id = "person_erase",
    tag = "people",
    params(("person" = String, Path, description = "Their id")),
    responses(
        (status = 200, description = "What is left", body = EndedView),
        (status = 404, description = "No such account"),
        (status = 409, description = "It is erased already, or nobody would be left as administrator"),
    ),
)]
pub async fn erase(
    State(app): State<App>,
    caller: Caller,
    PathOf(person): PathOf<String>,
    _: NoQuery,
) -> Result<Response, Problem> {
    ending(app, caller, &person, |store, person, stamp| {
        let erased = store.repository.people().erase(person, stamp)?;
        // The bytes leave the disk now, and not when the journal is full.
        if let Err(error) = store.repository.engine().purge() {
            tracing::warn!(%error, "what an erased person left stays on the disk until the next rotation");
        }
        Ok(erased)
    })
    .await
}

/// To whom everything goes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOverBody {
    /// An active person.
    #[serde(deserialize_with = "form::person")]
    #[schema(value_type = form::PersonText)]
    to: Person,
}

/// What was handed over.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandedOverView {
    /// Drafts that have another owner or member now.
    pub drafts_count: usize,
    /// Reviews that somebody else is asked for now.
    pub reviews_count: usize,
    /// Schedules that run on behalf of somebody else now, with the rights that person has then.
    pub schedules_count: usize,
    /// Programs for which somebody else answers now.
    pub services_count: usize,
    /// Tokens of the person that open nothing any more.
    pub tokens_count: usize,
}

/// Hand over what somebody owns
///
/// Their drafts, the reviews that they are asked for, their schedules and the programs that they answer for go to another
/// person; their own tokens are revoked. Who wrote what stays as it is. What was cut off goes on by itself. The account
/// may have ended, even been erased.
#[utoipa::path(
    post,
    path = "/authoring/v1/people/{person}/hand-over",
    operation_id = "person_hand_over",
    tag = "people",
    params(("person" = String, Path, description = "Their id")),
    request_body(content = HandOverBody),
    responses(
        (status = 200, description = "What was handed over", body = HandedOverView),
        (status = 404, description = "No such account"),
        (status = 409, description = "The other account is not active, or something changed at the same time"),
        (status = 422, description = "Refused: the other account is the same, or a program's"),
    ),
)]
pub async fn hand_over(
    State(app): State<App>,
    caller: Caller,
    PathOf(person): PathOf<String>,
    _: NoQuery,
    JsonBody { value: body, .. }: JsonBody<HandOverBody>,
) -> Result<Response, Problem> {
    let person: Person = parsed(&person)?;
    let stamp = by(&app, caller).stamp("");
    app.core(move |store| {
        let HandedOver {
            drafts_count,
            reviews_count,
            schedules_count,
            services_count,
            tokens_count,
        } = store.repository.hand_over(&person, &body.to, &stamp)?;
        Ok(listed(&HandedOverView {
            drafts_count,
            reviews_count,
            schedules_count,
            services_count,
            tokens_count,
        }))
    })
    .await
}

/// Sign somebody out everywhere
///
/// Ends all their sessions at once, and the streams that these opened. Their access keys stay.
#[utoipa::path(
    post,
    path = "/authoring/v1/people/{person}/sign-out",
    operation_id = "person_sign_out",
    tag = "people",
    params(("person" = String, Path, description = "Their id")),
    responses(
        (status = 200, description = "The account", body = PersonView),
        (status = 404, description = "No such account"),
        (status = 409, description = "It is erased"),
    ),
)]
pub async fn sign_out(
    State(app): State<App>,
    caller: Caller,
    PathOf(person): PathOf<String>,
    _: NoQuery,
) -> Result<Response, Problem> {
    step(app, caller, &person, |store, person, stamp| {
        Ok(store.repository.people().sign_out(person, stamp)?)
    })
    .await
}

/// Take somebody's second factor away
///
/// For a person whose phone is lost: the authenticator app, the recovery codes and the passkeys are forgotten, and every
/// session ends. Where their role needs a second factor, they get the time again to set one up.
#[utoipa::path(
    post,
    path = "/authoring/v1/people/{person}/reset-second-factor",
    operation_id = "person_reset_second_factor",
    tag = "people",
    params(("person" = String, Path, description = "Their id")),
    responses(
        (status = 200, description = "The account", body = PersonView),
        (status = 404, description = "No such account"),
        (status = 409, description = "It is not active"),
        (status = 412, description = "The person changed it at the same time"),
    ),
)]
pub async fn reset_second_factor(
    State(app): State<App>,
    caller: Caller,
    PathOf(person): PathOf<String>,
    _: NoQuery,
) -> Result<Response, Problem> {
    step(app, caller, &person, |store, person, stamp| {
        store.repository.people().one(person)?;
        let mut stored = credentials::of(store, person)?;
        stored.credentials.totp = None;
        stored.credentials.recovery_codes.clear();
        stored.credentials.passkeys.clear();
        stored.credentials.second_factor_since_ms = None;
        stored.credentials.grace_until_ms = None;
        let what = Kept { verb: "second-factor-reset", ends_sessions: true };
        credentials::keep(store, person, &stored, what, stamp)?;
        Ok(store.repository.people().one(person)?)
    })
    .await
}

/// Make another link to accept an invitation
///
/// The one before it is void.
#[utoipa::path(
    post,
    path = "/authoring/v1/people/{person}/invitation",
    operation_id = "person_invite_again",
    tag = "people",
    params(("person" = String, Path, description = "Their id")),
    responses(
        (status = 200, description = "The link", body = LinkView),
        (status = 404, description = "No such account"),
        (status = 409, description = "It is not an invited one"),
    ),
)]
pub async fn invite_again(
    State(app): State<App>,
    caller: Caller,
    PathOf(person): PathOf<String>,
    _: NoQuery,
) -> Result<Response, Problem> {
    link(app, caller, &person, LinkPurpose::Invitation).await
}

/// Make a link with which somebody signs in again
///
/// It is valid for ten minutes and works once. Whoever has it replaces everything that the person signs in with, so hand
/// it over to nobody else.
#[utoipa::path(
    post,
    path = "/authoring/v1/people/{person}/reset",
    operation_id = "person_reset",
    tag = "people",
    params(("person" = String, Path, description = "Their id")),
    responses(
        (status = 200, description = "The link", body = LinkView),
        (status = 404, description = "No such account"),
        (status = 409, description = "It is not active"),
    ),
)]
pub async fn reset(
    State(app): State<App>,
    caller: Caller,
    PathOf(person): PathOf<String>,
    _: NoQuery,
) -> Result<Response, Problem> {
    link(app, caller, &person, LinkPurpose::Reset).await
}

async fn link(
    app: App,
    caller: Caller,
    person: &str,
    purpose: LinkPurpose,
) -> Result<Response, Problem> {
    let person: Person = parsed(person)?;
    let text = secret::fresh(secret::LINK).map_err(Problem::internal)?;
    let hash = SecretHash::of(text.as_bytes());
    let stamp = Stamp { operation: fresh_operation(), ..by(&app, caller).stamp("") };
    let lasts_ms = if purpose == LinkPurpose::Reset { RESET_MS } else { INVITATION_MS };
    let expires_ms = stamp.time_ms + lasts_ms;
    app.core(move |store| {
        let people = store.repository.people();
        match purpose {
            LinkPurpose::Reset => people.link_reset(&person, &hash, expires_ms, &stamp)?,
            _ => people.link_invitation(&person, &hash, expires_ms, &stamp)?,
        };
        Ok(())
    })
    .await?;
    Ok(listed(&link_view(&app, &text, expires_ms)))
}
