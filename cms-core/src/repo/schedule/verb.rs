//! What a schedule does, and its states.

use serde::{Deserialize, Serialize};

/// What a schedule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleVerb {
    /// Publishes the revisions that it names.
    Publish,
    /// Takes entries off until their holds are released.
    Unpublish,
    /// Takes entries off for good.
    Retire,
    /// Brings back entries that were taken off, in the revisions that it names, and lifts what keeps them off.
    #[serde(rename = "bring-back")]
    BringBack,
}

/// The state of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleState {
    /// It waits for its instant.
    Pending,
    /// It could not run, and waits for someone to look at it.
    Failed,
    /// It ran, and stays listed for a while.
    Done,
}
