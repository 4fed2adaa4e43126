//! `/shared/{secret}/v1/channels/{channel}`: the draft as the channel's newest snapshot.

use axum::{Extension, extract::State, http::HeaderMap, response::Response};

use super::opened::Opened;
use crate::{
    app::reader::Reader,
    edge::{cache::Tagged, extract::PathOf, query::NoQuery},
    ground::moment,
    problem::{Problem, caching::Caching},
    views::delivery::Channel,
};

/// Where the channel would be if the draft were published.
pub async fn handler(
    State(reader): State<Reader>,
    Extension(opened): Extension<Opened>,
    PathOf(channel): PathOf<String>,
    _: NoQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    opened.must_be(&channel)?;
    let check_after_s = reader.check_after_s();
    let view = reader
        .deliver(move |delivery| {
            let shown = opened.shown(delivery)?;
            Ok(Channel {
                snapshot: shown.preview.snapshot.to_string(),
                sequence: shown.snapshot.sequence,
                published_at: moment::iso(shown.time_ms),
                previous: shown.snapshot.parent.map(|id| id.to_string()),
                check_after_s,
                revocations: Vec::new(),
                revocations_count: 0,
            })
        })
        .await?;
    Ok(Tagged::json(Caching::Unkept, &view).answer(&headers))
}
