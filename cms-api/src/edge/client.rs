//! Who asks, as far as that can be believed: the client's address, and whether the connection is encrypted on its whole
//! way. Limits, sessions and the audit all take this from here.
//!
//! A proxy in front names the client in a header, and anybody else could write the same header. So the header counts
//! only if the connection comes from a proxy that the operator declared (`trusted_proxies`). Proxies are followed from
//! the nearest one on: the first address that is not a declared proxy's is the client's, whatever stands before it.
//!
//! Invariants:
//! 1. Nobody but a declared proxy chooses the address that counts for them, or claims to come by https.
//! 2. Where nothing was declared, only the machine itself is trusted: its loopback addresses, and a socket in the file
//!    system, which only the server's own user may open.

mod told;

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderName, header, request::Parts},
    middleware::Next,
    response::Response,
};
use ipnet::IpNet;

use crate::process::config;
use told::Told;

/// The header in which proxies usually name clients.
const USUAL: HeaderName = HeaderName::from_static("x-forwarded-for");
/// The header in which proxies say how the client reached them.
const SCHEME: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Where a connection comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// Its address; none on a socket in the file system.
    pub address: Option<IpAddr>,
    /// Whether it is encrypted.
    pub is_encrypted: bool,
}

/// Who asks, as far as that can be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Client {
    /// The client's address; none for a program on this machine that uses the socket.
    pub address: Option<IpAddr>,
    /// Whether the request came by https: to this server, or to a declared proxy that says so.
    pub is_https: bool,
}

/// The client as limits count it: a network, if a client can choose among the addresses of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

impl Client {
    /// What limits count. Whoever has one address of version 6 has 2^64 of them.
    pub fn network(&self) -> Network {
        let address = self.address.unwrap_or(Ipv4Addr::LOCALHOST.into());
        match address.to_canonical() {
            IpAddr::V6(address) => {
                let network = u128::from(address) & !u128::from(u64::MAX);
                Network(Ipv6Addr::from(network).into())
            }
            address => Network(address),
        }
    }

    /// The network as it is put on record: enough to see that attempts belong together, and nobody's own address.
    pub fn on_record(&self) -> String {
        match self.address.map(|address| address.to_canonical()) {
            None => "this machine".to_owned(),
            Some(address) if address.is_loopback() => "this machine".to_owned(),
            Some(IpAddr::V4(address)) => {
                let [a, b, c, _] = address.octets();
                format!("{a}.{b}.{c}.0/24")
            }
            Some(IpAddr::V6(address)) => {
                let [a, b, c, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}::/48")
            }
        }
    }

    /// Whether the client is a program on this machine.
    pub fn is_local(&self) -> bool {
        self.address.is_none_or(|address| address.to_canonical().is_loopback())
    }
}

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().copied().unwrap_or_default())
    }
}

/// The proxies that are believed, and the header in which they name clients.
#[derive(Clone, Default)]
pub struct Proxies {
    trusted: Arc<[IpNet]>,
    header: Option<HeaderName>,
    told: Told,
}

impl Proxies {
    /// The proxies that settings declare. Without a network, `header` is believed from the machine itself; without a header,
    /// declared proxies use `X-Forwarded-For`.
    pub fn new(declared: config::Proxies) -> Self {
        let config::Proxies { trusted, header } = declared;
        let header = header.or_else(|| (!trusted.is_empty()).then_some(USUAL));
        Self { trusted: trusted.into(), header, told: Told::default() }
    }

    /// Whether a connection may come from a declared proxy.
    fn trusts(&self, address: Option<IpAddr>) -> bool {
        let Some(address) = address.map(|address| address.to_canonical()) else { return true };
        if self.trusted.is_empty() {
            return address.is_loopback();
        }
        self.trusted.iter().any(|network| network.contains(&address))
    }

    /// Who makes the request that these parts begin.
    fn client(&self, parts: &Parts) -> Client {
        let peer = parts.extensions.get::<Peer>().copied();
        let peer = peer.unwrap_or(Peer { address: None, is_encrypted: false });
        let itself = Client { address: peer.address, is_https: peer.is_encrypted };
        let Some(header) = &self.header else {
            // A proxy that nobody declared: everybody behind it would be one client, and wait for each other.
            if let Some(header) = [&USUAL, &header::FORWARDED]
                .into_iter()
                .find(|header| parts.headers.contains_key(*header))
            {
                self.told.of_stranger(header, peer.address);
            }
            return itself;
        };
        if !self.trusts(peer.address) {
            if parts.headers.contains_key(header) {
                self.told.of_stranger(header, peer.address);
            }
            return itself;
        }
        let hops = told::hops(header, &parts.headers);
        let mut client = itself;
        for hop in hops.iter().rev() {
            let Some(address) = hop.address else {
                self.told.unread(header, &parts.headers);
                break;
            };
            client = Client {
                address: Some(address),
                is_https: hop.is_https.unwrap_or(client.is_https),
            };
            if !self.trusts(client.address) {
                break;
            }
        }
        if *header != header::FORWARDED {
            let scheme = told::last(&parts.headers, &SCHEME);
            client.is_https |= scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"));
        }
        client
    }
}

