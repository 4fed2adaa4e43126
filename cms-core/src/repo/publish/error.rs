//! Why a channel did not move.

use serde::{Deserialize, Serialize};

use super::PublishReport;
use crate::{
    map,
    model::{key::EntryKey, name::ChannelName},
    repo::{channel::error::ChannelError, ground::error::StoreError, state::ResolveError},
    schema::Role,
};

/// A live entry that needs one that was to go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Need {
    /// The entry that was to go.
    pub key: EntryKey,
    /// The entry that needs it.
    pub by: EntryKey,
    /// That entry's title.
    pub title: Option<String>,
    /// How.
    pub role: Role,
}

/// What a publish would leave learners without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Takes {
    /// The home page, from which all else is found.
    Home,
    /// All that is delivered.
    Everything,
}

impl std::fmt::Display for Takes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Home => "learners would be left without the home page",
            Self::Everything => "learners would be left with nothing at all",
        })
    }
}

/// Why a channel did not move.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The channel is not there, its name may be none, or somebody else moved it.
    #[error(transparent)]
    Channel(#[from] ChannelError),
    /// The channel gives its learners the answers, which whoever may look at a preview may not have.
    #[error("channel {channel:?} includes answers; preview another channel")]
    Protected {
        /// The name.
        channel: ChannelName,
    },
    /// A chosen entry does not exist in the target, nor in what is live.
    #[error("there is no entry {key} in {target}")]
    UnknownEntry {
        /// The entry.
        key: EntryKey,
        /// The target.
        target: String,
    },
    /// The target names no state.
    #[error(transparent)]
    Target(#[from] ResolveError),
    /// Approvals are required, and nobody approved the state.
    #[error(
        "{target} was not accepted: changes go to channel {channel:?} through a review and `main`"
    )]
    NotAccepted {
        /// The target.
        target: String,
        /// The channel.
        channel: ChannelName,
    },
    /// Entries would be held back, and the publish was to be strict.
    #[error("{} entries would be held back", .report.held_back_count)]
    Strict {
        /// What would be done.
        report: Box<PublishReport>,
    },
    /// The channel delivers this already.
    #[error("nothing would change")]
    NothingToDo {
        /// What was found.
        report: Box<PublishReport>,
    },
    /// Learners would be left without the home page, or with nothing at all.
    #[error("{takes}; nothing was done, for that is hardly ever meant")]
    Empties {
        /// What they would be left without.
        takes: Takes,
        /// What would be done.
        report: Box<PublishReport>,
    },
    /// Live entries need what was to go.
    #[error("{} is still needed by {}", .needs[0].key, .needs[0].by)]
    Needed {
        /// Which, and by whom; at least one, cut at [`super::REPORT_ROWS_MAX`].
        needs: Vec<Need>,
        /// How many those are.
        needs_count: u64,
    },
    /// What is to replace a retired entry can't.
    #[error("{key} can't replace what is retired: {reason}")]
    BadReplacement {
        /// The entry named.
        key: EntryKey,
        /// Why not.
        reason: &'static str,
    },
    /// What would be done now is not what the plan said.
    #[error("what would be done is not what the plan says any more; look at it again")]
    NotAsPlanned {
        /// What would be done.
        report: Box<PublishReport>,
    },
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<map::MapError> for PublishError {
    fn from(error: map::MapError) -> Self {
        Self::Store(error.into())
    }
}
