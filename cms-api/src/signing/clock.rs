//! The time by which sessions end. The machine's clock may be set back, also while the server does not run; a session
//! that has ended must not be valid again for that.
//!
//! Nothing else goes by this clock: what a person reads off another clock, such as the codes of an app, and links that
//! are made on the machine without a server go by the machine's. Otherwise a clock that was once far ahead would lock
//! everybody out for as long as it was ahead.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

/// A clock that never goes back: from the latest time that the machine's clock has shown, it runs on by a clock that
/// nobody sets.
#[derive(Debug, Default)]
pub struct Clock {
    latest: Mutex<Option<(u64, Instant)>>,
}

impl Clock {
    /// A clock that goes on from a time that somebody has seen before, if the machine's clock shows an earlier one.
    pub fn since(latest_ms: u64) -> Self {
        Self { latest: Mutex::new(Some((latest_ms, Instant::now()))) }
    }

    /// The time now, in milliseconds since 1970-01-01T00:00:00Z, when the machine's clock shows `wall_ms`.
    pub fn now_ms(&self, wall_ms: u64) -> u64 {
        self.at(wall_ms, Instant::now())
    }

    fn at(&self, wall_ms: u64, now: Instant) -> u64 {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let ran_on = latest.map_or(0, |(at_ms, instant)| {
            let passed = now.saturating_duration_since(instant).as_millis();
            at_ms.saturating_add(u64::try_from(passed).unwrap_or(u64::MAX))
        });
        if wall_ms >= ran_on {
            *latest = Some((wall_ms, now));
            return wall_ms;
        }
        ran_on
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_clock_that_is_set_back_runs_on_from_where_it_was() {
        let (clock, start) = (Clock::default(), Instant::now());
        assert_eq!(clock.at(1000, start), 1000);
        assert_eq!(clock.at(5000, start), 5000, "set forward");
        assert_eq!(clock.at(1000, start + Duration::from_millis(10)), 5010, "set back");
        assert_eq!(clock.at(6000, start + Duration::from_millis(20)), 6000);
        assert!(Clock::since(9000).at(1000, Instant::now()) >= 9000, "set back before the start");
    }
}
