//! `GET /v1/objects/{object}`: the bytes of an object.

use axum::{extract::State, http::HeaderMap, response::Response};
use cms_core::model::id::ObjectId;

use crate::{
    app::reader::Reader,
    edge::{
        cache::{Tagged, keyed},
        extract::{PathOf, parsed},
        query::NoQuery,
    },
    problem::{Code, Problem, ProblemCache, caching::Caching},
};

/// A delivered document
///
/// Its canonical JSON bytes: `curl …/v1/objects/ID | b3sum` prints ID. It keeps this address across publishes, as long
/// as its content stays the same.
#[utoipa::path(
    get,
    path = "/v1/objects/{object}",
    operation_id = "object_get",
    tag = "delivery",
    params(("object" = String, Path, description = "Its id: the BLAKE3 of its bytes")),
    responses(
        (status = 200, description = "Canonical JSON (RFC 8785)", content_type = "application/json", body = serde_json::Value, headers(
            ("ETag" = String, description = "The id, with `-gzip` when it is coded"),
            ("Cache-Control" = String, description = "public, max-age=31536000, immutable"),
            ("Content-Encoding" = String, description = "gzip, when the client takes it"),
            ("Surrogate-Key" = String, description = "The id, by which caches are purged of it"),
            ("Vary" = String, description = "Accept-Encoding, where the body is long enough to be coded"),
        )),
        (status = 304, description = "The client has it"),
        (status = 308, description = "To the one spelling of this address"),
        (status = 400, description = "Not an id, or a query parameter"),
        (status = 404, description = "No such public document"),
        (status = 410, description = "It was taken down"),
        (status = 412, description = "`If-Match` names something else"),
        (status = 500, description = "Its stored bytes are damaged; they are never served"),
        (status = 503, description = "The store is not available"),
    ),
)]
pub async fn handler(
    State(reader): State<Reader>,
    PathOf(object): PathOf<String>,
    _: NoQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id: ObjectId = parsed(&object)?;
    reader
        .deliver(move |delivery| {
            let object = delivery.object(id)?.ok_or_else(|| {
                Problem::new(Code::ObjectUnknown, format!("there is no public object {id}"))
                    .cached(ProblemCache::Briefly)
            })?;
            let tagged = Tagged {
                content_type: "application/json",
                caching: Caching::Immutable,
                tag: id.to_string(),
                body: object.bytes().clone(),
            };
            Ok(keyed(tagged.answer(&headers), id))
        })
        .await
}