/// Finds out who asks, for everything that comes after.
pub async fn find(State(proxies): State<Proxies>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let client = proxies.client(&parts);
    parts.extensions.insert(client);
    next.run(Request::from_parts(parts, body)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(peer: Option<&str>, is_encrypted: bool, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let address = peer.map(|peer| peer.parse().unwrap());
        parts.extensions.insert(Peer { address, is_encrypted });
        parts
    }

    struct Case<'c> {
        trusted: &'c [&'c str],
        header: Option<&'static str>,
        peer: Option<&'c str>,
        headers: &'c [(&'c str, &'c str)],
    }

    #[track_caller]
    fn check(case: &Case<'_>, address: Option<&str>, is_https: bool) {
        let trusted = case.trusted.iter().map(|text| text.parse().unwrap()).collect();
        let header = case.header.map(HeaderName::from_static);
        let proxies = Proxies::new(config::Proxies { trusted, header });
        let client = proxies.client(&parts(case.peer, false, case.headers));
        let expected = Client { address: address.map(|text| text.parse().unwrap()), is_https };
        assert_eq!(client, expected, "{:?} {:?}", case.peer, case.headers);
    }

    const FOR: Option<&str> = Some("x-forwarded-for");

    #[test]
    fn a_header_counts_only_from_the_machine_itself_unless_proxies_are_declared() {
        let headers = &[("x-forwarded-for", "192.0.2.1"), ("x-forwarded-proto", "https")];
        let from = |peer| Case { trusted: &[], header: FOR, peer, headers };
        check(&from(Some("127.0.0.1")), Some("192.0.2.1"), true);
        check(&from(Some("::ffff:127.0.0.1")), Some("192.0.2.1"), true);
        check(&from(None), Some("192.0.2.1"), true);
        check(&from(Some("10.0.0.7")), Some("10.0.0.7"), false);
        let unnamed = Case { trusted: &[], header: None, peer: Some("127.0.0.1"), headers };
        check(&unnamed, Some("127.0.0.1"), false);
    }

    #[test]
    fn proxies_are_followed_to_the_first_address_that_is_none_of_them() {
        let trusted = &["10.0.0.0/8", "fd00::/8"];
        let told = |peer, value| {
            let headers: &[(&str, &str)] = Box::leak(Box::new([("x-forwarded-for", value)]));
            Case { trusted, header: None, peer: Some(peer), headers }
        };
        check(&told("10.0.0.7", "192.0.2.1"), Some("192.0.2.1"), false);
        check(&told("10.0.0.7", "203.0.113.9, 192.0.2.1, 10.0.0.8"), Some("192.0.2.1"), false);
        check(&told("fd00::7", "1.1.1.1, 10.0.0.8"), Some("1.1.1.1"), false);
        check(&told("10.0.0.7", "10.0.0.1, 10.0.0.2"), Some("10.0.0.1"), false);
        check(&told("10.0.0.7", "192.0.2.1, nonsense, 10.0.0.8"), Some("10.0.0.8"), false);
        check(&told("10.0.0.7", "nonsense"), Some("10.0.0.7"), false);
        check(&told("192.0.2.66", "1.1.1.1"), Some("192.0.2.66"), false);
        check(&told("127.0.0.1", "1.1.1.1"), Some("127.0.0.1"), false);
    }

    #[test]
    fn the_standard_header_says_how_each_hop_was_reached() {
        let told = |value| {
            let headers: &[(&str, &str)] =
                Box::leak(Box::new([("forwarded", value), ("x-forwarded-proto", "https")]));
            Case {
                trusted: &["10.0.0.0/8"],
                header: Some("forwarded"),
                peer: Some("10.0.0.7"),
                headers,
            }
        };
        check(&told("for=192.0.2.1;proto=https"), Some("192.0.2.1"), true);
        check(&told("for=192.0.2.1;proto=https, for=10.0.0.8;proto=http"), Some("192.0.2.1"), true);
        check(&told("for=1.1.1.1;proto=https, for=192.0.2.1;proto=http"), Some("192.0.2.1"), false);
        check(&told("for=192.0.2.1"), Some("192.0.2.1"), false);
    }

    #[test]
    fn an_encrypted_connection_is_https_without_a_header() {
        let client = Proxies::default().client(&parts(Some("192.0.2.1"), true, &[]));
        assert_eq!(client, Client { address: Some("192.0.2.1".parse().unwrap()), is_https: true });
        assert!(!client.is_local() && Client::default().is_local());
    }

    #[test]
    fn a_network_of_version_6_is_one_client() {
        let network =
            |text: &str| Client { address: Some(text.parse().unwrap()), is_https: false }.network();
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:1"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_eq!(network("::ffff:10.0.0.1"), network("10.0.0.1"));
    }
}
