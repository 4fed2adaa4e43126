//! How often somebody may try to sign in.
//!
//! What is limited is a *pair*: an account and where the attempts for it come from. After a few refusals the pair waits,
//! twice as long after each. Others who try the same account are other pairs, so nobody locks anybody out: the owner
//! comes from another address, or from a browser that is known because they have signed in with it before, which is a
//! pair of its own wherever it is. Somebody who tries many accounts from one address waits as well, for at most a minute
//! at a time ([`network`]). What a stranger who has many addresses can do is limited by the length of passwords and by
//! how many hashes the server makes at all ([`super::hashing`]); attempts for an account that is tried by many go last.

mod network;

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
};

use network::Network;

use super::hashing::Lane;
use crate::{
    ground::limits::REFUSED_OF_ACCOUNT_FREE,
    problem::{Code, Problem},
};

/// Refusals for an account from browsers that are not known, before others go first.
const FREE_OF_ACCOUNT: u32 = 20;
/// Longest wait of a pair, in seconds.
const WAIT_S_MAX: u64 = 15 * 60;
/// After this long without an attempt, refusals are forgotten, in milliseconds.
const FORGOTTEN_AFTER_MS: u64 = 60 * 60 * 1000;
/// Most pairs, clients or accounts that are remembered.
const REMEMBERED_MAX: usize = 100_000;
/// Refusals of one pair are put on record at most once in this time, with their number, in milliseconds.
const RECORDED_EVERY_MS: u64 = 60 * 1000;

/// Where an attempt comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Source {
    /// A browser in which the owner of the account has signed in before.
    Device(String),
    /// Any other, by its network.
    Client(String),
}

