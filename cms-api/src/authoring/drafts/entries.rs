//! `…/drafts/{draft}/entries/{kind}/{id}`: what a draft makes of one entry, as it is typed.
//!
//! A save is durable when it is answered and makes no commit. It may be invalid: the answer says what
//! is wrong. It never overwrites what its writer has not seen: the refusal carries both sides, and the
//! two joined.

use axum::{
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use cms_core::{
    model::key::EntryKey,
    repo::{DraftId, Role, SaveRequest, WorkingContent},
};

use super::by;
use crate::{
    app::App,
    authoring::{key_of, unknown_entry},
    command::{By, view},
    edge::{
        access::Asker,
        body::unread,
        cache::{PRIVATE, Tagged},
        extract::{PathOf, parsed},
        precondition::{IfMatch, Precondition},
        problem::{Code, Problem, ProblemSchema},
        query::NoQuery,
    },
    views::drafts::{DraftEntry, SavedView},
};

/// An entry as a draft has it
///
/// The working copy where there is one, then with an `ETag` for the next save; else what the draft's
/// commits have, without one: the first save sends `If-None-Match: *`.
#[utoipa::path(
    get,
    path = "/authoring/v1/drafts/{draft}/entries/{kind}/{id}",
    tag = "authoring",
    security(("token" = [])),
    params(
        ("draft" = String, Path, description = "The draft's name"),
        ("kind" = String, Path, description = "The entry's kind"),
        ("id" = String, Path, description = "The entry's id, with `@` and a locale for a translation"),
    ),
    responses(
        (status = 200, description = "The entry", body = DraftEntry, headers(("ETag" = String, description = "The version of its working copy"))),
        (status = 304, description = "It has not changed"),
        (status = 404, description = "No such open draft, or no such entry in it", content_type = "application/problem+json", body = ProblemSchema),
    ),
)]
pub async fn one(
    State(app): State<App>,
    asker: Asker,
    PathOf((draft, kind, id)): PathOf<(String, String, String)>,
    _: NoQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    asker.must_be(Role::Viewer)?;
    let (draft, key): (DraftId, EntryKey) = (parsed(&draft)?, key_of(&kind, &id)?);
    app.core(move |store| {
        let repository = &store.repository;
        let others = view(&repository.editors(&key, Some(&draft))?);
        if let Some(working) = repository.working(&draft, &key)? {
            let version = working.version;
            let entry = DraftEntry {
                key: key.to_string(),
                document: working.document,
                is_working: true,
                base: working.base.map(|base| base.to_string()),
                author: Some(working.author),
                begun_ms: Some(working.begun_ms),
                saved_ms: Some(working.saved_ms),
                others,
            };
            return Ok(Tagged::version(version, &entry).answer(&headers));
        }
        let document = repository.draft_document(&draft, &key)?;
        let document = document.ok_or_else(|| unknown_entry(&key, &draft.branch()))?;
        let entry = DraftEntry {
            key: key.to_string(),
            document: Some(document),
            is_working: false,
            base: None,
            author: None,
            begun_ms: None,
            saved_ms: None,
            others,
        };
        Ok(([(header::CACHE_CONTROL, PRIVATE)], axum::Json(entry)).into_response())
    })
    .await
}

/// Save an entry in a draft
///
/// The body is the document, valid or not. `If-None-Match: *` where the draft has no working copy of it
/// yet, else `If-Match` with the version of the last save. 412 carries `base`, `yours`, `theirs`, the
/// two joined as `merged`, and where they conflict.
#[utoipa::path(
    put,
    path = "/authoring/v1/drafts/{draft}/entries/{kind}/{id}",
    tag = "authoring",
    security(("token" = [])),
    params(
        ("draft" = String, Path, description = "The draft's name"),
        ("kind" = String, Path, description = "The entry's kind"),
        ("id" = String, Path, description = "The entry's id, with `@` and a locale for a translation"),
        ("If-Match" = Option<String>, Header, description = "The version of the last save"),
        ("If-None-Match" = Option<String>, Header, description = "`*`: there is no working copy yet"),
    ),
    request_body(content = serde_json::Value, description = "The document", content_type = "application/json"),
    responses(
        (status = 200, description = "Saved", body = SavedView, headers(("ETag" = String, description = "The version of the working copy"))),
        (status = 404, description = "No such open draft", content_type = "application/problem+json", body = ProblemSchema),
        (status = 412, description = "Somebody else saved meanwhile", content_type = "application/problem+json", body = ProblemSchema),
        (status = 422, description = "It is no document, or there is no such kind", content_type = "application/problem+json", body = ProblemSchema),
        (status = 428, description = "Without `If-Match` or `If-None-Match`", content_type = "application/problem+json", body = ProblemSchema),
    ),
)]
pub async fn save(
    State(app): State<App>,
    asker: Asker,
    PathOf((draft, kind, id)): PathOf<(String, String, String)>,
    _: NoQuery,
    precondition: Precondition,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    asker.must_be(Role::Author)?;
    let (draft, key): (DraftId, EntryKey) = (parsed(&draft)?, key_of(&kind, &id)?);
    crate::edge::body::must_be_json(&headers)?;
    let body = body.map_err(|error| unread(&error))?;
    let content = WorkingContent::Document(body.to_vec());
    saved(&app, by(&app, asker), draft, key, precondition, content).await
}

