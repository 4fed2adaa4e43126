//! `…/drafts/{draft}/entries/{kind}/{id}`: what a draft makes of one entry, saved while it is typed.
//!
//! A save is durable when it is answered, and makes no commit. The document may be invalid; the answer says what is
//! wrong. A save never overwrites what its writer has not seen: the refusal has both sides, and the two joined.

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use cms_core::{
    model::{document::Document, key::EntryKey},
    repo::{DraftId, EntryError, EntryTag, SaveRequest, WorkingContent},
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    app::App,
    authoring::{by, key_of, unknown_entry},
    edge::{
        access::Caller,
        body::WholeBody,
        cache::Tagged,
        extract::{PathOf, parsed},
        precondition::{IfMatch, Precondition},
        query::{NoQuery, Query},
    },
    ground::authorship::Authorship,
    problem::{Code, Problem, caching::Caching},
    store::Store,
    views::{
        drafts::{DraftEntry, SavedView},
        view,
    },
};

/// An entry as a draft has it
///
/// The working copy if there is one, or else what the draft's commits have. The `ETag` is for the next save, and names
/// what was read. If the entry is in conflict, `conflicts` has each place that nobody has settled, and the document has
/// the draft's side there.
#[utoipa::path(
    get,
    path = "/authoring/v1/drafts/{draft}/entries/{kind}/{id}",
    operation_id = "draft_entry_get",
    tag = "drafts",
    params(
        ("draft" = String, Path, description = "The draft's name"),
        ("kind" = String, Path, description = "The entry's kind"),
        ("id" = String, Path, description = "The entry's id, with `@` and a locale for a translation"),
    ),
    responses(
        (status = 200, description = "The entry", body = DraftEntry, headers(("ETag" = String, description = "Names what was read: a version of the working copy, or a revision"))),
        (status = 304, description = "It has not changed"),
        (status = 404, description = "No such draft, or no such entry in it"),
        (status = 409, description = "`draft-state`: the draft is no longer open; `in-trash`: the entry is in the trash"),
    ),
)]
pub async fn one(
    State(app): State<App>,
    PathOf((draft, kind, id)): PathOf<(String, String, String)>,
    _: NoQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (draft, key): (DraftId, EntryKey) = (parsed(&draft)?, key_of(&kind, &id)?);
    app.core(move |store| {
        let repository = &store.repository;
        let found = repository.drafts().entry(&draft, &key)?;
        let found = match found {
            Some(found) => found,
            None => return Err(not_there(store, &draft, &key)?),
        };
        let working = found.working.as_ref();
        let entry = DraftEntry {
            key: key.to_string(),
            is_working: working.is_some(),
            base: working.and_then(|working| working.base).map(|base| base.to_string()),
            author: working.map(|working| working.author.clone()),
            begun_ms: working.map(|working| working.begun_ms),
            saved_ms: working.map(|working| working.saved_ms),
            document: found.document,
            conflicts: view(found.conflicts),
            others: view(repository.drafts().editors(&key, Some(&draft))?),
        };
        Ok(Tagged::version(found.tag, &entry).answer(&headers))
    })
    .await
}

/// What a save decides.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SaveQuery {
    /// The pointer of a conflict that this decides; may be repeated.
    #[serde(default)]
    settles: Vec<String>,
}

/// Why a draft has nothing to show of an entry: it is in the trash, or there is none.
pub(super) fn not_there(
    store: &Store,
    draft: &DraftId,
    key: &EntryKey,
) -> Result<Problem, Problem> {
    if store.repository.drafts().is_in_trash(draft, key)? {
        return Ok(EntryError::InTrash { key: key.clone() }.into());
    }
    Ok(unknown_entry(key, &draft.branch().to_string()))
}

