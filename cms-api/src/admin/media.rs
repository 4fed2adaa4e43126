//! A published picture's bytes, for the admin page alone: delivery to learners is a part of its own.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use cms_core::model::id::MediaId;

use crate::{
    app::App,
    edge::{
        cache::{IMMUTABLE, Tagged},
        extract::{PathOf, parsed},
        problem::{Code, Problem},
        query::NoQuery,
    },
};

/// The bytes of a picture. Nothing in them can run: the policy puts it into a sandbox.
pub async fn handler(
    State(app): State<App>,
    PathOf(media): PathOf<String>,
    _: NoQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id: MediaId = parsed(&media)?;
    app.core(move |store| {
        let object = store.repository.public_media(id)?.ok_or_else(|| {
            Problem::new(Code::ObjectUnknown, format!("there is no published media file {id}"))
        })?;
        let tagged = Tagged {
            content_type: picture_type(object.bytes()),
            cache_control: IMMUTABLE,
            tag: id.to_string(),
            body: object.bytes().clone(),
        };
        let mut response = tagged.answer(&headers);
        let policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
        for (name, value) in
            [(header::CONTENT_SECURITY_POLICY, policy), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")]
        {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        Ok(response)
    })
    .await
}

/// By its first bytes; what is not a picture is not shown.
fn picture_type(bytes: &[u8]) -> &'static str {
    const SIGNS: &[(&[u8], &str)] = &[
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF8", "image/gif"),
        (b"<svg", "image/svg+xml"),
        (b"<?xml", "image/svg+xml"),
    ];
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return "image/webp";
    }
    let found = SIGNS.iter().find(|(sign, _)| bytes.trim_ascii_start().starts_with(sign));
    found.map_or("application/octet-stream", |(_, media_type)| media_type)
}
