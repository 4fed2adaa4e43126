//! How much an import may remove.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// How much an import may remove: a number of entries and translations, or a percentage of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PruneAtMost {
    /// This number of entries and translations.
    Rows(u64),
    /// This percentage of those that exist.
    Percent(u8),
}

impl Default for PruneAtMost {
    fn default() -> Self {
        Self::Percent(10)
    }
}

/// The error for a text that says neither.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} does not say how much may be removed: a number (`12`) or a share (`25%`) is expected"
)]
pub struct PruneAtMostError {
    text: String,
}

impl FromStr for PruneAtMost {
    type Err = PruneAtMostError;

    fn from_str(text: &str) -> Result<Self, PruneAtMostError> {
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let found = match text.strip_suffix('%') {
            Some(share) if is_number(share) => {
                share.parse().ok().filter(|share| *share <= 100).map(Self::Percent)
            }
            None if is_number(text) => text.parse().ok().map(Self::Rows),
            _ => None,
        };
        found.ok_or_else(|| PruneAtMostError { text: text.chars().take(40).collect() })
    }
}

impl fmt::Display for PruneAtMost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows(count) => write!(f, "{count}"),
            Self::Percent(share) => write!(f, "{share}%"),
        }
    }
}

impl Serialize for PruneAtMost {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PruneAtMost {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl PruneAtMost {
    pub(super) fn allows(self, removed: u64, of: u64) -> bool {
        match self {
            Self::Rows(count) => removed <= count,
            Self::Percent(share) => removed * 100 <= of * u64::from(share),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_much_may_go_is_a_number_or_a_share() {
        for (text, expected) in [("0", PruneAtMost::Rows(0)), ("25%", PruneAtMost::Percent(25))] {
            assert_eq!(text.parse(), Ok(expected));
            assert_eq!(expected.to_string(), text);
        }
        for text in ["", "%", "101%", "-1", "+1", "1.5%", "all"] {
            assert!(text.parse::<PruneAtMost>().is_err(), "{text}");
        }
        assert!(PruneAtMost::default().allows(1, 10));
        assert!(!PruneAtMost::default().allows(2, 19));
        assert!(PruneAtMost::default().allows(0, 0));
        assert!(!PruneAtMost::Percent(99).allows(5, 5));
    }
}
