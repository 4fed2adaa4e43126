//! Moments that people name: a civil time in a zone, such as nine in the morning in Berlin.
//!
//! The text is RFC 9557, `2026-12-01T09:00:00+01:00[Europe/Berlin]`, or RFC 3339 if only an offset is meant. Zones are
//! read from the database that the program carries, so that a moment means the same on every machine.
//!
//! Invariants:
//! 1. A moment is one instant. A civil time that its zone skips or has twice is refused, and the message names both
//!    readings; an offset chooses between them.
//! 2. The zone is stored with the offset: when a zone's rules change, a stored moment keeps its civil time, which is
//!    what its author meant.

use std::{
    fmt,
    str::FromStr,
    sync::{Arc, LazyLock},
};

use jiff::{
    civil::DateTime,
    fmt::temporal::{Pieces, PiecesOffset, TimeZoneAnnotationKind},
    tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase},
};

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// A civil time at a place, which is one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    civil: DateTime,
    offset: Offset,
    /// The zone's name as the text spells it; none if only an offset was named.
    zone: Option<Arc<str>>,
}

/// A text that names no single instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MomentError {
    /// It is not a date with a time.
    #[error(
        "{text:?} is not a moment: a date and a time with a zone are expected, such as 2026-12-01T09:00[Europe/Berlin] or 2026-12-01T08:00:00Z"
    )]
    Shape {
        /// The text that was refused.
        text: String,
    },
    /// It names neither a zone nor an offset.
    #[error("{text:?} names no zone: write it after the time, such as {text}[Europe/Berlin]")]
    NoZone {
        /// The text that was refused.
        text: String,
    },
    /// There is no such zone.
    #[error("there is no time zone {zone:?}")]
    UnknownZone {
        /// The unknown zone's name.
        zone: String,
    },
    /// The clocks of the zone skip this time.
    #[error("clocks in {zone} skip {civil}: write {earlier} or {later}")]
    Skipped {
        /// The civil time that does not exist.
        civil: String,
        /// The zone that skips it.
        zone: String,
        /// The reading by the offset after the change.
        earlier: String,
        /// The reading by the offset before the change.
        later: String,
    },
    /// The clocks of the zone show this time twice.
    #[error("clocks in {zone} show {civil} twice: write {earlier} or {later}")]
    Doubled {
        /// The civil time that exists twice.
        civil: String,
        /// The zone that has it twice.
        zone: String,
        /// The reading as the first of the two times.
        earlier: String,
        /// The reading as the second of the two times.
        later: String,
    },
    /// The offset is not one that the zone has at this time.
    #[error("{text:?} contradicts itself: at that time it is {expected}")]
    WrongOffset {
        /// The text that was refused.
        text: String,
        /// The same civil time with the offset that the zone has then.
        expected: String,
    },
    /// It lies before 1970 or too far ahead.
    #[error("{text:?} is outside the years 1970 to 9999")]
    OutOfRange {
        /// The text that was refused.
        text: String,
    },
}

/// What to do with an offset that the zone does not have at the civil time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Contradiction {
    Refused,
    /// The civil time holds: the zone's rules were changed after it was written.
    RulesChanged,
}

impl Moment {
    /// Reads a stored moment; if the rules of its zone have changed since it was stored, its civil time stays.
    ///
    /// # Errors
    /// [`MomentError`] when it is not a moment by any rules.
    pub fn stored(text: &str) -> Result<Self, MomentError> {
        read(text, Contradiction::RulesChanged)
    }

    /// The instant, in milliseconds since 1970-01-01T00:00:00Z.
    pub fn time_ms(&self) -> u64 {
        let instant = self.offset.to_timestamp(self.civil).expect("checked when it was made");
        u64::try_from(instant.as_millisecond()).expect("checked when it was made")
    }

    /// The zone's name; none if only an offset was named.
    pub fn zone(&self) -> Option<&str> {
        self.zone.as_deref()
    }

