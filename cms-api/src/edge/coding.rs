//! Content codings. Done here rather than by a layer, because a strong entity tag must name the
//! bytes that were sent: the same tag on two codings lets a cache join halves of both.

use std::io::Write;

use axum::http::{HeaderMap, header};
use bytes::Bytes;

/// Below this size, in bytes, a packet is a packet: coding would only cost time.
pub const CODED_SIZE_BYTES_MIN: usize = 860;

/// How a body is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// As it is.
    Identity,
    /// gzip.
    Gzip,
}

impl Coding {
    /// The entity tag of a body in this coding, with quotes.
    pub fn tag(self, tag: &str) -> String {
        match self {
            Self::Identity => format!("\"{tag}\""),
            Self::Gzip => format!("\"{tag}-gzip\""),
        }
    }
}

/// The coding for a client and a body of so many bytes.
pub fn preferred(request: &HeaderMap, size_bytes: usize) -> Coding {
    if size_bytes >= CODED_SIZE_BYTES_MIN && accepts_gzip(request) {
        Coding::Gzip
    } else {
        Coding::Identity
    }
}

/// RFC 9110, 12.5.3: `gzip`, else `*`, with a weight above zero and not below `identity`'s.
fn accepts_gzip(request: &HeaderMap) -> bool {
    let (mut gzip, mut any, mut identity) = (None, None, None);
    let lists = request.get_all(header::ACCEPT_ENCODING);
    for item in lists.iter().filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(',')) {
        let (name, weight) = item.split_once(';').unwrap_or((item, "q=1"));
        let weight = weight.trim().strip_prefix("q=").and_then(|q| q.trim().parse::<f32>().ok());
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
            let room = Vec::with_capacity(body.len() / 3);
            let mut encoder = flate2::write::GzEncoder::new(room, flate2::Compression::default());
            encoder.write_all(&body).expect("memory takes every write");
            encoder.finish().expect("memory takes every write").into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(accept: &str, expected: Coding) {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, accept.parse().unwrap());
        assert_eq!(preferred(&headers, 2000), expected, "{accept}");
    }

    #[test]
    fn codings_are_negotiated() {
        check("gzip", Coding::Gzip);
        check("br, GZIP;q=0.5", Coding::Gzip);
        check("*", Coding::Gzip);
        check("*;q=0", Coding::Identity);
        check("gzip;q=0, *", Coding::Identity);
        check("identity, gzip;q=0.5", Coding::Identity);
        check("br", Coding::Identity);
        check("gzip;q=high", Coding::Identity);
        assert_eq!(preferred(&HeaderMap::new(), 2000), Coding::Identity);
    }

    #[test]
    fn small_bodies_stay_as_they_are() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, "gzip".parse().unwrap());
        assert_eq!(preferred(&headers, 100), Coding::Identity);
    }
}
