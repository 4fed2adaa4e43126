//! Beginning a channel: what its learners get is settled for good.

use super::{
    Channel,
    error::ChannelError,
    head::channel_head,
    policy::{ChannelPolicy, fix_policy, may_be_begun},
};
use crate::{
    access::{Right, Subject},
    engine::{Outcome, Transaction},
    map,
    repo::ground::{error::StoreError, stamp::Stamp},
};

impl Channel {
    /// Begins the channel: settles for good what its learners get. The returned channel reads as they read.
    ///
    /// # Errors
    /// [`ChannelError::Begun`] when that is settled already; [`ChannelError::Bad`] when a channel may not have this
    /// name.
    pub fn begin(self, policy: ChannelPolicy, stamp: &Stamp) -> Result<Self, ChannelError> {
        let Self { name, repository, .. } = self;
        if !may_be_begun(&name) {
            return Err(ChannelError::Bad { channel: name });
        }
        let subject = Subject::channel(&name);
        repository.require(&stamp.holder, Right::Configure, &subject)?;
        let begun = || ChannelError::Begun { channel: name.clone() };
        if channel_head(&repository, &name)?.is_some() {
            return Err(begun());
        }
        let settled = serde_json::to_value(policy).expect("policies are JSON");
        let fields = [("channel", name.as_str().into()), ("after", settled)];
        let fields = fields.map(|(name, value)| (name.to_owned(), value)).into_iter().collect();
        let audit = stamp.audit_of("begin-channel", fields);
        // The first publish reads an empty map here.
        let mut empty = Vec::new();
        map::build(&mut empty, repository.header.salt(), [])?;
        let space = policy.space(&name);
        let transaction = Transaction {
            operation: stamp.operation,
            objects: empty.into_iter().map(|node| (space.clone(), node)).collect(),
            swaps: vec![fix_policy(&name, policy)?],
            audit: Some(audit),
        };
        let outcomes = repository.engine.commit(vec![transaction]).map_err(StoreError::from)?;
        match outcomes[..] {
            [Outcome::Applied(_)] => Ok(repository.channel(&name)?),
            _ => Err(begun()),
        }
    }
}
