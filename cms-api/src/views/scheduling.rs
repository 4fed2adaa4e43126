//! What the verbs of publishing report beside the publish itself.

use cms_core::repo;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::OnWire;

use super::words::publishing::{ScheduleStateWord, ScheduleVerbWord, UnpublishedChange};
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
    /// When.
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
        /// Why.
        reasons: Vec<Violation>,
        /// Whether these are the reasons of the last publish.
        tried: bool,
    },
    /// A hold keeps it as it is.
    OnHold {
        /// The hold.
        hold: HoldRow,
    },
    /// It is not to be live yet.
    Embargoed {
        /// Until when.
        message: String,
    },
    /// It stands nowhere.
    StandsNowhere,
    /// It stands nowhere on purpose: it is the model of a template, or in one.
    IsModel {
        /// The template.
        template: String,
    },
    /// Something that tells why is damaged.
    Damaged {
        /// What says so.
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
    /// How it differs from what they get.
    pub change: UnpublishedChange,
    /// The revision that waits; null where there is none.
    pub since: Option<Since>,
    /// Why.
    pub why: Vec<Why>,
}

/// Where a text stands.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Sighting {
    /// The entry, with the locale where the document is not the source's.
    pub key: String,
    /// The delivered document.
    pub object: String,
    /// The JSON pointer of the value.
    pub pointer: String,
}

/// Which publish first showed a text.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct FirstPublished {
    /// The publish; null when none ever did.
    pub publish: Option<SnapshotRow>,
    /// Where it stands there.
    pub sightings: Vec<Sighting>,
    /// How many documents show it there.
    pub sightings_count: u64,
    /// Versions that were looked at.
    pub snapshots_count: u64,
    /// Documents that were read.
    pub documents_count: u64,
}

/// An entry that keeps a schedule from running.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ScheduleReason {
    /// The entry or translation.
    pub key: String,
    /// Why.
    pub reasons: Vec<Violation>,
}

/// Why a schedule could not run.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ScheduleFailure {
    /// When it was tried.
    pub time_ms: u64,
    /// A sentence without its full stop.
    pub message: String,
    /// The entries that kept it from running.
    pub reasons: Vec<ScheduleReason>,
    /// How many.
    pub reasons_count: u64,
}

/// One thing that a schedule does.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ScheduleStep {
    /// What it does.
    pub verb: ScheduleVerbWord,
    /// The commit that its revisions are from; empty where it names none.
    pub target: String,
    /// The entries.
    pub keys: Vec<String>,
    /// What replaces what it retires.
    pub replaced_by: Option<String>,
}

/// What became of one thing that a schedule did.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct StepDone {
    /// What it does.
    pub verb: ScheduleVerbWord,
    /// The entries that it named; empty for a publish of everything.
    pub keys: Vec<String>,
    /// When it ran.
    pub time_ms: u64,
    /// The version that the channel has since; null where there was nothing to do.
    pub sequence: Option<u64>,
}

/// Entries whose embargo ended on a channel that publishes them then.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct EmbargoEnded {
    /// The channel.
    pub channel: String,
    /// The entries.
    pub keys: Vec<String>,
    /// The version that the channel has since; null where they may not go live for other reasons.
    pub sequence: Option<u64>,
    /// The authors' record of it.
    pub publication: Option<String>,
}

/// A schedule.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ScheduleRow {
    /// Its id.
    pub id: String,
    /// The channel.
    pub channel: String,
    /// What it does.
    pub verb: ScheduleVerbWord,
    /// When, as it was meant: a civil time with its zone.
    pub at: String,
    /// When, in milliseconds since 1970.
    pub due_ms: u64,
    /// How it stands.
    pub state: ScheduleStateWord,
    /// The entries that were named; empty for a publish of everything.
    pub keys: Vec<String>,
    /// For a publish, how many revisions it names.
    pub revisions_count: u64,
    /// For a publish, the commit that they are from.
    pub commit: Option<String>,
    /// What replaces what it retires.
    pub replaced_by: Option<String>,
    /// Who scheduled it.
    pub author: String,
    /// Why.
    pub message: String,
    /// When it was scheduled.
    pub created_ms: u64,
    /// Why it failed, where it did.
    pub failure: Option<ScheduleFailure>,
    /// What it does after that at the same moment, in order.
    pub then: Vec<ScheduleStep>,
    /// What it did, in order.
    pub done: Vec<StepDone>,
    /// Its place in the order in which all schedules were made.
    pub made: u64,
    /// Grows with every change of it.
    pub version: u64,
}

/// A publish that a schedule did.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ScheduledPublish {
    /// The new snapshot.
    pub snapshot: String,
    /// Its number.
    pub sequence: u64,
    /// The authors' record of it.
    pub publication: String,
    /// Of a publish of everything, how many changes it went on without; its report names them.
    pub left_alone_count: u64,
}

/// What came of a schedule.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleOutcome {
    /// The channel moved.
    Published(ScheduledPublish),
    /// The channel was as the schedule wanted it already.
    NothingToDo,
    /// It could not run; it stays listed.
    Failed(ScheduleFailure),
}

/// A schedule that was run.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RanSchedule {
    /// The schedule as it was.
    pub schedule: ScheduleRow,
    /// What came of it.
    pub outcome: ScheduleOutcome,
}

/// A schedule that was made or changed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Scheduled {
    /// The schedule.
    pub schedule: ScheduleRow,
    /// What it would do, were what is live then what is live now; null when it could not be told.
    pub report: Option<PublishReport>,
    /// Why it would fail then, as things are.
    pub would_fail: Option<ScheduleFailure>,
}

viewed! {
    repo::Since => Since { revision, author, time_ms }
    repo::Sighting => Sighting { key, object, pointer }
    repo::FirstPublished => FirstPublished { publish, sightings, sightings_count, snapshots_count, documents_count }
    repo::ScheduleReason => ScheduleReason { key, reasons }
    repo::ScheduleFailure => ScheduleFailure { time_ms, message, reasons, reasons_count }
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
