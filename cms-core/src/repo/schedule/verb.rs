//! What a schedule does, and how it stands.

use serde::{Deserialize, Serialize};

/// What a schedule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleVerb {
    /// Publishes the revisions that it names.
    Publish,
    /// Takes entries off, until they are released.
    Unpublish,
    /// Takes entries off for good.
    Retire,
    /// Brings entries back that were taken off, in the revisions that it names, and lifts what keeps them off.
    #[serde(rename = "bring-back")]
    BringBack,
}

/// How a schedule stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleState {
    /// It waits for its instant.
    Pending,
    /// It could not run, and waits for someone to look.
    Failed,
    /// It ran, and stays listed for a while.
    Done,
}
