//! The client for which the nearest proxy asks, from the header in which the proxy names it.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::http::{HeaderMap, HeaderName, header};

/// The shortest time between two log entries about a header that can't be read.
const TOLD_EVERY: Duration = Duration::from_secs(60);
/// How many characters of the header are logged.
const SHOWN_CHARS: usize = 80;

/// The header with the client's address, if there is one.
#[derive(Clone)]
pub struct ClientAddress {
    header: Option<HeaderName>,
    /// When an unreadable header was last logged, and how many there have been since.
    unread: Arc<Mutex<(Option<Instant>, u64)>>,
}

impl ClientAddress {
    /// The address in this header.
    pub fn told_in(header: Option<HeaderName>) -> Self {
        Self { header, unread: Arc::default() }
    }

    /// The address that the nearest proxy named; `None` when there is none, or none that can be read.
    pub fn of(&self, headers: &HeaderMap) -> Option<IpAddr> {
        let name = self.header.as_ref()?;
        // The nearest proxy adds its part at the end; anyone may have written what comes before.
        let value = headers.get_all(name).iter().next_back()?;
        let text = value.to_str().unwrap_or_default();
        let found = if *name == header::FORWARDED { forwarded(text) } else { address(last(text)) };
        if found.is_none() {
            self.tell(name, &String::from_utf8_lossy(value.as_bytes()));
        }
        found
    }

    /// Logs once a minute, because each request of a proxy with a wrong setting has the same header.
    fn tell(&self, name: &HeaderName, value: &str) {
        let Ok(mut unread) = self.unread.lock() else { return };
        unread.1 += 1;
        if unread.0.is_some_and(|told| told.elapsed() < TOLD_EVERY) {
            return;
        }
        let requests = std::mem::take(&mut unread.1);
        unread.0 = Some(Instant::now());
        drop(unread);
        let shown: String = value.chars().take(SHOWN_CHARS).collect();
        tracing::warn!(
            header = %name,
            value = ?shown,
            requests,
            "no client's address can be read in the header: such requests count as the proxy's own"
        );
    }
}

fn last(list: &str) -> &str {
    list.rsplit(',').next().unwrap_or_default().trim()
}

/// RFC 7239: `for=192.0.2.60;proto=http, for="[2001:db8::1]:4711"`. No address has a comma in it, quoted or not.
fn forwarded(text: &str) -> Option<IpAddr> {
    let pairs = last(text).split(';').filter_map(|pair| pair.split_once('='));
    let (_, node) = pairs.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    address(node.trim().trim_matches('"'))
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
        let found = ClientAddress::told_in(Some(name)).of(&headers);
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
