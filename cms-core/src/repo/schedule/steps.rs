//! What a schedule does, step by step: what is still to be done at its moment, and what became of the rest.

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
    /// Root of a map: entry key → the catalogue's row, empty where there is none.
    pub(super) revisions: Option<NodeId>,
    pub(super) commit: Option<CommitId>,
    pub(super) replaced_by: Option<EntryKey>,
}

/// What became of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepDone {
    /// What it did.
    pub verb: ScheduleVerb,
    /// The entries that it named.
    pub keys: Vec<EntryKey>,
    /// When it ran, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// The version that the channel has since, `CHANNEL@SEQUENCE`; none where there was nothing to do.
    pub sequence: Option<u64>,
}
