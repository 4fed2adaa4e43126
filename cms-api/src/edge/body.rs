//! JSON bodies: what does not fit is refused with the JSON pointer of the place.

use std::error::Error;

use axum::{
    body::Bytes,
    extract::{FromRequest, Request, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header},
};
use cms_core::model::canonical;
use serde::de::DeserializeOwned;
use tokio::sync::{Semaphore, SemaphorePermit};
use tower_http::timeout::TimeoutError;

use crate::{
    ground::{
        limits::{BODIES_SIZE_BYTES_MAX, BODY_UNCOUNTED_SIZE_BYTES_MAX, BODY_WAIT_MAX},
        reading::{self, Misfit},
    },
    problem::{Code, Problem},
};

/// A body of JSON, and the hash of its bytes.
pub struct JsonBody<T> {
    /// The value that the body holds.
    pub value: T,
    /// The hash that distinguishes bodies.
    pub hash: blake3::Hash,
}

/// The size of the largest body of a route, in bytes. Axum enforces the limit itself; by this value a body that
/// announces itself as larger is refused before any of it is requested.
#[derive(Debug, Clone, Copy)]
pub struct BodyMax(pub usize);

/// A whole body, which is not larger than its route allows.
#[derive(Debug)]
pub struct WholeBody(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for WholeBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let length = request.headers().get(header::CONTENT_LENGTH);
        let announced = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if let Some(BodyMax(max)) = request.extensions().get::<BodyMax>()
            && let Some(announced) = announced.filter(|announced| *announced > *max as u64)
        {
            let detail = format!("{announced} bytes are announced, and {max} is the most here");
            return Err(Problem::new(Code::BodyTooLarge, detail));
        }
        let max = request.extensions().get::<BodyMax>().map(|BodyMax(max)| *max as u64);
        let room = room(announced.or(max).unwrap_or_default()).await?;
        let bytes = Bytes::from_request(request, state).await.map_err(|error| unread(&error))?;
        Ok(Self(match room {
            // Whoever holds the bytes holds the room too.
            Some(room) => Bytes::from_owner(Roomed { bytes, _room: room }),
            None => bytes,
        }))
    }
}

/// The memory for bodies, in KiB. All bodies of the process share it, because all share its memory.
static ROOM: Semaphore = Semaphore::const_new(BODIES_SIZE_BYTES_MAX >> 10);

/// A body with the memory that it takes.
struct Roomed {
    bytes: Bytes,
    _room: SemaphorePermit<'static>,
}

impl AsRef<[u8]> for Roomed {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Memory for a body of this size; none is needed for a small one.
async fn room(size_bytes: u64) -> Result<Option<SemaphorePermit<'static>>, Problem> {
    if size_bytes <= BODY_UNCOUNTED_SIZE_BYTES_MAX as u64 {
        return Ok(None);
    }
    let size_kib = size_bytes.div_ceil(1 << 10).min(BODIES_SIZE_BYTES_MAX as u64 >> 10);
    let taking = ROOM.acquire_many(u32::try_from(size_kib).unwrap_or(u32::MAX));
    let full = "the server has no memory left for another body of this size";
    match tokio::time::timeout(BODY_WAIT_MAX, taking).await {
        Ok(room) => room.map(Some).map_err(Problem::internal),
        Err(_) => Err(Problem::new(Code::ServerFull, full).retry_after(2)),
    }
}

/// The error of a body that arrives too slowly.
#[derive(Debug, thiserror::Error)]
#[error("the body comes too slowly")]
pub struct TooSlow;

/// The problem of a body that could not be read.
fn unread(rejection: &BytesRejection) -> Problem {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::new(Code::BodyTooLarge, rejection.body_text());
    }
    broken_off(rejection)
}

/// The problem of a body that ended too early: its client was too slow, or sent something that is not a body.
pub fn broken_off(error: &(dyn Error + 'static)) -> Problem {
    if is_too_slow(error) {
        return Problem::new(Code::TooSlow, "the rest of the body did not come in time");
    }
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    Problem::new(Code::RequestMalformed, format!("the body could not be read: {innermost}"))
}

fn is_too_slow(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<TimeoutError>() || error.is::<TooSlow>() {
            return true;
        }
        next = error.source();
    }
    false
}

/// Refuses a body of another media type than JSON.
///
/// # Errors
/// [`Code::MediaTypeUnsupported`].
pub fn must_be_json(headers: &HeaderMap) -> Result<(), Problem> {
    let is_json = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .map(|value| value.split(';').next().unwrap_or_default().trim())
        .is_some_and(|media_type| media_type.eq_ignore_ascii_case("application/json"));
    if is_json {
        return Ok(());
    }
    Err(Problem::new(Code::MediaTypeUnsupported, "send `Content-Type: application/json`"))
}

impl<T: DeserializeOwned> JsonBody<T> {
    /// Reads a body from bytes.
    ///
    /// # Errors
    /// [`Code::RequestMalformed`] with the pointer of what does not fit.
    pub fn of(bytes: &Bytes) -> Result<Self, Problem> {
        let value = Self::read(bytes)?;
        // A number that would be read as another one is refused, wherever it is.
        canonical::exact(bytes).map_err(|error| {
            Problem::new(Code::RequestMalformed, error.reason).with("pointer", error.pointer)
        })?;
        Ok(Self { value, hash: blake3::hash(bytes) })
    }

    /// Reads bytes whose parts are read again, each by itself.
    ///
    /// # Errors
    /// Like [`JsonBody::of`], except for faults that only a closer look at numbers finds.
    pub fn read(bytes: &Bytes) -> Result<T, Problem> {
        let mut input = serde_json::Deserializer::from_slice(bytes);
        let value = reading::read(&mut input).map_err(|Misfit { pointer, error }| {
            Problem::new(Code::RequestMalformed, said(bytes, &error)).with("pointer", pointer)
        })?;
        input.end().map_err(|error| Problem::new(Code::RequestMalformed, said(bytes, &error)))?;
        Ok(value)
    }
}

/// What prevented a body from being read, by the name of the fault.
fn said(bytes: &[u8], error: &serde_json::Error) -> String {
    let offset = canonical::offset_at(bytes, error.line(), error.column());
    let fault = canonical::encoding_fault(bytes).or_else(|| canonical::stray_mark(bytes, offset));
    fault.map_or_else(|| error.to_string(), |fault| fault.said)
}

impl<T, S> FromRequest<S> for JsonBody<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        must_be_json(request.headers())?;
        Self::of(&WholeBody::from_request(request, state).await?.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[expect(dead_code, reason = "only its form matters")]
        rows: Vec<Row>,
    }

    #[derive(Debug, serde::Deserialize)]
    struct Row {
        #[expect(dead_code, reason = "only its form matters")]
        count: u32,
    }

    fn check(text: &'static str, pointer: Option<&str>) {
        let problem = match JsonBody::<Outer>::of(&Bytes::from_static(text.as_bytes())) {
            Ok(_) => panic!("{text} is accepted"),
            Err(problem) => problem,
        };
        assert_eq!(problem.code, Code::RequestMalformed);
        let told = problem.members.get("pointer").and_then(serde_json::Value::as_str);
        assert_eq!(told, pointer, "{text}");
    }

    #[test]
    fn what_does_not_fit_is_pointed_at() {
        check("{\"rows\": [{\"count\": 1}, {\"count\": \"x\"}]}", Some("/rows/1/count"));
        check("{\"rows\": [], \"more\": 1}", Some("/more"));
        check("{\"rows\": [], \"rows\": []}", Some(""));
        check("{}", Some(""));
        check("{\"rows\": []} {}", None);
    }
}
