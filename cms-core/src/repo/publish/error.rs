//! Why a channel did not move.

use serde::{Deserialize, Serialize};

use super::PublishReport;
use crate::{
    map,
    model::{key::EntryKey, name::ChannelName},
    repo::{channel::error::ChannelError, ground::error::StoreError, state::ResolveError},
    schema::Role,
};

/// A live entry that needs an entry which was to be taken off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Need {
    /// The entry that was to be taken off.
    pub key: EntryKey,
    /// The entry that needs it.
    pub by: EntryKey,
    /// That entry's title.
    pub title: Option<String>,
    /// The role of the link by which it needs it.
    pub role: Role,
}

/// What a publish would take from learners.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Takes {
    /// The home page, from which everything else is found.
    Home,
    /// Everything that is delivered.
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

/// Why an entry can't replace what is retired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadReplacement {
    /// Only entries replace entries.
    Translation,
    /// It is among what is retired.
    Leaving,
    /// The channel does not deliver it.
    NotDelivered,
    /// It stands only in what is retired.
    Withdrawn,
}

impl BadReplacement {
    /// What keeps an entry from replacing others whatever the channel delivers.
    pub(in crate::repo) fn of_any<'k>(
        leaving: impl IntoIterator<Item = &'k EntryKey>,
        replaced_by: &EntryKey,
    ) -> Option<Self> {
        if replaced_by.locale().is_some() {
            return Some(Self::Translation);
        }
        leaving.into_iter().any(|key| key == replaced_by).then_some(Self::Leaving)
    }

    /// Whether the channel's next publishes may put it right.
    pub(in crate::repo) const fn may_be_mended(self) -> bool {
        matches!(self, Self::NotDelivered | Self::Withdrawn)
    }
}

impl std::fmt::Display for BadReplacement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Translation => "it is a translation",
            Self::Leaving => "it is taken off itself",
            Self::NotDelivered => "the channel does not deliver it",
            Self::Withdrawn => "it stands only in what is taken off",
        })
    }
}

/// What a plan was made for, where a request names something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherPlan {
    /// Another channel.
    Channel,
    /// Another target.
    Target,
    /// Another choice of entries.
    Only,
}

impl std::fmt::Display for OtherPlan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Channel => "another channel",
            Self::Target => "another target: name that one, or none",
            Self::Only => "another choice of entries: name the same ones, or make a plan of these",
        })
    }
}

/// Why a channel did not move.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The channel does not exist or may not have this name, or somebody else moved it.
    #[error(transparent)]
    Channel(#[from] ChannelError),
    /// The channel's learners get the answers, which people who look at a preview may not have.
    #[error("channel {channel:?} includes answers; preview another channel")]
    Protected {
        /// The channel's name.
        channel: ChannelName,
    },
    /// A chosen entry exists neither in the target nor in what is live.
    #[error("there is no entry {key} in {target}")]
    UnknownEntry {
        /// The entry that was chosen.
        key: EntryKey,
        /// The target, as it was written in the request.
        target: String,
    },
    /// Nothing was before the first publication, so that it can't be reverted.
    #[error("{channel}@{sequence} is the first version: nothing was before it to go back to")]
    NothingBefore {
        /// The channel.
        channel: ChannelName,
        /// The publication's place in the channel's line.
        sequence: u64,
    },
    /// The target names no state.
    #[error(transparent)]
    Target(#[from] ResolveError),
    /// Approvals are required, and nobody approved the state.
    #[error(
        "{target} was not accepted: changes go to channel {channel:?} through a review and `main`"
    )]
    NotAccepted {
        /// The target, as it was written in the request.
        target: String,
        /// The channel.
        channel: ChannelName,
    },
    /// Entries would be held back, and the publish was strict.
    #[error("{} entries would be held back", .report.held_back_count)]
    Strict {
        /// What the publish would do.
        report: Box<PublishReport>,
    },
    /// The channel already delivers this.
    #[error("nothing would change")]
    NothingToDo {
        /// What was found.
        report: Box<PublishReport>,
    },
    /// Learners would be left without the home page, or with nothing at all.
    #[error("{takes}, which is hardly ever intended; nothing was done")]
    Empties {
        /// What they would be left without.
        takes: Takes,
        /// What the publish would do.
        report: Box<PublishReport>,
    },
    /// Live entries need what was to be taken off.
    #[error("{} is still needed by {}", .needs[0].key, .needs[0].by)]
    Needed {
        /// Which entries are needed, and by which; at least one, cut at [`super::REPORT_ROWS_MAX`].
        needs: Vec<Need>,
        /// How many such needs there are.
        needs_count: u64,
    },
    /// The entry that is to replace a retired one can't do so.
    #[error("{key} can't replace what is retired: {reason}")]
    BadReplacement {
        /// The entry that was named as replacement.
        key: EntryKey,
        /// Why it can't.
        reason: BadReplacement,
    },
    /// The plan was made for something else than the request names. Nothing moved.
    #[error("the plan was made for {of}")]
    OtherPlan {
        /// What differs.
        of: OtherPlan,
    },
    /// The publish would not do what the plan says.
    #[error("the publish would no longer do what the plan says; look at the plan again")]
    NotAsPlanned {
        /// What the publish would do now.
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
