//! Whether somebody may move a channel as far as a course goes, and has shown enough of who they are.

use crate::{
    access::{Assurance, Holder, Right, Subject},
    model::key::EntryKey,
    repo::{
        access::policies::policy_denied,
        channel::Channel,
        ground::{error::StoreError, stamp::Stamp},
    },
};

impl Channel {
    /// Refuses somebody who may not publish changes of these entries on this channel, or of whom a policy asks for more
    /// than they have shown. Without limits to entries no entry is looked at.
    pub(in crate::repo) fn require_changes_of<'k>(
        &self,
        stamp: &Stamp,
        keys: impl Iterator<Item = &'k EntryKey>,
    ) -> Result<(), StoreError> {
        let keys: Vec<&EntryKey> = keys.collect();
        self.require_right_for(&stamp.holder, &keys)?;
        self.require_shown(&stamp.holder, &keys)
    }

    fn require_right_for(&self, holder: &Holder, keys: &[&EntryKey]) -> Result<(), StoreError> {
        if holder.may(Right::Publish, &Subject::channel(&self.name)) {
            return Ok(());
        }
        for key in keys {
            let above = self.repository.above(key)?;
            let subject = Subject::entry(key, &above).on(&self.name);
            self.repository.require(holder, Right::Publish, &subject)?;
        }
        if keys.is_empty() {
            return self.repository.require(holder, Right::Publish, &Subject::channel(&self.name));
        }
        Ok(())
    }

    /// Refuses somebody who has shown less of who they are than the policy at an entry asks for. What names no entry is
    /// judged by the policy of the house.
    fn require_shown(&self, holder: &Holder, keys: &[&EntryKey]) -> Result<(), StoreError> {
        let assurance = match holder.assurance() {
            None | Some(Assurance::TwoFactors) => return Ok(()),
            Some(assurance) => assurance,
        };
        let (policies, _) = self.repository.policies()?;
        if !policies.asks_for_second_factor() {
            return Ok(());
        }
        let denied = |entry: Option<&EntryKey>, denied| {
            policy_denied(holder, Right::Publish, entry, Some(self.name.to_string()), denied)
        };
        if keys.is_empty() || !policies.publishing_depends_on_places() {
            let entry = keys.first().copied();
            return policies.publishes_in_house(assurance).map_err(|it| denied(entry, it));
        }
        for key in keys {
            let above = self.repository.above(key)?;
            policies.publishes(assurance, key, &above).map_err(|it| denied(Some(key), it))?;
        }
        Ok(())
    }
}
