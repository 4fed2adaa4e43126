//! What each address needs of the one who asks, declared where the address is.
//!
//! Invariants:
//! 1. An address cannot be added without declaring its need: [`Addresses`] is the only thing that the router adds them
//!    to.
//! 2. The need is judged before the body of the request is read.
//! 3. What is not declared is refused.
//! 4. The need is what can be judged from the address alone: that somebody has a right somewhere, and sees what the
//!    address names. Which entries and channels the right reaches is judged by the verb.

pub mod refusals;
pub mod seen;

use std::{collections::HashMap, fmt, net::IpAddr, sync::Arc};

use axum::{
    Router,
    extract::{FromRef, FromRequestParts, MatchedPath, Request, State},
    http::{Method, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
    routing::MethodRouter,
};
use cms_core::{
    access::{Right, Subject},
    repo::{Origin, Via},
};
use serde_json::Value;
use utoipa::openapi::{OpenApi, extensions::Extensions, path::Operation};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use super::{
    access::{Caller, Proof, Token, asker::Asker, shown},
    client::Client,
    idempotency::Attempted,
};
use crate::{
    ground::authorship::Authorship,
    problem::{Code, Problem, answer::Logged},
    store::worker::Worker,
};
use refusals::{Refusals, keys::Shown};
use seen::Named;

/// What an address needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing: it answers everybody.
    Nothing,
    /// Somebody who is known, whatever they may do.
    Caller,
    /// A browser that is signed in, even if a second factor is still awaited; the address judges it.
    Session,
    /// Somebody who has a right somewhere.
    Right(Right),
    /// Somebody who has a right for the whole catalogue, because the address tells of all of it at once.
    Everything(Right),
    /// Somebody who may read, or a ticket of theirs; the address judges it.
    Ticket,
    /// The secret in the address; the address judges it.
    Link,
    /// Somebody who may read, by a token of their own; the address judges it.
    Channel,
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing"),
            Self::Caller => f.write_str("caller"),
            Self::Session => f.write_str("session"),
            Self::Right(right) => write!(f, "{right}"),
            Self::Everything(right) => write!(f, "{right}-everything"),
            Self::Ticket => f.write_str("ticket"),
            Self::Link => f.write_str("link"),
            Self::Channel => f.write_str("channel"),
        }
    }
}

/// The member of an operation in the OpenAPI document that says what it needs.
pub const NEEDS: &str = "x-needs";

/// What is known of the need of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// The address needs this of the method.
    Needs(Need),
    /// The address takes other methods.
    OtherMethod,
    /// Nobody declared the address.
    Undeclared,
}

/// The needs of addresses, by method and by the address as the router spells it.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    by_method: HashMap<String, HashMap<Method, Need>>,
    /// Addresses that take every method.
    by_path: HashMap<String, Need>,
}

impl Needs {
    /// The need of a method at an address.
    pub fn of(&self, method: &Method, path: &str) -> Known {
        let method = if method == Method::HEAD { &Method::GET } else { method };
        let by_method = self.by_method.get(path);
        let found = by_method.and_then(|methods| methods.get(method));
        match found.or_else(|| self.by_path.get(path)) {
            Some(need) => Known::Needs(*need),
            None if by_method.is_some() => Known::OtherMethod,
            None => Known::Undeclared,
        }
    }

    /// Every address as the router spells it, with its need; the method is absent where an address takes every one.
    pub fn all(&self) -> impl Iterator<Item = (Option<&Method>, &str, Need)> {
        let by_method = self.by_method.iter().flat_map(|(path, methods)| {
            methods.iter().map(move |(method, need)| (Some(method), path.as_str(), *need))
        });
        by_method.chain(self.by_path.iter().map(|(path, need)| (None, path.as_str(), *need)))
    }

    fn join(&mut self, other: Self) {
        for (path, methods) in other.by_method {
            self.by_method.entry(path).or_default().extend(methods);
        }
        self.by_path.extend(other.by_path);
    }
}

/// Addresses, each with what it needs.
pub struct Addresses<S = ()> {
    router: OpenApiRouter<S>,
    needs: Needs,
}

impl<S: Clone + Send + Sync + 'static> Default for Addresses<S> {
    fn default() -> Self {
        Self { router: OpenApiRouter::new(), needs: Needs::default() }
    }
}

