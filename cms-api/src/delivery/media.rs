//! `GET /v1/media/{media}`: a picture, a video or its captions. `GET /v1/given/{token}/{media}`: one that only a hint shows.

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use cms_core::{
    model::{id::MediaId, object::Object},
    repo::StoreError,
};

use crate::{
    app::{reader::Reader, shelf::Shelf},
    edge::{
        cache::{Described, Head, keyed},
        coding::Coding,
        extract::{PathOf, parsed},
        guard::{Answer, Upload},
        query::NoQuery,
        range::{self, Extent},
    },
    problem::{Code, Problem, ProblemCache, caching::Caching},
};

/// A media file
///
/// Its bytes, which never change under this address. One range of bytes can be requested; several at once are answered
/// with the whole file. Nothing in a file can run, because its policy puts it into a sandbox.
#[utoipa::path(
    get,
    path = "/v1/media/{media}",
    operation_id = "media_get",
    tag = "delivery",
    params(("media" = String, Path, description = "Its id, as documents name it")),
    responses(
        (status = 200, description = "The bytes", content((Vec<u8> = "application/octet-stream"), (Vec<u8> = "audio/*"), (Vec<u8> = "image/*"), (Vec<u8> = "text/vtt"), (Vec<u8> = "video/*")), headers(
            ("ETag" = String, description = "The id, with `-gzip` when it is coded, as texts may be"),
            ("Cache-Control" = String, description = "public, max-age=31536000, immutable"),
            ("Accept-Ranges" = String, description = "bytes"),
        )),
        (status = 206, description = "The range that was asked for", content((Vec<u8> = "application/octet-stream"), (Vec<u8> = "audio/*"), (Vec<u8> = "image/*"), (Vec<u8> = "text/vtt"), (Vec<u8> = "video/*")), headers(
            ("Content-Range" = String, description = "bytes FIRST-LAST/SIZE"),
        )),
        (status = 304, description = "The client has it"),
        (status = 308, description = "To the one spelling of this address"),
        (status = 400, description = "Not an id, or a query parameter"),
        (status = 404, description = "No such published media file"),
        (status = 410, description = "It was taken down"),
        (status = 412, description = "`If-Match` names something else"),
        (status = 416, description = "The range is past the end; `Content-Range` has the size"),
        (status = 500, description = "Its stored bytes are damaged; they are never served"),
        (status = 503, description = "The store is not available"),
    ),
)]
pub async fn handler(
    State(reader): State<Reader>,
    PathOf(media): PathOf<String>,
    _: NoQuery,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id: MediaId = parsed(&media)?;
    let asked = Asked { id, method, headers };
    let shelf = reader.shelf();
    reader
        .deliver(move |delivery| {
            if !delivery.has_media(id)? {
                return Err(unknown(id));
            }
            asked.answer(&shelf, || delivery.media(id))
        })
        .await
}

/// A media file that is given with a hint
///
/// A file that only a hint, a rationale or a message shows is in no list and has no public address. The answer that
/// gives the hint has this address, which nobody can guess. The bytes under it never change.
#[utoipa::path(
    get,
    path = "/v1/given/{token}/{media}",
    operation_id = "given_media_get",
    tag = "delivery",
    params(
        ("token" = String, Path, description = "What the answer to the hint says"),
        ("media" = String, Path, description = "Its id"),
    ),
    responses(
        (status = 200, description = "The bytes", content((Vec<u8> = "application/octet-stream"), (Vec<u8> = "audio/*"), (Vec<u8> = "image/*"), (Vec<u8> = "text/vtt"), (Vec<u8> = "video/*"))),
        (status = 206, description = "The range that was asked for", content((Vec<u8> = "application/octet-stream"), (Vec<u8> = "audio/*"), (Vec<u8> = "image/*"), (Vec<u8> = "text/vtt"), (Vec<u8> = "video/*"))),
        (status = 304, description = "The client has it"),
        (status = 308, description = "To the one spelling of this address"),
        (status = 400, description = "Not an id, or a query parameter"),
        (status = 404, description = "This was given to nobody"),
        (status = 410, description = "It was taken down"),
        (status = 412, description = "`If-Match` names something else"),
        (status = 416, description = "The range is past the end; `Content-Range` has the size"),
        (status = 500, description = "Its stored bytes are damaged; they are never served"),
        (status = 503, description = "The store is not available"),
    ),
)]
pub async fn given(
    State(reader): State<Reader>,
    PathOf((token, media)): PathOf<(String, String)>,
    _: NoQuery,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id: MediaId = parsed(&media)?;
    let asked = Asked { id, method, headers };
    let shelf = reader.shelf();
    reader
        .deliver(move |delivery| {
            // The words are the same whether the file exists or not.
            if !delivery.is_given(id, &token)? {
                return Err(unknown(id));
            }
            asked.answer(&shelf, || delivery.given_media(id, &token))
        })
        .await
}