/// Save an entry in a draft
///
/// The body is the document, valid or not. `If-Match` names what its writer had read: the `ETag` of the entry or of the
/// last save; `If-None-Match: *` says that there was no such entry. 412 has `base` (what the writer had read), `yours`,
/// `theirs`, the two joined as `merged`, and the places where they conflict. A save settles a conflict of the entry
/// only at the places that `settles` names; `conflicts` in the answer are those that are left.
#[utoipa::path(
    put,
    path = "/authoring/v1/drafts/{draft}/entries/{kind}/{id}",
    operation_id = "draft_entry_save",
    tag = "drafts",
    params(
        ("draft" = String, Path, description = "The draft's name"),
        ("kind" = String, Path, description = "The entry's kind"),
        ("id" = String, Path, description = "The entry's id, with `@` and a locale for a translation"),
        SaveQuery,
        ("If-Match" = Option<String>, Header, description = "The `ETag` of what its writer had read"),
        ("If-None-Match" = Option<String>, Header, description = "`*`: the entry does not exist yet"),
    ),
    request_body(content = serde_json::Value, description = "The document", content_type = "application/json"),
    responses(
        (status = 200, description = "Saved", body = SavedView, headers(("ETag" = String, description = "The version of the working copy"))),
        (status = 404, description = "No such draft"),
        (status = 409, description = "`draft-state`: the draft is no longer open. It is in the trash, or a place that is named as settled is not in conflict"),
        (status = 412, description = "It is not what the writer had read"),
        (status = 422, description = "It is not a document, or there is no such kind"),
        (status = 428, description = "Without `If-Match` or `If-None-Match`"),
    ),
)]
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    PathOf((draft, kind, id)): PathOf<(String, String, String)>,
    Query(SaveQuery { settles }): Query<SaveQuery>,
    precondition: Precondition,
    headers: HeaderMap,
    body: Result<WholeBody, Problem>,
) -> Result<Response, Problem> {
    let (draft, key): (DraftId, EntryKey) = (parsed(&draft)?, key_of(&kind, &id)?);
    crate::edge::body::must_be_json(&headers)?;
    let save = Save { draft, key, text: Some(body?.0), settles };
    saved(&app, by(&app, caller), precondition, save).await
}

/// Put an entry into the trash in a draft
///
/// Its working copy says so; a commit deletes it in the draft, and a merge deletes it for everybody.
#[utoipa::path(
    delete,
    path = "/authoring/v1/drafts/{draft}/entries/{kind}/{id}",
    operation_id = "draft_entry_trash",
    tag = "drafts",
    params(
        ("draft" = String, Path, description = "The draft's name"),
        ("kind" = String, Path, description = "The entry's kind"),
        ("id" = String, Path, description = "The entry's id, with `@` and a locale for a translation"),
        SaveQuery,
        ("If-Match" = Option<String>, Header, description = "The `ETag` of what its writer had read"),
        ("If-None-Match" = Option<String>, Header, description = "`*`: the entry does not exist yet"),
    ),
    responses(
        (status = 200, description = "Saved", body = SavedView, headers(("ETag" = String, description = "The version of the working copy"))),
        (status = 404, description = "No such draft"),
        (status = 409, description = "`draft-state`: the draft is no longer open. It is in the trash, or a place that is named as settled is not in conflict"),
        (status = 412, description = "It is not what the writer had read"),
        (status = 422, description = "There is no such kind"),
        (status = 428, description = "Without `If-Match` or `If-None-Match`"),
    ),
)]
pub async fn trash(
    State(app): State<App>,
    caller: Caller,
    PathOf((draft, kind, id)): PathOf<(String, String, String)>,
    Query(SaveQuery { settles }): Query<SaveQuery>,
    precondition: Precondition,
) -> Result<Response, Problem> {
    let (draft, key): (DraftId, EntryKey) = (parsed(&draft)?, key_of(&kind, &id)?);
    let save = Save { draft, key, text: None, settles };
    saved(&app, by(&app, caller), precondition, save).await
}

