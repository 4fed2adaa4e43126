//! `GET /authoring/v1/entries/{kind}/{id}…`: one entry, where it is used, and its versions.

pub mod blame;
pub mod translations;

use axum::{extract::State, http::HeaderMap, response::Response};
use cms_core::model::{id::RevisionId, key::EntryKey};

use super::{InState, Pinned, key_of, listed, pinned_state, unknown_entry};
use crate::{
    app::App,
    edge::{
        access::Caller,
        cache::Tagged,
        extract::PathOf,
        query::{PageParameters, Paged, Query},
    },
    ground::page::{Order, Page},
    problem::{Problem, caching::Caching},
    views::{
        content::{EntryView, RevisionRow, Use},
        drafts::OtherEditor,
        view,
    },
};

/// One entry
///
/// Its document, newest revision, parents and translations at a state, and where it is live. An entry in the trash has
/// `deleted` in `revision.state`. `{id}` may name a translation: `x1@es`.
#[utoipa::path(
    get,
    path = "/authoring/v1/entries/{kind}/{id}",
    operation_id = "entry_get",
    tag = "entries",
    params(
        ("kind" = String, Path, description = "The entry's kind"),
        ("id" = String, Path, description = "The entry's id, with `@` and a locale for a translation"),
        InState,
    ),
    responses(
        (status = 200, description = "The entry", body = EntryView, headers(("ETag" = String, description = "Names these bytes"))),
        (status = 304, description = "The client has it"),
        (status = 404, description = "No such state or entry"),
    ),
)]
pub async fn one(
    State(app): State<App>,
    caller: Caller,
    PathOf((kind, id)): PathOf<(String, String)>,
    Query(InState { at }): Query<InState>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let key = key_of(&kind, &id)?;
    app.core(move |store| {
        let state = store.repository.resolve(&at)?;
        let shown = store.repository.history().show(&state, &key)?;
        let sight = caller.sight(store).at(&at)?;
        let seen = |shown| sight.shown(&state, shown);
        let shown = shown.map(seen).transpose()?.flatten();
        let shown = view(shown.ok_or_else(|| unknown_entry(&key, &at))?);
        let live = view(store.repository.live(&key)?);
        Ok(Tagged::json(Caching::Revalidated, &EntryView { shown, live }).answer(&headers))
    })
    .await
}

/// Where an entry is used
///
/// The entries that contain, embed or name it, each with the places in its document.
#[utoipa::path(
    get,
    path = "/authoring/v1/entries/{kind}/{id}/uses",
    operation_id = "entry_uses_list",
    tag = "entries",
    params(
        ("kind" = String, Path, description = "The entry's kind"),
        ("id" = String, Path, description = "The entry's id"),
        InState,
        PageParameters,
    ),
    responses(
        (status = 200, description = "A page of the entries that link to it, with the places", body = Page<Use>),
        (status = 404, description = "No such state or entry"),
    ),
)]
pub async fn uses(
    State(app): State<App>,
    caller: Caller,
    PathOf((kind, id)): PathOf<(String, String)>,
    Paged { page, query: InState { at } }: Paged<Pinned<UseAt>, InState>,
) -> Result<Response, Problem> {
    let key = key_of(&kind, &id)?;
    let found = app
        .core(move |store| {
            let (after, pin) = page.after.map(|after| (after.row, after.state)).unzip();
            let (state, pin) = pinned_state(&store.repository, &at, pin.as_deref())?;
            if store.repository.history().show(&state, &key)?.is_none() {
                return Err(unknown_entry(&key, &at));
            }
            let after = after.as_ref().map(|after| (&after.by, after.role.as_str()));
            let (rows_max, list) = (page.rows_max, page.list);
            let uses = store.repository.where_used_page(&state, &key, after, rows_max + 1)?;
            let page = Page::cut(uses, list, rows_max, |found| {
                let row = UseAt { by: found.by.clone(), role: found.role.word().to_owned() };
                Pinned { state: pin.clone(), row }
            });
            let sight = caller.sight(store).at(&at)?;
            let page = page.try_retain(|found| sight.sees(&state, &found.by))?;
            Ok(page.map(view::<Use>))
        })
        .await?;
    Ok(listed(&found))
}

/// Where a page of uses ended: the entry, and the role of its link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UseAt {
    by: EntryKey,
    role: String,
}

impl std::str::FromStr for UseAt {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (by, role) = text.split_once(' ').ok_or(())?;
        Ok(Self { by: by.parse().map_err(|_| ())?, role: role.to_owned() })
    }
}

impl std::fmt::Display for UseAt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.by, self.role)
    }
}

/// The versions of an entry
///
/// Newest first, up to a state.
#[utoipa::path(
    get,
    path = "/authoring/v1/entries/{kind}/{id}/history",
    operation_id = "entry_history_list",
    tag = "entries",
    params(
        ("kind" = String, Path, description = "The entry's kind"),
        ("id" = String, Path, description = "The entry's id, with `@` and a locale for a translation"),
        InState,
        PageParameters,
    ),
    responses(
        (status = 200, description = "A page", body = Page<RevisionRow>),
        (status = 404, description = "No such state or entry"),
    ),
)]
pub async fn history(
    State(app): State<App>,
    PathOf((kind, id)): PathOf<(String, String)>,
    Paged { page, query: InState { at } }: Paged<Pinned<Lines>, InState>,
) -> Result<Response, Problem> {
    let key = key_of(&kind, &id)?;
    let found = app
        .core(move |store| {
            let (lines, pin) = page.after.map(|after| (after.row.0, after.state)).unzip();
            let (state, pin) = pinned_state(&store.repository, &at, pin.as_deref())?;
            let from = lines.unwrap_or_default();
            let found =
                store.repository.history().entry_history(&state, &key, &from, page.rows_max)?;
            let (rows, next) = found.ok_or_else(|| unknown_entry(&key, &at))?;
            let next = (!next.is_empty())
                .then(|| page.list.after(Pinned { state: pin, row: Lines(next) }));
            Ok(Page::<RevisionRow> { rows: view(rows), next })
        })
        .await?;
    Ok(listed(&found))
}

/// Where a page of a history ended: the revision that comes next on each of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines(Vec<RevisionId>);

impl std::str::FromStr for Lines {
    type Err = cms_core::model::id::ObjectIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split(',').map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}

impl std::fmt::Display for Lines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ids: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&ids.join(","))
    }
}

/// Who works on an entry
///
/// The people who edit it in open drafts.
#[utoipa::path(
    get,
    path = "/authoring/v1/entries/{kind}/{id}/editors",
    operation_id = "entry_editors_list",
    tag = "entries",
    params(
        ("kind" = String, Path, description = "The entry's kind"),
        ("id" = String, Path, description = "The entry's id, with `@` and a locale for a translation"),
        PageParameters,
    ),
    responses(
        (status = 200, description = "A page of the drafts, by name, and who began to edit it there", body = Page<OtherEditor>),
        (status = 404, description = "No such entry for you"),
    ),
)]
pub async fn editors(
    State(app): State<App>,
    PathOf((kind, id)): PathOf<(String, String)>,
    Paged { page, .. }: Paged<String>,
) -> Result<Response, Problem> {
    let key = key_of(&kind, &id)?;
    let rows: Vec<OtherEditor> =
        app.core(move |store| Ok(view(store.repository.drafts().editors(&key, None)?))).await?;
    let rows = rows.into_iter().map(|row| (row.draft.clone(), row));
    Ok(listed(&Page::of(rows, &page, Order::Ascending)))
}
