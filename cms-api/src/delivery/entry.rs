//! `GET /v1/snapshots/{snapshot}/{locale}/entries/{kind}/{id}`: which object serves for an entry.

use axum::{extract::State, response::Response};
use cms_core::model::{
    id::SnapshotId,
    key::{EntryKey, Kind},
};

use super::{locale_of, retired, snapshot_of};
use crate::{
    app::App,
    edge::{
        cache::forward,
        extract::{PathOf, parsed},
        problem::{Code, Problem, ProblemCache, ProblemSchema},
        query::NoQuery,
    },
    views::delivery::EntryRow,
};

/// The object that serves for an entry
///
/// A redirect, so that the document keeps one address across publishes and is cached once.
#[utoipa::path(
    get,
    path = "/v1/snapshots/{snapshot}/{locale}/entries/{kind}/{id}",
    tag = "delivery",
    params(
        ("snapshot" = String, Path, description = "The snapshot's id"),
        ("locale" = String, Path, description = "A locale of the snapshot", example = "en"),
        ("kind" = String, Path, description = "The entry's kind", example = "exercise"),
        ("id" = String, Path, description = "The entry's id", example = "equal-parts"),
    ),
    responses(
        (status = 307, description = "To the document", body = EntryRow, headers(
            ("Location" = String, description = "/v1/objects/{object}"),
            ("ETag" = String, description = "Names these bytes"),
            ("Cache-Control" = String, description = "public, max-age=31536000, immutable"),
            ("Vary" = String, description = "Accept-Encoding"),
        )),
        (status = 400, description = "A malformed address, or a query parameter", content_type = "application/problem+json", body = ProblemSchema),
        (status = 404, description = "No such snapshot, locale or entry", content_type = "application/problem+json", body = ProblemSchema),
        (status = 410, description = "Retired; `tombstone` says what it was", content_type = "application/problem+json", body = ProblemSchema),
        (status = 503, description = "The store is not available", content_type = "application/problem+json", body = ProblemSchema),
    ),
)]
pub async fn handler(
    State(app): State<App>,
    PathOf((snapshot, locale, kind, id)): PathOf<(String, String, String, String)>,
    _: NoQuery,
) -> Result<Response, Problem> {
    let snapshot_id: SnapshotId = parsed(&snapshot)?;
    let kind: Kind = parsed(&kind)?;
    let key = EntryKey::new(kind, &id)
        .map_err(|error| Problem::new(Code::PathMalformed, error.to_string()))?;
    app.core(move |store| {
        let snapshot = snapshot_of(store, snapshot_id)?;
        let locale = locale_of(&snapshot, &locale)?;
        let row = store.repository.delivered(&snapshot, &key, locale.as_ref())?;
        let row = row.ok_or_else(|| {
            Problem::new(Code::EntryUnknown, format!("{key} is not in this snapshot"))
                .cached(ProblemCache::AMinute)
        })?;
        if row.retired {
            let tombstone = store.repository.public_object(row.object.object_id())?;
            return Err(retired(Code::EntryRetired, &key.to_string(), tombstone));
        }
        let view = EntryRow::of(&key, &row, &snapshot.source_locale);
        Ok(forward(&format!("/v1/objects/{}", row.object), &view))
    })
    .await
}
