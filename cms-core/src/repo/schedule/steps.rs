//! What a schedule does, step by step: the steps still to be done at its instant, and the outcomes of the others.

use serde::{Deserialize, Serialize};

use super::verb::ScheduleVerb;
use crate::model::{
    id::{CommitId, NodeId},
    key::EntryKey,
};

/// A step that waits for those before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredStep {
    pub(super) verb: ScheduleVerb,
    pub(super) keys: Vec<EntryKey>,
    /// Root of a map: entry key → the catalogue's row; the value is empty when there is no row.
    pub(super) revisions: Option<NodeId>,
    pub(super) commit: Option<CommitId>,
    pub(super) replaced_by: Option<EntryKey>,
}

/// The outcome of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepDone {
    /// What the step did.
    pub verb: ScheduleVerb,
    /// The entries that it named.
    pub keys: Vec<EntryKey>,
    /// When it ran, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// The channel's new sequence number, as in `CHANNEL@SEQUENCE`; `None` when there was nothing to do.
    pub sequence: Option<u64>,
}
