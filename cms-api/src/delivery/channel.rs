//! `GET /v1/channels/{channel}`: the only thing that moves; and what was taken down from it.

use axum::{extract::State, http::HeaderMap, response::Response};
use cms_core::{
    model::name::ChannelName,
    repo::{ChannelHead, Delivery, REVOCATIONS_MAX},
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    app::reader::Reader,
    edge::{
        cache::Tagged,
        extract::PathOf,
        query::{NoQuery, Query, parsed},
    },
    problem::{Code, Problem, ProblemCache, caching::Caching},
    views::delivery::{Channel, RevocationsView},
};

/// Where a channel is
///
/// This is the only answer here that changes. Everything it leads to is immutable.
#[utoipa::path(
    get,
    path = "/v1/channels/{channel}",
    operation_id = "delivered_channel_get",
    tag = "delivery",
    params(("channel" = String, Path, description = "The channel's name", example = "production")),
    responses(
        (status = 200, description = "Its newest snapshot", body = Channel, headers(
            ("ETag" = String, description = "Names these bytes"),
            ("Cache-Control" = String, description = "public, max-age=5, stale-while-revalidate=30, stale-if-error=86400"),
            ("Vary" = String, description = "Accept-Encoding"),
        )),
        (status = 304, description = "It has not moved"),
        (status = 308, description = "To the one spelling of this address"),
        (status = 400, description = "A query parameter, or a malformed address"),
        (status = 404, description = "Nothing is published on such a channel"),
        (status = 412, description = "`If-Match` names something else"),
        (status = 503, description = "The store is not available"),
    ),
)]
pub async fn handler(
    State(reader): State<Reader>,
    PathOf(channel): PathOf<String>,
    _: NoQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let check_after_s = reader.check_after_s();
    let looked = reader.clone();
    reader
        .deliver(move |delivery| {
            let head = found(delivery, &looked, &channel)?;
            Ok(Tagged::json(Caching::Pointer, &Channel::of(&head, check_after_s)).answer(&headers))
        })
        .await
}

/// From where on.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RevocationsQuery {
    /// How many revocations the client knows already.
    #[serde(default, deserialize_with = "parsed")]
    #[param(value_type = Option<u64>)]
    from: Option<u64>,
}

/// What was taken down from a channel
///
/// The ids of objects that the channel's learners had and that were taken down, in the order in which that happened. A
/// client remembers how many it knows, asks for those that follow, at most 100 at a time, and drops what it keeps of them.
#[utoipa::path(
    get,
    path = "/v1/channels/{channel}/revocations",
    operation_id = "delivered_channel_revocations",
    tag = "delivery",
    params(
        ("channel" = String, Path, description = "The channel's name", example = "production"),
        RevocationsQuery,
    ),
    responses(
        (status = 200, description = "A part of the list", body = RevocationsView, headers(
            ("ETag" = String, description = "Names these bytes"),
            ("Cache-Control" = String, description = "public, max-age=5, stale-while-revalidate=30, stale-if-error=86400"),
            ("Vary" = String, description = "Accept-Encoding"),
        )),
        (status = 304, description = "As it was"),
        (status = 308, description = "To the one spelling of this address"),
        (status = 400, description = "A malformed or unknown parameter"),
        (status = 404, description = "Nothing is published on such a channel"),
        (status = 412, description = "`If-Match` names something else"),
        (status = 503, description = "The store is not available"),
    ),
)]
pub async fn revocations(
    State(reader): State<Reader>,
    PathOf(channel): PathOf<String>,
    Query(query): Query<RevocationsQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    // A place counts no further than a signed number does.
    if query.from.is_some_and(|from| i64::try_from(from).is_err()) {
        let problem = Problem::new(Code::ParameterMalformed, "`from` is no place in the list");
        return Err(problem.with("parameter", "from"));
    }
    let looked = reader.clone();
    reader
        .deliver(move |delivery| {
            found(delivery, &looked, &channel)?;
            let part = delivery.revocations(query.from.unwrap_or(0), REVOCATIONS_MAX)?;
            Ok(Tagged::json(Caching::Pointer, &RevocationsView::of(&part)).answer(&headers))
        })
        .await
}

/// Where a channel is, if there is one.
fn found(delivery: &Delivery, reader: &Reader, channel: &str) -> Result<ChannelHead, Problem> {
    if let Ok(name) = channel.parse::<ChannelName>()
        && let Some(head) = delivery.channel_head(&name)?
    {
        return Ok(head);
    }
    // If the cell of the channel may be lost, then its absence is not an answer that may be cached.
    if reader.lacks_cells() {
        let detail = "the record of where the channel is may be damaged";
        return Err(Problem::new(Code::StoreDamaged, detail));
    }
    let shown: String = channel.chars().take(80).collect();
    let unknown = Problem::new(Code::ChannelUnknown, format!("nothing is published on {shown:?}"));
    Err(unknown.cached(ProblemCache::Briefly))
}
