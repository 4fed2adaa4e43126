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

use std::{fmt, sync::Arc};

use cms_core::{access::Rules, model::name::Person, repo::SecretHash};
use quick_cache::sync::Cache;

use super::signed::Signed;
use crate::signing::cookie::SessionKey;

/// How long something is remembered at most, in milliseconds. A session ends this much later than its time by the clock.
const AGE_MS_MAX: u64 = 1000;
/// Sessions that are remembered at most.
const SESSIONS_MAX: usize = 4096;

/// Sessions that were looked up lately.
#[derive(Clone)]
pub(super) struct Remembered(Arc<Cache<(Person, SecretHash), Known>>);

#[derive(Clone)]
struct Known {
    signed: Arc<Signed>,
    rules: Arc<Rules>,
    standing: u64,
    at_ms: u64,
}

impl Default for Remembered {
    fn default() -> Self {
        Self(Arc::new(Cache::new(SESSIONS_MAX)))
    }
}

impl fmt::Debug for Remembered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Remembered(…)")
    }
}

impl Remembered {
    /// Remembers a session that was looked up at a time, after a look at the standing.
    pub(super) fn keep(&self, signed: &Arc<Signed>, rules: &Arc<Rules>, standing: u64, at_ms: u64) {
        let name = (signed.key.person.clone(), signed.key.hash);
        let known = Known { signed: Arc::clone(signed), rules: Arc::clone(rules), standing, at_ms };
        self.0.insert(name, known);
    }

    /// What is remembered of a session and still holds.
    pub(super) fn of(
        &self,
        key: &SessionKey,
        standing: u64,
        now_ms: u64,
    ) -> Option<(Arc<Signed>, Arc<Rules>)> {
        let known = self.0.get(&(key.person.clone(), key.hash))?;
        let holds = known.standing == standing
            && now_ms.checked_sub(known.at_ms).is_some_and(|age_ms| age_ms < AGE_MS_MAX);
        holds.then_some((known.signed, known.rules))
    }
}

#[cfg(test)]
mod tests {
    use cms_core::{
        access::Role,
        repo::{PersonRow, PersonSort, PersonState, SessionRow, SessionStage},
    };

    use super::*;
    use crate::edge::access::role_of;

    fn signed() -> Signed {
        let person: Person = "ana".parse().unwrap();
        let (key, _) = SessionKey::fresh(&person).unwrap();
        let session = SessionRow {
            id: key.hash.id(),
            person: person.clone(),
            generation: 0,
            stage: SessionStage::Full,
            factors: Vec::new(),
            created_ms: 1000,
            seen_ms: 1000,
            idle_ms: 60_000,
            absolute_end_ms: 100_000,
            agent: String::new(),
            client: String::new(),
        };
        let account = PersonRow {
            id: person,
            sort: PersonSort::Human,
            state: PersonState::Active,
            name: "Ana".into(),
            email: None,
            language: None,
            invited_as: None,
            created_ms: 1000,
            created_by: None,
            responsible: None,
            has_picture: false,
            version: 1,
        };
        Signed { key, session, account }
    }

    #[test]
    fn a_session_is_remembered_for_a_moment_and_only_while_nothing_about_people_changes() {
        let remembered = Remembered::default();
        let (signed, rules) = (Arc::new(signed()), Arc::new(role_of("ana", Role::Author)));
        remembered.keep(&signed, &rules, 7, 5000);
        let is_known =
            |key: &SessionKey, standing, now_ms| remembered.of(key, standing, now_ms).is_some();
        assert!(is_known(&signed.key, 7, 5000) && is_known(&signed.key, 7, 5000 + AGE_MS_MAX - 1));
        assert!(!is_known(&signed.key, 8, 5000), "something was written");
        assert!(!is_known(&signed.key, 7, 5000 + AGE_MS_MAX), "the moment is over");
        assert!(!is_known(&signed.key, 7, 4999), "a clock that went back says nothing");
        let another = SessionKey { person: "ben".parse().unwrap(), ..signed.key.clone() };
        assert!(!is_known(&another, 7, 5000), "the secret of one person opens nothing of another");
    }
}
