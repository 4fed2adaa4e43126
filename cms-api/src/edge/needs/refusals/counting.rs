//! Counting refusals of a minute: the first few by themselves, the others as one number.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::ground::authorship::Authorship;

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

/// A number of refusals that were not recorded one by one.
pub(super) struct More {
    pub(super) count: u64,
    pub(super) since_ms: u64,
    pub(super) by: Authorship,
    /// The network that they came from, where refusals are counted by network.
    pub(super) network: Option<String>,
}

/// How many refusals each name has had lately.
pub(super) struct Counting {
    counts: Mutex<HashMap<String, Counted>>,
    whole_max: u32,
    names_max: usize,
    by_network: bool,
}

impl Counting {
    /// Counts by person: this many of a minute are recorded one by one, of this many people.
    pub(super) fn new(whole_max: u32, names_max: usize) -> Self {
        Self { counts: Mutex::default(), whole_max, names_max, by_network: false }
    }

    /// Counts by network in place of by person.
    pub(super) fn by_network(whole_max: u32, names_max: usize) -> Self {
        Self { by_network: true, ..Self::new(whole_max, names_max) }
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<String, Counted>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn more(&self, name: &str, counted: Counted) -> Option<More> {
        let Counted { since_ms, more: count, by, .. } = counted;
        let network = (self.by_network && name != OTHERS).then(|| name.to_owned());
        (count > 0).then_some(More { count, since_ms, by, network })
    }

    /// Counts a refusal. Returns whether it is recorded by itself, and the number of an earlier minute that is to be
    /// recorded now.
    pub(super) fn count(&self, name: &str, by: &Authorship) -> (bool, Option<More>) {
        let mut counts = self.counts();
        let name = match counts.contains_key(name) || counts.len() < self.names_max {
            true => name,
            false => OTHERS,
        };
        let fresh = || Counted { since_ms: by.time_ms, whole: 0, more: 0, by: by.clone() };
        let counted = counts.entry(name.to_owned()).or_insert_with(fresh);
        // A clock that jumped back begins a minute as well.
        let is_over = by.time_ms.abs_diff(counted.since_ms) >= MINUTE_MS;
        let earlier = is_over.then(|| std::mem::replace(counted, fresh()));
        let is_whole = name != OTHERS && counted.whole < self.whole_max;
        match is_whole {
            true => counted.whole += 1,
            false => counted.more += 1,
        }
        (is_whole, earlier.and_then(|earlier| self.more(name, earlier)))
    }

    /// The numbers of minutes that are over, or of all when the server stops.
    pub(super) fn over(&self, now_ms: Option<u64>) -> Vec<More> {
        let is_over = |counted: &Counted| {
            now_ms.is_none_or(|now_ms| now_ms.abs_diff(counted.since_ms) >= MINUTE_MS)
        };
        let over: Vec<_> = self.counts().extract_if(|_, counted| is_over(counted)).collect();
        over.into_iter().filter_map(|(name, counted)| self.more(&name, counted)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cms_core::access::Holder;

    const WHOLE_MAX: u32 = 20;
    const PEOPLE_MAX: usize = 1000;

    fn by(person: &str, time_ms: u64) -> Authorship {
        Authorship::fresh(person.parse().unwrap(), Holder::Machine, time_ms)
    }

    #[test]
    fn the_first_of_a_minute_are_whole_and_the_others_are_a_number() {
        let refusals = Counting::new(WHOLE_MAX, PEOPLE_MAX);
        let told = |time_ms| refusals.count("ana", &by("ana", time_ms));
        for _ in 0..WHOLE_MAX {
            assert!(told(5).0);
        }
        for _ in 0..7 {
            let (is_whole, earlier) = told(6);
            assert!(!is_whole && earlier.is_none());
        }
        assert!(refusals.count("ben", &by("ben", 6)).0, "others have a minute of their own");
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
        let refusals = Counting::new(WHOLE_MAX, PEOPLE_MAX);
        for number in 0..PEOPLE_MAX + 50 {
            let name = format!("p{number}");
            refusals.count(&name, &by(&name, 1));
        }
        let more: Vec<u64> = refusals.over(None).iter().map(|more| more.count).collect();
        assert_eq!(more, [50]);
    }
}