/// What to save, and the conflicts that it decides.
struct Save {
    draft: DraftId,
    key: EntryKey,
    /// The new text of the entry; `None` for the trash.
    text: Option<Bytes>,
    settles: Vec<String>,
}

/// What the writer of a save had read; of several tags, the one that names what is there.
fn read(
    store: &Store,
    precondition: &Precondition,
    draft: &DraftId,
    key: &EntryKey,
) -> Result<EntryTag, Problem> {
    let tags = match precondition {
        Precondition::Absent => return Ok(EntryTag::Absent),
        Precondition::Match(tags) => tags,
    };
    if tags.is_any() {
        // `*` would overwrite whatever is there without having seen it.
        let detail = "a save names what was read: `If-Match` with the `ETag` of the entry, not `*`";
        return Err(Problem::new(Code::PreconditionRequired, detail));
    }
    if let Some(tag) = tags.one() {
        return Ok(tag.parse().unwrap_or(EntryTag::Unknown));
    }
    let found = store.repository.drafts().entry(draft, key)?;
    let there = found.map(|found| found.tag).filter(|tag| tags.holds(&tag.to_string()));
    Ok(there.unwrap_or(EntryTag::Unknown))
}

async fn saved(
    app: &App,
    by: Authorship,
    precondition: Precondition,
    save: Save,
) -> Result<Response, Problem> {
    let Save { draft, key, text, settles } = save;
    let saved = app
        .core(move |store| {
            let expected = read(store, &precondition, &draft, &key)?;
            let stamp = by.stamp("");
            let content = match text {
                Some(text) => WorkingContent::Document(Document::parse(&text)),
                None => WorkingContent::Deleted,
            };
            let request = SaveRequest { draft, key, content, expected, settles, stamp };
            let saved = store.repository.drafts().save(&request)?;
            Ok(by.sight(store).saved(&request.draft, saved)?)
        })
        .await?;
    let body: SavedView = view(&saved);
    let tag = format!("\"{}\"", saved.version);
    Ok(([Caching::NoStore.header()], [(header::ETAG, tag)], axum::Json(body)).into_response())
}

/// Drop a working copy
///
/// The draft shows what its commits have again.
#[utoipa::path(
    delete,
    path = "/authoring/v1/drafts/{draft}/entries/{kind}/{id}/working",
    operation_id = "draft_entry_drop",
    tag = "drafts",
    params(
        ("draft" = String, Path, description = "The draft's name"),
        ("kind" = String, Path, description = "The entry's kind"),
        ("id" = String, Path, description = "The entry's id, with `@` and a locale for a translation"),
        ("If-Match" = String, Header, description = "The version of the last save"),
    ),
    responses(
        (status = 204, description = "Dropped"),
        (status = 404, description = "No such draft"),
        (status = 412, description = "The working copy is not what its writer had read, or there is none"),
        (status = 409, description = "`draft-state`: the draft is no longer open"),
    ),
)]
pub async fn drop_working(
    State(app): State<App>,
    caller: Caller,
    PathOf((draft, kind, id)): PathOf<(String, String, String)>,
    _: NoQuery,
    precondition: IfMatch,
) -> Result<Response, Problem> {
    let (draft, key): (DraftId, EntryKey) = (parsed(&draft)?, key_of(&kind, &id)?);
    let by = by(&app, caller);
    app.core(move |store| {
        let drafts = store.repository.drafts();
        let there = || Ok::<_, Problem>(drafts.working(&draft, &key)?.map(|copy| copy.version));
        let version = match precondition.one() {
            Some(tag) => tag.parse().ok(),
            None => there()?.filter(|version| precondition.holds(&version.to_string())),
        };
        let seen = version.map_or(EntryTag::Unknown, EntryTag::Working);
        Ok(drafts.drop_working(&draft, &key, seen, &by.stamp(""))?)
    })
    .await?;
    Ok((StatusCode::NO_CONTENT, [Caching::NoStore.header()]).into_response())
}
