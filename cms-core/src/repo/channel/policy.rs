//! What a channel's learners get, which is decided for good before its first publish; and whether an entry goes live by
//! itself when its embargo ends, which may be decided again.
//!
//! A channel that includes answers has a space of its own: nothing of it is ever in the public space, and its readers
//! read through [`super::Channel::delivery`].
//!
//! Invariants:
//! 1. Whether a channel has answers never changes: a snapshot that mixed both would give away what others withhold. The
//!    first publish settles the policy of a channel that was not begun with one.

use serde::{Deserialize, Serialize};

use super::{error::ChannelError, head::channel_group};
use crate::{
    engine::{CellName, Expected, Swap},
    model::{name::ChannelName, object::Space},
    repo::{
        ground::{
            error::StoreError,
            repository::{MAIN, Repository},
        },
        record::put_record,
    },
};

const POLICY_CELL: &str = "policy";

/// Whether learners' devices get the answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answers {
    /// The answers stay on the server: attempts are scored and hints given on request.
    #[default]
    Withheld,
    /// The answers are delivered, for use without a network; such a channel is protected.
    Included,
}

/// What a channel's learners get.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChannelPolicy {
    /// Whether its learners get the answers.
    pub answers: Answers,
    /// Whether the channel is for trying things out and has no learners; content that nobody approved may then be
    /// published there.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub testing: bool,
    /// Whether the server publishes an entry when its embargo ends, without being asked again.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub publishes_embargoed: bool,
}

impl ChannelPolicy {
    /// The space of a channel's delivered objects.
    pub(in crate::repo) fn space(self, channel: &ChannelName) -> Space {
        match self.answers {
            Answers::Withheld => Space::Public,
            Answers::Included => Space::Channel(channel.clone()),
        }
    }
}

/// Whether a new channel may have this name. It may not be the name of one of the store's spaces, nor of a branch,
/// because a text that could name both a branch and a channel names the branch.
pub(in crate::repo) fn may_be_begun(channel: &ChannelName) -> bool {
    *channel != "preview" && *channel != MAIN
}

pub(in crate::repo) fn policy_cell(channel: &ChannelName) -> Result<CellName, ChannelError> {
    let bad = || ChannelError::Bad { channel: channel.clone() };
    channel_group(channel).ok().and_then(|group| group.cell(POLICY_CELL).ok()).ok_or_else(bad)
}

/// The swap that settles the policy of a channel that has none yet.
pub(in crate::repo) fn fix_policy(
    channel: &ChannelName,
    policy: ChannelPolicy,
) -> Result<Swap, ChannelError> {
    Ok(put_record(policy_cell(channel)?, Expected::Absent, &policy))
}

impl Repository {
    /// What a channel's learners get; the default until somebody settles it.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn channel_policy(&self, channel: &ChannelName) -> Result<ChannelPolicy, StoreError> {
        Ok(self.settled_policy(channel)?.unwrap_or_default())
    }

    pub(in crate::repo) fn settled_policy(
        &self,
        channel: &ChannelName,
    ) -> Result<Option<ChannelPolicy>, StoreError> {
        let Ok(cell) = policy_cell(channel) else { return Ok(None) };
        Ok(self.stored_record(cell)?.map(|record| record.value))
    }
}
