//! What authors see of entries, their versions and their differences. Lists are cut by the core; the counts next to
//! them are complete.

use cms_core::{
    repo,
    schema::{self, ViolationCode},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::OnWire;

use super::difference::{DocumentDiff, Renamed};
use super::words::content::{ListedState, RevisionState, UseRole};
use super::words::publishing::ChangeWord;

/// One thing that is wrong with a document, and where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Violation {
    /// The JSON pointer of the place.
    pub pointer: String,
    /// The stable code.
    pub code: String,
    /// A sentence without its full stop.
    pub message: String,
}

/// One commit.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CommitRow {
    /// The commit.
    pub commit: String,
    /// The commits that it was made from.
    pub parents: Vec<String>,
    /// Who made it.
    pub author: String,
    /// When it was made, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// The message that its author gave.
    pub message: String,
    /// How many entries and translations it changed; cut at 10,000.
    pub changes_count: u64,
    /// Why that number is not known, or why commits before this one are not listed: what the damaged object says of its
    /// damage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub damaged: Option<String>,
}

/// One version of an entry.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RevisionRow {
    /// The revision.
    pub revision: String,
    /// What the entry is in this version.
    pub state: RevisionState,
    /// The document, when there is exactly one.
    pub document: Option<String>,
    /// Who wrote it.
    pub author: String,
    /// When they wrote it, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// The note that its author gave; may be empty.
    pub note: String,
    /// Why the author, time and note are not known, or why earlier versions are not listed: what the damaged object
    /// says of its damage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub damaged: Option<String>,
}

/// An entry as it is at a state.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Shown {
    /// The entry or translation.
    pub key: String,
    /// Its title.
    pub title: Option<String>,
    /// Its newest revision there.
    pub revision: RevisionRow,
    /// Its document; null when it is in the trash or in conflict.
    pub document: Option<serde_json::Value>,
    /// The entries that contain it.
    pub parents: Vec<String>,
    /// The locales into which it is translated.
    pub locales: Vec<String>,
    /// Its route, if the state is a snapshot.
    pub route: Option<String>,
    /// Its delivered document, if the state is a snapshot.
    pub object: Option<String>,
}

/// A template for new entries.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TemplateRow {
    /// The template.
    pub key: String,
    /// Its title.
    pub title: Option<String>,
    /// What else its kind says about it in short, usually its description.
    pub summary: serde_json::Value,
    /// The model: the entry that is copied.
    pub entry: String,
}

/// A place where an entry is used.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Use {
    /// The entry that uses it.
    pub by: String,
    /// That entry's title.
    pub title: Option<String>,
    /// The role of the link.
    pub role: UseRole,
    /// The JSON pointers of the links in that entry's document.
    pub pointers: Vec<String>,
}

/// An entry in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ListedEntry {
    /// The entry.
    pub key: String,
    /// Its title.
    pub title: Option<String>,
    /// What the entry is.
    pub state: ListedState,
    /// Its newest revision there.
    pub revision: String,
    /// Its document, when there is exactly one.
    pub document: Option<String>,
    /// The locales into which it is translated.
    pub locales: Vec<String>,
}

/// A channel that delivers an entry, or that delivered it and left a tombstone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Live {
    /// The channel.
    pub channel: String,
    /// The snapshot that it delivers.
    pub snapshot: String,
    /// The snapshot's number.
    pub sequence: u64,
    /// The revision from which the channel delivers the entry.
    pub revision: Option<String>,
    /// The document of that revision.
    pub document: Option<String>,
    /// What learners get: the delivered document, or the tombstone.
    pub object: String,
    /// Whether that object is a tombstone.
    pub retired: bool,
    /// The route under which learners find it.
    pub route: Option<String>,
}

/// An entry as it is at a state, and where it is live.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct EntryView {
    /// The entry.
    #[serde(flatten)]
    pub shown: Shown,
    /// The channels that deliver it.
    pub live: Vec<Live>,
}

/// A revision as it was written.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RevisionView {
    /// The entry or translation.
    pub key: String,
    /// The version, with its author, time and note.
    pub revision: RevisionRow,
    /// The versions that it was made from.
    pub parents: Vec<String>,
    /// The document of the schema under which it was written.
    pub schema: Option<String>,
    /// For a translation, the source revision that it was made from.
    pub derived_from: Option<String>,
    /// Whether the author declared that the text still means what it meant before.
    pub meaning_unchanged: bool,
    /// Its document, when there is exactly one.
    pub document: Option<serde_json::Value>,
}

/// One side of a difference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DifferenceSide {
    /// The revision.
    pub revision: String,
    /// Its document; null when it is in conflict.
    pub document: Option<String>,
}

/// An entry or translation that differs between two states.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DifferenceRow {
    /// The entry or translation.
    pub key: String,
    /// Its title.
    pub title: Option<String>,
    /// How it differs.
    pub change: ChangeWord,
    /// The version before; null when the entry did not exist, or was in the trash.
    pub before: Option<DifferenceSide>,
    /// The version after; null likewise.
    pub after: Option<DifferenceSide>,
}

/// The state that a name stands for now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StateView {
    /// The name.
    pub name: String,
    /// The commit, or the one that the snapshot was published from.
    pub commit: String,
    /// The channel, if it is a snapshot.
    pub channel: Option<String>,
    /// The snapshot's number.
    pub sequence: Option<u64>,
    /// The snapshot.
    pub snapshot: Option<String>,
    /// The publication that records the snapshot.
    pub publication: Option<String>,
}

/// What changed within one entry between two states.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct EntryDifference {
    /// The entry or translation.
    pub key: String,
    /// The version before; null when the entry did not exist, or was in the trash.
    pub before: Option<DifferenceSide>,
    /// The version after; null likewise.
    pub after: Option<DifferenceSide>,
    /// Fields that have another name than before, because their kind renamed them.
    #[serde(default)]
    pub renamed: Vec<Renamed>,
    /// What changed, as if the fields had had their present names before.
    pub diff: DocumentDiff,
}

viewed! {
    repo::Reason => Violation { pointer, code, message }
    schema::Violation => Violation { pointer, code, message }
    repo::CommitRow => CommitRow { commit, parents, author, time_ms, message, changes_count, damaged }
    repo::RevisionRow => RevisionRow { revision, state, document, author, time_ms, note, damaged }
    repo::Shown => Shown { key, title, revision, document, parents, locales, route, object }
    repo::TemplateRow => TemplateRow { key, title, summary, entry }
    repo::Use => Use { by, title, role, pointers }
    repo::LiveRow => Live { channel, snapshot, sequence, revision, document, object, retired, route }
    repo::ShownRevision => RevisionView { key, revision, parents, schema, derived_from, meaning_unchanged, document }
    repo::DifferenceSide => DifferenceSide { revision, document }
    repo::DifferenceRow => DifferenceRow { key, title, change, before, after }
    repo::EntryDifference => EntryDifference { key, before, after, renamed, diff }
    repo::ListedEntry => ListedEntry { key, title, state, revision, document, locales }
}

impl OnWire<String> for ViolationCode {
    fn on_wire(self) -> String {
        self.word().to_owned()
    }
}
