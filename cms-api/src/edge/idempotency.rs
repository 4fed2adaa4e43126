//! `Idempotency-Key`: a client that lost the answer to a create may repeat the request, and gets the same answer.
//!
//! A key belongs to one person. The first answer under it is remembered in the store for [`KEPT_MS`], together with its
//! request, so it outlives the server.
//!
//! Invariants:
//! 1. Same key, same request: one effect and one answer, even when both arrive at once.
//! 2. Same key, another request: refused, and nothing is done.
//! 3. A refusal is not remembered: what was refused changed nothing and may be tried again.
//! 4. A write that does not support the key refuses it by name, and does nothing.
//! 5. If the process dies after the effect and before the answer is remembered, the engine still knows the operation,
//!    which is derived from the key: the next try finds what the first one did.
//! 6. An answer is given again to somebody who may read what they might then. To anybody else it is made again from what
//!    was done, so that it shows what they see now.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json,
    extract::{FromRef, FromRequestParts, MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use cms_core::{
    access::{Holder, Right},
    engine::{OperationId, Position},
    repo::{Happening, Remembered},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::OwnedMutexGuard;
use utoipa::openapi::{RefOr, path::Parameter};

use super::access::Caller;
use crate::{
    ground::authorship::{Authorship, fresh_operation},
    problem::{Code, Problem, caching::Caching},
    store::{Store, worker::Worker},
};

/// The header's name.
pub const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that an answer was given before.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// How long an answer is remembered, in milliseconds: two days, so that "a day" is always true.
pub const KEPT_MS: u64 = 48 * 60 * 60 * 1000;
/// Longest key, in bytes.
const KEY_SIZE_BYTES_MAX: usize = 255;

/// A request that may be repeated: the key, if there is one, and what distinguishes requests.
#[derive(Debug, Clone)]
pub struct Repeatable {
    key: Option<String>,
    method: Method,
    uri: Uri,
}

impl<S: Sync> FromRequestParts<S> for Repeatable {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut keys = parts.headers.get_all(HEADER).iter();
        let key = match (keys.next(), keys.next()) {
            (None, _) => None,
            (Some(value), None) => {
                let is_fine = |text: &&str| {
                    (1..=KEY_SIZE_BYTES_MAX).contains(&text.len())
                        && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
                        && text.trim() == *text
                };
                let text = value.to_str().ok().filter(is_fine);
                let malformed = || {
                    let detail = format!(
                        "`Idempotency-Key` must be 1 to {KEY_SIZE_BYTES_MAX} visible ASCII characters or spaces between them"
                    );
                    Problem::new(Code::RequestMalformed, detail)
                };
                Some(text.ok_or_else(malformed)?.to_owned())
            }
            (Some(_), Some(_)) => {
                let detail = "`Idempotency-Key` is given more than once";
                return Err(Problem::new(Code::RequestMalformed, detail));
            }
        };
        Ok(Self { key, method: parts.method.clone(), uri: parts.uri.clone() })
    }
}

/// The answer to a create.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Made {
    /// The status: 201, or 202 for work that continues.
    pub status: u16,
    /// The address of what was made.
    pub location: String,
    /// The tag of what is there, without quotes.
    pub tag: Option<String>,
    /// What was made.
    pub body: Value,
}

impl Made {
    /// The answer for something that was made at this address.
    pub fn at(location: impl Into<String>, view: &impl Serialize) -> Self {
        let body = serde_json::to_value(view).expect("views serialise");
        Self { status: 201, location: location.into(), tag: None, body }
    }

    /// The answer for something that was done and has no new address.
    pub fn answer(view: &impl Serialize) -> Self {
        Self { status: 200, ..Self::at("", view) }
    }

    /// The same answer, with the tag of what is there.
    #[must_use]
    pub fn tagged(mut self, tag: impl ToString) -> Self {
        self.tag = Some(tag.to_string());
        self
    }

