//! How long somebody may go on without the second factor that their role needs.
//!
//! What is kept is when it was first needed, not when the time is over: so a rule that is changed later reaches
//! everybody, whenever they signed in. It is noted at a sign-in, and at the next request of a session that is older than
//! the rule.

use cms_core::model::name::Person;

use super::credentials::{self, Credentials, Kept, Versioned};
use crate::{ground::authorship::Authorship, problem::Problem, store::Store};

/// The milliseconds of a day.
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// The days that somebody has to set up a second factor; `None` when their role needs none.
///
/// # Errors
/// When the store can't be read.
pub fn days(store: &Store, person: &Person) -> Result<Option<u32>, Problem> {
    let (policy, _) = store.repository.people().sign_in_policy()?;
    let role = store.repository.rules()?.holder(person, None).role();
    Ok(policy.needs_second_factor(role).then_some(policy.grace_days))
}

/// Whether it is noted when a second factor was first needed.
pub const fn is_noted(credentials: &Credentials) -> bool {
    credentials.second_factor_since_ms.is_some() || credentials.grace_until_ms.is_some()
}

/// When the time to set one up is over, as far as its beginning is noted, in milliseconds since 1970-01-01T00:00:00Z.
///
/// # Errors
/// When the store can't be read.
pub fn end_ms(store: &Store, credentials: &Credentials, days: u32) -> Result<Option<u64>, Problem> {
    let days_ms = |days: u32| u64::from(days) * DAY_MS;
    let since_ms = match (credentials.second_factor_since_ms, credentials.grace_until_ms) {
        (Some(since_ms), _) => since_ms,
        (None, Some(until_ms)) => {
            let noted_days = store.repository.people().grace_days_noted()?;
            until_ms.saturating_sub(days_ms(noted_days))
        }
        (None, None) => return Ok(None),
    };
    Ok(Some(since_ms.saturating_add(days_ms(days))))
}

/// When the time to set one up is over; it begins now if it has not begun.
///
/// # Errors
/// When the store can't be read.
pub fn begun_end_ms(
    store: &Store,
    person: &Person,
    stored: Versioned,
    days: u32,
    now_ms: u64,
) -> Result<u64, Problem> {
    if let Some(end_ms) = end_ms(store, &stored.credentials, days)? {
        return Ok(end_ms);
    }
    let mut noted = stored;
    noted.credentials.second_factor_since_ms = Some(now_ms);
    let what = Kept { verb: "credential-note", ends_sessions: false };
    let stamp = Authorship::own(person.clone(), now_ms).stamp("");
    if let Err(problem) = credentials::keep(store, person, &noted, what, &stamp) {
        // Another request noted it at the same time, or the store takes no writes; it is still read.
        let (code, detail) = (problem.code.word(), &problem.detail);
        tracing::debug!(code, detail, "that a second factor is needed is not noted");
    }
    Ok(now_ms.saturating_add(u64::from(days) * DAY_MS))
}