/// A request for a file.
struct Asked {
    id: MediaId,
    method: Method,
    headers: HeaderMap,
}

impl Asked {
    /// The answer for a client that may have the file. Its bytes are read only when they are sent, or when its facts
    /// are not known yet.
    fn answer(
        &self,
        shelf: &Shelf,
        read: impl Fn() -> Result<Option<Object>, StoreError>,
    ) -> Result<Response, Problem> {
        let read = || {
            let object = read()?.ok_or_else(|| unknown(self.id))?;
            Ok(object.bytes().clone())
        };
        let facts = shelf.facts(self.id, read)?;
        let described = Described {
            content_type: facts.content_type,
            caching: Caching::Immutable,
            tag: self.id.to_string(),
            size_bytes: facts.size_bytes,
        };
        let response = match described.judge(&self.headers) {
            Err(done) => *done,
            Ok(head) => match (self.extent(&described, head.coding), head.coding) {
                (Extent::Beyond, _) => beyond(&described),
                // The length is known; that of a coded text is only known by coding it, which happens once.
                (_, Coding::Identity) if self.method == Method::HEAD => head.response,
                (Extent::Whole, _) => head.with(shelf.bytes(self.id, read)?),
                (Extent::Part { first, last }, _) => {
                    part(head, &shelf.bytes(self.id, read)?, first, last)
                }
            },
        };
        let mut response = keyed(response, self.id);
        response.headers_mut().insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        response.extensions_mut().insert(Answer::Upload(Upload::of(facts.content_type)));
        Ok(response)
    }

    /// The part of the file that is requested. Parts are of the uncoded bytes, and only GET can ask for one (RFC 9110,
    /// 14.2).
    fn extent(&self, described: &Described, coding: Coding) -> Extent {
        if coding == Coding::Identity && self.method == Method::GET {
            range::asked(&self.headers, &described.tag, described.size_bytes)
        } else {
            Extent::Whole
        }
    }
}

/// A part of the bytes, with all headers of the whole: clients join parts by their tag (RFC 9110, 15.3.7).
fn part(head: Head, body: &Bytes, first: usize, last: usize) -> Response {
    let mut response = head.response;
    *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    let headers = response.headers_mut();
    let range = format!("bytes {first}-{last}/{}", body.len());
    headers.insert(header::CONTENT_RANGE, HeaderValue::from_str(&range).expect("digits are ASCII"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(last - first + 1));
    *response.body_mut() = Body::from(body.slice(first..=last));
    response
}

/// The refusal of a range that contains nothing, which says how many bytes there are.
fn beyond(described: &Described) -> Response {
    let detail = format!("the file has {} bytes, counted from 0", described.size_bytes);
    let mut response = Problem::new(Code::RangeUnsatisfiable, detail).into_response();
    let range = format!("bytes */{}", described.size_bytes);
    let range = HeaderValue::from_str(&range).expect("digits are ASCII");
    response.headers_mut().insert(header::CONTENT_RANGE, range);
    response
}

fn unknown(id: MediaId) -> Problem {
    Problem::new(Code::ObjectUnknown, format!("there is no published media file {id}"))
        .cached(ProblemCache::Briefly)
}
