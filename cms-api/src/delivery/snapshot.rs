//! `GET /v1/snapshots/{snapshot}`: what a snapshot holds.

use axum::{extract::State, http::HeaderMap, response::Response};
use cms_core::model::id::SnapshotId;

use super::snapshot_of;
use crate::{
    app::reader::Reader,
    edge::{
        cache::Tagged,
        extract::{PathOf, parsed},
        query::NoQuery,
    },
    problem::{Problem, caching::Caching},
    views::delivery::SnapshotView,
};

/// What a snapshot holds
///
/// How many entries of each kind it has, in which languages, and the snapshot before it.
#[utoipa::path(
    get,
    path = "/v1/snapshots/{snapshot}",
    operation_id = "snapshot_get",
    tag = "delivery",
    params(("snapshot" = String, Path, description = "Its id")),
    responses(
        (status = 200, description = "Counts, locales, and its place in the channel", body = SnapshotView, headers(
            ("ETag" = String, description = "Names these bytes"),
            ("Cache-Control" = String, description = "public, max-age=31536000, immutable"),
            ("Vary" = String, description = "Accept-Encoding, where the body is long enough to be coded"),
        )),
        (status = 304, description = "The client has it"),
        (status = 308, description = "To the one spelling of this address"),
        (status = 400, description = "Not an id, or a query parameter"),
        (status = 404, description = "No such snapshot"),
        (status = 412, description = "`If-Match` names something else"),
        (status = 503, description = "The store is not available"),
    ),
)]
pub async fn handler(
    State(reader): State<Reader>,
    PathOf(snapshot): PathOf<String>,
    _: NoQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id: SnapshotId = parsed(&snapshot)?;
    reader
        .deliver(move |delivery| {
            let snapshot = snapshot_of(delivery, id)?;
            Ok(Tagged::json(Caching::Immutable, &SnapshotView::of(id, &snapshot)).answer(&headers))
        })
        .await
}
