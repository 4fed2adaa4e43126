//! What a browser sends that matters for signing in: where it thinks it is, and whether what it sends can be overheard.

use std::net::IpAddr;

use axum::http::{HeaderMap, Uri, header, uri::Authority};
use cms_core::repo::Origin;

use super::{Signing, attempts::Source, cookie};
use crate::{
    problem::{Code, Problem},
    store::Store,
};

/// Says for which site a browser makes a request (W3C Fetch Metadata).
const SEC_FETCH_SITE: &str = "sec-fetch-site";

/// A browser, or a program that asks like one.
#[derive(Debug, Clone)]
pub struct Browser {
    /// What it says it is.
    pub agent: String,
    /// The network that it asks from.
    pub network: String,
    /// The address that it asks from.
    pub address: Option<IpAddr>,
    /// Whether the connection is encrypted, as far as the server knows.
    pub is_secure: bool,
    /// Whether it asks this machine itself.
    pub is_loopback: bool,
    /// The proof that somebody has signed in with it before.
    pub device: Option<String>,
}

/// Where a request comes from, as far as that can be believed.
#[derive(Debug, Clone)]
pub struct From {
    /// The network that it comes from.
    pub network: String,
    /// The address that it comes from.
    pub address: Option<IpAddr>,
    /// Whether it came encrypted all the way.
    pub is_https: bool,
    /// Whether it comes from this machine.
    pub is_local: bool,
}

/// Of which server's page a request says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    /// A page of this server.
    Here,
    /// A page of another server.
    Elsewhere,
    /// It does not say.
    Untold,
}

impl Browser {
    /// The browser that sent a request.
    pub fn of(signing: &Signing, headers: &HeaderMap, uri: &Uri, from: From) -> Self {
        let host = host(headers, uri);
        let is_loopback = from.is_local && host.as_deref().is_some_and(is_loopback);
        let is_secure = match &signing.config().public_url {
            Some(url) => url.starts_with("https://"),
            // A browser does not lie about this; whoever does gives away only their own session.
            None => {
                from.is_https
                    || origin(headers).is_some_and(|it| it.starts_with("https://"))
                    || cookie::has_secure(headers)
            }
        };
        let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Self {
            agent: agent.unwrap_or_default().to_owned(),
            network: from.network,
            address: from.address,
            is_secure,
            is_loopback,
            device: cookie::read(headers, cookie::device_name(is_secure)),
        }
    }

    /// From where it acts, as the audit records it.
    pub fn origin(&self, store: &Store) -> Origin {
        origin_of(store, self.address)
    }

    /// Where attempts for an account come from.
    pub fn source(&self, signing: &Signing, person: Option<&str>) -> Source {
        let device = self.device.as_deref().zip(person);
        match device
            .and_then(|(device, person)| cookie::known_device(signing.device_key(), device, person))
        {
            Some(device) => Source::Device(device),
            None => Source::Client(self.network.clone()),
        }
    }

    /// Refuses to sign in where anybody on the way could take the session.
    ///
    /// # Errors
    /// [`Code::HttpsNeeded`].
    pub fn must_be_private(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let is_overheard = origin(headers).is_some_and(|origin| origin.starts_with("http://"));
        if self.is_loopback || (self.is_secure && !is_overheard) {
            return Ok(());
        }
        let detail = "people sign in over HTTPS, or on the machine itself: set `public_url` to the address that browsers use";
        Err(Problem::new(Code::HttpsNeeded, detail))
    }
}

/// From where somebody at an address acts. A record without the mark says less; that it could not be made keeps nobody
/// from signing in.
pub fn origin_of(store: &Store, address: Option<IpAddr>) -> Origin {
    let mark = |address| store.repository.audit().mark(address).ok().flatten();
    Origin { client: address.and_then(mark), ..Origin::default() }
}

/// Refuses a request that a page of another server made.
///
/// # Errors
/// [`Code::CsrfRefused`].
pub fn must_not_be_foreign(
    signing: &Signing,
    headers: &HeaderMap,
    uri: &Uri,
) -> Result<(), Problem> {
    match told(signing, headers, uri) {
        Page::Here | Page::Untold => Ok(()),
        Page::Elsewhere => Err(foreign("a page of another server made this request")),
    }
}

