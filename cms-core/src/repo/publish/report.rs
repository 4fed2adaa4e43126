//! Reports: what a publish was asked for, what it does, what it leaves alone, and why.

pub(super) mod filled;
mod stored;

use serde::{Deserialize, Serialize};

use crate::{
    model::{
        alteration::Alteration,
        id::{CommitId, SnapshotId},
        key::{EntryKey, Locale},
        name::ChannelName,
        snapshot::PublicationVerb,
    },
    repo::{
        channel::stored_report::StoredReason, content::findings::FindingRow,
        state::old_keys::OldKeyRow,
    },
    schema::Violation,
};

/// Most rows of each list in a report; the counts next to the lists are complete.
pub const REPORT_ROWS_MAX: usize = 1000;

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// The verb that moves the channel.
    pub verb: PublicationVerb,
    /// The channel.
    pub channel: ChannelName,
    /// The state to publish, as it was written in the request.
    pub target: String,
    /// The entries chosen; empty for all.
    pub only: Vec<EntryKey>,
    /// Whether one entry held back refuses the whole publish.
    pub strict: bool,
    /// The entry that replaces the retired ones.
    pub replaced_by: Option<EntryKey>,
    /// The schedule that asked for the publish.
    pub schedule: Option<String>,
}

impl Asked {
    /// The request of a verb that takes only a channel and a state.
    pub(in crate::repo) fn of(verb: PublicationVerb, channel: &ChannelName, target: &str) -> Self {
        Self {
            verb,
            channel: channel.to_owned(),
            target: target.to_owned(),
            only: Vec::new(),
            strict: false,
            replaced_by: None,
            schedule: None,
        }
    }
}

/// The change of one entry or translation in what the channel delivers from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryChange {
    /// The entry or translation.
    pub key: EntryKey,
    /// Its title.
    pub title: Option<String>,
    /// What becomes of it.
    pub change: Alteration,
}

/// Why an entry may not go live, in the words of that time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The JSON pointer of what is wrong.
    pub pointer: String,
    /// The stable code of a [`crate::schema::ViolationCode`].
    pub code: String,
    /// A sentence without its full stop.
    pub message: String,
}

impl From<&Violation> for Reason {
    fn from(violation: &Violation) -> Self {
        Self {
            pointer: violation.pointer.clone(),
            code: violation.code.word().to_owned(),
            message: violation.message.clone(),
        }
    }
}

impl From<StoredReason> for Reason {
    fn from(StoredReason { pointer, code, message }: StoredReason) -> Self {
        Self { pointer, code, message }
    }
}

/// An entry that keeps its last published form, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldBack {
    /// The entry or translation.
    pub key: EntryKey,
    /// The reasons.
    pub reasons: Vec<Violation>,
    /// Whether an earlier form of it is live.
    pub is_live: bool,
}

/// Something that could be better about an entry that goes live, or that is held back because of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryFinding {
    /// The entry.
    pub key: EntryKey,
    /// The finding.
    #[serde(flatten)]
    pub finding: FindingRow,
}

/// A child without which its container went live, or an entry under embargo that another one names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The container.
    pub parent: EntryKey,
    /// The child that is not delivered.
    pub child: EntryKey,
}

/// An item that a language gets with newer answers than its last complete translation, and without the parts that wait
/// for their words: hints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShortenedRow {
    /// The entry.
    pub key: EntryKey,
    /// The language.
    pub locale: Locale,
    /// The item, by its key.
    pub item: String,
}

/// A route that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MovedRoute {
    /// The entry.
    pub key: EntryKey,
    /// The route that the entry had.
    pub from: Option<String>,
    /// The route that it has; `None` when it is no longer delivered.
    pub to: Option<String>,
}

/// How many delivered documents a publish makes or removes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct DeliveredCounts {
    /// Documents under keys that had none.
    pub added: u64,
    /// Documents under keys that had another.
    pub changed: u64,
    /// Documents that are gone.
    pub removed: u64,
    /// The size of the new documents, in bytes.
    pub size_bytes: u64,
}

/// What a publish would do or did, and why. Lists are cut at [`REPORT_ROWS_MAX`]; counts are complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PublishReport {
    /// What was asked for.
    pub asked: Asked,
    /// The commit that the target stands for.
    pub commit: CommitId,
    /// The channel's snapshot before.
    pub base: Option<SnapshotId>,
    /// The sequence number of the snapshot before; 0 when the channel is new.
    pub base_sequence: u64,
    /// Entries and translations that change.
    pub changes: Vec<EntryChange>,
    /// How many entries and translations change.
    pub changes_count: u64,
    /// Entries that keep their last published form.
    pub held_back: Vec<HeldBack>,
    /// How many keep their last published form.
    pub held_back_count: u64,
    /// Findings of these entries by which learners can't be right, are right without reason, or see what nobody
    /// intended; the gravest first, without those that were dismissed.
    pub findings: Vec<EntryFinding>,
    /// How many findings there are.
    pub findings_count: u64,
    /// Changed entries that a hold keeps as they are.
    pub on_hold: Vec<EntryKey>,
    /// How many changed entries are on hold.
    pub on_hold_count: u64,
    /// Changed entries that stand nowhere, so that nobody gets them; without the models of templates.
    pub stands_nowhere: Vec<EntryKey>,
    /// How many changed entries stand nowhere.
    pub stands_nowhere_count: u64,
    /// Entries that were delivered and no longer are; they leave a tombstone.
    pub retired: Vec<EntryKey>,
    /// How many entries leave a tombstone.
    pub retired_count: u64,
    /// Children without which their containers go live.
    pub left_out: Vec<LeftOut>,
    /// How many children are left out.
    pub left_out_count: u64,
    /// Items among what was made for which a language's learners are scored by earlier answers than the source's, or
    /// would be if the items were not held.
    pub old_keys: Vec<OldKeyRow>,
    /// How many such items there are.
    pub old_keys_count: u64,
    /// Items that a language gets with newer answers than their last complete translation, and without the hints that
    /// wait.
    pub shortened: Vec<ShortenedRow>,
    /// How many such items there are.
    pub shortened_count: u64,
    /// Entries that are made again because of what they carry, or because their kind or a language changed, and not
    /// because of a change of their own.
    pub remade: Vec<EntryKey>,
    /// How many entries are made again.
    pub remade_count: u64,
    /// Routes that are added, moved and removed.
    pub routes: Vec<MovedRoute>,
    /// How many routes change.
    pub routes_count: u64,
    /// Entries that were left alone, because they were published again since the publication that is reverted, or since
    /// they were scheduled.
    pub superseded: Vec<EntryKey>,
    /// How many entries were left alone.
    pub superseded_count: u64,
    /// How many differences were not chosen.
    pub not_chosen_count: u64,
    /// The delivered documents that were made, counted.
    pub delivered: DeliveredCounts,
}

impl PublishReport {
    /// How many changes stay as they are, because they are held back or on hold.
    pub(in crate::repo) fn left_alone_count(&self) -> u64 {
        self.held_back_count + self.on_hold_count
    }
}
