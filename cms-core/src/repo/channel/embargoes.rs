//! Whether the server publishes an entry on a channel when its embargo ends.

use super::{
    Channel,
    error::ChannelError,
    policy::{ChannelPolicy, policy_cell},
};
use crate::{
    access::{Right, Subject},
    engine::{Expected, Outcome, Transaction},
    repo::{
        ground::{error::StoreError, stamp::Stamp},
        record::put_record,
    },
};

impl Channel {
    /// Sets whether the server publishes an entry on the channel when its embargo ends.
    ///
    /// # Errors
    /// [`ChannelError::Unknown`] when the channel was neither begun nor published on; [`ChannelError::Moved`] when
    /// someone else changed it meanwhile.
    pub fn set_publishes_embargoed(
        &self,
        publishes_embargoed: bool,
        stamp: &Stamp,
    ) -> Result<ChannelPolicy, ChannelError> {
        let Self { name, repository, .. } = self;
        repository.require(&stamp.holder, Right::Publish, &Subject::channel(name))?;
        let cell = policy_cell(name)?;
        let known = repository.stored_record::<ChannelPolicy>(cell.clone())?;
        let Some(known) = known else {
            return Err(ChannelError::Unknown { channel: name.clone() });
        };
        let policy = ChannelPolicy { publishes_embargoed, ..known.value };
        let word = if publishes_embargoed { "publish" } else { "wait" };
        let was = if known.value.publishes_embargoed { "publish" } else { "wait" };
        let fields =
            [("channel", name.as_str()), ("embargoes", word), ("before", was), ("after", word)];
        let audit = stamp.audit("set-embargoes", &fields);
        let transaction = Transaction {
            operation: stamp.operation,
            objects: Vec::new(),
            swaps: vec![put_record(cell, Expected::Version(known.version), &policy)],
            audit: Some(audit),
        };
        let outcomes = repository.engine.commit(vec![transaction]).map_err(StoreError::from)?;
        match outcomes[..] {
            [Outcome::Applied(_)] => Ok(policy),
            _ => Err(self.moved_error()?),
        }
    }
}