    /// The same answer, for work that continues.
    #[must_use]
    pub fn accepted(mut self) -> Self {
        self.status = 202;
        self
    }
}

impl IntoResponse for Made {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::CREATED);
        let headers = [Caching::NoStore.header()];
        let mut response = (status, headers, Json(self.body)).into_response();
        if let Ok(location) = HeaderValue::from_str(&self.location)
            && !location.is_empty()
        {
            response.headers_mut().insert(header::LOCATION, location);
        }
        if let Some(tag) =
            self.tag.and_then(|tag| HeaderValue::from_str(&format!("\"{tag}\"")).ok())
        {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}

/// One try of a create.
pub struct Attempt {
    /// Who makes the change, when and under which operation.
    pub by: Authorship,
    /// What an earlier try of the same request did, if it did it and its answer was lost.
    pub before: Option<Happening>,
}

/// What is remembered of an answer.
#[derive(Serialize, Deserialize)]
struct Stored {
    /// The method and the address; empty for an answer from before this was remembered.
    #[serde(default)]
    address: String,
    /// The hash of the whole request.
    request: String,
    made: Made,
    /// What its person might read, as [`standing`] names it; empty for an answer from before this was remembered.
    #[serde(default)]
    standing: String,
}

/// The keys under which requests are running, so that the second of two at once waits for the first.
#[derive(Debug, Default, Clone)]
pub struct Gates(Arc<Mutex<HashMap<[u8; 32], Arc<tokio::sync::Mutex<()>>>>>);

/// A key under which a request is running; dropping it lets the next one in.
struct Entered {
    gates: Gates,
    name: [u8; 32],
    held: Option<OwnedMutexGuard<()>>,
}

impl Gates {
    async fn enter(&self, name: [u8; 32]) -> Entered {
        let gate = Arc::clone(self.all().entry(name).or_default());
        let held = Some(gate.lock_owned().await);
        Entered { gates: self.clone(), name, held }
    }

    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<[u8; 32], Arc<tokio::sync::Mutex<()>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.held = None;
        let mut all = self.gates.all();
        // Every request that waits holds a reference to the gate.
        if all.get(&self.name).is_some_and(|gate| Arc::strong_count(gate) == 1) {
            all.remove(&self.name);
        }
    }
}

