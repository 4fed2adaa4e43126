//! `GET /v1/snapshots/{snapshot}/{locale}/routes/{route}`: where a learner's address leads.

use axum::{extract::State, response::Response};
use cms_core::{
    model::{key::EntryKey, snapshot::Snapshot},
    repo::{Delivery, ROUTE_SIZE_BYTES_MAX, RouteAnswer},
};

use super::{Found, Place, retired};
use crate::{
    app::reader::Reader,
    edge::{
        cache::{forward, keyed},
        extract::PathOf,
        query::NoQuery,
    },
    problem::{Code, Problem, ProblemCache},
    views::delivery::{EntryRow, RouteLeads, RouteMoved},
};

/// Where a route leads
///
/// To the entry's document, or to the route that the entry has now. Every route that an entry ever had keeps answering,
/// and a route with a slash at its end redirects to the one without.
#[utoipa::path(
    get,
    path = "/v1/snapshots/{snapshot}/{locale}/routes/{*route}",
    operation_id = "route_get",
    tag = "delivery",
    params(
        ("snapshot" = String, Path, description = "The snapshot's id"),
        ("locale" = String, Path, description = "A locale of the snapshot", example = "en"),
        ("route" = String, Path, description = "Slugs from the home page down, the kind's letter, and the slug; slashes stay as they are", example = "arithmetic/fractions/e/equal-parts"),
    ),
    responses(
        (status = 307, description = "To the document, or to where the route moved", body = RouteLeads, headers(
            ("Location" = String, description = "/v1/objects/{object}, or the other route"),
            ("ETag" = String, description = "Names these bytes"),
            ("Cache-Control" = String, description = "public, max-age=31536000, immutable"),
        )),
        (status = 308, description = "To the one spelling of this address"),
        (status = 400, description = "A malformed address, or a query parameter"),
        (status = 404, description = "No such snapshot or locale, or no entry has this route"),
        (status = 410, description = "Retired, and `tombstone` says what it was; or taken down"),
        (status = 503, description = "The store is not available"),
    ),
)]
pub async fn handler(
    State(reader): State<Reader>,
    PathOf((snapshot, locale, route)): PathOf<(String, String, String)>,
    _: NoQuery,
) -> Result<Response, Problem> {
    let place = Place::of(&snapshot, locale)?;
    reader
        .deliver(move |delivery| {
            let Found { snapshot, locale } = place.find(delivery)?;
            let plain = route.trim_end_matches('/');
            let answer = if is_route(plain) {
                delivery.route(&snapshot, plain)?
            } else {
                RouteAnswer::Unknown
            };
            match answer {
                RouteAnswer::Entry(key) if plain.len() < route.len() => {
                    let location =
                        format!("/v1/snapshots/{}/{}/routes/{plain}", place.id, place.locale);
                    let view = RouteMoved { key: key.to_string(), route: plain.to_owned() };
                    let view = RouteLeads::Moved(view);
                    Ok(forward(&location, &view))
                }
                RouteAnswer::Entry(key) => {
                    let row = delivery.delivered(&snapshot, &key, locale.as_ref())?;
                    let row = row.filter(|row| !row.retired).ok_or_else(|| unknown(&route))?;
                    let view = RouteLeads::Entry(EntryRow::of(&key, &row, &snapshot.source_locale));
                    Ok(keyed(forward(&format!("/v1/objects/{}", row.object), &view), row.object))
                }
                RouteAnswer::Moved { key, to } => {
                    let location =
                        format!("/v1/snapshots/{}/{}/routes/{to}", place.id, place.locale);
                    let view = RouteLeads::Moved(RouteMoved { key: key.to_string(), route: to });
                    Ok(forward(&location, &view))
                }
                RouteAnswer::Gone { key } => {
                    Err(retired(Code::RouteRetired, &route, tombstone(delivery, &snapshot, &key)?))
                }
                RouteAnswer::Unknown => Err(unknown(&route)),
            }
        })
        .await
}

/// Where the home page is
///
/// The home page is the page without a route of its own, from which all others are found.
#[utoipa::path(
    get,
    path = "/v1/snapshots/{snapshot}/{locale}/routes/",
    operation_id = "home_get",
    tag = "delivery",
    params(
        ("snapshot" = String, Path, description = "The snapshot's id"),
        ("locale" = String, Path, description = "A locale of the snapshot", example = "en"),
    ),
    responses(
        (status = 307, description = "To its document", body = EntryRow, headers(
            ("Location" = String, description = "/v1/objects/{object}"),
            ("ETag" = String, description = "Names these bytes"),
            ("Cache-Control" = String, description = "public, max-age=31536000, immutable"),
        )),
        (status = 308, description = "To the one spelling of this address"),
        (status = 400, description = "A malformed address, or a query parameter"),
        (status = 404, description = "No such snapshot or locale, or no home page"),
        (status = 410, description = "It was taken down"),
        (status = 503, description = "The store is not available"),
    ),
)]
pub async fn home(
    State(reader): State<Reader>,
    PathOf((snapshot, locale)): PathOf<(String, String)>,
    _: NoQuery,
) -> Result<Response, Problem> {
    let place = Place::of(&snapshot, locale)?;
    reader
        .deliver(move |delivery| {
            let Found { snapshot, locale } = place.find(delivery)?;
            let key = Delivery::home_page();
            let row = delivery.delivered(&snapshot, &key, locale.as_ref())?;
            let row = row.filter(|row| !row.retired).ok_or_else(|| unknown(""))?;
            let view = EntryRow::of(&key, &row, &snapshot.source_locale);
            Ok(keyed(forward(&format!("/v1/objects/{}", row.object), &view), row.object))
        })
        .await
}

fn tombstone(
    delivery: &Delivery,
    snapshot: &Snapshot,
    key: &EntryKey,
) -> Result<Option<cms_core::model::object::Object>, Problem> {
    let row = delivery.delivered(snapshot, key, None)?.filter(|row| row.retired);
    Ok(match row {
        Some(row) => delivery.object(row.object.object_id())?,
        None => None,
    })
}

/// Whether a text can be a route; others need not be looked up.
fn is_route(text: &str) -> bool {
    text.len() <= ROUTE_SIZE_BYTES_MAX
        && text.split('/').all(|slug| {
            !slug.is_empty()
                && slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        })
}

fn unknown(route: &str) -> Problem {
    let shown: String = route.chars().take(200).collect();
    Problem::new(Code::RouteUnknown, format!("no entry has the route {shown:?}"))
        .cached(ProblemCache::AMinute)
}
