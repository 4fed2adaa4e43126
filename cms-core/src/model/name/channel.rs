//! Names of channels.

use std::{str::FromStr, sync::Arc};

use super::{shown, texts};
use crate::model::key::is_name;

/// The name of a channel: `[a-z0-9][a-z0-9_-]{0,63}`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelName(Arc<str>);

texts!(ChannelName);

/// Text that names no channel.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} may not name a channel")]
pub struct ChannelNameError {
    text: String,
}

impl FromStr for ChannelName {
    type Err = ChannelNameError;

    fn from_str(text: &str) -> Result<Self, ChannelNameError> {
        if is_name(text) {
            Ok(Self(text.into()))
        } else {
            Err(ChannelNameError { text: shown(text) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_have_names_that_may_stand_in_cells_and_addresses() {
        for name in ["production", "grade-4", "4u", "a_b"] {
            assert_eq!(name.parse::<ChannelName>().unwrap(), name);
        }
        for name in ["", "No", "a/b", "..", "with space", "-a", &"a".repeat(65)] {
            assert!(name.parse::<ChannelName>().is_err(), "{name}");
        }
    }
}