/// Makes something, once for each key.
///
/// # Errors
/// The error of the work; [`Code::IdempotencyKeyReused`] when the key belongs to another request.
pub async fn once<S>(
    state: &S,
    caller: &Caller,
    request: Repeatable,
    body: blake3::Hash,
    work: impl FnOnce(&Store, Attempt) -> Result<Made, Problem> + Send + 'static,
) -> Result<Response, Problem>
where
    S: Sync,
    Worker: FromRef<S>,
    Gates: FromRef<S>,
{
    let worker = Worker::from_ref(state);
    let by = caller.authors(worker.now_ms());
    let Some(key) = request.key else {
        let made = worker.call(move |store| work(store, Attempt { by, before: None })).await?;
        return Ok(made.into_response());
    };
    let name = name_of(caller, &key);
    let address = address_of(&request.method, &request.uri);
    let shown = format!("{address}\n{body}");
    let shown = blake3::hash(shown.as_bytes()).to_hex().to_string();
    let asked = Asked { address, request: shown };
    let gates = Gates::from_ref(state);
    // The work has a task of its own: if the client goes away, the next request must still wait until this one is done.
    let done = tokio::spawn(async move {
        let entered = gates.enter(name).await;
        let outcome = worker.call(move |store| one(store, name, asked, by, work)).await;
        drop(entered);
        outcome
    });
    let (made, is_replayed) = done.await.map_err(Problem::internal)??;
    let mut response = made.into_response();
    if is_replayed {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// A request that names an attempt.
struct Asked {
    address: String,
    /// The hash of the whole request.
    request: String,
}

/// The name under which the answer to a person's request is remembered.
fn name_of(caller: &Caller, key: &str) -> [u8; 32] {
    let text = format!("{}\0{key}", caller.person);
    blake3::derive_key("cms 2026-11-22 v1 idempotency key", text.as_bytes())
}

/// What somebody may read, in a word that is another one when their roles are.
fn standing(holder: &Holder) -> String {
    match holder {
        Holder::Person { grants, bounds, maker, .. } if !holder.may_everywhere(Right::Read) => {
            let rules = serde_json::to_vec(&(&**grants, bounds.as_deref(), maker.as_deref()));
            blake3::hash(&rules.unwrap_or_default()).to_hex().to_string()
        }
        Holder::Person { .. } | Holder::Machine => "everything".to_owned(),
    }
}

/// A write that names an attempt, before it is known whether that was made.
#[derive(Clone)]
pub(super) struct Attempted {
    key: String,
    address: String,
}

impl Attempted {
    /// What the head of a request names; `None` for one that only reads.
    pub(super) fn of(parts: &Parts) -> Option<Self> {
        let key = parts.headers.get(HEADER).filter(|_| !parts.method.is_safe())?;
        let address = address_of(&parts.method, &parts.uri);
        Some(Self { key: key.to_str().ok()?.to_owned(), address })
    }

    /// Whether somebody made the attempt at this address, and may be given its answer again: then what the address names
    /// need not be seen any more, because what was done may have hidden it. That the body is the same is judged by
    /// [`once`].
    ///
    /// # Errors
    /// The store can't be read.
    pub(super) fn was_made(&self, store: &Store, caller: &Caller) -> Result<bool, Problem> {
        let Some(known) = store.repository.recall(&name_of(caller, &self.key))? else {
            return Ok(false);
        };
        let stored: Stored = serde_json::from_value(known.value).map_err(Problem::internal)?;
        Ok(stored.address == self.address && stored.standing == standing(&caller.holder))
    }
}

/// The address of a request, as it is remembered.
fn address_of(method: &Method, uri: &Uri) -> String {
    format!("{method} {uri}")
}

fn one(
    store: &Store,
    name: [u8; 32],
    asked: Asked,
    mut by: Authorship,
    work: impl FnOnce(&Store, Attempt) -> Result<Made, Problem>,
) -> Result<(Made, bool), Problem> {
    let Asked { address, request } = asked;
    let standing = standing(&by.holder);
    let known = store.repository.recall(&name)?;
    let fresh = known.filter(|known| by.time_ms < known.time_ms.saturating_add(KEPT_MS));
    if let Some(known) = fresh {
        let stored: Stored = serde_json::from_value(known.value).map_err(Problem::internal)?;
        if stored.request != request {
            let detail = "this key was used for another request; take a new one";
            return Err(Problem::new(Code::IdempotencyKeyReused, detail));
        }
        if stored.standing == standing {
            return Ok((stored.made, true));
        }
    }
    by.operation = operation(&name, &request);
    let before = done_before(store, by.operation)?;
    let time_ms = by.time_ms;
    let made = work(store, Attempt { by, before })?;
    let value = serde_json::to_value(Stored { address, request, made: made.clone(), standing });
    let value = value.map_err(Problem::internal)?;
    let answer = Remembered { time_ms, value };
    // The work is done, whatever becomes of its answer: the next try finds it by its operation.
    match store.repository.remember(&name, &answer, fresh_operation()) {
        Ok(true) => {}
        Ok(false) => tracing::info!("an answer is too large to be remembered"),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "an answer is not remembered")
        }
    }
    Ok((made, false))
}

/// The operations that exist, and whether each supports the key, as its description says.
#[derive(Debug, Clone, Default)]
pub struct Heeding(Arc<HashMap<(Method, String), bool>>);

