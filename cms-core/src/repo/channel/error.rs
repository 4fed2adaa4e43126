//! Why a channel did not do what it was asked, or does not exist.

use serde::{Deserialize, Serialize};

use crate::{
    map,
    model::{id::PublicationId, name::ChannelName, snapshot::PublicationVerb},
    repo::ground::error::StoreError,
};

/// Who moved a channel, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mover {
    /// Who moved it.
    pub author: String,
    /// The verb that moved it.
    pub verb: PublicationVerb,
    /// When they moved it, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// The sequence number of the snapshot where the channel has been since.
    pub sequence: u64,
    /// The publication that records the move.
    pub publication: PublicationId,
}

/// Why a channel did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// A channel may not have this name.
    #[error("{channel:?} may not name a channel")]
    Bad {
        /// The refused name.
        channel: ChannelName,
    },
    /// What the channel's learners get was settled already.
    #[error("what channel {channel:?} delivers is settled; begin another channel")]
    Begun {
        /// The channel's name.
        channel: ChannelName,
    },
    /// There is no such channel.
    #[error("there is no channel {channel:?}")]
    Unknown {
        /// The name that was asked for.
        channel: ChannelName,
    },
    /// Someone else moved the channel meanwhile.
    #[error("channel {channel:?} was moved meanwhile{}; look at the plan again", by_whom(.by.as_deref()))]
    Moved {
        /// The channel that was moved.
        channel: ChannelName,
        /// Who moved it, and how; `None` when the channel no longer exists.
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
