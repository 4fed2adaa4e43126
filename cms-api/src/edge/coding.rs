//! Content codings. Done here rather than by a layer, because a strong entity tag must name the bytes that were sent:
//! the same tag on two codings lets a cache join halves of both.
//!
//! Invariants:
//! 1. Only texts are coded, and none that is longer than a document: pictures and films are compressed already, and
//!    compressing one again costs seconds and saves nothing.
//! 2. A body that was coded lately is not coded again for the next request.

use std::{io::Write, sync::LazyLock};

use axum::http::{HeaderMap, header};
use bytes::Bytes;
use quick_cache::{Weighter, sync::Cache};

/// Below this size, in bytes, a body fits into one packet, and coding would only cost time.
pub const CODED_SIZE_BYTES_MIN: usize = 860;

/// Above this size, in bytes, nothing is coded: it is that of the largest document.
pub const CODED_SIZE_BYTES_MAX: usize = 16 << 20;
/// Most coded bytes that are kept for later requests.
const KEPT_SIZE_BYTES_MAX: u64 = 64 << 20;
/// An estimate by which tables are sized.
const KEPT_ESTIMATED: usize = 4096;

/// The coded bodies, by the hash of the plain ones.
static KEPT: LazyLock<Cache<[u8; 32], Bytes, BySize>> =
    LazyLock::new(|| Cache::with_weighter(KEPT_ESTIMATED, KEPT_SIZE_BYTES_MAX, BySize));

#[derive(Debug, Clone)]
struct BySize;

impl Weighter<[u8; 32], Bytes> for BySize {
    fn weight(&self, _: &[u8; 32], coded: &Bytes) -> u64 {
        coded.len() as u64
    }
}

/// How a body is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// Uncoded.
    Identity,
    /// gzip.
    Gzip,
}

impl Coding {
    /// The entity tag of a body in this coding, without quotes.
    pub fn tag(self, tag: &str) -> String {
        match self {
            Self::Identity => tag.to_owned(),
            Self::Gzip => format!("{tag}-gzip"),
        }
    }
}

/// The coding for a client, and a body of this size and media type.
pub fn preferred(request: &HeaderMap, content_type: &str, size_bytes: usize) -> Coding {
    if is_worth_coding(content_type, size_bytes) && accepts_gzip(request) {
        Coding::Gzip
    } else {
        Coding::Identity
    }
}

/// Whether a body is coded for clients that accept it.
pub fn is_worth_coding(content_type: &str, size_bytes: usize) -> bool {
    let fits = (CODED_SIZE_BYTES_MIN..=CODED_SIZE_BYTES_MAX).contains(&size_bytes);
    fits && is_text(content_type)
}

/// Whether a media type is one of text, which coding makes shorter.
pub fn is_text(content_type: &str) -> bool {
    let name = content_type.split(';').next().unwrap_or_default();
    name.starts_with("text/")
        || matches!(name, "application/json" | "application/schema+json" | "image/svg+xml")
}

/// RFC 9110, 12.5.3: `gzip`, or else `*`, with a weight above zero and not below that of `identity`.
fn accepts_gzip(request: &HeaderMap) -> bool {
    let (mut gzip, mut any, mut identity) = (None, None, None);
    let lists = request.get_all(header::ACCEPT_ENCODING);
    for item in lists.iter().filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(',')) {
        let (name, weight) = item.split_once(';').unwrap_or((item, "q=1"));
        let weight = weight.trim().to_ascii_lowercase();
        let weight = weight.strip_prefix("q=").and_then(|q| q.trim().parse::<f32>().ok());
        let weight = Some(weight.unwrap_or(0.0));
        match name.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => gzip = weight,
            "*" => any = weight,
            "identity" => identity = weight,
            _ => {}
        }
    }
    let wanted = gzip.or(any).unwrap_or(0.0);
    wanted > 0.0 && wanted >= identity.unwrap_or(0.0)
}

/// The bytes in a coding.
pub fn encode(coding: Coding, body: Bytes) -> Bytes {
    match coding {
        Coding::Identity => body,
        Coding::Gzip => {
            let id = *blake3::hash(&body).as_bytes();
            let coded =
                KEPT.get_or_insert_with(&id, || Ok::<_, std::convert::Infallible>(gzip(&body)));
            coded.unwrap_or_else(|never| match never {})
        }
    }
}

/// The bytes in gzip; nothing is kept.
pub fn gzip(body: &[u8]) -> Bytes {
    let room = Vec::with_capacity(body.len() / 3);
    let mut encoder = flate2::write::GzEncoder::new(room, flate2::Compression::default());
    encoder.write_all(body).expect("memory takes every write");
    encoder.finish().expect("memory takes every write").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(accept: &str, expected: Coding) {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, accept.parse().unwrap());
        assert_eq!(preferred(&headers, "application/json", 2000), expected, "{accept}");
    }

    #[test]
    fn codings_are_negotiated() {
        check("gzip", Coding::Gzip);
        check("br, GZIP;Q=0.5", Coding::Gzip);
        check("*", Coding::Gzip);
        check("*;q=0", Coding::Identity);
        check("gzip;q=0, *", Coding::Identity);
        check("identity, gzip;q=0.5", Coding::Identity);
        check("br", Coding::Identity);
        check("gzip;q=high", Coding::Identity);
        assert_eq!(preferred(&HeaderMap::new(), "application/json", 2000), Coding::Identity);
    }

    #[test]
    fn films_and_pictures_are_packed_already() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, "gzip".parse().unwrap());
        for (content_type, size_bytes, expected) in [
            ("video/mp4", 50 << 20, Coding::Identity),
            ("image/png", 2000, Coding::Identity),
            ("application/octet-stream", 2000, Coding::Identity),
            ("image/svg+xml", 2000, Coding::Gzip),
            ("text/vtt; charset=utf-8", 2000, Coding::Gzip),
            ("image/svg+xml", 17 << 20, Coding::Identity),
        ] {
            assert_eq!(preferred(&headers, content_type, size_bytes), expected, "{content_type}");
        }
    }

    #[test]
    fn small_bodies_stay_as_they_are() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, "gzip".parse().unwrap());
        assert_eq!(preferred(&headers, "application/json", 100), Coding::Identity);
    }
}
