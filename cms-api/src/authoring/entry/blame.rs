//! `GET /authoring/v1/entries/{kind}/{id}/blame`: who made each part of an entry what it is.

use axum::{extract::State, http::HeaderMap, response::Response};

use crate::views::view;
use crate::{
    app::App,
    authoring::{InState, key_of, unknown_entry},
    edge::{cache::Tagged, extract::PathOf, query::Query},
    problem::{Problem, caching::Caching},
    views::difference::{Blame, BlameRow},
};

/// Who made each part of an entry what it is
///
/// Fields, elements of lists, and paragraphs of prose, in the order of the document at a state.
#[utoipa::path(
    get,
    path = "/authoring/v1/entries/{kind}/{id}/blame",
    operation_id = "entry_blame_get",
    tag = "entries",
    params(
        ("kind" = String, Path, description = "The entry's kind"),
        ("id" = String, Path, description = "The entry's id, with `@` and a locale for a translation"),
        InState,
    ),
    responses(
        (status = 200, description = "The parts", body = Blame, headers(("ETag" = String, description = "Names these bytes"))),
        (status = 304, description = "The client has it"),
        (status = 404, description = "No such state or entry, or it has no document there"),
    ),
)]
pub async fn handler(
    State(app): State<App>,
    PathOf((kind, id)): PathOf<(String, String)>,
    Query(InState { at }): Query<InState>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let key = key_of(&kind, &id)?;
    app.core(move |store| {
        let state = store.repository.resolve(&at)?;
        let rows = store.repository.history().blame(&state, &key)?;
        let rows: Vec<BlameRow> = view(rows.ok_or_else(|| unknown_entry(&key, &at))?);
        Ok(Tagged::json(Caching::Revalidated, &Blame { rows }).answer(&headers))
    })
    .await
}
