//! `…/drafts`: named sets of changes that people work on together before they are accepted.
//!
//! Everybody who may read may read drafts; only the owner or a member may change one.

pub mod catalogue;
pub mod changes;
pub mod conflicts;
pub mod entries;
pub mod findings;
pub mod shares;
pub mod steps;
pub mod templates;

use axum::{extract::State, http::HeaderMap, response::Response};
use cms_core::{
    model::name::Person,
    repo::{Draft, DraftChange, DraftId, DraftQuery, NewDraft},
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{by, listed};
use crate::{
    app::App,
    edge::{
        access::Caller,
        body::JsonBody,
        cache::Tagged,
        extract::{PathOf, parsed},
        idempotency::{Made, Repeatable, once},
        precondition::IfMatch,
        query::{self, NoQuery, PageParameters, Paged},
    },
    ground::{
        form::{PersonText, Title, persons, some_person, some_persons},
        page::Page,
    },
    problem::Problem,
    store::{Store, known},
    views::{drafts::DraftView, view},
};

/// A draft to begin.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDraftBody {
    /// Its title: what it is about.
    title: Title,
    /// The state to begin from; `main` when left out.
    #[serde(default)]
    from: Option<String>,
    /// The other people who work on it.
    #[serde(default, deserialize_with = "persons")]
    #[schema(value_type = Vec<PersonText>, max_items = 100)]
    members: Vec<Person>,
}

/// A change of a draft's record; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftBody {
    /// The new title.
    #[serde(default)]
    title: Option<Title>,
    /// The new members.
    #[serde(default, deserialize_with = "some_persons")]
    #[schema(value_type = Option<Vec<PersonText>>)]
    members: Option<Vec<Person>>,
    /// The new owner: the draft is handed over, and the previous owner becomes a member.
    #[serde(default, deserialize_with = "some_person")]
    #[schema(value_type = Option<PersonText>)]
    owner: Option<Person>,
}

/// The draft, if its record is at the version that the writer saw.
fn unmoved(store: &Store, id: &DraftId, precondition: &IfMatch) -> Result<Draft, Problem> {
    let draft = store.repository.drafts().one(id)?;
    precondition.check(&tag(&draft))?;
    Ok(draft)
}

/// The tag of a draft's record and of its newest commit, because the head moves without the record.
fn tag(draft: &Draft) -> String {
    format!("{}.{}", draft.version, &draft.head.to_string()[..16])
}

fn made(draft: &Draft) -> Made {
    let view: DraftView = view(draft);
    Made::at(format!("/authoring/v1/drafts/{}", draft.draft), &view).tagged(tag(draft))
}

/// Begin a draft
///
/// From `main` as it is, or from another state. The person who begins it owns it.
#[utoipa::path(
    post,
    path = "/authoring/v1/drafts",
    operation_id = "draft_create",
    tag = "drafts",
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, the same request is done once")),
    request_body(content = NewDraftBody),
    responses(
        (status = 201, description = "The draft", body = DraftView, headers(("Location" = String, description = "Where it is"))),
        (status = 404, description = "No such state"),
        (status = 422, description = "Refused"),
    ),
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    _: NoQuery,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<NewDraftBody>,
) -> Result<Response, Problem> {
    once(&app, &caller, repeatable, hash, move |store, attempt| {
        known::must_exist(store, &body.members, &[], "/members", &attempt.by)?;
        // A draft's name is derived from the attempt: a second try finds what the first one began.
        let from = body.from.map(|from| store.repository.resolve(&from)).transpose()?;
        let stamp = attempt.by.stamp("");
        let new = NewDraft { title: body.title.into(), from, members: body.members, stamp };
        Ok(made(&store.repository.drafts().begin(new)?))
    })
    .await
}

/// Which drafts.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DraftsQuery {
    /// `true`: only the person's own.
    #[serde(default, deserialize_with = "query::parsed")]
    mine: Option<bool>,
}

/// Open drafts
///
/// By name; with `mine=true` only those of which the person is owner or member.
#[utoipa::path(
    get,
    path = "/authoring/v1/drafts",
    operation_id = "drafts_list",
    tag = "drafts",
    params(DraftsQuery, PageParameters),
    responses((status = 200, description = "A page", body = Page<DraftView>)),
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Paged { page, query: DraftsQuery { mine } }: Paged<DraftId, DraftsQuery>,
) -> Result<Response, Problem> {
    let of = page.list;
    let query = DraftQuery {
        person: mine.unwrap_or_default().then_some(caller.person.clone()),
        after: page.after,
        rows_max: page.rows_max,
    };
    let found = app
        .core(move |store| {
            let found = store.repository.drafts().list(&query)?;
            let next = found.next.map(|row| of.after(row));
            let sight = caller.sight(store);
            let page =
                Page { rows: found.drafts, next }.try_retain(|draft| sight.sees_draft(draft))?;
            Ok(page.map(view::<DraftView>))
        })
        .await?;
    Ok(listed(&found))
}

