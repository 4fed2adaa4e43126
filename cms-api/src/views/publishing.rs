//! Channels, what moved them, and what would move them. Lists are cut by the core; the counts next to them are
//! complete.

use cms_core::repo;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::OnWire;

use super::words::publishing::{ChangeWord, ChannelVerb, TakesWord};
use super::{content::Violation, findings::EntryFinding};

/// The request for a publish.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Asked {
    /// The verb that moves the channel.
    pub verb: ChannelVerb,
    /// The channel.
    pub channel: String,
    /// The state to publish, as it was written in the request.
    pub target: String,
    /// The entries chosen; empty for all.
    pub only: Vec<String>,
    /// Whether one entry held back refuses the whole publish.
    pub strict: bool,
    /// The entry that replaces the retired ones.
    pub replaced_by: Option<String>,
    /// The schedule that asked for the publish.
    pub schedule: Option<String>,
}

/// One entry's change.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct EntryChange {
    /// The entry or translation.
    pub key: String,
    /// Its title.
    pub title: Option<String>,
    /// What becomes of it.
    pub change: ChangeWord,
}

/// An entry that keeps its last published form.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct HeldBack {
    /// The entry or translation.
    pub key: String,
    /// The reasons.
    pub reasons: Vec<Violation>,
    /// Whether an earlier form of it is live.
    pub is_live: bool,
}

/// A child without which its container went live.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LeftOut {
    /// The container.
    pub parent: String,
    /// The child.
    pub child: String,
}

/// An item for which a language's learners are scored by earlier answers than the source's, because words that changed
/// together with the answers wait for their translation.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct OldKey {
    /// The entry.
    pub key: String,
    /// The language.
    pub locale: String,
    /// The item.
    pub item: String,
    /// The changed answers, as JSON pointers into the source's document; only the first ones.
    pub pointers: Vec<String>,
    /// Whether the language's policy (`old_keys`) holds the item instead, so that nobody is scored by the earlier
    /// answers.
    #[serde(default)]
    pub held: bool,
}

/// An item that a language gets with newer answers than its last complete translation, and without the hints that wait
/// for their words.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ShortenedItem {
    /// The entry.
    pub key: String,
    /// The language.
    pub locale: String,
    /// The item.
    pub item: String,
}

/// A route that changed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MovedRoute {
    /// The entry.
    pub key: String,
    /// The route that the entry had.
    pub from: Option<String>,
    /// The route that it has; null when it is no longer delivered.
    pub to: Option<String>,
}

/// How many delivered documents a publish makes or removes.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
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

/// What a publish would do or did. The record of an older publish may lack members that were added since; these are
/// empty then.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PublishReport {
    /// What was asked for.
    pub asked: Asked,
    /// The commit that the target stands for.
    pub commit: String,
    /// The channel's snapshot before.
    pub base: Option<String>,
    /// The number of that snapshot; 0 when the channel is new.
    pub base_sequence: u64,
    /// Entries and translations that change.
    #[serde(default)]
    pub changes: Vec<EntryChange>,
    /// How many entries and translations change.
    #[serde(default)]
    pub changes_count: u64,
    /// Entries that keep their last published form.
    #[serde(default)]
    pub held_back: Vec<HeldBack>,
    /// How many keep their last published form.
    #[serde(default)]
    pub held_back_count: u64,
    /// Findings of these entries by which learners can't be right or are right without reason, or formulas that can't
    /// be typeset; the gravest first, without those that were dismissed. Empty in the record of an older publish.
    #[serde(default)]
    pub findings: Vec<EntryFinding>,
    /// How many findings there are.
    #[serde(default)]
    pub findings_count: u64,
    /// Changed entries that a hold keeps as they are.
    #[serde(default)]
    pub on_hold: Vec<String>,
    /// How many changed entries are on hold.
    #[serde(default)]
    pub on_hold_count: u64,
    /// Changed entries that stand nowhere.
    #[serde(default)]
    pub stands_nowhere: Vec<String>,
    /// How many changed entries stand nowhere.
    #[serde(default)]
    pub stands_nowhere_count: u64,
    /// Entries that are no longer delivered.
    #[serde(default)]
    pub retired: Vec<String>,
    /// How many entries are no longer delivered.
    #[serde(default)]
    pub retired_count: u64,
    /// Children without which their containers go live.
    #[serde(default)]
    pub left_out: Vec<LeftOut>,
    /// How many children are left out.
    #[serde(default)]
    pub left_out_count: u64,
    /// Items for which a language's learners are scored by earlier answers than the source's, or would be if the items
    /// were not held.
    #[serde(default)]
    pub old_keys: Vec<OldKey>,
    /// How many such items there are.
    #[serde(default)]
    pub old_keys_count: u64,
    /// Items that a language gets with newer answers than their last complete translation, and without the hints that
    /// wait.
    #[serde(default)]
    pub shortened: Vec<ShortenedItem>,
    /// How many such items there are.
    #[serde(default)]
    pub shortened_count: u64,
    /// Entries that are made again only because of what they carry.
    #[serde(default)]
    pub remade: Vec<String>,
    /// How many entries are made again.
    #[serde(default)]
    pub remade_count: u64,
    /// Routes that are added, moved and removed.
    #[serde(default)]
    pub routes: Vec<MovedRoute>,
    /// How many routes change.
    #[serde(default)]
    pub routes_count: u64,
    /// Entries that were left alone, because they were published again meanwhile.
    #[serde(default)]
    pub superseded: Vec<String>,
    /// How many entries were left alone.
    #[serde(default)]
    pub superseded_count: u64,
    /// Differences that were not chosen.
    #[serde(default)]
    pub not_chosen_count: u64,
    /// The delivered documents that were made, counted.
    #[serde(default)]
    pub delivered: DeliveredCounts,
}

