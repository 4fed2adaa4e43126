//! Who a browser is signed in as.
//!
//! Invariants:
//! 1. A session is looked up at each request, together with its account, so one that ended opens nothing from then on;
//!    what may stand in for a look-up is in [`super::remembered`].
//! 2. A request that may change something is taken with a cookie only if a page of this server made it, and sent the
//!    session's token along.

use std::sync::Arc;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, Method, request::Parts},
};
use cms_core::{
    access::{Assurance, Rules},
    repo::{Origin, PersonRow, SessionEnd, SessionFound, SessionRow, SessionStage, Via},
};

use super::{
    asker::{self, Asker},
    remembered::Remembered,
};
use crate::{
    edge::client::Client,
    ground::authorship::Authorship,
    problem::{Code, Problem},
    signing::{
        Signing,
        browser::{self, Browser, From},
        cookie::{self, SessionKey},
        credentials, grace,
    },
    store::{Store, worker::Worker},
};

/// The header with a session's token against forged requests.
const CSRF_TOKEN: &str = "x-csrf-token";

/// A browser that is signed in, for whatever its session is good for.
#[derive(Debug, Clone)]
pub struct Signed {
    /// What names the session.
    pub key: SessionKey,
    /// The session.
    pub session: SessionRow,
    /// Its person.
    pub account: PersonRow,
    /// From where the request came.
    pub client: Client,
}

impl Signed {
    /// From where its person acts, and by what, as the audit records it.
    pub fn origin(&self, store: &Store) -> Origin {
        let via = Some(Via::Session(self.session.id.clone()));
        Origin { via, ..browser::origin_of(store, self.client.address) }
    }

    /// What the person does with their own account, at a time.
    pub fn own(&self, store: &Store, now_ms: u64) -> Authorship {
        Authorship::own(self.account.id.clone(), now_ms).coming(self.origin(store))
    }
}

/// A browser that asks, with its headers, for operations that sign in.
pub struct Asking {
    /// The browser.
    pub browser: Browser,
    /// The session that it has already, if it names one.
    pub before: Option<SessionKey>,
}

fn signing_of(parts: &Parts) -> Result<Signing, Problem> {
    let signing = parts.extensions.get::<Signing>().cloned();
    signing.ok_or_else(|| Problem::internal("the router lacks what signs people in"))
}

/// The browser that sent a request.
fn browser_of(signing: &Signing, parts: &Parts) -> Browser {
    let client = parts.extensions.get::<Client>().copied().unwrap_or_default();
    let from = From {
        network: client.on_record(),
        address: client.address,
        is_https: client.is_https,
        is_local: client.is_local(),
    };
    Browser::of(signing, &parts.headers, &parts.uri, from)
}

/// The cookie of a session. Without encryption, the name that browsers guard is asked for first all the same.
fn cookie_of(headers: &HeaderMap, browser: &Browser) -> Option<String> {
    let secure = cookie::read(headers, cookie::session_name(true));
    secure.or_else(|| {
        let is_plain = browser.is_loopback || !browser.is_secure;
        is_plain.then(|| cookie::read(headers, cookie::session_name(false)))?
    })
}

/// Whether a request names a session, valid or not.
pub(super) fn names_session(parts: &Parts) -> bool {
    let any = |is_secure| cookie::read(&parts.headers, cookie::session_name(is_secure)).is_some();
    any(true) || any(false)
}

/// The problem of a session that opens nothing.
fn ended(end: SessionEnd) -> Problem {
    let detail = match end {
        SessionEnd::Idle => "the session was not used for too long; sign in again",
        SessionEnd::Absolute => "the session has lasted as long as one may; sign in again",
        SessionEnd::Revoked => "the session was ended; sign in again",
        SessionEnd::Unknown => "there is no such session; sign in",
    };
    Problem::new(Code::SessionEnded, detail).with("ended", end.word())
}

impl<S> FromRequestParts<S> for Signed
where
    S: Send + Sync,
    Worker: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let signing = signing_of(parts)?;
        let key = named(&signing, parts)?;
        let signed = found(&Worker::from_ref(state), &signing, key).await?.asking(parts);
        signed.must_be_meant(&signing, parts)?;
        Ok(signed)
    }
}