/// Refuses a request that does not say that a page of this server made it.
///
/// # Errors
/// [`Code::CsrfRefused`].
pub fn must_be_from_here(signing: &Signing, headers: &HeaderMap, uri: &Uri) -> Result<(), Problem> {
    match told(signing, headers, uri) {
        Page::Here => Ok(()),
        Page::Elsewhere => Err(foreign("a page of another server made this request")),
        Page::Untold => {
            Err(foreign("a request with a cookie says where it comes from, in `Origin`"))
        }
    }
}

/// The problem of a request that another server's page may have made.
pub fn foreign(detail: &str) -> Problem {
    Problem::new(Code::CsrfRefused, detail)
}

fn told(signing: &Signing, headers: &HeaderMap, uri: &Uri) -> Page {
    let site = headers.get(SEC_FETCH_SITE).map(|value| value.as_bytes());
    if headers.get_all(header::ORIGIN).iter().count() > 1 {
        return Page::Elsewhere;
    }
    match (origin(headers), site) {
        (Some(_), Some(site)) if site != b"same-origin" => Page::Elsewhere,
        (Some(origin), _) if is_ours(signing, origin, headers, uri) => Page::Here,
        (Some(_), _) => Page::Elsewhere,
        (None, Some(b"same-origin")) => Page::Here,
        (None, Some(_)) => Page::Elsewhere,
        (None, None) => Page::Untold,
    }
}

fn origin(headers: &HeaderMap) -> Option<&str> {
    // What is not text is no origin of ours.
    headers.get(header::ORIGIN).map(|value| value.to_str().unwrap_or("null"))
}

fn is_ours(signing: &Signing, origin: &str, headers: &HeaderMap, uri: &Uri) -> bool {
    if let Some(url) = &signing.config().public_url {
        return origin.eq_ignore_ascii_case(url);
    }
    let of_origin = origin.split_once("://").map(|(_, host)| host);
    let host = host(headers, uri);
    of_origin.zip(host).is_some_and(|(origin, host)| origin.eq_ignore_ascii_case(&host))
}

/// The host that a request names, with its port.
fn host(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    let of_header = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    let of_target = uri.authority().map(Authority::as_str);
    of_header.or(of_target).map(str::to_owned)
}

fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn this_machine_has_several_names() {
        for host in ["localhost", "LOCALHOST:8080", "127.0.0.1:1", "127.3.2.1", "[::1]:8080"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["localhost.example.org", "128.0.0.1", "[::2]", "", "evil.org:127"] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn only_a_page_of_this_server_counts_as_one() {
        let engine = std::sync::Arc::new(cms_core::engine::memory::MemoryEngine::new());
        let new = cms_core::repo::NewRepository {
            salt: [0; 32],
            secret: [0; 32],
            source_locale: "en".parse().unwrap(),
            schemas: Vec::new(),
            stamp: crate::ground::authorship::Authorship::own("ana".parse().unwrap(), 1).stamp(""),
        };
        let repository = cms_core::repo::Repository::create(engine, new).unwrap();
        let signing = Signing::over(&repository, Default::default());
        let check = |origin: Option<&'static str>, site: Option<&'static str>, expected: Page| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("cms.example:8443"));
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            }
            if let Some(site) = site {
                headers.insert(SEC_FETCH_SITE, HeaderValue::from_static(site));
            }
            let found = told(&signing, &headers, &Uri::from_static("/"));
            assert_eq!(found, expected, "{origin:?} {site:?}");
        };
        check(Some("https://cms.example:8443"), None, Page::Here);
        check(Some("https://cms.example:8443"), Some("same-origin"), Page::Here);
        check(Some("https://cms.example"), None, Page::Elsewhere);
        check(Some("https://evil.cms.example:8443"), None, Page::Elsewhere);
        check(Some("https://cms.example:8443.evil.org"), None, Page::Elsewhere);
        check(Some("https://cms.example:8443"), Some("cross-site"), Page::Elsewhere);
        check(Some("null"), None, Page::Elsewhere);
        check(None, Some("same-origin"), Page::Here);
        check(None, Some("same-site"), Page::Elsewhere);
        check(None, Some("none"), Page::Elsewhere);
        check(None, None, Page::Untold);
    }
}
