//! Whether somebody may move a channel as far as a course goes.

use crate::{
    access::{Right, Subject},
    model::key::EntryKey,
    repo::{
        channel::Channel,
        ground::{error::StoreError, stamp::Stamp},
    },
};

impl Channel {
    /// Refuses somebody who may not publish changes of these entries on this channel. Without limits to entries no
    /// entry is looked at.
    pub(in crate::repo) fn require_changes_of<'k>(
        &self,
        stamp: &Stamp,
        keys: impl Iterator<Item = &'k EntryKey>,
    ) -> Result<(), StoreError> {
        let Stamp { holder, .. } = stamp;
        if holder.may(Right::Publish, &Subject::channel(&self.name)) {
            return Ok(());
        }
        let mut is_any = false;
        for key in keys {
            is_any = true;
            let above = self.repository.above(key)?;
            let subject = Subject::entry(key, &above).on(&self.name);
            self.repository.require(holder, Right::Publish, &subject)?;
        }
        if is_any {
            return Ok(());
        }
        self.repository.require(holder, Right::Publish, &Subject::channel(&self.name))
    }
}