/// A delivered document that changes.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DocumentChange {
    /// The entry.
    pub key: String,
    /// The locale; null for the source's.
    pub locale: Option<String>,
    /// The document before; null if there was none.
    pub before: Option<String>,
    /// The document after; null if there is none.
    pub after: Option<String>,
    /// Whether the document after is a tombstone.
    pub retired: bool,
    /// The size of the document after, in bytes.
    pub size_bytes: u64,
}

/// What a publish would do.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Plan {
    /// The id with which exactly this can be published.
    pub id: String,
    /// What would be done and what would not, and why.
    pub report: PublishReport,
    /// The delivered documents that would change, by key.
    pub documents: Vec<DocumentChange>,
    /// How many documents would change.
    pub documents_count: u64,
    /// What learners would lose; set `may_empty` to publish it nevertheless.
    pub takes: Option<TakesWord>,
}

/// A channel that moved, or did not need to.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Moved {
    /// The new snapshot; null when nothing would have changed.
    pub snapshot: Option<String>,
    /// The number of the new snapshot.
    pub sequence: Option<u64>,
    /// The publication that records it.
    pub publication: Option<String>,
    /// What was asked for, done and held back.
    pub report: PublishReport,
}

impl Moved {
    /// A channel that stays where it is.
    pub(crate) const fn not(report: PublishReport) -> Self {
        Self { snapshot: None, sequence: None, publication: None, report }
    }
}

/// One snapshot of a channel, as authors see it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SnapshotRow {
    /// Its number in the channel.
    pub sequence: u64,
    /// The snapshot.
    pub snapshot: String,
    /// The publication that brought the channel there.
    pub publication: String,
    /// When the channel came there, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// Who moved it there.
    pub author: String,
    /// The verb that moved it.
    pub verb: ChannelVerb,
    /// The message that they gave; may be empty.
    pub message: String,
    /// The commit that was to be published.
    pub commit: String,
    /// How many entries it delivers.
    pub entries_count: u64,
    /// How many entries and translations it changed.
    pub changes_count: u64,
    /// How many it held back.
    pub held_back_count: u64,
    /// Why some of this is not known, or why the list ends here: what the damaged record says of its damage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub damaged: Option<String>,
}

/// A channel and where it is.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ChannelRow {
    /// The channel's name.
    pub channel: String,
    /// The snapshot that it delivers.
    pub snapshot: String,
    /// The snapshot's number.
    pub sequence: u64,
    /// When it was published, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// How many entries it delivers.
    pub entries_count: u64,
    /// How many entries are on hold.
    pub holds_count: u64,
    /// Why some of this is not known: what the damaged record says of its damage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub damaged: Option<String>,
}

/// An entry that no publish brings live.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct HoldRow {
    /// The entry or translation.
    pub key: String,
    /// Who took it back or off.
    pub author: String,
    /// When they did, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// The reason that they gave; may be empty.
    pub reason: String,
    /// The verb that put it on hold.
    pub verb: ChannelVerb,
    /// The entry that replaces it, if it is retired and something does.
    pub replaced_by: Option<String>,
}

/// Entries whose holds were released.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Released {
    /// The channel.
    pub channel: String,
    /// The entries that were released.
    pub released: Vec<String>,
}

viewed! {
    repo::Asked => Asked { verb, channel, target, only, strict, replaced_by, schedule }
    repo::EntryChange => EntryChange { key, title, change }
    repo::HeldBack => HeldBack { key, reasons, is_live }
    repo::LeftOut => LeftOut { parent, child }
    repo::OldKeyRow => OldKey { key, locale, item, pointers, held }
    repo::ShortenedRow => ShortenedItem { key, locale, item }
    repo::MovedRoute => MovedRoute { key, from, to }
    repo::DeliveredCounts => DeliveredCounts { added, changed, removed, size_bytes }
    repo::PublishReport => PublishReport { asked, commit, base, base_sequence, changes, changes_count, held_back, held_back_count, findings, findings_count, on_hold, on_hold_count, stands_nowhere, stands_nowhere_count, retired, retired_count, left_out, left_out_count, old_keys, old_keys_count, shortened, shortened_count, remade, remade_count, routes, routes_count, superseded, superseded_count, not_chosen_count, delivered }
    repo::DocumentChange => DocumentChange { key, locale, before, after, retired, size_bytes }
    repo::Plan => Plan { id, report, documents, documents_count, takes }
    repo::SnapshotRow => SnapshotRow { sequence, snapshot, publication, time_ms, author, verb, message, commit, entries_count, changes_count, held_back_count, damaged }
    repo::ChannelRow => ChannelRow { channel, snapshot, sequence, time_ms, entries_count, holds_count, damaged }
    repo::HoldRow => HoldRow { key, author, time_ms, reason, verb, replaced_by }
}

impl From<repo::Published> for Moved {
    fn from(published: repo::Published) -> Self {
        let repo::Published { snapshot, sequence, publication, report } = published;
        Self {
            snapshot: Some(snapshot.on_wire()),
            sequence: Some(sequence),
            publication: Some(publication.on_wire()),
            report: report.on_wire(),
        }
    }
}

impl OnWire<Moved> for repo::Published {
    fn on_wire(self) -> Moved {
        self.into()
    }
}
