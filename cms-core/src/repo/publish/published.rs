//! The result of a verb that moved a channel.

use serde::Serialize;

use super::report::PublishReport;
use crate::model::id::{PublicationId, SnapshotId};

/// A publish that took place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Published {
    /// The new snapshot.
    pub snapshot: SnapshotId,
    /// Its place in the channel's line.
    pub sequence: u64,
    /// The publication that records it.
    pub publication: PublicationId,
    /// What the publish did.
    pub report: PublishReport,
}