/// Put an entry into the trash in a draft
///
/// Its working copy says so; committing makes it so in the draft, merging for all.
#[utoipa::path(
    delete,
    path = "/authoring/v1/drafts/{draft}/entries/{kind}/{id}",
    tag = "authoring",
    security(("token" = [])),
    params(
        ("draft" = String, Path, description = "The draft's name"),
        ("kind" = String, Path, description = "The entry's kind"),
        ("id" = String, Path, description = "The entry's id, with `@` and a locale for a translation"),
        ("If-Match" = Option<String>, Header, description = "The version of the last save"),
        ("If-None-Match" = Option<String>, Header, description = "`*`: there is no working copy yet"),
    ),
    responses(
        (status = 200, description = "Saved", body = SavedView, headers(("ETag" = String, description = "The version of the working copy"))),
        (status = 404, description = "No such open draft", content_type = "application/problem+json", body = ProblemSchema),
        (status = 412, description = "Somebody else saved meanwhile", content_type = "application/problem+json", body = ProblemSchema),
        (status = 422, description = "There is no such kind", content_type = "application/problem+json", body = ProblemSchema),
        (status = 428, description = "Without `If-Match` or `If-None-Match`", content_type = "application/problem+json", body = ProblemSchema),
    ),
)]
pub async fn trash(
    State(app): State<App>,
    asker: Asker,
    PathOf((draft, kind, id)): PathOf<(String, String, String)>,
    _: NoQuery,
    precondition: Precondition,
) -> Result<Response, Problem> {
    asker.must_be(Role::Author)?;
    let (draft, key): (DraftId, EntryKey) = (parsed(&draft)?, key_of(&kind, &id)?);
    let by = by(&app, asker);
    saved(&app, by, draft, key, precondition, WorkingContent::Deleted).await
}

async fn saved(
    app: &App,
    by: By,
    draft: DraftId,
    key: EntryKey,
    precondition: Precondition,
    content: WorkingContent,
) -> Result<Response, Problem> {
    let saved = app
        .core(move |store| {
            let expected = match precondition {
                Precondition::Absent => None,
                // Whatever is there, if anything is.
                Precondition::Match(tags) => match tags.version()? {
                    Some(version) => Some(version),
                    None => {
                        let found = store.repository.working(&draft, &key)?;
                        let none = || Problem::new(Code::Stale, "there is no working copy");
                        Some(found.ok_or_else(none)?.version)
                    }
                },
            };
            let stamp = by.stamp("");
            Ok(store.repository.save(&SaveRequest { draft, key, content, expected, stamp })?)
        })
        .await?;
    let body: SavedView = view(&saved);
    let tag = format!("\"{}\"", saved.version);
    let headers = [(header::CACHE_CONTROL, PRIVATE.to_owned()), (header::ETAG, tag)];
    Ok((headers, axum::Json(body)).into_response())
}

/// Drop a working copy
///
/// What the draft's commits have stands again.
#[utoipa::path(
    delete,
    path = "/authoring/v1/drafts/{draft}/entries/{kind}/{id}/working",
    tag = "authoring",
    security(("token" = [])),
    params(
        ("draft" = String, Path, description = "The draft's name"),
        ("kind" = String, Path, description = "The entry's kind"),
        ("id" = String, Path, description = "The entry's id, with `@` and a locale for a translation"),
        ("If-Match" = String, Header, description = "The version of the last save"),
    ),
    responses(
        (status = 204, description = "Dropped"),
        (status = 404, description = "No such open draft", content_type = "application/problem+json", body = ProblemSchema),
    ),
)]
pub async fn drop_working(
    State(app): State<App>,
    asker: Asker,
    PathOf((draft, kind, id)): PathOf<(String, String, String)>,
    _: NoQuery,
    precondition: IfMatch,
) -> Result<Response, Problem> {
    asker.must_be(Role::Author)?;
    let (draft, key): (DraftId, EntryKey) = (parsed(&draft)?, key_of(&kind, &id)?);
    let by = by(&app, asker);
    app.core(move |store| {
        let none = || Problem::new(Code::Stale, "there is no working copy of this version");
        let version = match precondition.version()? {
            Some(version) => version,
            None => store.repository.working(&draft, &key)?.ok_or_else(none)?.version,
        };
        Ok(store.repository.drop_working(&draft, &key, version, &by.stamp(""))?)
    })
    .await?;
    Ok((StatusCode::NO_CONTENT, [(header::CACHE_CONTROL, PRIVATE)]).into_response())
}
