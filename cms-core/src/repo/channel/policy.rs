//! What a channel's learners get, decided before its first publish and for good; and whether what was under
//! embargo goes live by itself, which may be decided anew.
//!
//! A channel that includes answers has a space of its own: nothing of it is ever in the public one, and whoever reads
//! it reads through [`Repository::delivery_of`].
//!
//! Invariants:
//! 1. Whether a channel has answers never changes: a snapshot that mixed both would give away what others keep back. The first
//!    publish settles the policy of a channel that was not begun with one.

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
    /// They stay behind: attempts are scored and hints given on request.
    #[default]
    Withheld,
    /// They go along, for use without a network; such a channel is protected.
    Included,
}

/// What a channel's learners get.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChannelPolicy {
    /// Whether they get the answers.
    pub answers: Answers,
    /// Whether it is for trying things out and has no learners: then what nobody approved may go there.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub testing: bool,
    /// Whether the server publishes an entry when its embargo ends, without being asked again.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub publishes_embargoed: bool,
}

impl ChannelPolicy {
    /// Where a channel's delivered objects are.
    pub(in crate::repo) fn space(self, channel: &ChannelName) -> Space {
        match self.answers {
            Answers::Withheld => Space::Public,
            Answers::Included => Space::Channel(channel.clone()),
        }
    }
}

/// Whether a new channel may have this name: one that names no space of the store's, and no branch, for a
/// text that names both a branch and a channel names the branch.
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
    /// What a channel's learners get; the default where nobody has said.
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
