//! Who makes a request, and what they may do.
//!
//! Invariants:
//! 1. A missing token and a wrong one are refused with the same words.
//! 2. The author of a write is the token's person. Only the server's own token may name other authors. Everybody who
//!    may read the data directory has that token; it serves the command line on the machine itself.
//! 3. A token or a session is looked up at each request, or was a moment ago and nothing about people has been written
//!    since (`remembered`), so one that ended opens nothing from then on.
//! 4. A token counts more than a cookie: a program that sends one is not a browser.

pub mod asker;
mod key_rates;
mod remembered;
pub mod signed;

use std::sync::Arc;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, header, request::Parts},
};
use cms_core::{
    access::{Bounds, Denied, Grant, Holder, Right, Rules, Subject, Why},
    model::name::Person,
    repo::{Origin, SecretHash, SessionRow, TokenRow, Via},
};

use asker::Asker;
use key_rates::KeyRates;
use remembered::Remembered;
use signed::Signed;

use crate::{
    ground::{
        authorship::{Authorship, fresh_operation},
        names::author,
    },
    problem::Problem,
    signing::{Signing, cookie::SessionKey},
    store::worker::Worker,
};

/// The author of writes by the server's own token when none is named.
const OPERATOR: &str = "operator";
/// The secret of one running server, which its note in the data directory holds; and what that server knows of others'.
#[derive(Clone)]
pub struct Token {
    hash: SecretHash,
    rates: Arc<KeyRates>,
    /// The sessions that were looked up lately.
    remembered: Remembered<Signed>,
}

impl Token {
    /// The token with this text.
    pub fn new(text: &str) -> Self {
        Self {
            hash: SecretHash::of(text.as_bytes()),
            rates: Arc::default(),
            remembered: Remembered::default(),
        }
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// The caller: a person, and what they may do.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The person.
    pub person: Person,
    /// What they may do.
    pub holder: Holder,
    /// From where they ask, and by what; the judge of needs finds it out.
    pub origin: Origin,
    /// Everybody's roles, from which a refusal learns who could help.
    rules: Arc<Rules>,
    /// How long ago they signed in, in milliseconds; `None` for programs and the machine.
    signed_in_ago_ms: Option<u64>,
}

/// For how long a sign-in is good for what gives rights or can't be undone, in milliseconds.
const GRAVE_WITHIN_MS: u64 = 2 * 60 * 60 * 1000;

impl Caller {
    /// The server's own token: whoever has it holds the data directory.
    pub fn machine(rules: Arc<Rules>) -> Self {
        let person = Person::recorded(OPERATOR);
        let origin = Origin::default();
        Self { person, holder: Holder::Machine, origin, rules, signed_in_ago_ms: None }
    }

    /// A person, or a program with an access key of theirs.
    pub fn known(person: Person, bounds: Option<Arc<Bounds>>, rules: Arc<Rules>) -> Self {
        let holder = rules.holder(&person, bounds);
        Self { person, holder, origin: Origin::default(), rules, signed_in_ago_ms: None }
    }

    /// The same caller under later rules: without the roles that were taken since. What was given since is for later
    /// requests.
    #[must_use]
    pub fn under(mut self, rules: Arc<Rules>) -> Self {
        if let Holder::Person { person, grants, .. } = &mut self.holder {
            let is_kept = |grant: &&Grant| grants.iter().any(|had| had.id == grant.id);
            let kept: Vec<Grant> = rules.grants(person).iter().filter(is_kept).cloned().collect();
            *grants = kept.into();
        }
        Self { rules, ..self }
    }

    /// A person whose browser is signed in, at a time. What was given to them since then waits for the next sign-in.
    pub fn in_session(session: &SessionRow, now_ms: u64, rules: Arc<Rules>) -> Self {
        let person = session.person.clone();
        let holder = rules.holder_in_session(&person, session.roles_at, session.assurance());
        let signed_in_ago_ms = Some(now_ms.saturating_sub(session.created_ms));
        Self { person, holder, origin: Origin::default(), rules, signed_in_ago_ms }
    }

