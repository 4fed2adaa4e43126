//! `…/drafts/{draft}/changes`: what a draft changes compared with `main`.

use axum::{extract::State, response::Response};
use cms_core::repo::DraftId;

use crate::views::view;
use crate::{
    app::App,
    authoring::listed,
    edge::{
        access::Caller,
        extract::{PathOf, parsed},
        query::NoQuery,
    },
    problem::Problem,
    views::drafts::DraftChangesView,
};

/// What a draft changes
///
/// Committed or not, compared with what `main` had when they parted; with what is wrong, what is in conflict, and what
/// `main` changed too.
#[utoipa::path(
    get,
    path = "/authoring/v1/drafts/{draft}/changes",
    operation_id = "draft_changes_get",
    tag = "drafts",
    params(("draft" = String, Path, description = "The draft's name")),
    responses(
        (status = 200, description = "The changes", body = DraftChangesView),
        (status = 404, description = "No such draft"),
        (status = 409, description = "`draft-state`: the draft is no longer open"),
    ),
)]
pub async fn handler(
    State(app): State<App>,
    caller: Caller,
    PathOf(draft): PathOf<String>,
    _: NoQuery,
) -> Result<Response, Problem> {
    let draft: DraftId = parsed(&draft)?;
    let found: DraftChangesView = app
        .core(move |store| {
            let found = store.repository.drafts().changes(&draft)?;
            Ok(view(caller.sight(store).draft_changes(&draft, found)?))
        })
        .await?;
    Ok(listed(&found))
}
