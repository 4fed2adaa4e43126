//! `…/sessions`: where one is signed in, and ending that.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use cms_core::repo::SessionRow;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::App,
    authoring::listed,
    edge::{access::signed::Signed, extract::PathOf, query::NoQuery},
    problem::{Code, Problem, caching::Caching},
    views::accounts::ListedSessionView,
};

/// Where somebody is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionsView {
    /// The sessions, the one used last first.
    pub sessions: Vec<ListedSessionView>,
}

/// Where you are signed in
///
/// Every browser with a session that is valid, the one used last first.
#[utoipa::path(
    get,
    path = "/authoring/v1/sessions",
    operation_id = "sessions_list",
    tag = "session",
    responses((status = 200, description = "The sessions", body = SessionsView)),
)]
pub async fn list(State(app): State<App>, _: NoQuery, signed: Signed) -> Result<Response, Problem> {
    signed.must_be_whole(app.worker(), app.signing()).await?;
    let now_ms = app.signing().now_ms(app.now_ms());
    app.core(move |store| {
        let rows = store.repository.people().sessions(&signed.account.id, now_ms)?;
        let this = &signed.session.id;
        let sessions = rows.iter().map(|row| ListedSessionView::of(row, this)).collect();
        Ok(listed(&SessionsView { sessions }))
    })
    .await
}

/// Sign out everywhere else
///
/// Ends every session of yours except this one.
#[utoipa::path(
    delete,
    path = "/authoring/v1/sessions",
    operation_id = "sessions_delete",
    tag = "session",
    responses((status = 204, description = "You are signed in here only")),
)]
pub async fn end_others(
    State(app): State<App>,
    _: NoQuery,
    signed: Signed,
) -> Result<Response, Problem> {
    let this = signed.session.id.clone();
    end(app, signed, move |row| row.id != this).await?;
    Ok((StatusCode::NO_CONTENT, [Caching::NoStore.header()]).into_response())
}

/// End a session
///
/// Of yours, by its id in the list.
#[utoipa::path(
    delete,
    path = "/authoring/v1/sessions/{session}",
    operation_id = "sessions_end",
    tag = "session",
    params(("session" = String, Path, description = "Its id")),
    responses(
        (status = 204, description = "It opens nothing any more"),
        (status = 404, description = "You have no such session"),
    ),
)]
pub async fn end_one(
    State(app): State<App>,
    _: NoQuery,
    signed: Signed,
    PathOf(session): PathOf<String>,
) -> Result<Response, Problem> {
    if end(app, signed, move |row| row.id == session).await? == 0 {
        return Err(Problem::new(Code::AccountUnknown, "you have no such session"));
    }
    Ok((StatusCode::NO_CONTENT, [Caching::NoStore.header()]).into_response())
}

async fn end(
    app: App,
    signed: Signed,
    is_ended: impl Fn(&SessionRow) -> bool + Send + 'static,
) -> Result<usize, Problem> {
    signed.must_be_whole(app.worker(), app.signing()).await?;
    let now_ms = app.now_ms();
    app.core(move |store| {
        let stamp = signed.own(store, now_ms).stamp("");
        Ok(store.repository.people().end_sessions(&signed.account.id, is_ended, &stamp)?)
    })
    .await
}
