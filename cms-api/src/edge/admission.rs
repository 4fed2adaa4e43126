//! What is refused before anything looks at the request itself: heads that are too large or name no host, and
//! everything but probes when the server has no place left.

use axum::{
    extract::Request,
    http::{HeaderMap, Uri, Version, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::problem::{Code, Problem};

/// Largest head of a request, in bytes.
pub const HEAD_SIZE_BYTES_MAX: usize = 32 << 10;
/// The addresses that operators' programs ask to learn how the server is.
const PROBES: [&str; 2] = ["/healthz", "/readyz"];

/// Marks a request on a connection that only has a place for probes.
#[derive(Debug, Clone, Copy)]
pub struct Crowded;

/// Lets a request in, or says why not.
pub async fn admit(request: Request, next: Next) -> Response {
    match refusal(&request) {
        Some(problem) => problem.into_response(),
        None => next.run(request).await,
    }
}

fn refusal(request: &Request) -> Option<Problem> {
    let is_probe = PROBES.contains(&request.uri().path());
    if request.extensions().get::<Crowded>().is_some() && !is_probe {
        let detail = "every connection that the server may have is at work";
        return Some(Problem::new(Code::ServerFull, detail).retry_after(1));
    }
    if head_size_bytes(request) > HEAD_SIZE_BYTES_MAX {
        return Some(Problem::new(Code::HeadTooLarge, "the head of a request is at most 32 KiB"));
    }
    let reason = host_fault(request.version(), request.uri(), request.headers())?;
    Some(Problem::new(Code::RequestMalformed, reason))
}

/// Roughly the size of the head as HTTP/1.1 would send it. The parser of HTTP/1.1 enforces the limit itself; in HTTP/2
/// it would be enforced without a word to the client.
fn head_size_bytes(request: &Request) -> usize {
    let lines = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4);
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    target + lines.sum::<usize>()
}

/// RFC 9112, 3.2: a request of HTTP/1.1 has exactly one `Host`; a request of any version may have neither two nor an
/// invalid one. RFC 9113, 8.3.1: in HTTP/2 the authority is in the target, and a `Host` in addition must be the same.
fn host_fault(version: Version, target: &Uri, headers: &HeaderMap) -> Option<&'static str> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let Some(host) = hosts.next() else {
        let is_named = match version {
            Version::HTTP_09 | Version::HTTP_10 => true,
            Version::HTTP_11 => false,
            _ => target.authority().is_some(),
        };
        return (!is_named).then_some("the request has no Host");
    };
    if hosts.next().is_some() {
        return Some("the request has more than one Host");
    }
    let authority = host.to_str().ok().and_then(|text| text.parse().ok());
    let Some(authority) = authority.filter(is_host) else { return Some("Host is not a host") };
    // In HTTP/1.1 the target's host counts if there is one, whatever `Host` says.
    let told = target.authority().filter(|_| version >= Version::HTTP_2);
    told.is_some_and(|told| *told != authority).then_some("Host is not the host of the target")
}

/// A host, with or without a port, and without a user's name.
fn is_host(authority: &Authority) -> bool {
    let host = authority.host();
    let port = authority.as_str().strip_prefix(host);
    !host.is_empty() && port.is_some_and(|port| port.is_empty() || authority.port_u16().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(version: Version, target: &str, hosts: &[&str], is_good: bool) {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(header::HOST, host.parse().unwrap());
        }
        let fault = host_fault(version, &target.parse().unwrap(), &headers);
        assert_eq!(fault.is_none(), is_good, "{version:?} {target} {hosts:?}: {fault:?}");
    }

    #[test]
    fn a_request_names_one_host() {
        for host in ["a", "a.b:80", "127.0.0.1:8080", "[::1]:80", "my_service", "localhost"] {
            check(Version::HTTP_11, "/", &[host], true);
        }
        for hosts in [
            &[][..],
            &["a", "a"],
            &[""],
            &["a b"],
            &["a/b"],
            &["x@a"],
            &["a:b"],
            &["a:"],
            &["a:99999"],
        ] {
            check(Version::HTTP_11, "/", hosts, false);
        }
        check(Version::HTTP_11, "http://a/", &[], false);
        check(Version::HTTP_11, "http://a/", &["b"], true);
        check(Version::HTTP_10, "/", &[], true);
        check(Version::HTTP_10, "/", &["a", "b"], false);
        check(Version::HTTP_2, "http://a/", &[], true);
        check(Version::HTTP_2, "http://a/", &["a"], true);
        check(Version::HTTP_2, "http://a/", &["b"], false);
        check(Version::HTTP_2, "/", &[], false);
    }
}
