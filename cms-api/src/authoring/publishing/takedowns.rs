//! `…/takedowns`: taking content down, by law or for a person's sake, and what was taken down.

use axum::{extract::State, http::HeaderMap, response::Response};
use cms_core::{access::Right, repo::Takedown};

use crate::{
    app::App,
    authoring::listed,
    edge::{
        access::Caller,
        body::JsonBody,
        cache::Tagged,
        extract::PathOf,
        idempotency::{Made, Repeatable, once},
        query::{NoQuery, PageParameters, Paged},
    },
    ground::page::{Order, Page},
    problem::{Problem, caching::Caching},
    store::Store,
    verbs::takedown::{make, show},
    views::takedown::{TakedownReport, TakedownRow, TakedownView},
};

/// Take something down
///
/// Nobody gets it any more: addresses of it answer 410, everything that carried it is made again without it, and its
/// bytes leave the storage. There is no way back. With `dry_run` the answer only says what would go.
#[utoipa::path(
    post,
    path = "/authoring/v1/takedowns",
    operation_id = "takedown_create",
    tag = "takedowns",
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, the same request is done once")),
    request_body(content = make::Request),
    responses(
        (status = 200, description = "What would be done", body = TakedownReport),
        (status = 201, description = "It is taken down", body = TakedownReport, headers(("Location" = String, description = "The record of it"))),
        (status = 404, description = "No such entry or object"),
        (status = 409, description = "Others changed the same things at every attempt; ask again to complete it"),
        (status = 410, description = "A part of what has to be read was taken down before"),
        (status = 422, description = "It is no content, or an entry has the document now"),
    ),
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    _: NoQuery,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<make::Request>,
) -> Result<Response, Problem> {
    once(&app, &caller, repeatable, hash, move |store, attempt| {
        let report = make::execute(store, body, &attempt.by)?;
        let Some(done) = &report.takedown else { return Ok(Made::answer(&report)) };
        let id = done.takedown.id.clone();
        let location = format!("/authoring/v1/takedowns/{id}");
        let there = show::execute(store, show::Request { id }, &attempt.by)?;
        let tag = Tagged::json(Caching::Revalidated, &there).tag;
        Ok(Made::at(location, &report).tagged(tag))
    })
    .await
}

/// Whether somebody is told of a takedown. Nobody can tell any more where its entries stood, so whoever may take down in a
/// part of the catalogue is told of their own.
fn is_told(caller: &Caller, takedown: &Takedown) -> bool {
    caller.holder.may_everywhere(Right::Takedown) || caller.person == *takedown.author
}

/// What was taken down
///
/// Newest first; for whoever may take down only in a part of the catalogue, what they took down themselves.
#[utoipa::path(
    get,
    path = "/authoring/v1/takedowns",
    operation_id = "takedowns_list",
    tag = "takedowns",
    params(PageParameters),
    responses((status = 200, description = "A page", body = Page<TakedownRow>)),
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Paged { page, .. }: Paged<String>,
) -> Result<Response, Problem> {
    let mut rows = app.core(|store| Ok(store.repository.takedowns()?)).await?;
    rows.retain(|row| is_told(&caller, row));
    let place = |row: &Takedown| format!("{:020} {}", row.created_ms, row.id);
    let rows = rows.into_iter().map(|row| (place(&row), TakedownRow::of(row)));
    Ok(listed(&Page::of(rows, &page, Order::Descending)))
}

/// One takedown
///
/// With the surrogate keys of which caches are to be purged.
#[utoipa::path(
    get,
    path = "/authoring/v1/takedowns/{takedown}",
    operation_id = "takedown_get",
    tag = "takedowns",
    params(("takedown" = String, Path, description = "Its id")),
    responses(
        (status = 200, description = "The takedown", body = TakedownView, headers(("ETag" = String, description = "Names these bytes"))),
        (status = 304, description = "As it was"),
        (status = 404, description = "No such takedown"),
    ),
)]
pub async fn one(
    State(app): State<App>,
    caller: Caller,
    PathOf(id): PathOf<String>,
    _: NoQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let by = crate::authoring::by(&app, caller.clone());
    let read = move |store: &Store| {
        let known = store.repository.takedown(&id)?;
        if known.is_some_and(|known| !is_told(&caller, &known)) {
            return Err(show::unknown(&id));
        }
        show::execute(store, show::Request { id }, &by)
    };
    let view = app.core(read).await?;
    Ok(Tagged::json(Caching::Revalidated, &view).answer(&headers))
}
