//! What is asked of schedules and told of them.

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

/// Most entries that a schedule may name, all steps together; a publish of everything names none.
pub const SCHEDULE_KEYS_MAX: usize = 1000;

/// Most steps of a schedule.
pub const SCHEDULE_STEPS_MAX: usize = 10;

/// One thing that a schedule does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScheduleStep {
    /// What to do.
    pub verb: ScheduleVerb,
    /// For a publish or a bringing back, the state whose revisions are named, `main` as a rule.
    pub target: String,
    /// The entries; for a publish with what they need, or all that differs when empty.
    pub keys: Vec<EntryKey>,
    /// For a retirement, what replaces the entries.
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
    /// What to do after that at the same moment, in order.
    pub then: Vec<ScheduleStep>,
    /// When.
    pub at: Moment,
    /// Who, when, why.
    pub stamp: Stamp,
}

/// How to change a schedule; what is none stays.
#[derive(Debug, Clone)]
pub struct ScheduleChange {
    /// The channel.
    pub channel: ChannelName,
    /// The schedule.
    pub id: String,
    /// The version that was looked at; any when none is given.
    pub expected: Option<u64>,
    /// Another instant.
    pub at: Option<Moment>,
    /// For a publish, a state whose revisions of the same entries are named from now on.
    pub target: Option<String>,
    /// Who, when, why.
    pub stamp: Stamp,
}

/// A schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScheduleRow {
    /// Its id.
    pub id: String,
    /// The channel.
    pub channel: ChannelName,
    /// What it does.
    pub verb: ScheduleVerb,
    /// When, as it was meant.
    pub at: Moment,
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub due_ms: u64,
    /// How it stands.
    pub state: ScheduleState,
    /// The entries that were named; empty for a publish of everything.
    pub keys: Vec<EntryKey>,
    /// For a publish, how many revisions it names.
    pub revisions_count: u64,
    /// For a publish, the commit that the revisions are from.
    pub commit: Option<CommitId>,
    /// What replaces the entries that it retires.
    pub replaced_by: Option<EntryKey>,
    /// Who scheduled it.
    pub author: String,
    /// Why; may be empty.
    pub message: String,
    /// When it was scheduled, in milliseconds since 1970-01-01T00:00:00Z.
    pub created_ms: u64,
    /// Why it failed, where it did.
    pub failure: Option<ScheduleFailure>,
    /// What it does after that at the same moment, in order.
    pub then: Vec<ScheduleStep>,
    /// What it did, in order.
    pub done: Vec<StepDone>,
    /// Where it was made in the order of all schedules.
    pub made: u64,
    /// Grows with every change of it.
    pub version: u64,
}

/// Why a schedule could not run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleFailure {
    /// When it was tried last, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// A sentence without its full stop.
    pub message: String,
    /// The entries that kept it from running, and why; cut at 100.
    pub reasons: Vec<ScheduleReason>,
    /// How many those are.
    pub reasons_count: u64,
}

/// An entry that kept a schedule from running.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleReason {
    /// The entry or translation.
    pub key: EntryKey,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// A schedule that was made or changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scheduled {
    /// The schedule.
    pub schedule: ScheduleRow,
    /// What it would do, were what is live then what is live now; none when it could not be told.
    pub report: Option<PublishReport>,
    /// Why it would fail then, as things are.
    pub would_fail: Option<ScheduleFailure>,
}

/// Why nothing was scheduled, or changed.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// The instant is not ahead.
    #[error("{at} is past")]
    Past {
        /// The instant.
        at: Moment,
    },
    /// There is no such schedule; perhaps it was cancelled, or ran long ago.
    #[error(
        "there is no schedule {id:?} on {channel:?}: it was cancelled, ran long ago, or never was"
    )]
    Unknown {
        /// The channel.
        channel: ChannelName,
        /// The id.
        id: String,
    },
    /// It was changed since it was looked at.
    #[error("schedule {id:?} was changed meanwhile")]
    Moved {
        /// The id.
        id: String,
    },
    /// Only what failed can be tried again.
    #[error("schedule {id:?} has not failed: it waits for its time")]
    NotFailed {
        /// The id.
        id: String,
    },
    /// It ran.
    #[error("schedule {id:?} is over: it ran")]
    Over {
        /// The id.
        id: String,
    },
    /// So many steps are too many.
    #[error("{found} steps are more than {SCHEDULE_STEPS_MAX}")]
    Steps {
        /// How many there are.
        found: usize,
    },
    /// Entries must be named, but not so many.
    #[error("{found} entries are named, where {} are expected", if *.found == 0 { "some".to_owned() } else { format!("at most {SCHEDULE_KEYS_MAX}") })]
    Keys {
        /// How many are.
        found: usize,
    },
    /// What is asked for makes no sense even now.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
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
