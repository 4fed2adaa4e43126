//! Reports: what a publish was asked for, what it does, and what it leaves alone, and why.

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

/// Most rows of each list in a report; the counts beside them are whole.
pub const REPORT_ROWS_MAX: usize = 1000;

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// What moves the channel.
    pub verb: PublicationVerb,
    /// The channel.
    pub channel: ChannelName,
    /// The state, as it was written.
    pub target: String,
    /// The entries chosen; empty for all.
    pub only: Vec<EntryKey>,
    /// Whether any entry held back refuses the whole.
    pub strict: bool,
    /// What replaces the entries that are retired.
    pub replaced_by: Option<EntryKey>,
    /// The schedule that asked for it.
    pub schedule: Option<String>,
}

impl Asked {
    /// What a verb is asked for that names a channel and a state, and nothing else.
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

/// One entry's or translation's change in what the channel delivers from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryChange {
    /// The entry or translation.
    pub key: EntryKey,
    /// Its title.
    pub title: Option<String>,
    /// What becomes of it.
    pub change: Alteration,
}

/// Why an entry may not go live, as it was told once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The JSON pointer of what is wrong.
    pub pointer: String,
    /// The stable word of a [`crate::schema::ViolationCode`].
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
    /// Why.
    pub reasons: Vec<Violation>,
    /// Whether an earlier form is live.
    pub is_live: bool,
}

/// Something that could be better about an entry that goes live, or that is held back for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryFinding {
    /// The entry.
    pub key: EntryKey,
    /// The finding.
    #[serde(flatten)]
    pub finding: FindingRow,
}

/// A child that its container went live without, or an entry that another one names and that is under embargo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The container.
    pub parent: EntryKey,
    /// The child that is not delivered.
    pub child: EntryKey,
}

/// An item that a language has with newer answers than its last whole translation, and without parts that wait for their
/// words: hints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShortenedRow {
    /// The entry.
    pub key: EntryKey,
    /// The language.
    pub locale: Locale,
    /// The item, by its key.
    pub item: String,
}

/// A route that moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MovedRoute {
    /// The entry.
    pub key: EntryKey,
    /// The route it had.
    pub from: Option<String>,
    /// The route it has; none when it is delivered no more.
    pub to: Option<String>,
}

/// How many delivered documents a publish makes, by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct DeliveredCounts {
    /// Under a key that had none.
    pub added: u64,
    /// Under a key that had another.
    pub changed: u64,
    /// Gone.
    pub removed: u64,
    /// Bytes of the new ones.
    pub size_bytes: u64,
}

/// What a publish would do or did, and why. Lists are cut at [`REPORT_ROWS_MAX`]; counts are whole.
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
    /// How many those are.
    pub changes_count: u64,
    /// Entries that keep their last published form.
    pub held_back: Vec<HeldBack>,
    /// How many those are.
    pub held_back_count: u64,
    /// What keeps learners of these entries from being right, lets them be right for nothing, or is shown as nobody meant it,
    /// the gravest first; what was dismissed apart.
    pub findings: Vec<EntryFinding>,
    /// How many those are.
    pub findings_count: u64,
    /// Changed entries that a hold keeps as they are.
    pub on_hold: Vec<EntryKey>,
    /// How many those are.
    pub on_hold_count: u64,
    /// Changed entries that stand nowhere, so nobody gets them; models of templates apart.
    pub stands_nowhere: Vec<EntryKey>,
    /// How many those are.
    pub stands_nowhere_count: u64,
    /// Entries that were delivered and are no more; they leave a tombstone.
    pub retired: Vec<EntryKey>,
    /// How many those are.
    pub retired_count: u64,
    /// Children that containers go live without.
    pub left_out: Vec<LeftOut>,
    /// How many those are.
    pub left_out_count: u64,
    /// Items of what was made whose learners in a language are scored by earlier answers than the source's, or would be
    /// were they not held.
    pub old_keys: Vec<OldKeyRow>,
    /// How many those are.
    pub old_keys_count: u64,
    /// Items that a language has with newer answers than their last whole translation, and without hints that wait.
    pub shortened: Vec<ShortenedRow>,
    /// How many those are.
    pub shortened_count: u64,
    /// Entries that are made anew for what they carry or for what they are, a kind or a language that changed, not
    /// for a change of their own.
    pub remade: Vec<EntryKey>,
    /// How many those are.
    pub remade_count: u64,
    /// Routes that come, move and go.
    pub routes: Vec<MovedRoute>,
    /// How many those are.
    pub routes_count: u64,
    /// Entries that were left alone, for they were published anew since what is reverted, or since
    /// they were scheduled.
    pub superseded: Vec<EntryKey>,
    /// How many those are.
    pub superseded_count: u64,
    /// Differences that were not chosen.
    pub not_chosen_count: u64,
    /// Delivered documents made.
    pub delivered: DeliveredCounts,
}

impl PublishReport {
    /// How many changes stay as they are, held back or on hold.
    pub(in crate::repo) fn left_alone_count(&self) -> u64 {
        self.held_back_count + self.on_hold_count
    }
}
