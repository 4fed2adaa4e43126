//! Ranges of bytes (RFC 9110, 13.1.5 and 14).
//!
//! One range is answered with its part. Several ranges, malformed ranges, and units other than bytes count as no range:
//! 14.2 leaves that to the server, and the whole body is a valid answer to them.

use axum::http::{HeaderMap, header};

/// The part of a body that is requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// The whole body.
    Whole,
    /// From the first byte to the last one, both included.
    Part {
        /// The first byte, from 0.
        first: usize,
        /// The last byte.
        last: usize,
    },
    /// Only what is past its end.
    Beyond,
}

/// The part that a request asks for of a body with this tag (without quotes) and this size.
pub fn asked(headers: &HeaderMap, tag: &str, size_bytes: usize) -> Extent {
    if !is_current(headers, tag) {
        return Extent::Whole;
    }
    let mut values = headers.get_all(header::RANGE).iter();
    let value = values.next().and_then(|value| value.to_str().ok());
    match (value, values.next()) {
        (Some(value), None) => extent(value, size_bytes).unwrap_or(Extent::Whole),
        _ => Extent::Whole,
    }
}

/// Whether the part fits what the client has: `If-Range` names exactly these bytes, or is absent. A date never fits,
/// because no answer has a date to compare it with.
fn is_current(headers: &HeaderMap, tag: &str) -> bool {
    let mut values = headers.get_all(header::IF_RANGE).iter();
    match (values.next(), values.next()) {
        (None, _) => true,
        (Some(value), None) => {
            let text = value.to_str().unwrap_or_default().trim();
            text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) == Some(tag)
        }
        (Some(_), Some(_)) => false,
    }
}

/// The one range of a header; `None` when it is malformed, of another unit, or of several parts.
fn extent(value: &str, size_bytes: usize) -> Option<Extent> {
    let (unit, range) = value.trim().split_once('=')?;
    if !unit.eq_ignore_ascii_case("bytes") || range.contains(',') {
        return None;
    }
    let (first, last) = range.trim().split_once('-')?;
    let Some(end) = size_bytes.checked_sub(1) else { return Some(Extent::Beyond) };
    let (first, last) = match (first, last) {
        ("", count) => match number(count)? {
            0 => return Some(Extent::Beyond),
            count => (size_bytes.saturating_sub(count), end),
        },
        (first, "") => (number(first)?, end),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if last < first {
                return None;
            }
            (first, last.min(end))
        }
    };
    Some(if first > end { Extent::Beyond } else { Extent::Part { first, last } })
}

/// A number of digits only; one beyond all sizes counts as the largest.
fn number(text: &str) -> Option<usize> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(range: &str, expected: Extent) {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, range.parse().unwrap());
        assert_eq!(asked(&headers, "t", 10), expected, "{range}");
    }

    #[test]
    fn a_range_lies_within_the_file() {
        for (range, first, last) in [
            ("bytes=0-", 0, 9),
            ("Bytes=2-3", 2, 3),
            ("bytes=2-99", 2, 9),
            ("bytes=9-99999999999999999999999", 9, 9),
            ("bytes=-4", 6, 9),
            ("bytes=-99", 0, 9),
        ] {
            check(range, Extent::Part { first, last });
        }
        for beyond in ["bytes=10-", "bytes=99-100", "bytes=-0", "bytes=99999999999999999999999-"] {
            check(beyond, Extent::Beyond);
        }
        for none in ["bytes=3-2", "bytes=1-2,4-5", "lines=1-2", "bytes=x-", "bytes=+1-2", "bytes="]
        {
            check(none, Extent::Whole);
        }
    }

    #[test]
    fn a_part_of_other_bytes_is_not_given() {
        for (value, is_part) in
            [("\"t\"", true), ("W/\"t\"", false), ("\"u\"", false), ("t", false)]
        {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, "bytes=0-1".parse().unwrap());
            headers.insert(header::IF_RANGE, value.parse().unwrap());
            assert_eq!(asked(&headers, "t", 10) != Extent::Whole, is_part, "{value}");
        }
    }
}
