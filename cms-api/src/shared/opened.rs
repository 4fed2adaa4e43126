//! The draft that a link opens, as learners would get it.

use std::sync::Arc;

use cms_core::{
    model::{name::ChannelName, snapshot::Snapshot},
    repo::{Delivery, Preview, Shared},
};

use crate::{
    delivery::snapshot_of,
    problem::{Code, Problem},
};

/// The draft that the link of a request opens.
#[derive(Clone)]
pub struct Opened(pub(super) Arc<Shared>);

/// A draft as learners would get it.
pub(super) struct Shown {
    pub(super) preview: Arc<Preview>,
    pub(super) snapshot: Snapshot,
    /// When the draft's newest commit was made, in milliseconds since 1970-01-01T00:00:00Z.
    pub(super) time_ms: u64,
}

impl Opened {
    pub(super) fn of(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }

    /// Makes the preview, or finds the one that was made before.
    pub(super) fn shown(&self, delivery: &Delivery) -> Result<Shown, Problem> {
        let preview = self.0.preview()?;
        let snapshot = snapshot_of(delivery, preview.snapshot)?;
        Ok(Shown { preview, snapshot, time_ms: self.0.committed_ms()? })
    }

    /// Refuses other channels than the link's.
    pub(super) fn must_be(&self, channel: &str) -> Result<ChannelName, Problem> {
        if self.0.share.channel == *channel {
            return Ok(self.0.share.channel.clone());
        }
        let detail = format!("this link shows the channel {}", self.0.share.channel);
        Err(Problem::new(Code::ChannelUnknown, detail))
    }
}

impl Shown {
    /// Whether learners already have it, because the draft changes nothing.
    pub(super) fn is_live(&self, delivery: &Delivery) -> Result<bool, Problem> {
        let head = delivery.channel_head(&self.preview.channel)?;
        Ok(head.is_some_and(|head| head.snapshot == self.preview.snapshot))
    }
}
