//! `GET /authoring/v1/revisions/{revision}`: one version of an entry, which never changes.

use axum::{extract::State, http::HeaderMap, response::Response};
use cms_core::model::id::RevisionId;

use crate::views::view;
use crate::{
    app::App,
    edge::{
        access::Caller,
        cache::Tagged,
        extract::{PathOf, parsed},
        query::NoQuery,
    },
    problem::{Code, Problem, caching::Caching},
    views::content::RevisionView,
};

/// One version of an entry
///
/// A revision as it was written, with the revisions from which it was made.
#[utoipa::path(
    get,
    path = "/authoring/v1/revisions/{revision}",
    operation_id = "revision_get",
    tag = "commits",
    params(("revision" = String, Path, description = "Its id")),
    responses(
        (status = 200, description = "The revision and its document", body = RevisionView, headers(("ETag" = String, description = "Names these bytes"))),
        (status = 304, description = "The client has it"),
        (status = 404, description = "No such revision"),
    ),
)]
pub async fn one(
    State(app): State<App>,
    caller: Caller,
    PathOf(revision): PathOf<String>,
    _: NoQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id: RevisionId = parsed(&revision)?;
    app.core(move |store| {
        let found = store.repository.history().revision_shown(id)?;
        let found = found.map(|shown| caller.sight(store).revision(shown)).transpose()?.flatten();
        let unknown = || Problem::new(Code::RevisionUnknown, format!("there is no revision {id}"));
        let view: RevisionView = view(found.ok_or_else(unknown)?);
        Ok(Tagged::json(Caching::Revalidated, &view).answer(&headers))
    })
    .await
}
