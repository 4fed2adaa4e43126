//! Signing in: how people show who they are, and how a browser stays signed in.
//!
//! The core keeps accounts, credentials and sessions; what is here knows passwords, codes, cookies and where a request
//! comes from. Handlers ask this room and never compare a secret themselves.
//!
//! Invariants:
//! 1. A refused sign-in says the same, and takes the same time, whatever was wrong with it.
//! 2. Nobody's sign-in waits for more than its turn, however many attempts others make, and nobody is locked out by
//!    what others try.
//! 3. A session's secret is made anew at every sign-in and at every raise of rights.
//! 4. No secret is logged, and none is written to the store except as a hash; the secret of a code app is the exception,
//!    because its codes are computed from it.

pub mod attempts;
pub mod browser;
pub mod clock;
pub mod cookie;
pub mod credentials;
pub mod grace;
pub mod hashing;
pub mod mail;
pub mod names;
pub mod passkeys;
pub mod password;
mod provider_problems;
pub mod providers;
pub mod refusals;
pub mod second_factor;
pub mod session;
pub mod sign_in;
pub mod totp;
mod userinfo;

use std::sync::{Arc, OnceLock};

use cms_core::{
    model::name::Person,
    repo::{AuditOrder, AuditQuery, Repository},
};

use crate::{problem::Problem, process::config::sign_in::SigningConfig};
use attempts::Attempts;
use clock::Clock;
use hashing::Hasher;
use passkeys::Ceremonies;
use providers::Providers;

/// What signing in needs besides the store.
#[derive(Clone)]
pub struct Signing {
    inner: Arc<Inner>,
}

struct Inner {
    config: SigningConfig,
    hasher: Hasher,
    attempts: Attempts,
    clock: Clock,
    ceremonies: Ceremonies,
    providers: Providers,
    device_key: [u8; 32],
    heard_at: OnceLock<String>,
}

impl Signing {
    /// What signing in needs over a repository.
    pub fn over(repository: &Repository, config: SigningConfig) -> Self {
        // A store that can't be read answers nobody anyway; no device is known to it.
        let device_key = repository.people().derived_key("cms 2026-11-30 v1 known devices");
        let inner = Inner {
            config,
            hasher: Hasher::default(),
            attempts: Attempts::default(),
            clock: Clock::since(newest_ms(repository)),
            ceremonies: Ceremonies::default(),
            providers: Providers::default(),
            device_key: device_key.unwrap_or_default(),
            heard_at: OnceLock::new(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The settings.
    pub fn config(&self) -> &SigningConfig {
        &self.inner.config
    }

    /// Where browsers reach this server, as far as it knows: what the settings say, or where it listens.
    pub fn public_url(&self) -> &str {
        let heard_at = self.inner.heard_at.get().map_or("http://localhost:8080", String::as_str);
        self.inner.config.public_url.as_deref().unwrap_or(heard_at)
    }

    /// Notes where the server listens.
    pub fn heard_at(&self, url: &str) {
        let _ = self.inner.heard_at.set(url.to_owned());
    }

    /// What hashes passwords.
    pub fn hasher(&self) -> &Hasher {
        &self.inner.hasher
    }

    /// What limits attempts.
    pub fn attempts(&self) -> &Attempts {
        &self.inner.attempts
    }

    /// The providers of identities, as far as they are known, and who is away at one.
    pub fn providers(&self) -> &Providers {
        &self.inner.providers
    }

    /// The exchanges with devices that wait for an answer.
    pub fn ceremonies(&self) -> &Ceremonies {
        &self.inner.ceremonies
    }

    /// The time by which sessions end, which never goes back: `wall_ms` is the time by the machine's clock.
    pub fn now_ms(&self, wall_ms: u64) -> u64 {
        self.inner.clock.now_ms(wall_ms)
    }

    pub(crate) fn device_key(&self) -> &[u8; 32] {
        &self.inner.device_key
    }
}

/// The latest time on record. A store that can't be read answers nobody anyway.
fn newest_ms(repository: &Repository) -> u64 {
    /// The machine's clock may have been set back more than once: not only the last record counts.
    const RECORDS: usize = 500;
    let query = AuditQuery::default();
    let newest = repository.audit().search(&query, AuditOrder::NewestFirst, None, RECORDS);
    let rows = newest.map(|page| page.rows).unwrap_or_default();
    rows.iter().map(|row| row.time_ms).max().unwrap_or_default()
}

/// A new id of a person: `p-`, and twelve characters in which no two look alike.
///
/// # Errors
/// When the machine can't provide random bytes.
pub fn fresh_person() -> Result<Person, Problem> {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut bytes = [0; 12];
    getrandom::fill(&mut bytes).map_err(Problem::internal)?;
    let letters = bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)]));
    let id: String = "p-".chars().chain(letters).collect();
    Ok(id.parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_people_have_ids_that_nobody_misreads() {
        let id = fresh_person().unwrap();
        let text = id.as_str().strip_prefix("p-").unwrap();
        assert_eq!(text.len(), 12);
        assert!(!text.contains(['i', 'l', 'o', 'u']), "{text}");
        assert_ne!(fresh_person().unwrap(), id);
    }
}
