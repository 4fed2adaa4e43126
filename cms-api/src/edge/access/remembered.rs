//! What was found out about sessions lately, so that a person who reads ten things in a second is looked up once.
//!
//! A look-up waits for a thread that may block, and costs more than many a read that it guards.
//!
//! Invariants:
//! 1. What is remembered holds only while nothing was written that may change who may do what ([`Hub::standing`]): a
//!    session that was ended, an account that was deactivated and a role that was taken are not remembered by the time
//!    their end is answered.
//! 2. It is forgotten after [`AGE_MS_MAX`], for what ends by the clock.
//! 3. Only sessions that are good for everything are remembered.
//!
//! [`Hub::standing`]: crate::store::hub::Hub::standing

use std::sync::Arc;

use cms_core::{access::Rules, model::name::Person, repo::SecretHash};
use quick_cache::sync::Cache;

use crate::signing::cookie::SessionKey;

/// How long something is remembered at most, in milliseconds. A session ends this much later than its time by the clock.
const AGE_MS_MAX: u64 = 1000;
/// Sessions that are remembered at most.
const SESSIONS_MAX: usize = 4096;

/// What was found out about sessions that were looked up lately.
pub(super) struct Remembered<T>(Arc<Cache<(Person, SecretHash), Known<T>>>);

struct Known<T> {
    found: Arc<T>,
    rules: Arc<Rules>,
    standing: u64,
    at_ms: u64,
}

impl<T> Clone for Known<T> {
    fn clone(&self) -> Self {
        Self { found: Arc::clone(&self.found), rules: Arc::clone(&self.rules), ..*self }
    }
}

impl<T> Clone for Remembered<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Self(Arc::new(Cache::new(SESSIONS_MAX)))
    }
}

impl<T> Remembered<T> {
    /// Remembers what was found out about a session at a time, after a look at the standing.
    pub(super) fn keep(
        &self,
        key: &SessionKey,
        (found, rules): (&Arc<T>, &Arc<Rules>),
        standing: u64,
        at_ms: u64,
    ) {
        let (found, rules) = (Arc::clone(found), Arc::clone(rules));
        let name = (key.person.clone(), key.hash);
        self.0.insert(name, Known { found, rules, standing, at_ms });
    }

    /// What is remembered of a session and still holds.
    pub(super) fn of(
        &self,
        key: &SessionKey,
        standing: u64,
        now_ms: u64,
    ) -> Option<(Arc<T>, Arc<Rules>)> {
        let known = self.0.get(&(key.person.clone(), key.hash))?;
        let holds = known.standing == standing
            && now_ms.checked_sub(known.at_ms).is_some_and(|age_ms| age_ms < AGE_MS_MAX);
        holds.then_some((known.found, known.rules))
    }
}

#[cfg(test)]
mod tests {
    use cms_core::access::Role;

    use super::*;
    use crate::edge::access::role_of;

    #[test]
    fn a_session_is_remembered_for_a_moment_and_only_while_nothing_about_people_changes() {
        let remembered = Remembered::default();
        let (key, _) = SessionKey::fresh(&"ana".parse().unwrap()).unwrap();
        let (found, rules) = (Arc::new("found"), Arc::new(role_of("ana", Role::Author)));
        remembered.keep(&key, (&found, &rules), 7, 5000);
        let is_known =
            |key: &SessionKey, standing, now_ms| remembered.of(key, standing, now_ms).is_some();
        assert!(is_known(&key, 7, 5000) && is_known(&key, 7, 5000 + AGE_MS_MAX - 1));
        assert!(!is_known(&key, 8, 5000), "something was written");
        assert!(!is_known(&key, 7, 5000 + AGE_MS_MAX), "the moment is over");
        assert!(!is_known(&key, 7, 4999), "a clock that went back says nothing");
        let another = SessionKey { person: "ben".parse().unwrap(), ..key.clone() };
        assert!(!is_known(&another, 7, 5000), "the secret of one person opens nothing of another");
    }
}
