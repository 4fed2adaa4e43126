//! Tickets: what a browser opens a stream of events with. `EventSource` sends no header, and a token in an address would be
//! kept by histories and proxies; a ticket in one is worth nothing by then.
//!
//! Invariants:
//! 1. A ticket opens one stream, once, within [`LIFE_MS`], and nothing else.
//! 2. It stands for the token that it was made with, which is looked up again: a revoked one opens nothing.
//! 3. Nothing of it is written anywhere: not to the store, and not to the log, which tells no queries.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use cms_core::repo::SecretHash;

use super::{
    access::{Caller, Token},
    query::Parameters,
};
use crate::{
    ground::secret,
    problem::{Code, Problem},
    store::worker::Worker,
};

/// How long a ticket is good for, in milliseconds.
pub const LIFE_MS: u64 = 60 * 1000;
/// Tickets of one person that nobody has used yet, at most.
const OF_PERSON_MAX: usize = 32;
/// The parameter that holds it.
pub const PARAMETER: &str = "ticket";

/// The tickets that nobody has used yet.
#[derive(Clone, Default)]
pub struct Tickets(Arc<Mutex<HashMap<String, Ticket>>>);

struct Ticket {
    token: SecretHash,
    person: String,
    until_ms: u64,
}

impl Tickets {
    fn all(&self) -> MutexGuard<'_, HashMap<String, Ticket>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new ticket for whoever has this token.
    ///
    /// # Errors
    /// [`Code::TooMany`] when the person has many that nobody used.
    pub fn give(&self, token: SecretHash, person: &str, now_ms: u64) -> Result<String, Problem> {
        let text = secret::fresh(secret::TICKET).map_err(Problem::internal)?;
        let mut all = self.all();
        all.retain(|_, ticket| now_ms < ticket.until_ms);
        if all.values().filter(|ticket| ticket.person == person).count() >= OF_PERSON_MAX {
            let detail = format!("you have {OF_PERSON_MAX} tickets that you have not used");
            return Err(Problem::new(Code::TooMany, detail).retry_after(LIFE_MS / 1000));
        }
        let ticket = Ticket { token, person: person.to_owned(), until_ms: now_ms + LIFE_MS };
        all.insert(named(&text), ticket);
        Ok(text)
    }

    /// The token that a ticket stands for. Whoever asks has used it.
    fn take(&self, text: &str, now_ms: u64) -> Option<SecretHash> {
        let ticket = self.all().remove(&named(text))?;
        (now_ms < ticket.until_ms).then_some(ticket.token)
    }
}

/// By its hash, so that how long a look takes says nothing of the text.
fn named(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

/// Whoever opens a stream: by a token, or by a ticket where there is no header to send one in; and the event that was seen
/// last, which a new stream can't name otherwise either.
pub struct Watcher {
    /// Who.
    pub caller: Caller,
    /// What else the address asks for.
    pub parameters: Parameters,
}

impl<S> FromRequestParts<S> for Watcher
where
    S: Sync,
    Worker: FromRef<S>,
    Token: FromRef<S>,
    Tickets: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let mut parameters = Parameters::from_request_parts(parts, state).await?;
        let caller = match parameters.one::<String>(PARAMETER)? {
            None => Caller::from_request_parts(parts, state).await?,
            Some(ticket) => {
                let now_ms = Worker::from_ref(state).now_ms();
                let token = Tickets::from_ref(state).take(&ticket, now_ms);
                let used = || Problem::new(Code::TokenRefused, "the ticket is used, over or none");
                Caller::with_token(state, token.ok_or_else(used)?).await?
            }
        };
        Ok(Self { caller, parameters })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_good_once_and_for_a_minute() {
        let tickets = Tickets::default();
        let token = SecretHash::of(b"token");
        let first = tickets.give(token, "ana", 0).unwrap();
        assert_eq!(tickets.take(&first, 1), Some(token));
        assert_eq!(tickets.take(&first, 1), None, "it was used");
        let late = tickets.give(token, "ana", 0).unwrap();
        assert_eq!(tickets.take(&late, LIFE_MS), None);
        assert_eq!(tickets.take("ticket_", 0), None);
    }

    #[test]
    fn one_person_has_so_many_and_takes_none_from_another() {
        let tickets = Tickets::default();
        let token = SecretHash::of(b"token");
        for _ in 0..OF_PERSON_MAX {
            tickets.give(token, "ana", 0).unwrap();
        }
        assert_eq!(tickets.give(token, "ana", 1).unwrap_err().code, Code::TooMany);
        assert!(tickets.give(token, "ben", 1).is_ok());
        assert!(tickets.give(token, "ana", LIFE_MS).is_ok(), "those are over");
    }
}