/// The session that a request names.
fn named(signing: &Signing, parts: &Parts) -> Result<SessionKey, Problem> {
    let browser = browser_of(signing, parts);
    let value = cookie_of(&parts.headers, &browser).ok_or_else(asker::nobody)?;
    SessionKey::of(&value).ok_or_else(|| ended(SessionEnd::Unknown))
}

/// The person whose session a request names, when that was looked up, and the rules in force.
pub(super) struct Known {
    pub(super) signed: Arc<Signed>,
    pub(super) now_ms: u64,
    pub(super) rules: Arc<Rules>,
}

/// Whose session a request names.
pub(super) async fn caller(
    worker: &Worker,
    remembered: &Remembered<Signed>,
    parts: &Parts,
) -> Result<Known, Problem> {
    let signing = signing_of(parts)?;
    let key = named(&signing, parts)?;
    let (standing, now_ms) = (worker.store().hub.standing(), signing.now_ms(worker.now_ms()));
    if let Some((signed, rules)) = remembered.of(&key, standing, now_ms) {
        signed.note(parts);
        signed.must_be_meant(&signing, parts)?;
        return Ok(Known { signed, now_ms, rules });
    }
    let (signed, is_whole, rules) = visit(worker, &signing, key).await?;
    signed.note(parts);
    signed.must_be_meant(&signing, parts)?;
    is_whole?;
    let signed = Arc::new(signed);
    // The look at the standing came before the visit.
    remembered.keep(&signed.key, (&signed, &rules), standing, now_ms);
    Ok(Known { signed, now_ms, rules })
}

/// As [`caller`], for a ticket that stands for a session.
pub(super) async fn caller_again(
    worker: &Worker,
    parts: &Parts,
    key: SessionKey,
) -> Result<Known, Problem> {
    let signing = signing_of(parts)?;
    let (signed, is_whole, rules) = visit(worker, &signing, key).await?;
    is_whole?;
    let (signed, now_ms) = (Arc::new(signed.asking(parts)), signing.now_ms(worker.now_ms()));
    Ok(Known { signed, now_ms, rules })
}

