//! The rate at which a client may ask for work that costs more than reading.
//!
//! Invariants:
//! 1. Clients that stay below the limit never wait for a client that does not.
//! 2. What is remembered about clients is bounded by how many of them ask within a few seconds.

use std::{num::NonZeroU32, time::Duration};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock as _};

use super::client::{Client, Network};
use crate::problem::{Code, Problem};

/// A burst may hold what a client may ask in this many seconds.
const BURST_S: u32 = 10;
/// Clients that were silent are forgotten when more than this are remembered.
const CLIENTS_REMEMBERED: usize = 10_000;

/// A limit for each client.
pub struct Rate {
    limiter: Option<DefaultKeyedRateLimiter<Network>>,
}

impl Rate {
    /// A limit of this many a second for each client; `None` for no limit.
    pub fn per_second(per_s: Option<NonZeroU32>) -> Self {
        let quota = per_s.map(|per_s| {
            let burst = per_s.saturating_mul(NonZeroU32::new(BURST_S).expect("not zero"));
            Quota::per_second(per_s).allow_burst(burst)
        });
        Self { limiter: quota.map(RateLimiter::keyed) }
    }

    /// Lets `count` requests through, or refuses all of them.
    ///
    /// # Errors
    /// [`Code::TooMany`], with the seconds to wait.
    pub fn admit(&self, client: Client, count: usize) -> Result<(), Problem> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        if limiter.len() > CLIENTS_REMEMBERED {
            limiter.retain_recent();
        }
        let count = u32::try_from(count).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN);
        match limiter.check_key_n(&client.network(), count) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(refused)) => {
                let wait = refused.wait_time_from(limiter.clock().now());
                Err(too_many(wait, "this client asks too often"))
            }
            Err(_) => Err(Problem::new(Code::TooMany, "more at a time than any client may ask")),
        }
    }
}

fn too_many(wait: Duration, detail: &str) -> Problem {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    Problem::new(Code::TooMany, detail).retry_after(seconds.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(text: &str) -> Client {
        Client { address: Some(text.parse().unwrap()), is_https: false }
    }

    #[test]
    fn each_client_has_a_limit_of_its_own_and_a_network_of_version_6_is_one() {
        let rate = Rate::per_second(NonZeroU32::new(2));
        let (one, other) = (client("10.0.0.1"), client("10.0.0.2"));
        assert!(rate.admit(one, 20).is_ok(), "a burst");
        let refused = rate.admit(one, 1).unwrap_err();
        assert_eq!(refused.code, Code::TooMany);
        assert!(rate.admit(other, 20).is_ok());
        assert!(rate.admit(other, 21).is_err(), "more than a burst never passes");
        assert!(rate.admit(client("::ffff:10.0.0.1"), 1).is_err(), "it is the first one");
        assert!(rate.admit(client("2001:db8::1"), 20).is_ok());
        assert!(rate.admit(client("2001:db8::ffff:1"), 1).is_err(), "its network has asked");
    }

    #[test]
    fn without_a_limit_all_pass() {
        let rate = Rate::per_second(None);
        assert!((0..1000).all(|_| rate.admit(Client::default(), 100).is_ok()));
    }
}
