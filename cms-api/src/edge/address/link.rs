//! Links to drafts. Their addresses contain a secret, which no log, no cache and no search engine may get.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use super::spelled;
use crate::problem::caching::Caching;

/// The path below which links to drafts are served.
pub const PATH: &str = "/shared";

/// The secret in a path, and the rest of the path.
pub(crate) fn split(path: &str) -> Option<(&str, &str)> {
    let below = path.strip_prefix(PATH)?.strip_prefix('/')?;
    let end = below.find('/')?;
    Some((&below[..end], &below[end..]))
}

/// Marks an answer so that no cache keeps it, no search engine lists it, and no page reveals its address.
pub(crate) fn withhold(headers: &mut HeaderMap) {
    headers.remove(header::ETAG);
    Caching::Unkept.set(headers);
    for (name, value) in [
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// A path for the log: without the secret of a link.
pub(crate) fn without_secret(path: &str) -> String {
    // The spelling does not matter: a path that leads nowhere may still have been pasted from a link.
    let plain = spelled(path);
    match split(&plain) {
        Some((_, rest)) => format!("{PATH}/…{rest}"),
        None if plain.starts_with(PATH) => format!("{PATH}/…"),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_learns_no_secret() {
        for (path, expected) in [
            ("/shared/share_ab/v1/channels/x", "/shared/…/v1/channels/x"),
            ("/shared/share_ab/", "/shared/…/"),
            ("/shared/share_ab", "/shared/…"),
            ("/shared//share_ab/about", "/shared/…/about"),
            ("//%73hared/share_ab", "/shared/…"),
            ("/v1/channels/x", "/v1/channels/x"),
        ] {
            assert_eq!(without_secret(path), expected);
        }
    }
}
