//! What is done something to.

use crate::model::{key::EntryKey, name::ChannelName};

/// What a right is asked for. What a subject leaves open is the whole: no entry is the whole catalogue, no channel is
/// all channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Subject<'a> {
    /// The entry, with where it stands.
    pub entry: Option<Place<'a>>,
    /// The channel that is moved.
    pub channel: Option<&'a ChannelName>,
}

/// An entry, and the containers above it along its main place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The entry.
    pub key: &'a EntryKey,
    /// Its container, that one's container, and so on to the home page; empty when it stands nowhere.
    pub above: &'a [EntryKey],
}

impl<'a> Subject<'a> {
    /// The whole catalogue, and all channels.
    pub const WHOLE: Self = Self { entry: None, channel: None };

    /// An entry that stands below these containers.
    pub const fn entry(key: &'a EntryKey, above: &'a [EntryKey]) -> Self {
        Self { entry: Some(Place { key, above }), channel: None }
    }

    /// A whole channel.
    pub const fn channel(channel: &'a ChannelName) -> Self {
        Self { entry: None, channel: Some(channel) }
    }

    /// The same subject on a channel.
    #[must_use]
    pub const fn on(self, channel: &'a ChannelName) -> Self {
        Self { channel: Some(channel), ..self }
    }
}
