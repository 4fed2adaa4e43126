//! The error that says that a channel is no longer where it was seen, and who moved it.

use super::{
    Channel,
    error::{ChannelError, Mover},
    head::channel_head,
};
use crate::repo::ground::error::StoreError;

impl Channel {
    /// The error that says that the channel was moved, and by whom.
    pub(in crate::repo) fn moved_error(&self) -> Result<ChannelError, StoreError> {
        let by = match channel_head(&self.repository, &self.name)? {
            None => None,
            Some(head) => {
                let publication = self.repository.publication(head.publication)?;
                Some(Box::new(Mover {
                    author: publication.author,
                    verb: publication.verb,
                    time_ms: publication.time_ms,
                    sequence: head.sequence,
                    publication: head.publication,
                }))
            }
        };
        Ok(ChannelError::Moved { channel: self.name.clone(), by })
    }
}