    /// Refuses to do by a grave right what somebody asks for who signed in long ago: they may have left their browser
    /// to somebody else.
    ///
    /// # Errors
    /// [`crate::problem::Code::SignInAgain`].
    pub fn must_be_awake(&self, right: Right) -> Result<(), Problem> {
        if !right.is_grave() || self.signed_in_ago_ms.is_none_or(|ago| ago <= GRAVE_WITHIN_MS) {
            return Ok(());
        }
        Err(asker::long_ago("two hours"))
    }

    /// Refuses a person who has a right nowhere.
    ///
    /// # Errors
    /// [`crate::problem::Code::RightMissing`], which says why, and who has it; [`crate::problem::Code::SignInAgain`], if
    /// they have it since they signed in.
    pub fn must_somewhere(&self, right: Right) -> Result<(), Problem> {
        if self.holder.may_somewhere(right) {
            return Ok(());
        }
        if let Some(by) = self.holder.waits_for(right) {
            return Err(Problem::from(Box::new(Denied {
                person: self.person.clone(),
                right,
                entry: None,
                channel: None,
                why: Why::SignInAgain { by: by.clone() },
                helpers: Vec::new(),
            })));
        }
        self.must(right, &Subject::WHOLE)
    }

    /// Refuses a person who may not do something to a subject.
    ///
    /// # Errors
    /// [`crate::problem::Code::RightMissing`], which says why, and who could.
    pub fn must(&self, right: Right, subject: &Subject<'_>) -> Result<(), Problem> {
        self.rules.require(&self.holder, right, subject).map_err(Problem::from)
    }

    /// Whether they have a right somewhere.
    pub fn may_somewhere(&self, right: Right) -> bool {
        self.holder.may_somewhere(right)
    }

    /// Whether the token is the server's own.
    pub const fn is_server(&self) -> bool {
        self.holder.is_machine()
    }

    /// The person who is recorded as the author of what a command does.
    ///
    /// # Errors
    /// A problem when the name is not a person's.
    pub fn author(&self, named: &str) -> Result<Person, Problem> {
        if self.is_server() && !named.is_empty() { author(named) } else { Ok(self.person.clone()) }
    }

    /// The authorship of a change that they request now.
    pub fn authors(&self, time_ms: u64) -> Authorship {
        let by = Authorship::fresh(self.person.clone(), self.holder.clone(), time_ms);
        by.coming(self.origin.clone())
    }
}

/// The hash of the token in a request.
pub(crate) fn shown(headers: &HeaderMap) -> Option<SecretHash> {
    let value = headers.get(header::AUTHORIZATION)?.as_bytes();
    let (scheme, text) = value.split_at_checked("Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then(|| SecretHash::of(text))
}

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    Worker: FromRef<S>,
    Token: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        // Whoever judged what the address needs has looked them up already.
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        match shown(&parts.headers) {
            Some(hash) => {
                let caller = Self::with_token(state, hash).await?;
                Asker::note(parts, &caller.person, Via::Key(hash.id()));
                parts.extensions.insert(Proof::Token(hash));
                Ok(caller)
            }
            None if signed::names_session(parts) => Self::with_session(parts, state).await,
            None => Err(asker::nobody()),
        }
    }
}

impl Caller {
    /// The caller whose browser is signed in.
    async fn with_session<S>(parts: &mut Parts, state: &S) -> Result<Self, Problem>
    where
        S: Sync,
        Worker: FromRef<S>,
        Token: FromRef<S>,
    {
        let remembered = Token::from_ref(state).remembered;
        let known = signed::caller(&Worker::from_ref(state), &remembered, parts).await?;
        parts.extensions.insert(Proof::Session(known.signed.key.clone()));
        Ok(Self::in_session(&known.signed.session, known.now_ms, known.rules))
    }

    /// The caller who showed this before.
    ///
    /// # Errors
    /// When it opens nothing any more.
    pub async fn with_proof<S>(parts: &Parts, state: &S, proof: Proof) -> Result<Self, Problem>
    where
        S: Sync,
        Worker: FromRef<S>,
        Token: FromRef<S>,
    {
        match proof {
            Proof::Token(hash) => {
                let caller = Self::with_token(state, hash).await?;
                Asker::note(parts, &caller.person, Via::Key(hash.id()));
                Ok(caller)
            }
            Proof::Session(key) => {
                let worker = Worker::from_ref(state);
                let known = signed::caller_again(&worker, parts, key).await?;
                Ok(Self::in_session(&known.signed.session, known.now_ms, known.rules))
            }
        }
    }
}