    /// The instant as the zone's clocks show it.
    fn at(
        text: &str,
        civil: DateTime,
        offset: Offset,
        zone: &TimeZone,
        name: Option<Arc<str>>,
    ) -> Result<Self, MomentError> {
        let out_of_range = || MomentError::OutOfRange { text: excerpt(text) };
        let instant = offset.to_timestamp(civil).map_err(|_| out_of_range())?;
        if instant.as_millisecond() < 0 {
            return Err(out_of_range());
        }
        let offset = zone.to_offset(instant);
        Ok(Self { civil: offset.to_datetime(instant), offset, zone: name })
    }
}

fn excerpt(text: &str) -> String {
    text.chars().take(80).collect()
}

fn read(text: &str, contradiction: Contradiction) -> Result<Moment, MomentError> {
    let shape = || MomentError::Shape { text: excerpt(text) };
    let pieces = Pieces::parse(text).map_err(|_| shape())?;
    let civil = pieces.date().to_datetime(pieces.time().ok_or_else(shape)?);
    let named = match pieces.time_zone_annotation().map(|annotation| annotation.kind()) {
        Some(TimeZoneAnnotationKind::Named(name)) => Some(name.as_str().to_owned()),
        _ => None,
    };
    let Some(named) = named else {
        let no_zone = || MomentError::NoZone { text: excerpt(text) };
        let offset = pieces.to_numeric_offset().ok_or_else(no_zone)?;
        return Moment::at(text, civil, offset, &TimeZone::fixed(offset), None);
    };
    let zone = ZONES.get(&named).map_err(|_| MomentError::UnknownZone { zone: excerpt(&named) })?;
    let name: Arc<str> = zone.iana_name().unwrap_or(&named).into();
    let moment = |offset| Moment::at(text, civil, offset, &zone, Some(Arc::clone(&name)));
    let possible = zone.to_ambiguous_timestamp(civil).offset();
    match (possible, pieces.offset()) {
        // `Z` states the instant and leaves the civil time to the zone.
        (_, Some(PiecesOffset::Zulu)) => moment(Offset::UTC),
        (AmbiguousOffset::Unambiguous { offset }, None) => moment(offset),
        (AmbiguousOffset::Unambiguous { offset }, Some(said)) => {
            let is_said = said.to_numeric_offset() == offset;
            if is_said || contradiction == Contradiction::RulesChanged {
                return moment(offset);
            }
            let expected = moment(offset)?.to_string();
            Err(MomentError::WrongOffset { text: excerpt(text), expected })
        }
        (
            AmbiguousOffset::Gap { before, after } | AmbiguousOffset::Fold { before, after },
            said,
        ) => {
            let said = said.map(|said| said.to_numeric_offset());
            match said.filter(|said| [before, after].contains(said)) {
                Some(chosen) => return moment(chosen),
                None if contradiction == Contradiction::RulesChanged => return moment(before),
                None => {}
            }
            let (civil, zone) = (civil.to_string(), name.to_string());
            Err(match possible {
                AmbiguousOffset::Gap { .. } => MomentError::Skipped {
                    civil,
                    zone,
                    earlier: moment(after)?.to_string(),
                    later: moment(before)?.to_string(),
                },
                _ => MomentError::Doubled {
                    civil,
                    zone,
                    earlier: moment(before)?.to_string(),
                    later: moment(after)?.to_string(),
                },
            })
        }
    }
}

impl FromStr for Moment {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Self, MomentError> {
        read(text, Contradiction::Refused)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.civil)?;
        let seconds = self.offset.seconds();
        if seconds == 0 && self.zone.is_none() {
            return f.write_str("Z");
        }
        let sign = if seconds < 0 { '-' } else { '+' };
        let seconds = seconds.unsigned_abs();
        write!(f, "{sign}{:02}:{:02}", seconds / 3600, seconds / 60 % 60)?;
        if !seconds.is_multiple_of(60) {
            write!(f, ":{:02}", seconds % 60)?;
        }
        match &self.zone {
            Some(zone) => write!(f, "[{zone}]"),
            None => Ok(()),
        }
    }
}