impl Source {
    /// The name under which attempts wait for their turn.
    pub fn name(&self) -> &str {
        match self {
            Self::Device(name) | Self::Client(name) => name,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Pair {
    account: String,
    source: Source,
}

#[derive(Debug, Clone, Copy, Default)]
struct Count {
    refused: u32,
    last_ms: u64,
    waits_until_ms: u64,
}

impl Count {
    fn refuse(&mut self, free: u32, now_ms: u64) {
        if now_ms.saturating_sub(self.last_ms) > FORGOTTEN_AFTER_MS {
            *self = Self::default();
        }
        self.refused = self.refused.saturating_add(1);
        self.last_ms = now_ms;
        if let Some(over) = self.refused.checked_sub(free) {
            let wait_s = 1_u64.checked_shl(over).unwrap_or(WAIT_S_MAX).clamp(1, WAIT_S_MAX);
            self.waits_until_ms = now_ms.saturating_add(wait_s * 1000);
        }
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Unrecorded {
    count: u64,
    recorded_ms: u64,
}

/// Refusals that are to be put on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusals {
    /// The account that was tried, as it was named, hashed.
    pub account: String,
    /// Where the attempts came from.
    pub source: String,
    /// How many there were since the last record.
    pub count: u64,
}

/// The attempts of the last hour.
#[derive(Debug, Default)]
pub struct Attempts {
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    pairs: HashMap<Pair, Count>,
    clients: HashMap<String, Network>,
    accounts: HashMap<String, Count>,
    sessions: HashMap<String, Count>,
    unrecorded: HashMap<Pair, Unrecorded>,
}

fn trim<K: Eq + Hash>(counts: &mut HashMap<K, Count>, now_ms: u64) {
    if counts.len() <= REMEMBERED_MAX {
        return;
    }
    counts.retain(|_, count| now_ms.saturating_sub(count.last_ms) <= FORGOTTEN_AFTER_MS);
    if counts.len() > REMEMBERED_MAX {
        counts.retain(|_, count| now_ms < count.waits_until_ms);
    }
}

impl Attempts {
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets an attempt begin, and says how it waits for its turn.
    ///
    /// # Errors
    /// [`Code::TooManyAttempts`] with the time to wait.
    pub fn admit(&self, account: &str, source: &Source, now_ms: u64) -> Result<Lane, Problem> {
        let counts = self.counts();
        let pair = Pair { account: account.to_owned(), source: source.clone() };
        let of_pair = counts.pairs.get(&pair).copied().unwrap_or_default();
        let of_client_ms = match source {
            Source::Device(_) => 0,
            Source::Client(client) => counts.clients.get(client).map_or(0, Network::waits_until_ms),
        };
        let until_ms = of_pair.waits_until_ms.max(of_client_ms);
        if now_ms < until_ms {
            let detail = "too many attempts were refused; wait, or sign in from a browser that you have used before";
            let wait_s = (until_ms - now_ms).div_ceil(1000);
            return Err(Problem::new(Code::TooManyAttempts, detail).retry_after(wait_s));
        }
        let is_besieged = counts.accounts.get(account).is_some_and(|count| {
            count.refused > FREE_OF_ACCOUNT
                && now_ms.saturating_sub(count.last_ms) <= FORGOTTEN_AFTER_MS
        });
        Ok(match source {
            Source::Device(_) => Lane::Known,
            Source::Client(_) if is_besieged => Lane::Besieged,
            Source::Client(_) => Lane::Unknown,
        })
    }

    /// Notes that an attempt was refused. Returns what is to be put on record now.
    pub fn refused(&self, account: &str, source: &Source, now_ms: u64) -> Option<Refusals> {
        let mut counts = self.counts();
        let pair = Pair { account: account.to_owned(), source: source.clone() };
        counts.pairs.entry(pair.clone()).or_default().refuse(REFUSED_OF_ACCOUNT_FREE, now_ms);
        if let Source::Client(client) = source {
            counts.clients.entry(client.clone()).or_default().refuse(now_ms);
            counts.accounts.entry(account.to_owned()).or_default().refuse(u32::MAX, now_ms);
        }
        let unrecorded = counts.unrecorded.entry(pair.clone()).or_default();
        unrecorded.count += 1;
        let is_due = unrecorded.recorded_ms == 0
            || now_ms.saturating_sub(unrecorded.recorded_ms) >= RECORDED_EVERY_MS;
        let told = is_due.then(|| Refusals {
            account: account.to_owned(),
            source: source.name().to_owned(),
            count: std::mem::take(&mut unrecorded.count),
        });
        if told.is_some() {
            unrecorded.recorded_ms = now_ms.max(1);
        }
        trim(&mut counts.pairs, now_ms);
        if counts.clients.len() > REMEMBERED_MAX {
            counts.clients.retain(|_, network| !network.is_over(now_ms));
        }
        trim(&mut counts.accounts, now_ms);
        told
    }

    /// Notes a wrong code in a session that waits for one. Returns how many there were.
    pub fn wrong_in_session(&self, session: &str, now_ms: u64) -> u32 {
        let mut counts = self.counts();
        let count = counts.sessions.entry(session.to_owned()).or_default();
        count.refuse(u32::MAX, now_ms);
        let refused = count.refused;
        trim(&mut counts.sessions, now_ms);
        refused
    }

    /// Notes that somebody signed in from a network: what they mistyped before is forgiven, and the network is trusted a
    /// little more.
    pub fn succeeded(&self, account: &str, source: &Source, network: &str, now_ms: u64) {
        let pair = Pair { account: account.to_owned(), source: source.clone() };
        let mut counts = self.counts();
        counts.pairs.remove(&pair);
        if let Some(network) = counts.clients.get_mut(network) {
            network.forgive(account, now_ms);
        }
    }

    /// What is still to be put on record.
    pub fn left_to_record(&self, now_ms: u64) -> Vec<Refusals> {
        let mut told = Vec::new();
        self.counts().unrecorded.retain(|pair, unrecorded| {
            let is_due = now_ms.saturating_sub(unrecorded.recorded_ms) >= RECORDED_EVERY_MS;
            if is_due && unrecorded.count > 0 {
                told.push(Refusals {
                    account: pair.account.clone(),
                    source: pair.source.name().to_owned(),
                    count: unrecorded.count,
                });
            }
            !is_due
        });
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(name: &str) -> Source {
        Source::Client(name.to_owned())
    }

    #[test]
    fn a_stranger_who_tries_waits_and_locks_nobody_out() {
        let attempts = Attempts::default();
        let (stranger, home) = (client("203.0.113.0/24"), client("192.0.2.0/24"));
        let laptop = Source::Device("laptop".into());
        for _ in 0..50 {
            attempts.refused("ana", &stranger, 1000);
        }
        let refused = attempts.admit("ana", &stranger, 1000).unwrap_err();
        assert_eq!(refused.code, Code::TooManyAttempts);
        assert_eq!(refused.members["retry_after_s"], 900);
        assert_eq!(attempts.admit("ana", &home, 1000).unwrap(), Lane::Besieged);
        assert_eq!(attempts.admit("ana", &laptop, 1000).unwrap(), Lane::Known);
        assert!(attempts.admit("ben", &stranger, 1000).is_err(), "whoever tries many waits");
        assert_eq!(attempts.admit("ben", &home, 1000).unwrap(), Lane::Unknown);
        assert!(attempts.admit("ana", &stranger, 1000 + 900_000).is_ok());
    }

    #[test]
    fn a_few_mistakes_cost_nothing_and_are_forgiven() {
        let attempts = Attempts::default();
        let home = client("192.0.2.0/24");
        for _ in 0..4 {
            attempts.refused("ana", &home, 1000);
            assert!(attempts.admit("ana", &home, 1000).is_ok());
        }
        attempts.succeeded("ana", &home, home.name(), 1000);
        for _ in 0..4 {
            attempts.refused("ana", &home, 1000);
        }
        assert!(attempts.admit("ana", &home, 1000).is_ok());
    }

    #[test]
    fn a_school_behind_one_address_is_not_locked_out_by_a_pupil() {
        let attempts = Attempts::default();
        let (school, known) = (client("80.1.1.0/24"), Source::Device("laptop".into()));
        // At the beginning of a lesson many mistype once.
        for pupil in 0..40 {
            attempts.refused(&format!("pupil {pupil}"), &school, 1000);
        }
        let refused = attempts.admit("ben", &school, 1000).unwrap_err();
        assert_eq!(refused.members["retry_after_s"], 60, "a minute at most");
        assert!(attempts.admit("ben", &school, 61_000).is_ok());
        // Those who sign in, in whichever browser, make it shorter for the others.
        for colleague in 0..11 {
            attempts.succeeded(&format!("colleague {colleague}"), &known, school.name(), 2000);
        }
        assert!(attempts.admit("ben", &school, 2000).is_ok());
        // One pupil who never gets it right is kept by the account, and keeps nobody else.
        let mut now_ms = 10_000_000;
        for _ in 0..200 {
            let told = attempts.admit("pupil 7", &school, now_ms);
            match told {
                Ok(_) => drop(attempts.refused("pupil 7", &school, now_ms)),
                Err(waits) => {
                    now_ms += waits.members["retry_after_s"].as_u64().unwrap() * 1000;
                    assert!(attempts.admit("ben", &school, now_ms - 1000).is_ok());
                }
            }
        }
    }

    #[test]
    fn refusals_are_put_on_record_once_a_minute_with_their_number() {
        let attempts = Attempts::default();
        let home = client("192.0.2.0/24");
        let told = |count| Refusals { account: "ana".into(), source: home.name().into(), count };
        assert_eq!(attempts.refused("ana", &home, 1000), Some(told(1)));
        assert_eq!(attempts.refused("ana", &home, 2000), None);
        assert_eq!(attempts.refused("ana", &home, 3000), None);
        assert_eq!(attempts.left_to_record(4000), []);
        assert_eq!(attempts.left_to_record(61_000), [told(2)]);
        assert_eq!(attempts.left_to_record(122_000), []);
    }
}
