//! What is refused before anything looks at the request itself: heads that are too large or name no host, and
//! everything but probes when the server has no place left.

pub mod crowd;

use std::time::Duration;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, Uri, Version, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{access::Caller, client::Client};
use cms_core::access::Holder;

use crate::{
    ground::limits::{HEAD_FIELDS_MAX, HEAD_SIZE_BYTES_MAX, LONG_REQUEST_TIME_MAX},
    problem::{Code, Problem},
};
use crowd::Crowd;

/// The addresses that operators' programs ask to learn how the server is.
const PROBES: [&str; 2] = ["/healthz", "/readyz"];

/// The addresses below which a request may take long: what is imported, exported and uploaded, and verbs of the command
/// line.
const LONG: [&str; 4] = [
    "/authoring/v1/commands/",
    "/authoring/v1/commits",
    "/authoring/v1/jobs/import",
    "/authoring/v1/media",
];

/// Marks a request on a connection that only has a place for probes.
#[derive(Debug, Clone, Copy)]
pub struct Crowded;

/// Lets a request in, or says why not.
pub async fn admit(State(crowd): State<Crowd>, request: Request, next: Next) -> Response {
    if let Some(problem) = refusal(&request) {
        return problem.into_response();
    }
    if is_probe(&request) {
        return next.run(request).await;
    }
    let client = request.extensions().get::<Client>().copied().unwrap_or_default();
    match crowd.enter(&client) {
        Err(problem) => problem.into_response(),
        Ok(None) => next.run(request).await,
        Ok(Some(place)) => {
            place.held(next.run(request).await).unwrap_or_else(IntoResponse::into_response)
        }
    }
}

/// Lets in as many requests of a person as a person may have at a time, wherever they come from. Who holds the data
/// directory is not counted.
pub async fn share(State(crowd): State<Crowd>, request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Caller>();
    let person = caller.filter(|caller| !matches!(caller.holder, Holder::Machine));
    match person.map(|caller| crowd.enter_as(&caller.person)) {
        None => next.run(request).await,
        Some(Err(problem)) => problem.into_response(),
        Some(Ok(place)) => {
            place.held(next.run(request).await).unwrap_or_else(IntoResponse::into_response)
        }
    }
}

/// Ends a request whose answer does not begin in time. Work that may write goes on, as when its client goes away.
pub async fn in_time(State(most): State<Duration>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_long = LONG.iter().any(|below| path.starts_with(below));
    let most = if is_long { most.max(LONG_REQUEST_TIME_MAX) } else { most };
    let only_reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let answered = tokio::time::timeout(most, next.run(request)).await;
    answered.unwrap_or_else(|_| {
        let (code, detail) = if only_reads {
            (Code::ServerFull, "the answer took too long")
        } else {
            (Code::OutcomeUnknown, "it took too long, and goes on: look again later")
        };
        Problem::new(code, detail).into_response()
    })
}

fn is_probe(request: &Request) -> bool {
    PROBES.contains(&request.uri().path())
}

fn refusal(request: &Request) -> Option<Problem> {
    if request.extensions().get::<Crowded>().is_some() && !is_probe(request) {
        let detail = "every connection that the server may have is at work";
        return Some(Problem::new(Code::ServerFull, detail).retry_after(1));
    }
    let fields = request.headers().len();
    if head_size_bytes(request) > HEAD_SIZE_BYTES_MAX || fields > HEAD_FIELDS_MAX {
        return Some(Problem::new(
            Code::HeadTooLarge,
            "the head of a request is at most 32 KiB, with at most 100 fields",
        ));
    }
    if is_compressed(request.headers()) {
        let detail = "send the body as it is: a small compressed body could be a large one";
        return Some(Problem::new(Code::MediaTypeUnsupported, detail));
    }
    let reason = host_fault(request.version(), request.uri(), request.headers())?;
    Some(Problem::new(Code::RequestMalformed, reason))
}

/// Whether a request has a body that is compressed for the way.
fn is_compressed(headers: &HeaderMap) -> bool {
    let has_body = headers.contains_key(header::TRANSFER_ENCODING)
        || headers.get(header::CONTENT_LENGTH).is_some_and(|length| length != "0");
    let codings = headers.get_all(header::CONTENT_ENCODING).iter();
    has_body
        && codings.into_iter().any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
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
            _ => target.authority().is_some_and(is_host),
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
