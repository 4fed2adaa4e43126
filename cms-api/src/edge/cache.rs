//! What caches are told. docs/API.md has the table; nothing else in the program writes
//! `Cache-Control` for a success.
//!
//! Invariants:
//! 1. What is said to be immutable is a function of its address alone.
//! 2. Each coding of a body has an entity tag of its own, and all tags are strong.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};

use super::coding::{Coding, encode, preferred};

/// For what never changes under its address.
pub const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// For the one thing that moves: a channel's pointer.
pub const POINTER: &str = "public, max-age=5, stale-while-revalidate=30, stale-if-error=86400";
/// For what only a person in front of a browser reads.
pub const PRIVATE: &str = "no-store";
/// For what only whoever has a link may see, and nobody keep.
pub const UNKEPT: &str = "private, no-store";
/// For one thing that authors read and that has a tag: kept by them, and asked about each time.
pub const REVALIDATED: &str = "private, no-cache";

/// A body with the tag that names its bytes.
#[derive(Debug, Clone)]
pub struct Tagged {
    /// Its media type.
    pub content_type: &'static str,
    /// What caches are told.
    pub cache_control: &'static str,
    /// Names the uncompressed bytes; without quotes.
    pub tag: String,
    /// The uncompressed bytes.
    pub body: bytes::Bytes,
}

impl Tagged {
    /// JSON whose tag is the hash of its bytes.
    pub fn json(cache_control: &'static str, value: &impl serde::Serialize) -> Self {
        let body = serde_json::to_vec(value).expect("views serialise");
        let tag = blake3::hash(&body).to_hex()[..32].to_owned();
        Self { content_type: "application/json", cache_control, tag, body: body.into() }
    }

    /// JSON whose tag is a version, which a write can name in `If-Match`.
    pub fn version(version: impl ToString, value: &impl serde::Serialize) -> Self {
        let body = serde_json::to_vec(value).expect("views serialise");
        Self {
            content_type: "application/json",
            cache_control: REVALIDATED,
            tag: version.to_string(),
            body: body.into(),
        }
    }

    /// The answer to a request with these headers: whole, or 304 when the client has it.
    pub fn answer(self, request: &HeaderMap) -> Response {
        let coding = preferred(request, self.body.len());
        let tag = coding.tag(&self.tag);
        let known = is_known(request, &[&tag]);
        let mut response = Response::new(Body::empty());
        let headers = response.headers_mut();
        headers.insert(header::ETAG, text(&tag));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(self.cache_control));
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        if known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        if coding == Coding::Gzip {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        let body = encode(coding, self.body);
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        *response.body_mut() = Body::from(body);
        response
    }
}

fn text(value: &str) -> HeaderValue {
    HeaderValue::from_str(value).expect("tags and locations are ASCII")
}

/// Whether `If-None-Match` names one of the tags (RFC 9110, weak comparison).
fn is_known(request: &HeaderMap, tags: &[&str]) -> bool {
    request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/"))
        .any(|tag| tag == "*" || tags.contains(&tag))
}

/// A redirect that never changes: 307 with a small body for those who do not follow.
pub fn forward(location: &str, body: &impl serde::Serialize) -> Response {
    let body = serde_json::to_vec(body).expect("views serialise");
    let tag = format!("\"{}\"", &blake3::hash(&body).to_hex()[..32]);
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, text(location));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(IMMUTABLE));
    headers.insert(header::ETAG, text(&tag));
    // The answer is never coded, but a cache that merges rules per path must not be misled.
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(header_value: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_NONE_MATCH, header_value.parse().unwrap());
        is_known(&headers, &["\"a\""])
    }

    #[test]
    fn if_none_match_is_a_list_compared_weakly() {
        assert!(known("\"a\""));
        assert!(known("\"b\", W/\"a\""));
        assert!(known("*"));
        assert!(!known("\"b\""));
        assert!(!known("a"));
    }
}
