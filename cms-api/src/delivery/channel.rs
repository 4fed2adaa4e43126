//! `GET /v1/channels/{channel}`: the only thing that moves.

use axum::{extract::State, http::HeaderMap, response::Response};

use crate::{
    app::reader::Reader,
    edge::{cache::Tagged, extract::PathOf, query::NoQuery},
    problem::{Code, Problem, ProblemCache, caching::Caching},
    views::delivery::Channel,
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
            let name = channel.parse().ok();
            let head = name.map(|name| delivery.channel_head(&name)).transpose()?.flatten();
            let head = head.ok_or_else(|| {
                // If the cell of the channel may be lost, then its absence is not an answer that may be cached.
                if looked.lacks_cells() {
                    let detail = "the record of where the channel is may be damaged";
                    return Problem::new(Code::StoreDamaged, detail);
                }
                let shown: String = channel.chars().take(80).collect();
                Problem::new(Code::ChannelUnknown, format!("nothing is published on {shown:?}"))
                    .cached(ProblemCache::Briefly)
            })?;
            Ok(Tagged::json(Caching::Pointer, &Channel::of(&head, check_after_s)).answer(&headers))
        })
        .await
}
