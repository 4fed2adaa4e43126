//! `GET /v1/media/{media}`: a picture, a video or its captions. `GET /v1/given/{token}/{media}`: one that only a hint shows.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use bytes::Bytes;
use cms_core::{media::served_type, model::id::MediaId};

use crate::{
    app::App,
    edge::{
        cache::{IMMUTABLE, Tagged},
        extract::{PathOf, parsed},
        problem::{Code, Problem, ProblemCache, ProblemSchema},
        query::NoQuery,
    },
};

/// A media file
///
/// Its bytes, never changed under this address. A range of bytes can be asked for. Nothing in a file can
/// run: its policy puts it into a sandbox.
#[utoipa::path(
    get,
    path = "/v1/media/{media}",
    tag = "delivery",
    params(("media" = String, Path, description = "Its id, as documents name it")),
    responses(
        (status = 200, description = "The bytes", content_type = "application/octet-stream", body = Vec<u8>, headers(
            ("ETag" = String, description = "The id, with `-gzip` when it is coded"),
            ("Cache-Control" = String, description = "public, max-age=31536000, immutable"),
            ("Accept-Ranges" = String, description = "bytes"),
        )),
        (status = 206, description = "The range that was asked for", content_type = "application/octet-stream", body = Vec<u8>, headers(
            ("Content-Range" = String, description = "bytes FIRST-LAST/SIZE"),
        )),
        (status = 304, description = "The client has it"),
        (status = 400, description = "Not an id, or a query parameter", content_type = "application/problem+json", body = ProblemSchema),
        (status = 404, description = "No such published media file", content_type = "application/problem+json", body = ProblemSchema),
        (status = 500, description = "Its stored bytes are damaged; they are never served", content_type = "application/problem+json", body = ProblemSchema),
        (status = 503, description = "The store is not available", content_type = "application/problem+json", body = ProblemSchema),
    ),
)]
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
                .cached(ProblemCache::Briefly)
        })?;
        Ok(answer(id, object.bytes(), &headers))
    })
    .await
}

/// A media file that is given with a hint
///
/// What only a hint, a rationale or a message shows is in no list and has no public address; whoever is given one is told
/// this one, which nobody can guess. The bytes under it never change.
#[utoipa::path(
    get,
    path = "/v1/given/{token}/{media}",
    tag = "delivery",
    params(
        ("token" = String, Path, description = "What the answer to the hint says"),
        ("media" = String, Path, description = "Its id"),
    ),
    responses(
        (status = 200, description = "The bytes", content_type = "application/octet-stream", body = Vec<u8>),
        (status = 206, description = "The range that was asked for", content_type = "application/octet-stream", body = Vec<u8>),
        (status = 304, description = "The client has it"),
        (status = 400, description = "Not an id, or a query parameter", content_type = "application/problem+json", body = ProblemSchema),
        (status = 404, description = "Nobody was given this", content_type = "application/problem+json", body = ProblemSchema),
        (status = 500, description = "Its stored bytes are damaged; they are never served", content_type = "application/problem+json", body = ProblemSchema),
        (status = 503, description = "The store is not available", content_type = "application/problem+json", body = ProblemSchema),
    ),
)]
pub async fn given(
    State(app): State<App>,
    PathOf((token, media)): PathOf<(String, String)>,
    _: NoQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id: MediaId = parsed(&media)?;
    app.core(move |store| {
        // The same words whether there is such a file or not.
        let object = store.repository.given_media(id, &token)?.ok_or_else(|| {
            Problem::new(Code::ObjectUnknown, format!("there is no published media file {id}"))
                .cached(ProblemCache::Briefly)
        })?;
        Ok(answer(id, object.bytes(), &headers))
    })
    .await
}

fn answer(id: MediaId, body: &Bytes, headers: &HeaderMap) -> Response {
    let content_type = served_type(body);
    let mut response = match asked_range(headers, body.len()) {
        Some((first, last)) => part(body, content_type, first, last),
        None => Tagged {
            content_type,
            cache_control: IMMUTABLE,
            tag: id.to_string(),
            body: body.clone(),
        }
        .answer(headers),
    };
    let policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
    for (name, value) in [
        (header::ACCEPT_RANGES, "bytes"),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Part of the bytes. It has no tag: what a client joins, it joins by the address, which never changes.
fn part(body: &Bytes, content_type: &'static str, first: usize, last: usize) -> Response {
    let mut response = Response::new(Body::from(body.slice(first..=last)));
    *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    let range = format!("bytes {first}-{last}/{}", body.len());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_RANGE, HeaderValue::from_str(&range).expect("digits are ASCII"));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(IMMUTABLE));
    response
}

/// The first and last byte of the one range that is asked for. Several ranges, and such as hold nothing, count as
/// none: RFC 9110 leaves it to the server, and the whole file is an answer to them.
fn asked_range(headers: &HeaderMap, size: usize) -> Option<(usize, usize)> {
    if headers.contains_key(header::IF_RANGE) {
        return None;
    }
    let asked = headers.get(header::RANGE)?.to_str().ok()?.strip_prefix("bytes=")?;
    let (first, last) = asked.split_once('-')?;
    let end = size.checked_sub(1)?;
    let (first, last) = match (first, last) {
        ("", count) => (size.saturating_sub(count.parse::<usize>().ok().filter(|n| *n > 0)?), end),
        (first, "") => (first.parse().ok()?, end),
        (first, last) => (first.parse().ok()?, last.parse::<usize>().ok()?.min(end)),
    };
    (first <= last).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(range: &str, expected: Option<(usize, usize)>) {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_str(range).unwrap());
        assert_eq!(asked_range(&headers, 10), expected, "{range}");
    }

    #[test]
    fn a_range_lies_within_the_file() {
        check("bytes=0-", Some((0, 9)));
        check("bytes=2-3", Some((2, 3)));
        check("bytes=2-99", Some((2, 9)));
        check("bytes=-4", Some((6, 9)));
        check("bytes=-99", Some((0, 9)));
        for none in ["bytes=10-", "bytes=3-2", "bytes=-0", "bytes=1-2,4-5", "lines=1-2", "bytes=x-"]
        {
            check(none, None);
        }
    }
}