/// Everything that a request with a session has to know of the store, in one visit: each visit waits for a thread, and a
/// read of a signed-in person should cost what a read costs.
async fn visit(
    worker: &Worker,
    signing: &Signing,
    key: SessionKey,
) -> Result<(Signed, Result<(), Problem>, Arc<Rules>), Problem> {
    let now_ms = signing.now_ms(worker.now_ms());
    worker
        .call(move |store| {
            let signed = look_up(store, key, now_ms)?;
            let rules = store.repository.rules()?;
            let is_whole = signed.is_whole(store, now_ms);
            Ok((signed, is_whole, rules))
        })
        .await
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Looks a session up.
fn look_up(store: &Store, key: SessionKey, now_ms: u64) -> Result<Signed, Problem> {
    let stamp = || Authorship::own(key.person.clone(), now_ms).stamp("");
    match store.repository.people().session(&key.person, &key.hash, &stamp)? {
        SessionFound::Live(live) => {
            let (session, account) = *live;
            Ok(Signed { key, session, account, client: Client::default() })
        }
        SessionFound::Ended(end) => Err(ended(end)),
    }
}

/// The session that a key names, without a request that sends its cookie.
///
/// # Errors
/// [`Code::SessionEnded`].
pub async fn found(worker: &Worker, signing: &Signing, key: SessionKey) -> Result<Signed, Problem> {
    let now_ms = signing.now_ms(worker.now_ms());
    worker.call(move |store| look_up(store, key, now_ms)).await
}

/// Whether a session is still valid.
pub(super) async fn is_live(
    worker: &Worker,
    signing: &Signing,
    key: &SessionKey,
) -> Result<bool, Problem> {
    match found(worker, signing, key.clone()).await {
        Ok(_) => Ok(true),
        Err(problem) if problem.code == Code::SessionEnded => Ok(false),
        Err(problem) => Err(problem),
    }
}

impl Signed {
    /// Refuses a session that lacks a second factor which its person needs.
    ///
    /// # Errors
    /// [`Code::SecondFactorNeeded`].
    pub async fn must_be_whole(&self, worker: &Worker, signing: &Signing) -> Result<(), Problem> {
        let (signed, now_ms) = (self.clone(), signing.now_ms(worker.now_ms()));
        worker.call(move |store| signed.is_whole(store, now_ms)).await
    }

    /// As [`Signed::must_be_whole`], for those who visit the store already.
    fn is_whole(&self, store: &Store, now_ms: u64) -> Result<(), Problem> {
        if self.session.stage == SessionStage::SecondFactor {
            return Err(second_factor(false));
        }
        match self.session.assurance() {
            Assurance::TwoFactors => Ok(()),
            Assurance::OneFactor | Assurance::Program => within_grace(store, &self.account, now_ms),
        }
    }

    /// The same, with from where a request comes, and noted as who makes it.
    fn asking(self, parts: &Parts) -> Self {
        self.note(parts);
        let client = parts.extensions.get::<Client>().copied().unwrap_or_default();
        Self { client, ..self }
    }

    /// Notes whose session makes a request.
    fn note(&self, parts: &Parts) {
        Asker::note(parts, &self.account.id, Via::Session(self.session.id.clone()));
    }

    /// Refuses a write that no page of this server made with this session.
    fn must_be_meant(&self, signing: &Signing, parts: &Parts) -> Result<(), Problem> {
        if is_safe(&parts.method) {
            return Ok(());
        }
        browser::must_be_from_here(signing, &parts.headers, &parts.uri)?;
        let token = parts.headers.get(CSRF_TOKEN).and_then(|value| value.to_str().ok());
        if token.is_some_and(|token| self.key.has_csrf_token(token)) {
            return Ok(());
        }
        Err(browser::foreign("send the session's `csrf_token` as `X-CSRF-Token`"))
    }

    /// Refuses a session that lacks the second factor which its person has. Somebody who has none may set one up, even
    /// if the time for that is over.
    ///
    /// # Errors
    /// [`Code::SecondFactorNeeded`].
    pub async fn may_enrol(&self, worker: &Worker, signing: &Signing) -> Result<(), Problem> {
        match self.must_be_whole(worker, signing).await {
            Err(problem) if problem.members.get("enrol") == Some(&true.into()) => Ok(()),
            other => other,
        }
    }

    /// Whether the person showed who they are within the last minutes.
    ///
    /// # Errors
    /// [`Code::SignInAgain`].
    pub fn must_be_recent(&self, now_ms: u64) -> Result<(), Problem> {
        /// For how long a sign-in is good for what changes how one signs in, in milliseconds.
        const RECENT_MS: u64 = 15 * 60 * 1000;
        if now_ms.saturating_sub(self.session.created_ms) <= RECENT_MS {
            return Ok(());
        }
        Err(asker::long_ago("fifteen minutes"))
    }
}

fn second_factor(enrol: bool) -> Problem {
    let detail = if enrol {
        "your role needs a second factor: set one up under `account`"
    } else {
        "send the code of your authenticator app, or use your passkey"
    };
    Problem::new(Code::SecondFactorNeeded, detail).with("enrol", enrol)
}

/// Refuses somebody whose role needs a second factor, and whose time to set one up is over.
fn within_grace(store: &Store, account: &PersonRow, now_ms: u64) -> Result<(), Problem> {
    let Some(days) = grace::days(store, &account.id)? else { return Ok(()) };
    let stored = credentials::of(store, &account.id)?;
    // The session may be older than the rule, or than the factor.
    if stored.credentials.has_second_factor() {
        return Err(second_factor(false));
    }
    let end_ms = grace::begun_end_ms(store, &account.id, stored, days, now_ms)?;
    if now_ms < end_ms { Ok(()) } else { Err(second_factor(true)) }
}

impl<S> FromRequestParts<S> for Asking
where
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let signing = signing_of(parts)?;
        let browser = browser_of(&signing, parts);
        if !is_safe(&parts.method) {
            browser::must_not_be_foreign(&signing, &parts.headers, &parts.uri)?;
        }
        browser.must_be_private(&parts.headers)?;
        let before = cookie_of(&parts.headers, &browser).and_then(|value| SessionKey::of(&value));
        Ok(Self { browser, before })
    }
}
