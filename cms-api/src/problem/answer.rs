//! A problem as the answer to a request.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;

use super::{Problem, RETRY_AFTER_S};

/// The problem from which a response was made, for the log line of its request.
#[derive(Clone)]
pub struct Logged(pub Problem);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (
            self.code.status(),
            [(header::CONTENT_TYPE, "application/problem+json"), self.cache.caching().header()],
            self.outward().to_string(),
        )
            .into_response();
        if let Some(seconds) = self.members.get(RETRY_AFTER_S).and_then(Value::as_u64) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.code.status() == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer realm=\"cms\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response.extensions_mut().insert(Logged(self));
        response
    }
}
