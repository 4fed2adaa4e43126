//! Answers that caches keep: preconditions, entity tags and codings. [`crate::problem::caching`] says how long they
//! keep them.
//!
//! Invariants:
//! 1. An answer that is called immutable is a function of its address alone.
//! 2. Each coding of a body has an entity tag of its own, and all tags are strong.
//! 3. `Vary` is sent only where the answer can differ, because each variant takes space in every cache.

use std::{
    convert::Infallible,
    fmt::Display,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use hyper::body::Frame;

use super::{
    coding::{CODED_SIZE_BYTES_MIN, Coding, encode, is_text, preferred},
    tags::Listed,
};
use crate::problem::{Code, Problem, caching::Caching};

/// A body with the tag that names its bytes.
#[derive(Debug, Clone)]
pub struct Tagged {
    /// Its media type.
    pub content_type: &'static str,
    /// The directives for caches.
    pub caching: Caching,
    /// The name of the uncompressed bytes, without quotes.
    pub tag: String,
    /// The uncompressed bytes.
    pub body: Bytes,
}

/// What is known about a body before its bytes are read: enough to say that a client has it.
#[derive(Debug, Clone)]
pub struct Described {
    /// Its media type.
    pub content_type: &'static str,
    /// The directives for caches.
    pub caching: Caching,
    /// The name of the uncompressed bytes, without quotes.
    pub tag: String,
    /// How many uncompressed bytes there are.
    pub size_bytes: usize,
}

/// The head of an answer, to which the bytes are still to be added.
pub struct Head {
    /// Status 200 and the headers, the length included unless the body is to be coded.
    pub response: Response,
    /// How the bytes are sent.
    pub coding: Coding,
}

impl Described {
    /// Evaluates a request's preconditions in their order (RFC 9110, 13.2.2). No answer has a `Last-Modified`, so dates
    /// are ignored (13.1.3, 13.1.4).
    ///
    /// # Errors
    /// The complete answer when it has no body of this kind: 304 when the client has the body, 412 when it wants
    /// another.
    pub fn judge(&self, request: &HeaderMap) -> Result<Head, Box<Response>> {
        let coding = preferred(request, self.content_type, self.size_bytes);
        let tag = coding.tag(&self.tag);
        match Listed::of(request, &header::IF_MATCH) {
            Ok(None) => {}
            Ok(Some(listed)) if listed.names_strongly(&tag) => {}
            // A header that can't be read names no version that is here.
            Ok(Some(_)) | Err(_) => return Err(Box::new(changed(&tag).into_response())),
        }
        let mut response = bodiless(StatusCode::NOT_MODIFIED);
        let headers = response.headers_mut();
        headers.insert(header::ETAG, text(&format!("\"{tag}\"")));
        self.caching.set(headers);
        if self.varies() {
            headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        }
        // A header that can't be read is treated as absent.
        let known = Listed::of(request, &header::IF_NONE_MATCH).ok().flatten();
        if known.is_some_and(|listed| listed.names_weakly(&tag)) {
            return Err(Box::new(response));
        }
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        *response.status_mut() = StatusCode::OK;
        let headers = response.headers_mut();
        match coding {
            Coding::Identity => {
                headers.insert(header::CONTENT_LENGTH, HeaderValue::from(self.size_bytes));
            }
            Coding::Gzip => {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
        }
        Ok(Head { response, coding })
    }

    /// Whether another `Accept-Encoding` may get another answer, now or later.
    fn varies(&self) -> bool {
        let could_grow = self.caching != Caching::Immutable;
        is_text(self.content_type) && (could_grow || self.size_bytes >= CODED_SIZE_BYTES_MIN)
    }
}

impl Head {
    /// The answer with all its bytes.
    pub fn with(self, body: Bytes) -> Response {
        let body = encode(self.coding, body);
        self.with_coded(body)
    }

    /// The answer with all its bytes, which are already in its coding.
    pub fn with_coded(self, body: Bytes) -> Response {
        let Self { mut response, .. } = self;
        response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        *response.body_mut() = Body::from(body);
        response
    }
}

/// The header by which caches find what they keep of an object, so that they can be purged of it.
pub const SURROGATE_KEY: HeaderName = HeaderName::from_static("surrogate-key");

/// Names in an answer the object that it gives or leads to.
#[must_use]
pub fn keyed(mut response: Response, object: impl Display) -> Response {
    if response.status().as_u16() < 400 {
        response.headers_mut().insert(SURROGATE_KEY, text(&object.to_string()));
    }
    response
}

/// No body, and so no length of one: 204 and 304 have none (RFC 9110, 8.6), and an empty body would be announced as 0
/// bytes.
struct NoBody;

impl HttpBody for NoBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        true
    }
}

