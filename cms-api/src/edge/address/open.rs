//! What a page of any origin may do with delivery: read what is public, refusals included, ask whether it changed, and
//! embed its files. Nothing here depends on what a browser sends by itself, so nothing has to be kept from other
//! origins: a client with a token for a protected channel sends it explicitly.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};

use super::{lead_to, link, respelled};
use crate::edge::cache::bodiless;

/// The headers of an answer that a page may read, besides those that every page may.
const EXPOSED: &str = "Accept-Ranges, Age, Allow, Content-Encoding, Content-Length, Content-Range, Date, ETag, Location, \
                       Retry-After, Vary, WWW-Authenticate, X-Request-Id";
/// The headers that a page may send.
const TAKEN: &str = "Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Range, \
                     If-Unmodified-Since, Range, X-Request-Id";
/// Pages may measure how long their own requests took.
const TIMING: HeaderName = HeaderName::from_static("timing-allow-origin");

/// Answers requests of delivery in a way that any origin may read, each at its one address.
pub async fn to_origins(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let one = respelled(path).filter(|one| is_delivery(one));
    if one.is_none() && !is_delivery(path) {
        return next.run(request).await;
    }
    let is_asked = is_asked(one.as_deref().unwrap_or(path));
    let is_options = request.method() == Method::OPTIONS;
    let is_preflight =
        is_options && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = match one {
        _ if is_preflight => bodiless(StatusCode::NO_CONTENT),
        Some(one) => led(&one, request.uri().query()),
        None => next.run(request).await,
    };
    // Below a protected channel, what an address takes is no secret, unlike what it holds.
    let is_withheld = is_options && response.status() == StatusCode::UNAUTHORIZED;
    if response.status() == StatusCode::METHOD_NOT_ALLOWED || is_withheld {
        // The router knows the addresses, and treats OPTIONS as a method that an address lacks.
        if is_options {
            response = bodiless(StatusCode::NO_CONTENT);
        }
        let allowed = if is_asked { "POST, OPTIONS" } else { "GET, HEAD, OPTIONS" };
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
    }
    if is_options && response.status() == StatusCode::NO_CONTENT {
        preflight(response.headers_mut(), is_asked);
    }
    open(response.headers_mut());
    response
}

/// Redirects to the one address with the query unchanged; a wrong query is refused there.
fn led(one: &str, query: Option<&str>) -> Response {
    let location = query.map_or_else(|| one.to_owned(), |query| format!("{one}?{query}"));
    let mut response = lead_to(&location);
    if one.starts_with(link::PATH) {
        link::withhold(response.headers_mut());
    }
    response
}

fn open(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED),
        (TIMING, "*"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

fn preflight(headers: &mut HeaderMap, is_asked: bool) {
    let methods = if is_asked { "POST" } else { "GET, HEAD" };
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_METHODS, methods),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, TAKEN),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// Whether pages of any origin may read what is at this address, however it is spelled.
pub(crate) fn is_open(path: &str) -> bool {
    is_delivery(path) || respelled(path).is_some_and(|one| is_delivery(&one))
}

/// Whether learners' apps read at this address, including below a link or a protected channel.
fn is_delivery(path: &str) -> bool {
    let below =
        |prefix: &str| Some(path.strip_prefix(prefix)?.strip_prefix('/')?.split_once('/')?.1);
    let inner = below(link::PATH).or_else(|| below("/protected"));
    inner.map_or_else(|| path.starts_with("/v1/"), |rest| rest.starts_with("v1/"))
}

/// Whether an address of delivery takes attempts or requests for hints.
fn is_asked(path: &str) -> bool {
    path.ends_with("/v1/score") || path.ends_with("/v1/hints")
}
