//! Routers that are mounted below a prefix: a link and a protected channel each serve the addresses of delivery below a
//! prefix of their own. The inner router sees nothing that the outer one found in the address, and redirects keep the prefix.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Uri, header},
};

use crate::edge::{client::Client, request::RequestId};

/// The request for an inner router: a new one, because what the outer router found in the address must not reach it.
pub(crate) fn inner_request(mut request: Request, uri: Uri) -> Request {
    let mut inner = Request::new(std::mem::take(request.body_mut()));
    *inner.method_mut() = request.method().clone();
    *inner.uri_mut() = uri;
    *inner.headers_mut() = request.headers().clone();
    if let Some(id) = request.extensions().get::<RequestId>() {
        inner.extensions_mut().insert(id.clone());
    }
    if let Some(client) = request.extensions().get::<Client>() {
        inner.extensions_mut().insert(*client);
    }
    inner
}

/// Puts the prefix before the address of a redirect.
pub(crate) fn lead_back(headers: &mut HeaderMap, prefix: &str) {
    let moved = headers
        .get(header::LOCATION)
        .and_then(|location| location.to_str().ok())
        .filter(|location| location.starts_with('/'))
        .and_then(|location| HeaderValue::from_str(&format!("{prefix}{location}")).ok());
    if let Some(moved) = moved {
        headers.insert(header::LOCATION, moved);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_stay_below_the_link() {
        let mut headers = HeaderMap::new();
        headers.insert(header::LOCATION, HeaderValue::from_static("/v1/objects/1"));
        lead_back(&mut headers, "/shared/s");
        assert_eq!(headers[header::LOCATION], "/shared/s/v1/objects/1");
        headers.insert(header::LOCATION, HeaderValue::from_static("admin/"));
        lead_back(&mut headers, "/shared/s");
        assert_eq!(headers[header::LOCATION], "admin/");
    }
}
