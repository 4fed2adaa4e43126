//! Channels, what moved them, and what would. Lists are cut by the core; the counts beside them are
//! whole.

use cms_core::repo;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::OnWire;

use super::words::publishing::{ChangeWord, ChannelVerb, TakesWord};
use super::{content::Violation, findings::EntryFinding};

/// What was asked of a publish.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Asked {
    /// What moves the channel.
    pub verb: ChannelVerb,
    /// The channel.
    pub channel: String,
    /// The state, as it was written.
    pub target: String,
    /// The entries chosen; empty for all.
    pub only: Vec<String>,
    /// Whether any entry held back refuses the whole.
    pub strict: bool,
    /// What replaces what is retired.
    pub replaced_by: Option<String>,
    /// The schedule that asked for it.
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
    /// The entry.
    pub key: String,
    /// Why.
    pub reasons: Vec<Violation>,
    /// Whether an earlier form is live.
    pub is_live: bool,
}

/// A child that its container went live without.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LeftOut {
    /// The container.
    pub parent: String,
    /// The child.
    pub child: String,
}

/// An item that a language's learners would answer by earlier answers than the source's: words that changed with those
/// wait for their translation.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct OldKey {
    /// The entry.
    pub key: String,
    /// The language.
    pub locale: String,
    /// The item.
    pub item: String,
    /// The answers that changed, as JSON pointers into the source's document; the first of them.
    pub pointers: Vec<String>,
    /// Whether the item is held instead, by the language's policy (`old_keys`), so that nobody is scored by those.
    #[serde(default)]
    pub held: bool,
}

/// An item that a language has with newer answers than its last whole translation, without hints that wait for their
/// words.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ShortenedItem {
    /// The entry.
    pub key: String,
    /// The language.
    pub locale: String,
    /// The item.
    pub item: String,
}

/// A route that moved.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MovedRoute {
    /// The entry.
    pub key: String,
    /// Its route before.
    pub from: Option<String>,
    /// Its route now.
    pub to: Option<String>,
}

/// How many delivered documents a publish makes.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
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

/// What a publish would do or did. The record of an older publish may lack what is told since; it is empty then.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PublishReport {
    /// What was asked for.
    pub asked: Asked,
    /// The commit.
    pub commit: String,
    /// The snapshot before.
    pub base: Option<String>,
    /// Its number; 0 when the channel is new.
    pub base_sequence: u64,
    /// Entries and translations that change.
    #[serde(default)]
    pub changes: Vec<EntryChange>,
    /// How many.
    #[serde(default)]
    pub changes_count: u64,
    /// Entries that keep their last published form.
    #[serde(default)]
    pub held_back: Vec<HeldBack>,
    /// How many.
    #[serde(default)]
    pub held_back_count: u64,
    /// What keeps learners of these entries from being right, lets them be right for nothing or can't be set, the gravest first; what was
    /// dismissed apart. Empty in the record of an older publish.
    #[serde(default)]
    pub findings: Vec<EntryFinding>,
    /// How many.
    #[serde(default)]
    pub findings_count: u64,
    /// Changed entries that a hold keeps as they are.
    #[serde(default)]
    pub on_hold: Vec<String>,
    /// How many.
    #[serde(default)]
    pub on_hold_count: u64,
    /// Changed entries that stand nowhere.
    #[serde(default)]
    pub stands_nowhere: Vec<String>,
    /// How many.
    #[serde(default)]
    pub stands_nowhere_count: u64,
    /// Entries that are delivered no more.
    #[serde(default)]
    pub retired: Vec<String>,
    /// How many.
    #[serde(default)]
    pub retired_count: u64,
    /// Children that containers go live without.
    #[serde(default)]
    pub left_out: Vec<LeftOut>,
    /// How many.
    #[serde(default)]
    pub left_out_count: u64,
    /// Items whose learners in a language are scored by earlier answers than the source's, or would be were they not held.
    #[serde(default)]
    pub old_keys: Vec<OldKey>,
    /// How many.
    #[serde(default)]
    pub old_keys_count: u64,
    /// Items that a language has with newer answers than their last whole translation, without hints that wait.
    #[serde(default)]
    pub shortened: Vec<ShortenedItem>,
    /// How many.
    #[serde(default)]
    pub shortened_count: u64,
    /// Entries made anew for what they carry alone.
    #[serde(default)]
    pub remade: Vec<String>,
    /// How many.
    #[serde(default)]
    pub remade_count: u64,
    /// Routes that come, move and go.
    #[serde(default)]
    pub routes: Vec<MovedRoute>,
    /// How many.
    #[serde(default)]
    pub routes_count: u64,
    /// Entries left alone, for they were published anew meanwhile.
    #[serde(default)]
    pub superseded: Vec<String>,
    /// How many.
    #[serde(default)]
    pub superseded_count: u64,
    /// Differences that were not chosen.
    #[serde(default)]
    pub not_chosen_count: u64,
    /// Delivered documents made.
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
    /// The document before; null where there was none.
    pub before: Option<String>,
    /// The document after; null where there is none.
    pub after: Option<String>,
    /// Whether what comes after is a tombstone.
    pub retired: bool,
    /// Bytes of the document after.
    pub size_bytes: u64,
}

/// What a publish would do.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Plan {
    /// The name by which exactly this can be published.
    pub id: String,
    /// What would be done and what not, and why.
    pub report: PublishReport,
    /// The delivered documents that would change, by key.
    pub documents: Vec<DocumentChange>,
    /// How many.
    pub documents_count: u64,
    /// What learners would be left without: to publish that, say `may_empty`.
    pub takes: Option<TakesWord>,
}

/// A channel that moved, or did not need to.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Moved {
    /// The new snapshot; null when nothing would have changed.
    pub snapshot: Option<String>,
    /// Its number.
    pub sequence: Option<u64>,
    /// The authors' record of it.
    pub publication: Option<String>,
    /// What was asked, done, and held back.
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
    /// How it came to be.
    pub publication: String,
    /// When.
    pub time_ms: u64,
    /// Who.
    pub author: String,
    /// What moved the channel.
    pub verb: ChannelVerb,
    /// Why.
    pub message: String,
    /// The commit that was asked for.
    pub commit: String,
    /// How many entries it delivers.
    pub entries_count: u64,
    /// How many entries and translations it changed.
    pub changes_count: u64,
    /// How many it held back.
    pub held_back_count: u64,
    /// Why some of this is not known, or what came before it is not listed: what says it is damaged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub damaged: Option<String>,
}

/// A channel.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ChannelRow {
    /// Its name.
    pub channel: String,
    /// Its snapshot.
    pub snapshot: String,
    /// The snapshot's number.
    pub sequence: u64,
    /// When it was published.
    pub time_ms: u64,
    /// How many entries it delivers.
    pub entries_count: u64,
    /// How many entries are on hold.
    pub holds_count: u64,
    /// Why some of this is not known: what says it is damaged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub damaged: Option<String>,
}

/// An entry that no publish brings live.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct HoldRow {
    /// The entry or translation.
    pub key: String,
    /// Who took it back.
    pub author: String,
    /// When.
    pub time_ms: u64,
    /// Why.
    pub reason: String,
    /// What put it on hold.
    pub verb: ChannelVerb,
    /// What replaces it, where it is retired and something does.
    pub replaced_by: Option<String>,
}

/// Entries whose holds were released.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Released {
    /// The channel.
    pub channel: String,
    /// The entries.
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