/// One draft
///
/// It may be open, merged or discarded. The `ETag` names its record and its newest commit.
#[utoipa::path(
    get,
    path = "/authoring/v1/drafts/{draft}",
    operation_id = "draft_get",
    tag = "drafts",
    params(("draft" = String, Path, description = "Its name")),
    responses(
        (status = 200, description = "The draft", body = DraftView, headers(("ETag" = String, description = "The version of its record"))),
        (status = 304, description = "It has not changed"),
        (status = 404, description = "No such draft"),
    ),
)]
pub async fn one(
    State(app): State<App>,
    PathOf(draft): PathOf<String>,
    _: NoQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id: DraftId = parsed(&draft)?;
    app.core(move |store| {
        let draft = store.repository.drafts().one(&id)?;
        let found: DraftView = view(&draft);
        Ok(Tagged { tag: tag(&draft), ..Tagged::version(draft.version, &found) }.answer(&headers))
    })
    .await
}

/// Rename, share or hand over a draft
///
/// What is left out stays as it is. Only members may do this.
#[utoipa::path(
    patch,
    path = "/authoring/v1/drafts/{draft}",
    operation_id = "draft_change",
    tag = "drafts",
    params(
        ("draft" = String, Path, description = "Its name"),
        ("If-Match" = String, Header, description = "The draft's `ETag`"),
    ),
    request_body(content = DraftBody),
    responses(
        (status = 200, description = "The draft as it is now", body = DraftView, headers(("ETag" = String, description = "The version of its record"))),
        (status = 404, description = "No such draft"),
        (status = 409, description = "`draft-state`: the draft is no longer open"),
        (status = 422, description = "Refused"),
    ),
)]
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    PathOf(draft): PathOf<String>,
    _: NoQuery,
    precondition: IfMatch,
    JsonBody { value: body, .. }: JsonBody<DraftBody>,
) -> Result<Response, Problem> {
    let id: DraftId = parsed(&draft)?;
    let by = by(&app, caller);
    let changed = app
        .core(move |store| {
            let seen = unmoved(store, &id, &precondition)?;
            // Whoever is in the draft already stays, whatever became of their token.
            let known: Vec<_> = seen.members.iter().chain([&seen.owner]).cloned().collect();
            known::must_exist(
                store,
                body.members.as_deref().unwrap_or_default(),
                &known,
                "/members",
                &by,
            )?;
            if let Some(owner) = body.owner.as_ref().filter(|owner| **owner != *seen.owner) {
                known::one_must_exist(store, owner, "/owner", &by)?;
            }
            let change = DraftChange {
                title: body.title.map(Into::into),
                members: body.members,
                owner: body.owner,
            };
            Ok(store.repository.drafts().change(&id, seen.version, change, &by.stamp(""))?)
        })
        .await?;
    Ok(answered(&changed))
}

/// The draft as it is after a change.
fn answered(draft: &Draft) -> Response {
    let view: DraftView = view(draft);
    Tagged { tag: tag(draft), ..Tagged::version(draft.version, &view) }.answer(&HeaderMap::new())
}

/// Discard a draft
///
/// Its commits are kept, and uncommitted edits become one more commit, so it can be reopened.
#[utoipa::path(
    delete,
    path = "/authoring/v1/drafts/{draft}",
    operation_id = "draft_discard",
    tag = "drafts",
    params(
        ("draft" = String, Path, description = "Its name"),
        ("If-Match" = String, Header, description = "The draft's `ETag`"),
    ),
    responses(
        (status = 200, description = "The draft as it is now", body = DraftView, headers(("ETag" = String, description = "The version of its record"))),
        (status = 404, description = "No such draft"),
        (status = 409, description = "`draft-state`: the draft is no longer open"),
        (status = 422, description = "Refused"),
    ),
)]
pub async fn discard(
    State(app): State<App>,
    caller: Caller,
    PathOf(draft): PathOf<String>,
    _: NoQuery,
    precondition: IfMatch,
) -> Result<Response, Problem> {
    let id: DraftId = parsed(&draft)?;
    let by = by(&app, caller);
    let discarded = app
        .core(move |store| {
            unmoved(store, &id, &precondition)?;
            Ok(store.repository.drafts().discard(&id, &by.stamp(""))?)
        })
        .await?;
    Ok(answered(&discarded))
}

/// Reopen a discarded draft
///
/// Its commits and working copies are as they were.
#[utoipa::path(
    post,
    path = "/authoring/v1/drafts/{draft}/reopen",
    operation_id = "draft_reopen",
    tag = "drafts",
    params(
        ("draft" = String, Path, description = "Its name"),
        ("If-Match" = String, Header, description = "The draft's `ETag`"),
    ),
    responses(
        (status = 200, description = "The draft as it is now", body = DraftView, headers(("ETag" = String, description = "The version of its record"))),
        (status = 404, description = "No such draft"),
        (status = 409, description = "`draft-state`: the draft is open or merged"),
    ),
)]
pub async fn reopen(
    State(app): State<App>,
    caller: Caller,
    PathOf(draft): PathOf<String>,
    _: NoQuery,
    precondition: IfMatch,
) -> Result<Response, Problem> {
    let id: DraftId = parsed(&draft)?;
    let by = by(&app, caller);
    let reopened = app
        .core(move |store| {
            unmoved(store, &id, &precondition)?;
            Ok(store.repository.drafts().reopen(&id, &by.stamp(""))?)
        })
        .await?;
    Ok(answered(&reopened))
}
