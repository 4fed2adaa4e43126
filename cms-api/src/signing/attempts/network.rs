//! How many sign-ins from one network were refused lately.
//!
//! A network is not a person: behind one address may be a school. So its count falls steadily, whoever goes on to be
//! refused, and falls as well when somebody from there signs in; and the wait is short. It only has to make guessing
//! slow for somebody who tries many accounts. Who tries one account is slowed down by the pair ([`super`]).

use std::collections::HashMap;

use crate::ground::limits::REFUSED_OF_NETWORK_FREE as FREE;

/// Most refusals that count: what was refused at the same moment does not make the time after it longer.
const REFUSED_MAX: u32 = FREE + 10;
/// One refusal is forgotten in this time, in milliseconds.
const FALLS_EVERY_MS: u64 = 30 * 1000;
/// Longest wait, in seconds.
const WAIT_S_MAX: u64 = 60;
/// A person's sign-ins lower the count once in this time, in milliseconds: who has an account gains few guesses by it.
const FORGIVES_EVERY_MS: u64 = 60 * 1000;
/// Most people whose sign-ins are remembered; beyond that the count falls by time alone.
const FORGIVING_MAX: usize = 1000;

/// The refusals of one network.
#[derive(Debug, Clone, Default)]
pub(super) struct Network {
    refused: u32,
    /// The time up to which the count has fallen.
    fell_ms: u64,
    waits_until_ms: u64,
    /// When each account last signed in from here.
    forgave: HashMap<String, u64>,
}

impl Network {
    /// Lets the count fall for the time that went by.
    fn fall(&mut self, now_ms: u64) {
        let count = now_ms.saturating_sub(self.fell_ms) / FALLS_EVERY_MS;
        self.refused = self.refused.saturating_sub(u32::try_from(count).unwrap_or(u32::MAX));
        self.fell_ms = match self.refused {
            0 => now_ms,
            _ => self.fell_ms.saturating_add(count * FALLS_EVERY_MS),
        };
    }

    /// Counts a refusal.
    pub(super) fn refuse(&mut self, now_ms: u64) {
        self.fall(now_ms);
        self.refused = (self.refused + 1).min(REFUSED_MAX);
        if let Some(over) = self.refused.checked_sub(FREE) {
            let wait_s = 1_u64.checked_shl(over).unwrap_or(WAIT_S_MAX).clamp(1, WAIT_S_MAX);
            self.waits_until_ms = now_ms.saturating_add(wait_s * 1000);
        }
    }

    /// Lowers the count because somebody signed in. Nobody waits any more once it is below what is free.
    pub(super) fn forgive(&mut self, account: &str, now_ms: u64) {
        self.fall(now_ms);
        self.forgave.retain(|_, at_ms| now_ms.saturating_sub(*at_ms) < FORGIVES_EVERY_MS);
        if self.forgave.contains_key(account) || self.forgave.len() >= FORGIVING_MAX {
            return;
        }
        self.forgave.insert(account.to_owned(), now_ms);
        self.refused = self.refused.saturating_sub(1);
        if self.refused < FREE {
            self.waits_until_ms = 0;
        }
    }

    /// Until when attempts from here wait, in milliseconds since 1970-01-01T00:00:00Z.
    pub(super) const fn waits_until_ms(&self) -> u64 {
        self.waits_until_ms
    }

    /// Whether nothing of it counts any more.
    pub(super) fn is_over(&self, now_ms: u64) -> bool {
        let falls = u64::from(self.refused) * FALLS_EVERY_MS;
        now_ms >= self.waits_until_ms && now_ms.saturating_sub(self.fell_ms) >= falls
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A network of which this many were refused at once.
    fn refused(count: u32) -> Network {
        let mut network = Network::default();
        for _ in 0..count {
            network.refuse(1000);
        }
        network
    }

    /// How long attempts wait, in seconds.
    fn waits_s(network: &Network, now_ms: u64) -> u64 {
        network.waits_until_ms().saturating_sub(now_ms) / 1000
    }

    #[test]
    fn a_network_waits_a_minute_at_most_however_many_were_refused() {
        for (count, wait_s) in [(29, 0), (30, 1), (33, 8), (36, 60), (10_000, 60)] {
            assert_eq!(waits_s(&refused(count), 1000), wait_s, "{count}");
        }
    }

    #[test]
    fn somebody_who_mistypes_now_and_then_keeps_nobody_waiting() {
        let mut network = refused(40);
        // Once in a quarter of an hour, for two days.
        for number in 1..200 {
            let now_ms = 1000 + number * 15 * 60 * 1000;
            network.refuse(now_ms);
            assert_eq!(waits_s(&network, now_ms), 0, "{number}");
        }
        assert!(network.is_over(u64::MAX));
    }

    #[test]
    fn the_count_falls_while_others_are_refused() {
        let mut network = refused(40);
        let mut now_ms = 1000;
        // Somebody tries again each time the wait is over: the waits get shorter, not longer.
        for _ in 0..50 {
            now_ms = network.waits_until_ms().max(now_ms);
            network.refuse(now_ms);
        }
        assert!(waits_s(&network, now_ms) <= 32, "{network:?}");
    }

    #[test]
    fn those_who_sign_in_lower_the_count_once_a_minute_each() {
        let mut network = refused(36);
        for _ in 0..10 {
            network.forgive("ana", 2000);
        }
        assert_eq!(network.refused, 35, "one person alone does not make room for guesses");
        for number in 0..5 {
            network.forgive(&format!("pupil {number}"), 2000);
        }
        assert_eq!(waits_s(&network, 2000), 59);
        network.forgive("ben", 2000);
        assert_eq!((network.refused, network.waits_until_ms()), (29, 0), "nobody waits any more");
        assert!(!network.is_over(2000) && network.is_over(2000 + 29 * FALLS_EVERY_MS));
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing_away() {
        let mut network = refused(40);
        network.refuse(0);
        assert_eq!((network.refused, network.waits_until_ms()), (40, 60_000));
    }
}
