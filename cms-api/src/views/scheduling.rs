//! What the verbs of publishing report besides the publish itself.

use cms_core::repo;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::OnWire;

use super::words::publishing::{
    ScheduleFailureWord, ScheduleStateWord, ScheduleVerbWord, UnpublishedChange,
};
use super::{
    content::Violation,
    publishing::{HoldRow, PublishReport, SnapshotRow},
};

/// The revision that waits to be published.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Since {
    /// The revision.
    pub revision: String,
    /// Who wrote it.
    pub author: String,
    /// When they wrote it, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
}

/// Why learners do not get something.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Why {
    /// Nobody has published it.
    NotPublished,
    /// A publish would hold it back.
    HeldBack {
        /// The reasons for holding it back.
        reasons: Vec<Violation>,
        /// Whether these are the reasons of the last publish.
        tried: bool,
    },
    /// A hold keeps the entry as it is.
    OnHold {
        /// The hold.
        hold: HoldRow,
    },
    /// The entry may not be live yet.
    Embargoed {
        /// The sentence that says until when.
        message: String,
    },
    /// The entry stands nowhere, so nobody would get it.
    StandsNowhere,
    /// The entry stands nowhere on purpose: it is the model of a template, or in one.
    IsModel {
        /// The template, the first by key.
        template: String,
    },
    /// Something that would say why is damaged.
    Damaged {
        /// What the damaged object says of its damage.
        message: String,
    },
}

/// An entry or translation that learners do not get as it is merged.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NotPublicRow {
    /// The entry or translation.
    pub key: String,
    /// Its title.
    pub title: Option<String>,
    /// How it differs from what learners get.
    pub change: UnpublishedChange,
    /// The revision that waits; null when there is none.
    pub since: Option<Since>,
    /// Why it is not delivered.
    pub why: Vec<Why>,
}

/// A place where a text appears.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Sighting {
    /// The entry, with the locale if the document is not the source's.
    pub key: String,
    /// The delivered document.
    pub object: String,
    /// The JSON pointer of the value.
    pub pointer: String,
}

/// Which publish first showed a text.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct FirstPublished {
    /// The publish; null when no publish ever showed the text.
    pub publish: Option<SnapshotRow>,
    /// Where the text appears in that publish.
    pub sightings: Vec<Sighting>,
    /// How many documents of that publish show it.
    pub sightings_count: u64,
    /// How many versions were looked at.
    pub snapshots_count: u64,
    /// How many documents were read.
    pub documents_count: u64,
}

/// An entry that kept a schedule from running.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ScheduleReason {
    /// The entry or translation.
    pub key: String,
    /// The reasons.
    pub reasons: Vec<Violation>,
}

/// Why a schedule could not run.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ScheduleFailure {
    /// When it was last tried, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// What it is, for programs: the code with which the direct verb would have been refused.
    pub code: ScheduleFailureWord,
    /// A sentence without its full stop.
    pub message: String,
    /// The entries that kept it from running.
    pub reasons: Vec<ScheduleReason>,
    /// How many entries kept it from running.
    pub reasons_count: u64,
}

/// One thing that a schedule does.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ScheduleStep {
    /// What it does.
    pub verb: ScheduleVerbWord,
    /// The commit that has its revisions; empty when it names none.
    pub target: String,
    /// The entries that it names.
    pub keys: Vec<String>,
    /// The entry that replaces those that it retires.
    pub replaced_by: Option<String>,
}

/// The outcome of one thing that a schedule did.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct StepDone {
    /// What it did.
    pub verb: ScheduleVerbWord,
    /// The entries that it named; empty for a publish of everything.
    pub keys: Vec<String>,
    /// When it ran, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// The channel's new version; null when there was nothing to do.
    pub sequence: Option<u64>,
}

/// Entries whose embargo ended on a channel that publishes them at that time.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct EmbargoEnded {
    /// The channel.
    pub channel: String,
    /// The entries whose embargo ended.
    pub keys: Vec<String>,
    /// The channel's new version; null when they may not go live for other reasons.
    pub sequence: Option<u64>,
    /// The publication that records it.
    pub publication: Option<String>,
}

