//! One address for one answer. A cache in front of the server keeps an answer under the exact spelling of its address,
//! so strangers could fill the cache with other spellings if those were answered.
//!
//! Spellings that RFC 3986 (6.2.2) and common sense treat as the same redirect to the one address: an escape of a
//! character that needs none, repeated slashes, a slash at the end. A path that can't be an address of delivery, such
//! as one with segments of dots, is passed on and refused.

pub mod link;
pub mod mount;
pub mod open;

use crate::problem::caching::Caching;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// The one spelling of a path; `None` when the path already has it, or when no spelling of the path is right.
pub fn respelled(path: &str) -> Option<String> {
    if !path.contains("//") && !path.contains('%') && !path.ends_with('/') {
        return None;
    }
    let mut plain = spelled(path);
    // No name of delivery needs an escape, and no client sends segments of dots.
    if plain.contains('%') || plain.split('/').any(|segment| segment == "." || segment == "..") {
        return None;
    }
    // A route may be empty: the home page's. Other routes with a slash at the end redirect by themselves, if there is
    // such a page.
    if plain.ends_with('/') && !plain.contains("/routes/") {
        plain.pop();
    }
    (plain != path).then_some(plain)
}

/// A path without unnecessary escapes and repeated slashes.
pub fn spelled(path: &str) -> String {
    let mut plain = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(next) = rest.chars().next() {
        let escaped = rest.get(1..3).filter(|_| next == '%').and_then(unreserved);
        let (found, size_bytes) = escaped.map_or((next, next.len_utf8()), |found| (found, 3));
        if found != '/' || !plain.ends_with('/') {
            plain.push(found);
        }
        rest = &rest[size_bytes..];
    }
    plain
}

/// The character of an escape's two digits, if it needs no escape anywhere.
fn unreserved(digits: &str) -> Option<char> {
    // A sign is not a digit, though the number parser accepts one.
    let byte = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let byte = byte.then(|| u8::from_str_radix(digits, 16).ok()).flatten()?;
    let is_plain = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    is_plain.then_some(char::from(byte))
}

/// Redirects to the one address, whatever the method. No cache may keep the redirect, or each spelling would take up
/// space after all.
pub fn lead_to(location: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(location) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let location = [(header::LOCATION, location)];
    (StatusCode::PERMANENT_REDIRECT, [Caching::NoStore.header()], location).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: Option<&str>) {
        assert_eq!(respelled(path).as_deref(), expected, "{path}");
    }

    #[test]
    fn other_spellings_lead_to_the_one() {
        check("/v1/o%62jects/%61", Some("/v1/objects/a"));
        check("//v1///objects/a", Some("/v1/objects/a"));
        check("/v1/objects/a/", Some("/v1/objects/a"));
        check("/v1/snapshots/s/en/routes//", Some("/v1/snapshots/s/en/routes/"));
        for right in ["/v1/objects/a", "/v1/snapshots/s/en/routes/", "/v1/snapshots/s/en/routes/a/"]
        {
            check(right, None);
        }
    }

    #[test]
    fn what_is_no_address_is_left_to_be_refused() {
        for path in
            ["/v1/../a/", "/v1/%2e%2e/a", "/v1/a%2fb/", "/v1/%ff", "/v1/%", "/v1/%+1", "/v1/é%"]
        {
            check(path, None);
        }
    }
}
