//! A place, and what is asked there.

use std::net::SocketAddr;

use axum::http::{HeaderMap, Method, StatusCode, header};

/// A place that may be fetched, with the addresses that were judged.
pub(super) struct Place {
    /// The host without a port.
    pub(super) name: String,
    /// The host with its port, if that is not the usual one.
    pub(super) authority: String,
    pub(super) addresses: Vec<SocketAddr>,
    pub(super) is_encrypted: bool,
    /// The path and the query.
    pub(super) path: String,
}

/// What is asked at each place.
pub(super) struct Asked {
    pub(super) method: Method,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Asked {
    /// What is asked at the place to which an answer redirects (RFC 9110, 15.4).
    pub(super) fn lead(&mut self, status: StatusCode, is_same_origin: bool) {
        let keeps_method =
            matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
        if !is_same_origin {
            for secret in [header::AUTHORIZATION, header::COOKIE, header::PROXY_AUTHORIZATION] {
                self.headers.remove(secret);
            }
        }
        // A body may hold credentials as well, such as a client's secret.
        if !keeps_method || !is_same_origin {
            if self.method != Method::HEAD {
                self.method = Method::GET;
            }
            self.body.clear();
            self.headers.remove(header::CONTENT_TYPE);
            self.headers.remove(header::CONTENT_LENGTH);
        }
    }
}
