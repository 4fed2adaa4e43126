//! What proxies say about a request, as it stands in its headers.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::http::{HeaderMap, HeaderName, header};

/// The shortest time between two log entries about headers that don't count.
const TOLD_EVERY: Duration = Duration::from_secs(60);
/// How many characters of the header are logged.
const SHOWN_CHARS: usize = 80;
/// Most hops that are looked at.
const HOPS_MAX: usize = 32;

/// One hop of a request on its way, as the proxy that took it says.
pub(super) struct Hop {
    /// Who asked the proxy; `None` when it can't be read.
    pub(super) address: Option<IpAddr>,
    /// Whether it asked by https, if the proxy says so.
    pub(super) is_https: Option<bool>,
}

/// The last hops, in the order in which a request made them. A header may stand in several lines.
pub(super) fn hops(name: &HeaderName, headers: &HeaderMap) -> Vec<Hop> {
    let lines = headers.get_all(name).iter();
    // No address has a comma in it, quoted or not.
    let parts: Vec<&str> = lines
        .flat_map(|line| line.to_str().unwrap_or_default().split(','))
        .map(str::trim)
        .collect();
    let nearest = &parts[parts.len().saturating_sub(HOPS_MAX)..];
    let is_standard = *name == header::FORWARDED;
    let read = |part: &&str| if is_standard { forwarded(part) } else { hop(address(part)) };
    nearest.iter().map(read).collect()
}

/// The value that the nearest proxy added to a header.
pub(super) fn last<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let line = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    line.rsplit(',').next().map(str::trim)
}

fn hop(address: Option<IpAddr>) -> Hop {
    Hop { address, is_https: None }
}

/// RFC 7239: `for=192.0.2.60;proto=http`, or `for="[2001:db8::1]:4711"`.
fn forwarded(part: &str) -> Hop {
    let mut found = hop(None);
    for (name, value) in part.split(';').filter_map(|pair| pair.split_once('=')) {
        let value = value.trim().trim_matches('"');
        match name.trim() {
            name if name.eq_ignore_ascii_case("for") => found.address = address(value),
            name if name.eq_ignore_ascii_case("proto") => {
                found.is_https = Some(value.eq_ignore_ascii_case("https"));
            }
            _ => {}
        }
    }
    found
}

/// An address, with or without a port, in brackets or not.
fn address(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address);
    }
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some(address.ip());
    }
    // RFC 7239 allows a word without meaning in place of a port.
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => text.split_at(text.find(':')?),
    };
    let is_port = |port: &str| {
        !port.is_empty()
            && port.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    let is_whole = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
    host.parse().ok().filter(|_| is_whole)
}

/// Logs headers that don't count: once a minute, because each request of a proxy with a wrong setting has the same.
#[derive(Clone, Default)]
pub(super) struct Told(Arc<Mutex<(Option<Instant>, u64)>>);

impl Told {
    /// A header in which no address can be read.
    pub(super) fn unread(&self, name: &HeaderName, headers: &HeaderMap) {
        let Some(requests) = self.due() else { return };
        let value = headers.get_all(name).iter().next_back();
        let value = value.map(|value| String::from_utf8_lossy(value.as_bytes()));
        let shown: String = value.unwrap_or_default().chars().take(SHOWN_CHARS).collect();
        tracing::warn!(
            header = %name,
            value = ?shown,
            requests,
            "no client's address can be read in the header: such requests count as the proxy's own"
        );
    }

    /// A header from an address that is not a declared proxy's.
    pub(super) fn of_stranger(&self, name: &HeaderName, peer: Option<IpAddr>) {
        let Some(requests) = self.due() else { return };
        tracing::warn!(
            header = %name,
            peer = peer.map(tracing::field::display),
            requests,
            "the header counts only from proxies that are declared (--trusted-proxy): the connection's own address counts"
        );
    }

    /// How many requests there were since the last log entry, if it is time for another.
    fn due(&self) -> Option<u64> {
        let mut told = self.0.lock().ok()?;
        told.1 += 1;
        if told.0.is_some_and(|last| last.elapsed() < TOLD_EVERY) {
            return None;
        }
        told.0 = Some(Instant::now());
        Some(std::mem::take(&mut told.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(header: &'static str, values: &[&str], expected: Option<&str>) {
        let name = HeaderName::from_static(header);
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(&name, axum::http::HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let found = hops(&name, &headers).last().and_then(|hop| hop.address);
        assert_eq!(found, expected.map(|text| text.parse().unwrap()), "{header}: {values:?}");
    }

    #[test]
    fn addresses_are_read_with_ports_and_brackets() {
        let header = "x-forwarded-for";
        for value in ["192.0.2.1", "192.0.2.1:5000", "10.0.0.1, 192.0.2.1:5000", "x,192.0.2.1 "] {
            check(header, &[value], Some("192.0.2.1"));
        }
        for value in ["2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:443"] {
            check(header, &[value], Some("2001:db8::1"));
        }
        check(header, &["10.0.0.1", "192.0.2.1"], Some("192.0.2.1"));
        for value in
            ["", "unknown", "192.0.2.1, ", "192.0.2.1:5000:1", "[2001:db8::1", "[::1]x", "a:1"]
        {
            check(header, &[value], None);
        }
        check(header, &["10.0.0.1", "Ü"], None);
    }

    #[test]
    fn the_standard_header_is_read_as_it_is_written() {
        for (value, expected) in [
            ("for=192.0.2.60;proto=http;by=203.0.113.43", Some("192.0.2.60")),
            ("For=\"[2001:db8:cafe::17]:4711\"", Some("2001:db8:cafe::17")),
            ("for=10.0.0.1, proto=https; for=\"192.0.2.1:_port\"", Some("192.0.2.1")),
            ("for=_hidden", None),
            ("for=unknown", None),
            ("192.0.2.1", None),
        ] {
            check("forwarded", &[value], expected);
        }
    }
}