/// With what a caller showed who they are, to be looked at again while a stream lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// A token.
    Token(SecretHash),
    /// A session.
    Session(SessionKey),
}

impl Proof {
    /// Whether it still opens what it opened.
    ///
    /// # Errors
    /// When the store can't be read.
    pub async fn holds<S>(&self, state: &S, signing: &Signing) -> Result<bool, Problem>
    where
        S: Sync,
        Worker: FromRef<S>,
        Token: FromRef<S>,
    {
        match self {
            Self::Session(key) => signed::is_live(&Worker::from_ref(state), signing, key).await,
            Self::Token(hash) => {
                let found = find(&Worker::from_ref(state), *hash, false).await?;
                Ok(found.1.is_some() || *hash == Token::from_ref(state).hash)
            }
        }
    }
}

impl Caller {
    /// The caller whose token has this hash.
    ///
    /// # Errors
    /// [`crate::problem::Code::TokenRefused`] when it opens nothing.
    pub async fn with_token<S>(state: &S, hash: SecretHash) -> Result<Self, Problem>
    where
        S: Sync,
        Worker: FromRef<S>,
        Token: FromRef<S>,
    {
        let token = Token::from_ref(state);
        let is_server = hash == token.hash;
        let worker = Worker::from_ref(state);
        match find(&worker, hash, !is_server).await? {
            (rules, _) if is_server => Ok(Self::machine(rules)),
            (rules, Some(row)) => {
                if let Some(per_min) = row.requests_per_min {
                    token.rates.admit(&row.id, per_min, worker.now_ms())?;
                }
                Ok(Self::known(Person::recorded(&row.person), Some(row.bounds()), rules))
            }
            (_, None) => Err(asker::nobody()),
        }
    }
}

/// The rules in force, and the token with this hash, if it opens something. That it is used is noted.
async fn find(
    worker: &Worker,
    hash: SecretHash,
    is_used: bool,
) -> Result<(Arc<Rules>, Option<TokenRow>), Problem> {
    let now_ms = worker.now_ms();
    worker
        .call(move |store| {
            let rules = store.repository.rules()?;
            let people = store.repository.people();
            let row = people.key(&hash, now_ms)?;
            if let Some(row) = row.as_ref().filter(|_| is_used) {
                // A store that takes no writes is read all the same.
                let _ = people.note_use(&hash, row, now_ms, fresh_operation());
            }
            Ok((rules, row))
        })
        .await
}

/// The rules under which one person has one role everywhere.
#[cfg(test)]
pub(crate) fn role_of(person: &str, role: cms_core::access::Role) -> Rules {
    Rules::of([cms_core::access::Grant {
        id: "g".to_owned(),
        person: person.parse().expect("a person"),
        role,
        limits: cms_core::access::Limits::default(),
        is_for_program: false,
        given_by: "root".to_owned(),
        given_ms: 1,
    }])
}

#[cfg(test)]
mod tests {
    use cms_core::access::Role;

    use super::*;
    use crate::problem::Code;

    #[test]
    fn only_a_bearer_token_is_looked_at() {
        let with = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            shown(&headers) == Some(SecretHash::of(b"secret"))
        };
        assert!(with("Bearer secret"));
        assert!(with("bearer secret"), "schemes have no case");
        for wrong in ["Bearer secre", "Bearer secret ", "secret", "Basic secret", "Bearer "] {
            assert!(!with(wrong), "{wrong}");
        }
        assert_eq!(shown(&HeaderMap::new()), None);
    }

    #[test]
    fn a_right_is_needed_and_the_request_names_no_author() {
        let caller =
            Caller::known("ana".parse().unwrap(), None, Arc::new(role_of("ana", Role::Reviewer)));
        assert!(caller.must_somewhere(Right::Propose).is_ok());
        assert!(caller.must_somewhere(Right::Accept).is_ok());
        let problem = caller.must_somewhere(Right::Publish).unwrap_err();
        assert_eq!(problem.code, Code::RightMissing);
        assert_eq!(caller.author("ben").unwrap(), "ana", "the request's word counts for nothing");
    }
}
