//! Moments as text: UTC, ISO 8601, to the second.

use jiff::{Timestamp, Unit};

/// A time in milliseconds since 1970-01-01T00:00:00Z, as `2026-11-22T05:04:03Z`.
pub fn iso(time_ms: u64) -> String {
    let time_ms = i64::try_from(time_ms).unwrap_or(i64::MAX);
    let moment = Timestamp::from_millisecond(time_ms).unwrap_or(Timestamp::MAX);
    let second = jiff::TimestampRound::new().smallest(Unit::Second).mode(jiff::RoundMode::Trunc);
    moment.round(second).unwrap_or(moment).to_string()
}

/// The time by the machine's clock, in milliseconds since 1970-01-01T00:00:00Z.
pub fn now_ms() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    #[test]
    fn moments_are_written_in_utc() {
        for (time_ms, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"),
            (1_700_000_000_999, "2023-11-14T22:13:20Z"),
            (4_102_444_799_000, "2099-12-31T23:59:59Z"),
        ] {
            assert_eq!(super::iso(time_ms), expected);
        }
    }
}
