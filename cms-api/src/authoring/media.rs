//! `GET /authoring/v1/media/{media}`: a media file of authors, for exports.

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderValue, Method, header},
    response::{IntoResponse, Response},
};
use cms_core::model::id::MediaId;

use crate::{
    app::App,
    edge::{
        extract::{PathOf, parsed},
        guard::{Answer, Upload},
        query::NoQuery,
    },
    problem::{Code, Problem, caching::Caching},
};

/// A media file, published or not
///
/// As it is stored, always the whole file and never as a page: for exports, not for display.
#[utoipa::path(
    get,
    path = "/authoring/v1/media/{media}",
    operation_id = "authored_media_get",
    tag = "media",
    params(("media" = String, Path, description = "Its id: the BLAKE3 of its bytes")),
    responses(
        (status = 200, description = "Its bytes", content_type = "application/octet-stream", body = Vec<u8>),
        (status = 400, description = "Not an id"),
        (status = 401, description = "No token, or a wrong one"),
        (status = 404, description = "No such file"),
    ),
)]
pub async fn handler(
    State(app): State<App>,
    PathOf(media): PathOf<String>,
    _: NoQuery,
    method: Method,
) -> Result<Response, Problem> {
    let id: MediaId = parsed(&media)?;
    let shelf = app.reader().shelf();
    let (size_bytes, bytes) = app
        .core(move |store| {
            let read = || {
                let unknown = || format!("there is no media file {id}");
                let bytes = store.repository.media(id)?;
                bytes.ok_or_else(|| Problem::new(Code::ObjectUnknown, unknown()))
            };
            // For HEAD, a known film is not read. Other reads are not remembered, because an export reads each file
            // once.
            if method == Method::HEAD {
                return Ok((shelf.facts(id, read)?.size_bytes, Bytes::new()));
            }
            read().map(|bytes| (bytes.len(), bytes))
        })
        .await?;
    let headers = [(header::CONTENT_TYPE, "application/octet-stream"), Caching::NoStore.header()];
    let mut response = (headers, bytes).into_response();
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(size_bytes));
    response.extensions_mut().insert(Answer::Upload(Upload::Saved));
    Ok(response)
}
