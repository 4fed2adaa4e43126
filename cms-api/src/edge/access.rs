//! Who makes a request, and what they may do.
//!
//! Invariants:
//! 1. A missing token and a wrong one are refused with the same words.
//! 2. The author of a write is the token's person. Only the server's own token may name other authors. Everybody who
//!    may read the data directory has that token; it serves the command line on the machine itself.
//! 3. A token is looked up at each request, so a revoked token opens nothing from then on.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, header, request::Parts},
};
use cms_core::{access::Role, model::name::Person, repo::SecretHash};

use crate::{
    ground::names::author,
    problem::{Code, Problem},
    store::worker::Worker,
};

/// The author of writes by the server's own token when none is named.
const OPERATOR: &str = "operator";
/// The secret of one running server, which its note in the data directory holds.
#[derive(Clone)]
pub struct Token {
    hash: SecretHash,
}

impl Token {
    /// The token with this text.
    pub fn new(text: &str) -> Self {
        Self { hash: SecretHash::of(text.as_bytes()) }
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// The caller: a person in a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The person.
    pub person: Person,
    /// Their role, which says what they may do.
    pub role: Role,
    /// Whether the token is the server's own.
    pub is_server: bool,
}

impl Caller {
    /// Refuses a person whose role is less than this.
    ///
    /// # Errors
    /// [`Code::RoleInsufficient`], which names both roles.
    pub fn must_be(&self, needed: Role) -> Result<(), Problem> {
        if self.role >= needed {
            return Ok(());
        }
        let detail =
            format!("this needs the role {needed}; the role of {} is {}", self.person, self.role);
        Err(Problem::new(Code::RoleInsufficient, detail)
            .with("role", self.role)
            .with("needed", needed))
    }

    /// The person who is recorded as the author of what a command does.
    ///
    /// # Errors
    /// A problem when the name is not a person's.
    pub fn author(&self, named: &str) -> Result<Person, Problem> {
        if self.is_server && !named.is_empty() { author(named) } else { Ok(self.person.clone()) }
    }
}

/// The hash of the token in a request.
pub(crate) fn shown(headers: &HeaderMap) -> Option<SecretHash> {
    let value = headers.get(header::AUTHORIZATION)?.as_bytes();
    let (scheme, text) = value.split_at_checked("Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then(|| SecretHash::of(text))
}

fn refused() -> Problem {
    Problem::new(Code::TokenRefused, "send `Authorization: Bearer TOKEN`")
}

impl<S> FromRequestParts<S> for Caller
where
    S: Sync,
    Worker: FromRef<S>,
    Token: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Self::with_token(state, shown(&parts.headers).ok_or_else(refused)?).await
    }
}

impl Caller {
    /// The caller whose token has this hash.
    ///
    /// # Errors
    /// [`Code::TokenRefused`] when it opens nothing.
    pub async fn with_token<S>(state: &S, hash: SecretHash) -> Result<Self, Problem>
    where
        S: Sync,
        Worker: FromRef<S>,
        Token: FromRef<S>,
    {
        if hash == Token::from_ref(state).hash {
            return Ok(Self {
                person: Person::recorded(OPERATOR),
                role: Role::Administrator,
                is_server: true,
            });
        }
        let worker = Worker::from_ref(state);
        let now_ms = worker.now_ms();
        let found = worker.call(move |store| Ok(store.repository.token(&hash, now_ms)?)).await?;
        let row = found.ok_or_else(refused)?;
        Ok(Self { person: Person::recorded(&row.person), role: row.role, is_server: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_role_must_be_enough() {
        let caller =
            Caller { person: "ana".parse().unwrap(), role: Role::Reviewer, is_server: false };
        assert!(caller.must_be(Role::Author).is_ok());
        assert!(caller.must_be(Role::Reviewer).is_ok());
        let problem = caller.must_be(Role::Publisher).unwrap_err();
        assert_eq!(problem.code, Code::RoleInsufficient);
        assert_eq!(caller.author("ben").unwrap(), "ana", "the request's word counts for nothing");
    }
}
