//! Channels: where they are, where they were, and what may be done to one.
//!
//! Only a [`Channel`] moves a channel. The verbs that put something on it or take something off it are in
//! [`super::publish`]; what else may be settled of it is here. A `Channel` holds the repository as the channel's
//! learners read it, so what a verb makes is written where they read and nowhere else.

mod allowed;
pub(in crate::repo) mod begin;
pub(in crate::repo) mod embargoes;
pub(in crate::repo) mod error;
pub(in crate::repo) mod head;
pub(in crate::repo) mod holds;
pub(in crate::repo) mod line;
pub(in crate::repo) mod live;
mod moved;
pub(in crate::repo) mod policy;
pub(in crate::repo) mod publications;
pub(in crate::repo) mod snapshots;
pub(in crate::repo) mod stored_report;

use policy::ChannelPolicy;

use crate::{
    model::{name::ChannelName, object::Space},
    repo::ground::{error::StoreError, repository::Repository},
};

/// A channel, and all that may be done to it.
///
/// The channel need not exist yet: [`Channel::begin`] or its first publish makes it.
#[derive(Clone)]
pub struct Channel {
    pub(in crate::repo) name: ChannelName,
    /// The repository as the channel's learners read it.
    pub(in crate::repo) repository: Repository,
    /// What its learners get, once that is settled.
    pub(in crate::repo) settled: Option<ChannelPolicy>,
}

impl Repository {
    /// The channel of this name, whether it exists yet or not.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn channel(&self, name: &ChannelName) -> Result<Channel, StoreError> {
        let settled = self.settled_policy(name)?;
        let repository = match settled.unwrap_or_default().space(name) {
            Space::Public => self.clone(),
            space => self.reading(&space),
        };
        Ok(Channel { name: name.clone(), repository, settled })
    }
}

impl Channel {
    /// The channel's name.
    pub const fn name(&self) -> &ChannelName {
        &self.name
    }

    /// What its learners get; the default until somebody settles it.
    pub fn policy(&self) -> ChannelPolicy {
        self.settled.unwrap_or_default()
    }
}
