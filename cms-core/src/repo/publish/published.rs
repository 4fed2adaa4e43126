//! What became of a channel that a verb has moved.

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
    /// The authors' record of it.
    pub publication: PublicationId,
    /// What was done.
    pub report: PublishReport,
}
