//! `GET /v1/snapshots/{snapshot}/{locale}/entries/{kind}/{id}`: the object that serves for an entry; and
//! `…/addresses/{kind}/{id}`: where the entry's page is.

use axum::{extract::State, http::HeaderMap, response::Response};

use super::EntryPlace;
use crate::{
    app::reader::Reader,
    edge::{
        cache::{Tagged, forward, keyed},
        query::NoQuery,
    },
    problem::{Code, Problem, ProblemCache, caching::Caching},
    views::delivery::{EntryAddress, EntryRow},
};

/// The object that serves for an entry
///
/// A redirect, so that the document keeps one address across publishes and is cached once.
#[utoipa::path(
    get,
    path = "/v1/snapshots/{snapshot}/{locale}/entries/{kind}/{id}",
    operation_id = "delivered_entry_get",
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
            ("Surrogate-Key" = String, description = "The object's id, by which caches are purged of it"),
        )),
        (status = 308, description = "To the one spelling of this address"),
        (status = 400, description = "A malformed address, or a query parameter"),
        (status = 404, description = "No such snapshot, locale or entry"),
        (status = 410, description = "Retired, and `tombstone` says what it was; or taken down"),
        (status = 503, description = "The store is not available"),
    ),
)]
pub async fn handler(
    State(reader): State<Reader>,
    EntryPlace { place, key }: EntryPlace,
    _: NoQuery,
) -> Result<Response, Problem> {
    reader
        .deliver(move |delivery| {
            let found = place.find(delivery)?;
            let row = found.served(delivery, &key)?;
            let view = EntryRow::of(&key, &row, &found.snapshot.source_locale);
            Ok(keyed(forward(&format!("/v1/objects/{}", row.object), &view), row.object))
        })
        .await
}

/// Where an entry's page is
///
/// The route of the entry in this snapshot, as `/routes/{route}` takes it. Links to the entry in prose lead there.
#[utoipa::path(
    get,
    path = "/v1/snapshots/{snapshot}/{locale}/addresses/{kind}/{id}",
    operation_id = "entry_address_get",
    tag = "delivery",
    params(
        ("snapshot" = String, Path, description = "The snapshot's id"),
        ("locale" = String, Path, description = "A locale of the snapshot", example = "en"),
        ("kind" = String, Path, description = "The entry's kind", example = "exercise"),
        ("id" = String, Path, description = "The entry's id", example = "equal-parts"),
    ),
    responses(
        (status = 200, description = "Its address", body = EntryAddress, headers(
            ("ETag" = String, description = "Names these bytes"),
            ("Cache-Control" = String, description = "public, max-age=31536000, immutable"),
            ("Vary" = String, description = "Accept-Encoding, where the body is long enough to be coded"),
        )),
        (status = 304, description = "As it was"),
        (status = 308, description = "To the one spelling of this address"),
        (status = 400, description = "A malformed address, or a query parameter"),
        (status = 404, description = "No such snapshot, locale or entry, or the entry has no page"),
        (status = 410, description = "Retired, and `tombstone` says what it was; or taken down"),
        (status = 412, description = "`If-Match` names something else"),
        (status = 503, description = "The store is not available"),
    ),
)]
pub async fn address(
    State(reader): State<Reader>,
    EntryPlace { place, key }: EntryPlace,
    _: NoQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    reader
        .deliver(move |delivery| {
            let found = place.find(delivery)?;
            let row = found.served(delivery, &key)?;
            let route = delivery.route_of(&found.snapshot, &key)?.ok_or_else(|| {
                Problem::new(Code::RouteUnknown, format!("{key} has no page of its own"))
                    .cached(ProblemCache::AMinute)
            })?;
            let view = EntryAddress { key: key.to_string(), route };
            Ok(keyed(Tagged::json(Caching::Immutable, &view).answer(&headers), row.object))
        })
        .await
}
