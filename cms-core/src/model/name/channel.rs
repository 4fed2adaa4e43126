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
#[error("{text:?} is not the name of a channel")]
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
