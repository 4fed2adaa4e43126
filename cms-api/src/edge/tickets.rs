//! Tickets, with which browsers open event streams. `EventSource` sends no header, and a token in an address would be
//! kept by histories and proxies; a ticket in an address is worth nothing by then.
//!
//! Invariants:
//! 1. A ticket opens one stream, once, within [`LIFE_MS`], and nothing else.
//! 2. It stands for the token or the session with which it was requested, and that is looked up again: what was revoked
//!    opens nothing.
//! 3. It is written nowhere: neither to the store, nor to the log, which has no queries.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use cms_core::access::Right;
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::IntoParams;

use super::{
    access::{Caller, Proof, Token},
    query::{Given, Nothing},
};
use crate::{
    ground::secret,
    problem::{Code, Problem},
    store::worker::Worker,
};

/// How long a ticket is valid, in milliseconds.
pub const LIFE_MS: u64 = 60 * 1000;
/// Most unused tickets of one person.
const OF_PERSON_MAX: usize = 32;

/// The query parameter that holds a ticket.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TicketParameter {
    /// A ticket, for clients that can't send a token.
    ticket: Option<String>,
}

/// The unused tickets.
#[derive(Clone, Default)]
pub struct Tickets(Arc<Mutex<HashMap<String, Ticket>>>);

struct Ticket {
    proof: Proof,
    person: String,
    until_ms: u64,
}

impl Tickets {
    fn all(&self) -> MutexGuard<'_, HashMap<String, Ticket>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new ticket for the person who showed this.
    ///
    /// # Errors
    /// [`Code::TooMany`] when the person has too many unused tickets.
    pub fn give(&self, proof: Proof, person: &str, now_ms: u64) -> Result<String, Problem> {
        let text = secret::fresh(secret::TICKET).map_err(Problem::internal)?;
        let mut all = self.all();
        all.retain(|_, ticket| now_ms < ticket.until_ms);
        if all.values().filter(|ticket| ticket.person == person).count() >= OF_PERSON_MAX {
            let detail = format!("you have {OF_PERSON_MAX} tickets that you have not used");
            return Err(Problem::new(Code::TooMany, detail).retry_after(LIFE_MS / 1000));
        }
        let ticket = Ticket { proof, person: person.to_owned(), until_ms: now_ms + LIFE_MS };
        all.insert(named(&text), ticket);
        Ok(text)
    }

    /// What a ticket stands for. This uses the ticket up.
    fn take(&self, text: &str, now_ms: u64) -> Option<Proof> {
        let ticket = self.all().remove(&named(text))?;
        (now_ms < ticket.until_ms).then_some(ticket.proof)
    }
}

/// The name of a ticket: its hash, so that the time of a look-up says nothing about the text.
fn named(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

/// The caller who opens a stream and may read something, by a token, or by a ticket if there is no header to send one in; with the parameters
/// that `T` declares.
pub struct Watcher<T = Nothing> {
    /// The caller.
    pub caller: Caller,
    /// With what they showed who they are.
    pub proof: Proof,
    /// The other parameters of the address.
    pub query: T,
}

impl<T, S> FromRequestParts<S> for Watcher<T>
where
    T: DeserializeOwned + IntoParams,
    S: Send + Sync,
    Worker: FromRef<S>,
    Token: FromRef<S>,
    Tickets: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let given = Given::of(&parts.uri)?;
        // Who asks is found out first: the rest is told only to them.
        let TicketParameter { ticket } = given.some()?;
        let (caller, proof) = match ticket {
            None => {
                let caller = Caller::from_request_parts(parts, state).await?;
                let proof = parts.extensions.get::<Proof>().cloned();
                (caller, proof.ok_or_else(|| Problem::internal("a caller without a proof"))?)
            }
            Some(ticket) => {
                let now_ms = Worker::from_ref(state).now_ms();
                let proof = Tickets::from_ref(state).take(&ticket, now_ms);
                let detail = "the ticket was used, has expired, or never existed";
                let used = || Problem::new(Code::TokenRefused, detail);
                let proof = proof.ok_or_else(used)?;
                (Caller::with_proof(parts, state, proof.clone()).await?, proof)
            }
        };
        caller.must_somewhere(Right::Read)?;
        let (query, TicketParameter { .. }) = given.both()?;
        Ok(Self { caller, proof, query })
    }
}

#[cfg(test)]
mod tests {
    use cms_core::repo::SecretHash;

    use super::*;

    #[test]
    fn a_ticket_is_good_once_and_for_a_minute() {
        let tickets = Tickets::default();
        let token = Proof::Token(SecretHash::of(b"token"));
        let first = tickets.give(token.clone(), "ana", 0).unwrap();
        assert_eq!(tickets.take(&first, 1), Some(token.clone()));
        assert_eq!(tickets.take(&first, 1), None, "it was used");
        let late = tickets.give(token.clone(), "ana", 0).unwrap();
        assert_eq!(tickets.take(&late, LIFE_MS), None);
        assert_eq!(tickets.take("ticket_", 0), None);
    }

    #[test]
    fn one_person_has_so_many_and_takes_none_from_another() {
        let tickets = Tickets::default();
        let token = Proof::Token(SecretHash::of(b"token"));
        for _ in 0..OF_PERSON_MAX {
            tickets.give(token.clone(), "ana", 0).unwrap();
        }
        assert_eq!(tickets.give(token.clone(), "ana", 1).unwrap_err().code, Code::TooMany);
        assert!(tickets.give(token.clone(), "ben", 1).is_ok());
        assert!(tickets.give(token.clone(), "ana", LIFE_MS).is_ok(), "those are over");
    }
}
