//! Requests for schedules, and what is reported about them.

use serde::{Deserialize, Serialize};

use super::{
    steps::{StepDone, StoredStep},
    verb::{ScheduleState, ScheduleVerb},
};
use crate::{
    engine::NameError,
    map,
    model::{id::CommitId, key::EntryKey, moment::Moment, name::ChannelName},
    repo::{
        ground::{error::StoreError, stamp::Stamp},
        publish::{PublishError, PublishReport, Reason},
    },
};

/// Most entries that a schedule may name, in all steps together; a publish of everything names none.
pub const SCHEDULE_KEYS_MAX: usize = 1000;

/// Most steps of a schedule.
pub const SCHEDULE_STEPS_MAX: usize = 10;

/// One thing that a schedule does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScheduleStep {
    /// What to do.
    pub verb: ScheduleVerb,
    /// For a publish or a bringing back, the state whose revisions are named, usually `main`.
    pub target: String,
    /// The entries; a publish takes also what they need, and with an empty list everything that differs.
    pub keys: Vec<EntryKey>,
    /// For a retirement, the entry that replaces the others.
    pub replaced_by: Option<EntryKey>,
}

impl From<StoredStep> for ScheduleStep {
    fn from(step: StoredStep) -> Self {
        let StoredStep { verb, keys, commit, replaced_by, .. } = step;
        let target = commit.map(|commit| commit.to_string()).unwrap_or_default();
        Self { verb, target, keys, replaced_by }
    }
}

/// What to do, and when.
#[derive(Debug, Clone)]
pub struct ScheduleRequest {
    /// The channel.
    pub channel: ChannelName,
    /// What to do first.
    pub step: ScheduleStep,
    /// What to do after that at the same instant, in order.
    pub then: Vec<ScheduleStep>,
    /// When to do it.
    pub at: Moment,
    /// Who schedules it, when and why.
    pub stamp: Stamp,
}

/// How to change a schedule; what is `None` stays.
#[derive(Debug, Clone)]
pub struct ScheduleChange {
    /// The channel.
    pub channel: ChannelName,
    /// The schedule's id.
    pub id: String,
    /// The version that was looked at; `None` for any.
    pub expected: Option<u64>,
    /// The new instant.
    pub at: Option<Moment>,
    /// For a publish, the state whose revisions of the same entries are named from now on.
    pub target: Option<String>,
    /// Who changes it, when and why.
    pub stamp: Stamp,
}

/// A schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScheduleRow {
    /// The schedule's id.
    pub id: String,
    /// The channel.
    pub channel: ChannelName,
    /// What its present step does.
    pub verb: ScheduleVerb,
    /// When it runs, as its author meant it.
    pub at: Moment,
    /// When it runs, in milliseconds since 1970-01-01T00:00:00Z.
    pub due_ms: u64,
    /// The schedule's state.
    pub state: ScheduleState,
    /// The entries that were named; empty for a publish of everything.
    pub keys: Vec<EntryKey>,
    /// For a publish, how many revisions it names.
    pub revisions_count: u64,
    /// For a publish, the commit that has the revisions.
    pub commit: Option<CommitId>,
    /// The entry that replaces those that it retires.
    pub replaced_by: Option<EntryKey>,
    /// The person who scheduled it.
    pub author: String,
    /// The message that they gave; may be empty.
    pub message: String,
    /// When it was scheduled, in milliseconds since 1970-01-01T00:00:00Z.
    pub created_ms: u64,
    /// Why it failed, if it did.
    pub failure: Option<ScheduleFailure>,
    /// What it does after that at the same instant, in order.
    pub then: Vec<ScheduleStep>,
    /// The steps that it did, in order.
    pub done: Vec<StepDone>,
    /// Its place in the order in which all schedules were made.
    pub made: u64,
    /// The version of the schedule, which grows with every change.
    pub version: u64,
}

/// Why a schedule could not run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleFailure {
    /// When it was last tried, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// What it is, for programs; failures that were stored before they had a code were mostly refusals.
    #[serde(default)]
    pub code: ScheduleFailureCode,
    /// A sentence without its full stop.
    pub message: String,
    /// The entries that kept it from running, and why; cut at 100.
    pub reasons: Vec<ScheduleReason>,
    /// How many entries kept it from running.
    pub reasons_count: u64,
}

/// What kept a schedule from running: the code with which the direct verb would have been refused.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScheduleFailureCode {
    /// Entries may not go live or are still needed, or what is to replace others can't.
    #[default]
    PublishRefused,
    /// Learners would be left without the home page, or with nothing at all.
    PublishEmpties,
    /// Approvals are required since, and nobody approved what it names.
    NotAccepted,
    /// An entry that it names is not there.
    EntryUnknown,
    /// What it was to publish names no state.
    StateUnknown,
    /// The channel is not there.
    ChannelUnknown,
    /// What it names can't be read.
    StoreDamaged,
    /// The person who scheduled it may not publish this any more.
    RightMissing,
}

/// An entry that kept a schedule from running.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleReason {
    /// The entry or translation.
    pub key: EntryKey,
    /// The reasons.
    pub reasons: Vec<Reason>,
}

/// A schedule that was made or changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scheduled {
    /// The schedule.
    pub schedule: ScheduleRow,
    /// What it would do if what is live now were live then; `None` when that could not be found out.
    pub report: Option<PublishReport>,
    /// Why it would fail then, as things are now.
    pub would_fail: Option<ScheduleFailure>,
}

/// Why nothing was scheduled, or changed.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// The instant is not in the future.
    #[error("{at} is past")]
    Past {
        /// The instant that was asked for.
        at: Moment,
    },
    /// There is no such schedule; it may have been cancelled, or have run long ago.
    #[error(
        "there is no schedule {id:?} on {channel:?}: it was cancelled, ran long ago, or never was"
    )]
    Unknown {
        /// The channel.
        channel: ChannelName,
        /// The id that was asked for.
        id: String,
    },
    /// The schedule was changed since the caller looked at it.
    #[error("schedule {id:?} was changed meanwhile")]
    Moved {
        /// The schedule's id.
        id: String,
    },
    /// Only a failed schedule can be retried.
    #[error("schedule {id:?} has not failed: it waits for its time")]
    NotFailed {
        /// The schedule's id.
        id: String,
    },
    /// The schedule has run.
    #[error("schedule {id:?} is over: it ran")]
    Over {
        /// The schedule's id.
        id: String,
    },
    /// The schedule has too many steps.
    #[error("{found} steps are more than {SCHEDULE_STEPS_MAX}")]
    Steps {
        /// How many steps it has.
        found: usize,
    },
    /// The schedule names no entries where some are needed, or too many.
    #[error("{}", keys_fault(*.found))]
    Keys {
        /// How many entries it names.
        found: usize,
        /// The step that is at fault, counted from 0.
        step: usize,
    },
    /// The request can't be fulfilled even now.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn keys_fault(found: usize) -> String {
    match found {
        0 => "name at least one entry: only a publish may name none".to_owned(),
        _ => format!("{found} entries are named; at most {SCHEDULE_KEYS_MAX} may be"),
    }
}

impl From<map::MapError> for ScheduleError {
    fn from(error: map::MapError) -> Self {
        Self::Store(error.into())
    }
}

impl From<NameError> for ScheduleError {
    fn from(_: NameError) -> Self {
        Self::Store(StoreError::Row { what: "the name of a schedule".to_owned() })
    }
}