/// An answer of a status that has no body.
pub fn bodiless(status: StatusCode) -> Response {
    let mut response = Response::new(Body::new(NoBody));
    *response.status_mut() = status;
    response
}

/// The refusal of a read that wants a version that is not here, or no longer.
fn changed(tag: &str) -> Problem {
    let detail =
        "`If-Match` does not name what is here: it has changed, or is asked for in another coding";
    Problem::new(Code::Stale, detail).with("current_tag", format!("\"{tag}\""))
}

impl Tagged {
    /// JSON whose tag is the hash of its bytes.
    pub fn json(caching: Caching, value: &impl serde::Serialize) -> Self {
        let body = serde_json::to_vec(value).expect("views serialise");
        let tag = blake3::hash(&body).to_hex()[..32].to_owned();
        Self { content_type: "application/json", caching, tag, body: body.into() }
    }

    /// JSON whose tag is a version, which a write can name in `If-Match`.
    pub fn version(version: impl ToString, value: &impl serde::Serialize) -> Self {
        let body = serde_json::to_vec(value).expect("views serialise");
        Self {
            content_type: "application/json",
            caching: Caching::Revalidated,
            tag: version.to_string(),
            body: body.into(),
        }
    }

    /// The answer to a request with these headers: whole, 304 when the client has it, or 412 when it wants another.
    pub fn answer(self, request: &HeaderMap) -> Response {
        let Self { content_type, caching, tag, body } = self;
        let described = Described { content_type, caching, tag, size_bytes: body.len() };
        described.judge(request).map_or_else(|done| *done, |head| head.with(body))
    }
}

fn text(value: &str) -> HeaderValue {
    HeaderValue::from_str(value).expect("tags and locations are ASCII")
}

/// A redirect that never changes: 307 with a small body for clients that do not follow it.
pub fn forward(location: &str, body: &impl serde::Serialize) -> Response {
    let body = serde_json::to_vec(body).expect("views serialise");
    let tag = format!("\"{}\"", &blake3::hash(&body).to_hex()[..32]);
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, text(location));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Caching::Immutable.set(headers);
    headers.insert(header::ETAG, text(&tag));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(headers: &[(&str, &str)]) -> u16 {
        let request = headers.iter().map(|(name, value)| {
            let name: axum::http::HeaderName = name.parse().unwrap();
            (name, value.parse().unwrap())
        });
        let described = Described {
            content_type: "application/json",
            caching: Caching::Immutable,
            tag: "a".to_owned(),
            size_bytes: 10,
        };
        let judged = described.judge(&request.collect());
        judged.map_or_else(|done| done.status(), |head| head.response.status()).as_u16()
    }

    #[test]
    fn preconditions_go_in_their_order() {
        for (if_match, if_none_match, expected) in [
            ("\"a\"", "\"a\"", 304),
            ("\"a\"", "\"b\"", 200),
            ("\"b\"", "\"a\"", 412),
            ("W/\"a\"", "\"b\"", 412),
            ("*", "W/\"a\"", 304),
            ("b", "\"b\"", 412),
        ] {
            let headers = [("if-match", if_match), ("if-none-match", if_none_match)];
            assert_eq!(status(&headers), expected, "{headers:?}");
        }
        for (known, expected) in
            [("\"a\"", 304), ("\"b\", W/\"a\"", 304), ("*", 304), ("\"b\"", 200), ("a", 200)]
        {
            assert_eq!(status(&[("if-none-match", known)]), expected, "{known}");
        }
    }
}
