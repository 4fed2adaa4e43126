//! Refusals of rights, on record: who asked for what, and what they lack; and links that opened nothing.
//!
//! Invariants:
//! 1. A flood of refusals fills no disk: of one person, the first [`WHOLE_MAX`] of a minute are recorded one by one, and
//!    the others as one number.
//! 2. What is not recorded is not forgotten either: a number that waits is recorded with the next round of the server's
//!    upkeep, and when it stops.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use cms_core::repo::{Origin, Stamp};
use serde_json::{Map, Value};

use crate::{
    ground::authorship::Authorship,
    problem::Problem,
    store::{Store, worker::Worker},
};

/// Most refusals of one person that are recorded one by one in a minute.
pub const WHOLE_MAX: u32 = 20;
/// Most refusals of strangers that are recorded one by one in a minute: anybody can make as many as they like.
const STRANGERS_WHOLE_MAX: u32 = 2;
/// The author of what nobody known asked for.
pub(super) const STRANGER: &str = "unknown";
/// Most people whose refusals are counted at a time; others count as one.
const PEOPLE_MAX: usize = 10_000;
const MINUTE_MS: u64 = 60_000;
/// The name under which those count who are too many to be counted one by one.
const OTHERS: &str = "";

/// What was refused within a minute.
struct Counted {
    since_ms: u64,
    whole: u32,
    more: u64,
    by: Authorship,
}

/// How many refusals each person has had lately.
#[derive(Clone, Default)]
pub struct Refusals(Arc<Mutex<HashMap<String, Counted>>>);

/// A number of refusals that were not recorded one by one.
struct More {
    count: u64,
    since_ms: u64,
    by: Authorship,
}

impl Refusals {
    fn counts(&self) -> MutexGuard<'_, HashMap<String, Counted>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a refusal. Returns whether it is recorded by itself, and the number of an earlier minute that is to be
    /// recorded now.
    fn count(&self, by: &Authorship) -> (bool, Option<More>) {
        let mut counts = self.counts();
        let person = by.author.as_str();
        let name = match counts.contains_key(person) || counts.len() < PEOPLE_MAX {
            true => person,
            false => OTHERS,
        };
        let fresh = || Counted { since_ms: by.time_ms, whole: 0, more: 0, by: by.clone() };
        let counted = counts.entry(name.to_owned()).or_insert_with(fresh);
        // A clock that jumped back begins a minute as well.
        let is_over = by.time_ms.abs_diff(counted.since_ms) >= MINUTE_MS;
        let earlier = is_over.then(|| std::mem::replace(counted, fresh())).and_then(Counted::more);
        let whole_max = if name == STRANGER { STRANGERS_WHOLE_MAX } else { WHOLE_MAX };
        let is_whole = name != OTHERS && counted.whole < whole_max;
        match is_whole {
            true => counted.whole += 1,
            false => counted.more += 1,
        }
        (is_whole, earlier)
    }

    /// The numbers of minutes that are over, or of all when the server stops.
    fn over(&self, now_ms: Option<u64>) -> Vec<More> {
        let mut counts = self.counts();
        let is_over = |counted: &Counted| {
            now_ms.is_none_or(|now_ms| now_ms.abs_diff(counted.since_ms) >= MINUTE_MS)
        };
        let names: Vec<String> = counts
            .iter()
            .filter(|(_, counted)| is_over(counted))
            .map(|(name, _)| name.clone())
            .collect();
        names.iter().filter_map(|name| counts.remove(name)).filter_map(Counted::more).collect()
    }

    /// Records a refusal, if there is room for it in this minute. That it could not be recorded changes nothing for the
    /// one who was refused.
    pub(super) async fn record(
        &self,
        worker: &Worker,
        by: Authorship,
        operation: String,
        problem: &Problem,
    ) {
        let (is_whole, earlier) = self.count(&by);
        if !is_whole && earlier.is_none() {
            return;
        }
        let mut fields = Map::new();
        fields.insert("operation".into(), operation.into());
        fields.insert("code".into(), problem.code.word().into());
        for name in ["right", "why", "key", "channel", "subtree"] {
            if let Some(value) = problem.members.get(name) {
                fields.insert(name.into(), value.clone());
            }
        }
        let recorded = worker.call(move |store| {
            if let Some(more) = earlier {
                record_more(store, more)?;
            }
            if is_whole {
                store.repository.audit().record("refused", fields, &by.stamp(""))?;
            }
            Ok(())
        });
        if let Err(problem) = recorded.await {
            let (code, detail) = (problem.code.word(), &problem.detail);
            tracing::error!(code, detail, "a refusal is not on record");
        }
    }

    /// Records the numbers that wait; all of them when there is no time, because the server stops.
    ///
    /// # Errors
    /// A problem when the store can't be written.
    pub fn flush(&self, store: &Store, now_ms: Option<u64>) -> Result<(), Problem> {
        self.over(now_ms).into_iter().try_for_each(|more| record_more(store, more))
    }
}

impl Counted {
    fn more(self) -> Option<More> {
        let Self { since_ms, more: count, by, .. } = self;
        (count > 0).then_some(More { count, since_ms, by })
    }
}

fn record_more(store: &Store, more: More) -> Result<(), Problem> {
    let fields = [("count", Value::from(more.count)), ("since_ms", more.since_ms.into())];
    let fields = fields.map(|(name, value)| (name.to_owned(), value)).into_iter().collect();
    // They may have come from anywhere.
    let stamp = Stamp { origin: Origin::default(), ..more.by.stamp("") };
    let operation = crate::ground::authorship::fresh_operation();
    let stamp = Stamp { operation, ..stamp };
    store.repository.audit().record("refused-more", fields, &stamp)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cms_core::access::Holder;

    fn by(person: &str, time_ms: u64) -> Authorship {
        Authorship::fresh(person.parse().unwrap(), Holder::Machine, time_ms)
    }

    #[test]
    fn the_first_of_a_minute_are_whole_and_the_others_are_a_number() {
        let refusals = Refusals::default();
        let told = |time_ms| refusals.count(&by("ana", time_ms));
        for _ in 0..WHOLE_MAX {
            assert!(told(5).0);
        }
        for _ in 0..7 {
            let (is_whole, earlier) = told(6);
            assert!(!is_whole && earlier.is_none());
        }
        assert!(refusals.count(&by("ben", 6)).0, "others have a minute of their own");
        assert!(refusals.over(Some(6)).is_empty());
        let (is_whole, earlier) = told(5 + MINUTE_MS);
        assert!(is_whole);
        assert_eq!(earlier.map(|more| (more.count, more.since_ms)), Some((7, 5)));
        for _ in 0..WHOLE_MAX + 2 {
            told(5 + MINUTE_MS);
        }
        let all: Vec<u64> = refusals.over(None).iter().map(|more| more.count).collect();
        assert_eq!(all, [3]);
        assert!(refusals.over(None).is_empty());
    }

    #[test]
    fn more_people_than_can_be_counted_are_one_number() {
        let refusals = Refusals::default();
        for number in 0..PEOPLE_MAX + 50 {
            refusals.count(&by(&format!("p{number}"), 1));
        }
        let more: Vec<u64> = refusals.over(None).iter().map(|more| more.count).collect();
        assert_eq!(more, [50]);
    }
}