impl serde::Serialize for Moment {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Moment {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let read = text.parse::<Moment>();
        let shown = match &read {
            Ok(moment) => format!("{moment} = {}", moment.time_ms() / 1000),
            Err(error) => error.to_string(),
        };
        assert!(shown.contains(expected), "{text}: {shown}");
        if let Ok(moment) = read {
            assert_eq!(moment.to_string().parse(), Ok(moment), "the text is read back");
        }
    }

    #[test]
    fn a_civil_time_in_a_zone_is_one_instant() {
        for (text, expected) in [
            (
                "2026-12-01T09:00[Europe/Berlin]",
                "2026-12-01T09:00:00+01:00[Europe/Berlin] = 1796112000",
            ),
            ("2026-12-01t09:00:00+01:00[europe/berlin]", "+01:00[Europe/Berlin] = 1796112000"),
            ("2026-12-01T08:00:00Z", "2026-12-01T08:00:00Z = 1796112000"),
            (
                "2026-12-01T08:00:00Z[Europe/Berlin]",
                "2026-12-01T09:00:00+01:00[Europe/Berlin] = 1796112000",
            ),
            ("2026-12-01T03:00-05:00", "2026-12-01T03:00:00-05:00 = 1796112000"),
            ("2026-12-01T13:30+05:30[Asia/Kolkata]", "= 1796112000"),
            (
                "2026-12-01T09:00+02:00[Europe/Berlin]",
                "at that time it is 2026-12-01T09:00:00+01:00[Europe/Berlin]",
            ),
            ("2026-12-01T09:00", "names no zone"),
            ("2026-12-01[Europe/Berlin]", "is not a moment"),
            ("tomorrow", "is not a moment"),
            ("", "is not a moment"),
            ("2026-12-01T09:00[Europe/Berlinn]", "there is no time zone \"Europe/Berlinn\""),
            ("1969-12-31T09:00Z", "outside the years 1970"),
            ("2026-02-30T09:00Z", "is not a moment"),
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn skipped_and_doubled_times_are_refused_with_both_readings_or_chosen() {
        for (text, expected) in [
            (
                "2026-03-29T02:30[Europe/Berlin]",
                "clocks in Europe/Berlin skip 2026-03-29T02:30:00: write 2026-03-29T01:30:00+01:00[Europe/Berlin] or 2026-03-29T03:30:00+02:00[Europe/Berlin]",
            ),
            ("2026-03-29T02:30+01:00[Europe/Berlin]", "2026-03-29T03:30:00+02:00[Europe/Berlin]"),
            ("2026-03-29T02:30+02:00[Europe/Berlin]", "2026-03-29T01:30:00+01:00[Europe/Berlin]"),
            ("2026-03-29T02:30+03:00[Europe/Berlin]", "skip"),
            (
                "2026-10-25T02:30[Europe/Berlin]",
                "show 2026-10-25T02:30:00 twice: write 2026-10-25T02:30:00+02:00[Europe/Berlin] or 2026-10-25T02:30:00+01:00[Europe/Berlin]",
            ),
            ("2026-10-25T02:30+02:00[Europe/Berlin]", "= 1792888200"),
            ("2026-10-25T02:30+01:00[Europe/Berlin]", "= 1792891800"),
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn a_stored_moment_keeps_its_civil_time_when_the_rules_change() {
        let moment = Moment::stored("2026-12-01T09:00:00+02:00[Europe/Berlin]").unwrap();
        assert_eq!(moment.to_string(), "2026-12-01T09:00:00+01:00[Europe/Berlin]");
        assert!(Moment::stored("2026-12-01T09:00").is_err());
    }
}
