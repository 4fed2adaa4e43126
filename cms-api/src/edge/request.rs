//! One log line for each request, under an id that the client gets too.

use std::time::Instant;

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue, Method},
    middleware::Next,
    response::Response,
};

use super::address::link::without_secret;
use crate::problem::answer::Logged;

/// The header that carries a request's id, in both directions.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Gives the request an id (a valid one from the client is kept) and writes its log line.
pub async fn observe(mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = request
        .headers()
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|text| is_sane(text))
        .map_or_else(fresh_id, str::to_owned);
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = request.method().clone();
    // Only the path is logged: a query may hold what does not belong in a log, and a link's secret does not belong
    // there either.
    let path = without_secret(request.uri().path());
    let mut left = Left { id: &id, method: &method, path: &path, started, is_answered: false };
    let mut response = next.run(request).await;
    left.is_answered = true;
    drop(left);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let status = response.status();
    let latency_ms = started.elapsed().as_secs_f64() * 1000.0;
    let told = response.extensions().get::<Logged>();
    let (code, detail) =
        told.map_or(("", ""), |Logged(problem)| (problem.code.word(), &*problem.detail));
    if status.is_server_error() {
        tracing::error!(%id, %method, path, status = status.as_u16(), latency_ms, code, detail, "request");
    } else {
        tracing::info!(%id, %method, path, status = status.as_u16(), latency_ms, code, "request");
    }
    response
}

/// Writes the log line of a request whose client went away before it was answered.
struct Left<'r> {
    id: &'r str,
    method: &'r Method,
    path: &'r str,
    started: Instant,
    is_answered: bool,
}

impl Drop for Left<'_> {
    fn drop(&mut self) {
        if self.is_answered {
            return;
        }
        let Self { id, method, path, .. } = self;
        let latency_ms = self.started.elapsed().as_secs_f64() * 1000.0;
        tracing::info!(%id, %method, path, latency_ms, "the client left before it was answered");
    }
}

fn is_sane(text: &str) -> bool {
    (8..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// A new id.
pub fn fresh_id() -> String {
    let mut bytes = [0; 8];
    // Without randomness the id is worse, but the service is not.
    let _ = getrandom::fill(&mut bytes);
    format!("{:016x}", u64::from_be_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_could_forge_a_log_line_are_replaced() {
        assert!(is_sane("abcd-1234"));
        for text in ["", "short", "a b c d e f", "x\ny45678", &"x".repeat(65)] {
            assert!(!is_sane(text), "{text:?}");
        }
        assert_ne!(fresh_id(), fresh_id());
    }
}