/// A schedule.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ScheduleRow {
    /// The schedule's id.
    pub id: String,
    /// The channel.
    pub channel: String,
    /// What its present step does.
    pub verb: ScheduleVerbWord,
    /// When it runs, as its author meant it: a civil time with its zone.
    pub at: String,
    /// When it runs, in milliseconds since 1970-01-01T00:00:00Z.
    pub due_ms: u64,
    /// The schedule's state.
    pub state: ScheduleStateWord,
    /// The entries that were named; empty for a publish of everything.
    pub keys: Vec<String>,
    /// For a publish, how many revisions it names.
    pub revisions_count: u64,
    /// For a publish, the commit that has the revisions.
    pub commit: Option<String>,
    /// The entry that replaces those that it retires.
    pub replaced_by: Option<String>,
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

/// A publish that a schedule made.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ScheduledPublish {
    /// The new snapshot.
    pub snapshot: String,
    /// The number of the new snapshot.
    pub sequence: u64,
    /// The publication that records it.
    pub publication: String,
    /// For a publish of everything, how many changes it continued without; its report names them.
    pub left_alone_count: u64,
}

/// The outcome of a schedule's step.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleOutcome {
    /// The channel moved.
    Published(ScheduledPublish),
    /// The channel was already as the schedule wanted it.
    NothingToDo,
    /// It could not run, and stays listed.
    Failed(ScheduleFailure),
}

/// A schedule that was run.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RanSchedule {
    /// The schedule as it was before it ran.
    pub schedule: ScheduleRow,
    /// The outcome of its step.
    pub outcome: ScheduleOutcome,
}

/// A schedule that was made or changed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Scheduled {
    /// The schedule.
    pub schedule: ScheduleRow,
    /// What it would do if what is live now were live then; null when that could not be found out.
    pub report: Option<PublishReport>,
    /// Why it would fail then, as things are now.
    pub would_fail: Option<ScheduleFailure>,
}

viewed! {
    repo::Since => Since { revision, author, time_ms }
    repo::Sighting => Sighting { key, object, pointer }
    repo::FirstPublished => FirstPublished { publish, sightings, sightings_count, snapshots_count, documents_count }
    repo::ScheduleReason => ScheduleReason { key, reasons }
    repo::ScheduleFailure => ScheduleFailure { time_ms, code, message, reasons, reasons_count }
    repo::ScheduleStep => ScheduleStep { verb, target, keys, replaced_by }
    repo::StepDone => StepDone { verb, keys, time_ms, sequence }
    repo::EmbargoEnded => EmbargoEnded { channel, keys, sequence, publication }
    repo::ScheduleRow => ScheduleRow { id, channel, verb, at, due_ms, state, keys, revisions_count, commit, replaced_by, author, message, created_ms, failure, then, done, made, version }
    repo::RanSchedule => RanSchedule { schedule, outcome }
    repo::Scheduled => Scheduled { schedule, report, would_fail }
    repo::NotPublicRow => NotPublicRow { key, title, change, since, why }
}

impl OnWire<Why> for repo::Why {
    fn on_wire(self) -> Why {
        match self {
            Self::NotPublished => Why::NotPublished,
            Self::HeldBack { reasons, tried } => {
                Why::HeldBack { reasons: reasons.on_wire(), tried }
            }
            Self::OnHold { hold } => Why::OnHold { hold: hold.on_wire() },
            Self::Embargoed { message } => Why::Embargoed { message },
            Self::StandsNowhere => Why::StandsNowhere,
            Self::IsModel { template } => Why::IsModel { template: template.on_wire() },
            Self::Damaged { message } => Why::Damaged { message },
        }
    }
}

impl OnWire<ScheduleOutcome> for repo::ScheduleOutcome {
    fn on_wire(self) -> ScheduleOutcome {
        match self {
            Self::Published { snapshot, sequence, publication, left_alone_count } => {
                ScheduleOutcome::Published(ScheduledPublish {
                    snapshot: snapshot.on_wire(),
                    sequence,
                    publication: publication.on_wire(),
                    left_alone_count,
                })
            }
            Self::NothingToDo => ScheduleOutcome::NothingToDo,
            Self::Failed(failure) => ScheduleOutcome::Failed(failure.on_wire()),
        }
    }
}