impl<S: Clone + Send + Sync + 'static> Addresses<S> {
    /// No addresses yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// No addresses yet, with the description that they will be part of.
    pub fn described_in(description: OpenApi) -> Self {
        Self { router: OpenApiRouter::with_openapi(description), needs: Needs::default() }
    }

    /// Adds an address with its operations, all of which need the same.
    #[must_use]
    pub fn needing(mut self, need: Need, routes: UtoipaMethodRouter<S>) -> Self {
        let (schemas, mut paths, handlers) = routes;
        for (path, item) in &mut paths.paths {
            let all = [
                (Method::GET, &mut item.get),
                (Method::POST, &mut item.post),
                (Method::PUT, &mut item.put),
                (Method::PATCH, &mut item.patch),
                (Method::DELETE, &mut item.delete),
            ];
            for (method, operation) in all {
                let Some(operation) = operation else { continue };
                declare(operation, need);
                self.needs.by_method.entry(path.clone()).or_default().insert(method, need);
            }
        }
        self.router = self.router.routes((schemas, paths, handlers));
        self
    }

    /// Adds an address that is no part of the description: a page, or a file of one.
    #[must_use]
    pub fn page(mut self, need: Need, path: &str, handlers: MethodRouter<S>) -> Self {
        self.needs.by_path.insert(path.to_owned(), need);
        self.router = self.router.route(path, handlers);
        self
    }

    /// Adds other addresses.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.needs.join(other.needs);
        self.router = self.router.merge(other.router);
        self
    }

    /// Puts a layer around all addresses so far.
    #[must_use]
    pub fn limited(self, limit: impl FnOnce(OpenApiRouter<S>) -> OpenApiRouter<S>) -> Self {
        Self { router: limit(self.router), needs: self.needs }
    }

    /// The description alone.
    pub fn to_openapi(mut self) -> OpenApi {
        self.router.to_openapi()
    }

    /// The handlers, their description and their needs.
    pub fn into_parts(self) -> (Router<S>, OpenApi, Needs) {
        let (router, description) = self.router.split_for_parts();
        (router, description, self.needs)
    }
}

fn declare(operation: &mut Operation, need: Need) {
    let declared = (NEEDS.to_owned(), Value::String(need.to_string()));
    let extensions = Extensions::from_iter([declared]);
    operation.extensions.get_or_insert_default().merge(extensions);
}

/// What the judge of needs knows.
#[derive(Clone)]
pub struct Judge<S> {
    /// The application.
    pub app: S,
    /// What is declared.
    pub needs: Arc<Needs>,
    /// What was refused lately.
    pub refusals: Refusals,
}

/// Judges what an address needs, before its handler runs and before the body is read.
pub async fn judge<S>(State(judge): State<Judge<S>>, request: Request, next: Next) -> Response
where
    S: Send + Sync,
    Worker: FromRef<S>,
    Token: FromRef<S>,
{
    let path = request.extensions().get::<MatchedPath>();
    let known = path.map(|path| judge.needs.of(request.method(), path.as_str()));
    let needed = match known.unwrap_or(Known::Undeclared) {
        Known::Undeclared => {
            return Problem::internal("an address without a declared need").into_response();
        }
        // The router says that the address does not take the method.
        Known::OtherMethod => return next.run(request).await,
        Known::Needs(Need::Nothing) => return next.run(request).await,
        Known::Needs(Need::Session | Need::Ticket | Need::Link | Need::Channel) => {
            return judged_there(&judge, request, next).await;
        }
        Known::Needs(need) => need,
    };
    let (mut parts, body) = request.into_parts();
    let worker = Worker::from_ref(&judge.app);
    let mut caller = match Caller::from_request_parts(&mut parts, &judge.app).await {
        Ok(caller) => caller,
        Err(problem) => {
            let operation = path_of(&parts);
            let client = parts.extensions.get::<Client>().copied().unwrap_or_default();
            let key = Shown::of(&parts.headers);
            judge.refusals.record_key(&worker, key, client, operation, &problem).await;
            return problem.into_response();
        }
    };
    let client = parts.extensions.get::<Client>().and_then(|client| client.address);
    caller.origin = Origin { via: via(&parts, &caller), client: None, on_behalf_of: None };
    if !parts.method.is_safe() {
        // What only reads leaves no record.
        caller.origin.client = mark(client, &worker).await;
    }
    let operation = path_of(&parts);
    let sees_all = seen::sees_all(&caller.holder);
    let named = if sees_all { Named::default() } else { Named::by(&mut parts).await };
    let attempted = Attempted::of(&parts);
    let may = match may(needed, &caller, &named, attempted, &worker).await {
        Ok(()) if !parts.method.is_safe() => must_be_awake(needed, &caller),
        other => other,
    };
    let response = match may {
        Err(problem) => problem.into_response(),
        Ok(()) => {
            parts.extensions.insert(caller.clone());
            next.run(Request::from_parts(parts, body)).await
        }
    };
    // Verbs refuse as well, and each refusal passes here on its way out.
    if let Some(Logged(problem)) = response.extensions().get()
        && matches!(problem.code, Code::RightMissing | Code::SignInAgain)
    {
        if caller.origin.client.is_none() {
            caller.origin.client = mark(client, &worker).await;
        }
        let by = caller.authors(worker.now_ms());
        judge.refusals.record(&worker, by, operation, problem).await;
    }
    // The record names everything; the one who asked is told of what they see.
    match response.extensions().get() {
        Some(Logged(problem)) if !sees_all => {
            seen::told(problem.clone(), named, &caller, &worker).await.into_response()
        }
        _ => response,
    }
}

