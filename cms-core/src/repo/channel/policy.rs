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

use super::{channel_group, channel_head};
use crate::{
    engine::{CellName, Expected, Outcome, Swap, Transaction},
    map,
    model::{name::ChannelName, object::Space},
    repo::{
        channel::error::ChannelError,
        ground::{
            error::StoreError,
            repository::{MAIN, Repository},
            stamp::Stamp,
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

fn policy_cell(channel: &ChannelName) -> Result<CellName, ChannelError> {
    let bad = || ChannelError::Bad { channel: channel.clone() };
    channel_group(channel).ok().and_then(|group| group.cell(POLICY_CELL).ok()).ok_or_else(bad)
}

/// The swap that settles the policy of a channel that has none yet.
pub(in crate::repo) fn settled(
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

    /// Begins a channel: says for good what its learners get.
    ///
    /// # Errors
    /// [`ChannelError::Begun`] when that is settled already, [`ChannelError::Bad`] for a name that is none.
    pub fn begin_channel(
        &self,
        channel: &ChannelName,
        policy: ChannelPolicy,
        stamp: &Stamp,
    ) -> Result<(), ChannelError> {
        if !may_be_begun(channel) {
            return Err(ChannelError::Bad { channel: channel.clone() });
        }
        let begun = || ChannelError::Begun { channel: channel.clone() };
        if channel_head(self, channel)?.is_some() {
            return Err(begun());
        }
        let audit = stamp.audit("begin-channel", &[("channel", channel.as_str())]);
        // The first publish reads an empty map there.
        let mut empty = Vec::new();
        map::build(&mut empty, self.header.salt(), [])?;
        let space = policy.space(channel);
        let transaction = Transaction {
            operation: stamp.operation,
            objects: empty.into_iter().map(|node| (space.clone(), node)).collect(),
            swaps: vec![settled(channel, policy)?],
            audit: Some(audit),
        };
        let outcomes = self.engine.commit(vec![transaction]).map_err(StoreError::from)?;
        match outcomes[..] {
            [Outcome::Applied(_)] => Ok(()),
            _ => Err(begun()),
        }
    }

    /// Says whether the server publishes on a channel what is not under embargo any more.
    ///
    /// # Errors
    /// [`ChannelError::Unknown`] when nothing was published on it or begun, [`ChannelError::Moved`] when
    /// someone else changed it meanwhile.
    pub fn set_publishes_embargoed(
        &self,
        channel: &ChannelName,
        publishes_embargoed: bool,
        stamp: &Stamp,
    ) -> Result<ChannelPolicy, ChannelError> {
        let cell = policy_cell(channel)?;
        let known = self.stored_record::<ChannelPolicy>(cell.clone())?;
        let Some(known) = known else {
            return Err(ChannelError::Unknown { channel: channel.clone() });
        };
        let policy = ChannelPolicy { publishes_embargoed, ..known.value };
        let word = if publishes_embargoed { "publish" } else { "wait" };
        let audit =
            stamp.audit("set-embargoes", &[("channel", channel.as_str()), ("embargoes", word)]);
        let transaction = Transaction {
            operation: stamp.operation,
            objects: Vec::new(),
            swaps: vec![put_record(cell, Expected::Version(known.version), &policy)],
            audit: Some(audit),
        };
        let outcomes = self.engine.commit(vec![transaction]).map_err(StoreError::from)?;
        match outcomes[..] {
            [Outcome::Applied(_)] => Ok(policy),
            _ => Err(self.moved(channel)?),
        }
    }

    /// The repository as a channel's learners read it: the public one, or the channel's own.
    pub(in crate::repo) fn at_channel(&self, channel: &ChannelName) -> Result<Self, StoreError> {
        match self.channel_policy(channel)?.space(channel) {
            Space::Public => Ok(self.clone()),
            space => Ok(self.reading(&space)),
        }
    }
}