impl Heeding {
    /// The operations in a description of the server.
    pub fn of(described: &utoipa::openapi::OpenApi) -> Self {
        let mut heeding = HashMap::new();
        for (path, item) in &described.paths.paths {
            let all = [
                (Method::POST, &item.post),
                (Method::PUT, &item.put),
                (Method::PATCH, &item.patch),
                (Method::DELETE, &item.delete),
            ];
            for (method, operation) in all {
                let Some(operation) = operation else { continue };
                let mut parameters = operation.parameters.iter().flatten();
                let is_key = |one: &RefOr<Parameter>| match one {
                    RefOr::T(one) => one.name.eq_ignore_ascii_case(HEADER.as_str()),
                    RefOr::Ref(_) => false,
                };
                heeding.insert((method, path.clone()), parameters.any(is_key));
            }
        }
        Self(Arc::new(heeding))
    }

    /// Whether an operation supports the key. Reads need none, and an unknown operation is refused elsewhere.
    fn heeds(&self, method: &Method, path: Option<&MatchedPath>) -> bool {
        let Some(path) = path else { return true };
        let known = self.0.get(&(method.clone(), path.as_str().to_owned()));
        method.is_safe() || known.copied().unwrap_or(true)
    }
}

/// Refuses a key where the key is not supported: a client that relies on it would do twice what it meant once.
pub async fn heeded(State(heeding): State<Heeding>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>();
    if request.headers().contains_key(HEADER) && !heeding.heeds(request.method(), path) {
        let detail = format!(
            "{} {} takes no `Idempotency-Key`, and nothing was done: send it without one. A command names \
             its attempt by `operation`; a write with `If-Match` that was done already is told so",
            request.method(),
            path.map_or("", MatchedPath::as_str)
        );
        return Problem::new(Code::IdempotencyKeyUnheeded, detail).into_response();
    }
    next.run(request).await
}

/// Refuses a change that was already made under its operation. A verb that ran again would report what it makes now,
/// which the engine, because it does nothing twice, would not have written.
///
/// # Errors
/// [`Code::OperationDone`], with what happened.
pub(crate) fn must_be_new(store: &Store, operation: OperationId) -> Result<(), Problem> {
    let Some(applied) = store.repository.engine().outcome(operation)? else { return Ok(()) };
    let happened = happened_at(store, applied.position)?;
    let fields = happened.as_ref().map(|happened| &happened.fields);
    let problem = Problem::new(Code::OperationDone, "this operation was done before")
        .with("position", applied.position.0)
        .with("verb", happened.as_ref().map(|happened| &happened.verb))
        .with("happened", fields);
    Err(problem)
}

fn operation(name: &[u8; 32], request: &str) -> OperationId {
    let parts = [&name[..], request.as_bytes()];
    OperationId::derive("cms 2026-11-22 v1 idempotent operation", parts)
}

fn done_before(store: &Store, operation: OperationId) -> Result<Option<Happening>, Problem> {
    match store.repository.engine().outcome(operation)? {
        Some(applied) => happened_at(store, applied.position),
        None => Ok(None),
    }
}

fn happened_at(store: &Store, position: Position) -> Result<Option<Happening>, Problem> {
    let after = Position(position.0.saturating_sub(1));
    let found = store.repository.history().happened(after, 1)?;
    Ok(found.into_iter().find(|row| row.position == position))
}

impl Attempt {
    /// Refuses a change that an earlier try made, when its answer can't be given again.
    ///
    /// # Errors
    /// [`Code::OperationDone`], with what happened.
    pub fn must_be_new(&self, store: &Store) -> Result<(), Problem> {
        must_be_new(store, self.by.operation)
    }

    /// The id that an earlier try wrote under this name.
    ///
    /// # Errors
    /// An internal problem when its record lacks it.
    pub fn id_before<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, Problem> {
        let Some(before) = &self.before else { return Ok(None) };
        let text = before.fields.get(name).and_then(Value::as_str);
        match text.and_then(|text| text.parse().ok()) {
            Some(id) => Ok(Some(id)),
            None => Err(Problem::internal(format!("the record of {} has no {name}", before.verb))),
        }
    }
}