/// Lets an address judge what it needs itself, and puts on record what it refuses: a right, or a link that opens nothing.
async fn judged_there<S>(judge: &Judge<S>, mut request: Request, next: Next) -> Response
where
    Worker: FromRef<S>,
{
    let asker = Asker::default();
    request.extensions_mut().insert(asker.clone());
    let (client, key) =
        (request.extensions().get::<Client>().copied(), Shown::of(request.headers()));
    let client = client.unwrap_or_default();
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let operation = format!("{} {path}", request.method());
    let response = next.run(request).await;
    let Some(Logged(problem)) = response.extensions().get() else { return response };
    let worker = Worker::from_ref(&judge.app);
    if problem.code == Code::TokenRefused {
        judge.refusals.record_key(&worker, key, client, operation, problem).await;
        return response;
    }
    let is_refusal = matches!(
        problem.code,
        Code::RightMissing | Code::SignInAgain | Code::ShareUnknown | Code::ShareOver
    );
    if is_refusal {
        let now_ms = worker.now_ms();
        let (by, via) = match asker.found() {
            Some((person, via)) => (Authorship::own(person.clone(), now_ms), Some(via.clone())),
            None => (Authorship::of_stranger(now_ms), None),
        };
        let client = mark(client.address, &worker).await;
        let by = by.coming(Origin { via, client, on_behalf_of: None });
        judge.refusals.record(&worker, by, operation, problem).await;
    }
    response
}

/// Whether somebody may ask for what an address needs, and sees what it names, or saw it at an attempt that they name by
/// its key.
async fn may(
    need: Need,
    caller: &Caller,
    named: &Named,
    attempted: Option<Attempted>,
    worker: &Worker,
) -> Result<(), Problem> {
    match need {
        Need::Right(right) => caller.must_somewhere(right)?,
        Need::Everything(right) => caller.must(right, &Subject::WHOLE)?,
        Need::Nothing
        | Need::Caller
        | Need::Session
        | Need::Ticket
        | Need::Link
        | Need::Channel => {}
    }
    if seen::sees_all(&caller.holder) {
        return Ok(());
    }
    let (caller, named) = (caller.clone(), named.clone());
    let seen = worker.call(move |store| {
        let unseen = named.must_be_seen(store, &caller.sight(store));
        match attempted {
            Some(attempted) if unseen.is_err() && attempted.was_made(store, &caller)? => Ok(()),
            _ => unseen,
        }
    });
    seen.await
}

/// What changes something by a grave right needs somebody who signed in not long ago.
fn must_be_awake(need: Need, caller: &Caller) -> Result<(), Problem> {
    match need {
        Need::Right(right) | Need::Everything(right) => caller.must_be_awake(right),
        _ => Ok(()),
    }
}

/// The operation that a request asks for: its method, and its address as the router spells it.
fn path_of(parts: &Parts) -> String {
    let path = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    format!("{} {path}", parts.method)
}

/// By what somebody asks.
fn via(parts: &Parts, caller: &Caller) -> Option<Via> {
    match shown(&parts.headers) {
        _ if caller.is_server() => Some(Via::Machine),
        Some(hash) => Some(Via::Key(hash.id())),
        None => match parts.extensions.get::<Proof>() {
            Some(Proof::Session(key)) => Some(Via::Session(key.hash.id())),
            _ => None,
        },
    }
}

/// The mark of the address that somebody asks from. A record without it says less; a request that is not answered for
/// its sake helps nobody.
async fn mark(address: Option<IpAddr>, worker: &Worker) -> Option<String> {
    let address = address?;
    let mark = worker.call(move |store| Ok(store.repository.audit().mark(address)?));
    mark.await.ok().flatten()
}
