//! Takedowns: what was taken down and why, and what caches are to be purged of.

use std::collections::BTreeMap;

use cms_core::{
    model::id::ObjectId,
    repo::{self, TakedownPlan},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{publishing::PublishReport, view};
use crate::ground::moment;

/// Most surrogate keys that one answer lists.
const KEYS_MAX: usize = 1000;

/// Why something is taken down.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TakedownReasonWord {
    /// A law or a court demands it.
    Law,
    /// It shows or says something of a person who did not agree to that.
    Privacy,
    /// It may harm those who see it.
    Safety,
    /// Somebody else holds the rights to it.
    Rights,
    /// Another reason, which the words say.
    Other,
}

/// What a takedown has done last.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TakedownStepWord {
    /// It is recorded.
    Begun,
    /// `main` has no row of it any more.
    LeftMain,
    /// Neither has any open draft.
    LeftDrafts,
    /// Every channel that had it has a snapshot without it.
    LeftChannels,
    /// The ids of everything that carries it are known.
    Found,
    /// Nobody gets it any more, and clients are told.
    TakenDown,
    /// The bytes have left the storage.
    Done,
}

/// A channel that was moved to a snapshot without it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TakenFrom {
    /// The channel.
    pub channel: String,
    /// The new snapshot's number in the channel.
    pub sequence: u64,
    /// The new snapshot.
    pub snapshot: String,
}

/// An object that stays because another entry has it too.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SharedObject {
    /// The document or media file; a takedown that names it takes it down.
    pub object: String,
    /// An entry that has it too.
    pub with: String,
}

/// A takedown.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TakedownRow {
    /// Its id.
    pub id: String,
    /// Who took it down.
    pub author: String,
    /// When: UTC, ISO 8601.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// Why.
    pub reason: TakedownReasonWord,
    /// Why, in words; null where nobody gave any, or where they were erased.
    pub words: Option<String>,
    /// The entries that were named, each with its translations.
    pub entries: Vec<String>,
    /// The documents that were named.
    pub objects: Vec<String>,
    /// The media files that were named.
    pub media: Vec<String>,
    /// What was done last; `done` when it is complete.
    pub step: TakedownStepWord,
    /// The commit by which the entries left `main`; null where `main` did not have them.
    pub commit: Option<String>,
    /// Entries of `main` that have another version, without a link to what was taken down.
    pub relinked: Vec<String>,
    /// Entries that still name it, because they are not valid without the link.
    pub still_linking: Vec<String>,
    /// The channels that were moved.
    pub channels: Vec<TakenFrom>,
    /// How many objects were taken down, by space.
    pub counts: BTreeMap<String, u64>,
    /// What stays because other entries have it too.
    pub shared: Vec<SharedObject>,
}

/// A takedown, with what caches are to be purged of.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TakedownView {
    /// The takedown.
    #[serde(flatten)]
    pub takedown: TakedownRow,
    /// The values of `Surrogate-Key` by which caches find what they keep of it; at most 1,000.
    pub surrogate_keys: Vec<String>,
    /// How many there are.
    pub surrogate_keys_count: u64,
}

/// What a takedown would do to a channel.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PlannedTakedown {
    /// The channel.
    pub channel: String,
    /// What would change there.
    pub report: PublishReport,
}

/// What a takedown would do.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TakedownPlanView {
    /// How many objects would be taken down, by space.
    pub counts: BTreeMap<String, u64>,
    /// What would stay because other entries have it too.
    pub shared: Vec<SharedObject>,
    /// The channels that would be moved.
    pub channels: Vec<PlannedTakedown>,
    /// The values of `Surrogate-Key` of which caches would have to be purged; at most 1,000.
    pub surrogate_keys: Vec<String>,
    /// How many there are.
    pub surrogate_keys_count: u64,
}

/// What was taken down, or would be.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TakedownReport {
    /// What was taken down; null for a dry run.
    pub takedown: Option<TakedownView>,
    /// What would be done; null unless it is a dry run.
    pub plan: Option<TakedownPlanView>,
}

impl From<repo::TakedownReason> for TakedownReasonWord {
    fn from(reason: repo::TakedownReason) -> Self {
        match reason {
            repo::TakedownReason::Law => Self::Law,
            repo::TakedownReason::Privacy => Self::Privacy,
            repo::TakedownReason::Safety => Self::Safety,
            repo::TakedownReason::Rights => Self::Rights,
            repo::TakedownReason::Other => Self::Other,
        }
    }
}

impl From<repo::TakedownStep> for TakedownStepWord {
    fn from(step: repo::TakedownStep) -> Self {
        match step {
            repo::TakedownStep::Begun => Self::Begun,
            repo::TakedownStep::LeftMain => Self::LeftMain,
            repo::TakedownStep::LeftDrafts => Self::LeftDrafts,
            repo::TakedownStep::LeftChannels => Self::LeftChannels,
            repo::TakedownStep::Found => Self::Found,
            repo::TakedownStep::TakenDown => Self::TakenDown,
            repo::TakedownStep::Done => Self::Done,
        }
    }
}

fn texts<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

fn keys(revoked: &[ObjectId]) -> (Vec<String>, u64) {
    (revoked.iter().take(KEYS_MAX).map(ToString::to_string).collect(), revoked.len() as u64)
}

fn shared(rows: &[repo::SharedObject]) -> Vec<SharedObject> {
    let row = |row: &repo::SharedObject| SharedObject {
        object: row.object.to_string(),
        with: row.with.to_string(),
    };
    rows.iter().map(row).collect()
}

impl TakedownRow {
    /// The view of a takedown.
    pub fn of(takedown: repo::Takedown) -> Self {
        let channels = takedown.channels.iter().map(|taken| TakenFrom {
            channel: taken.channel.to_string(),
            sequence: taken.sequence,
            snapshot: taken.snapshot.to_string(),
        });
        Self {
            author: takedown.author.clone(),
            created_at: moment::iso(takedown.created_ms),
            reason: takedown.reason.into(),
            entries: texts(&takedown.entries),
            objects: texts(&takedown.objects),
            media: texts(&takedown.media),
            step: takedown.step.into(),
            commit: takedown.commit.map(|commit| commit.to_string()),
            relinked: texts(&takedown.relinked),
            still_linking: texts(&takedown.still_linking),
            channels: channels.collect(),
            shared: shared(&takedown.shared),
            counts: takedown.counts,
            words: takedown.words,
            id: takedown.id,
        }
    }
}

impl TakedownView {
    /// The view of a takedown that took these objects from learners.
    pub fn of(takedown: repo::Takedown, revoked: &[ObjectId]) -> Self {
        let (surrogate_keys, surrogate_keys_count) = keys(revoked);
        Self { takedown: TakedownRow::of(takedown), surrogate_keys, surrogate_keys_count }
    }
}

impl TakedownPlanView {
    /// The view of what a takedown would do.
    pub fn of(plan: TakedownPlan) -> Self {
        let (surrogate_keys, surrogate_keys_count) = keys(&plan.revoked);
        let channels = plan.channels.into_iter().map(|(channel, report)| PlannedTakedown {
            channel: channel.to_string(),
            report: view(report),
        });
        Self {
            counts: plan.counts,
            shared: shared(&plan.shared),
            channels: channels.collect(),
            surrogate_keys,
            surrogate_keys_count,
        }
    }
}
