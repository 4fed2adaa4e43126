//! Why a channel did not do what was asked, or is not there.

use serde::{Deserialize, Serialize};

use crate::{
    map,
    model::{id::PublicationId, name::ChannelName, snapshot::PublicationVerb},
    repo::ground::error::StoreError,
};

/// Who moved a channel, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mover {
    /// Who.
    pub author: String,
    /// How.
    pub verb: PublicationVerb,
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// Where the channel is since.
    pub sequence: u64,
    /// The record of it.
    pub publication: PublicationId,
}

/// Why a channel did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// The channel's name may not be one.
    #[error("{channel:?} may not name a channel")]
    Bad {
        /// The name.
        channel: ChannelName,
    },
    /// What the channel's learners get was settled already.
    #[error("what channel {channel:?} delivers is settled; begin another channel")]
    Begun {
        /// The name.
        channel: ChannelName,
    },
    /// There is no such channel.
    #[error("there is no channel {channel:?}")]
    Unknown {
        /// The name.
        channel: ChannelName,
    },
    /// Someone else moved the channel meanwhile.
    #[error("channel {channel:?} was moved meanwhile{}; look at the plan again", by_whom(.by.as_deref()))]
    Moved {
        /// The channel.
        channel: ChannelName,
        /// Who did, and how; none when the channel is there no more.
        by: Option<Box<Mover>>,
    },
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn by_whom(mover: Option<&Mover>) -> String {
    mover.map_or_else(String::new, |mover| {
        format!(" by {} ({}, version {})", mover.author, mover.verb.word(), mover.sequence)
    })
}

impl From<map::MapError> for ChannelError {
    fn from(error: map::MapError) -> Self {
        Self::Store(error.into())
    }
}
