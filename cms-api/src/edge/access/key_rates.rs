//! How many requests a minute a token makes, where its maker set a limit.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use crate::problem::{Code, Problem};

const MINUTE_MS: u64 = 60 * 1000;

/// The requests of this minute, by the id of their token. Only tokens with a limit are counted, of which there are few.
#[derive(Debug, Default)]
pub(super) struct KeyRates(Mutex<HashMap<String, (u64, u32)>>);

impl KeyRates {
    /// Lets a request through, if the token has made fewer than its limit in this minute.
    ///
    /// # Errors
    /// [`Code::TooMany`], with the seconds until the next minute.
    pub(super) fn admit(&self, token: &str, per_min: u32, now_ms: u64) -> Result<(), Problem> {
        let minute = now_ms / MINUTE_MS;
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // What was counted in earlier minutes is over, for every token.
        if counts.values().any(|(of, _)| *of != minute) && !counts.contains_key(token) {
            counts.retain(|_, (of, _)| *of == minute);
        }
        let count = counts.entry(token.to_owned()).or_insert((minute, 0));
        if count.0 != minute {
            *count = (minute, 0);
        }
        if count.1 >= per_min {
            let wait_s = (MINUTE_MS - now_ms % MINUTE_MS).div_ceil(1000);
            let detail = format!("this token makes at most {per_min} requests a minute");
            return Err(Problem::new(Code::TooMany, detail).retry_after(wait_s));
        }
        count.1 += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_makes_so_many_requests_a_minute_and_others_do_not_count() {
        let rates = KeyRates::default();
        for _ in 0..2 {
            rates.admit("a", 2, 1000).unwrap();
        }
        let refused = rates.admit("a", 2, 1500).unwrap_err();
        assert_eq!((refused.code, &refused.members["retry_after_s"]), (Code::TooMany, &59.into()));
        rates.admit("b", 2, 1500).unwrap();
        rates.admit("a", 2, MINUTE_MS).unwrap();
    }
}
