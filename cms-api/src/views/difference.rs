//! Differences of documents and of states, and the containers that they concern.

use cms_core::{document, repo};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::OnWire;

use super::words::content::{ParagraphChange, PlaceChangeWord, RunChange};

/// How a document changed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DocumentDiff {
    /// The changes, in the order of the document.
    pub changes: Vec<PlaceChange>,
    /// Whether the changes are right, but larger than necessary.
    pub is_coarse: bool,
}

/// One change of a document.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PlaceChange {
    /// The JSON pointer, in the document that has the place.
    pub pointer: String,
    /// The same as the pointer, but with elements that have a key named by it.
    pub address: String,
    /// The way to the place, for people.
    pub place: Vec<Step>,
    /// How it changed.
    pub kind: PlaceChangeWord,
    /// For a moved element, the pointer that it had before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The value that was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// The value that is there now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// For a changed text, its paragraphs and words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Words>,
}

/// One step of the way to a place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// A field that the kind declares.
    Field {
        /// Its name.
        name: String,
    },
    /// A field that the document names itself, such as a widget.
    Named {
        /// Its name.
        name: String,
    },
    /// An element of a list.
    Element {
        /// Its position, counted from 1.
        number: usize,
        /// The text that identifies it among the others.
        key: Option<String>,
        /// The beginning of its first text.
        label: Option<String>,
    },
}

/// How a text changed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Words {
    /// The paragraphs.
    pub paragraphs: Vec<Paragraph>,
}

/// A paragraph.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Paragraph {
    /// How it changed.
    pub kind: ParagraphChange,
    /// Its text, in runs.
    pub runs: Vec<Run>,
}

/// A run of words.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Run {
    /// How it changed.
    pub kind: RunChange,
    /// The words.
    pub text: String,
}

/// An entry that differs.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Changed {
    /// The entry or translation.
    pub key: String,
    /// Its title.
    pub title: Option<String>,
    /// Fields that now have another name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub renamed: Vec<Renamed>,
    /// How its document changed, if that was asked for and there are two documents.
    pub diff: Option<DocumentDiff>,
    /// Why it is not known how it changed: what the damaged document says of its damage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub damaged: Option<String>,
}

/// An entry that stands in other places.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Relocated {
    /// The entry.
    pub key: String,
    /// The containers that no longer contain it.
    pub from: Vec<String>,
    /// The containers that contain it now.
    pub to: Vec<String>,
}

/// A container that changed in what it contains, directly or further down.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Concerned {
    /// The container.
    pub key: String,
    /// Its title.
    pub title: Option<String>,
    /// The first of the entries below it that were added, removed or changed.
    pub because: Vec<String>,
    /// How many entries below it were added, removed or changed.
    pub because_count: u64,
}

/// What differs between two states. Lists are cut; the counts next to them are complete.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Comparison {
    /// Entries that only the second state has.
    pub added: Vec<Changed>,
    /// How many entries were added.
    pub added_count: u64,
    /// Entries that only the first state has.
    pub removed: Vec<Changed>,
    /// How many entries were removed.
    pub removed_count: u64,
    /// Entries that stand in other places.
    pub moved: Vec<Relocated>,
    /// How many entries moved.
    pub moved_count: u64,
    /// Entries whose documents differ.
    pub changed: Vec<Changed>,
    /// How many entries changed.
    pub changed_count: u64,
    /// Containers that the changes concern.
    pub concerned: Vec<Concerned>,
    /// How many containers are concerned.
    pub concerned_count: u64,
}

/// Who made each part of an entry what it is.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Blame {
    /// The parts, in the order of the document.
    pub rows: Vec<BlameRow>,
}

/// One part of a document, and who made it what it is.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct BlameRow {
    /// The JSON pointer of the field or element, or of the one whose paragraph this is.
    pub pointer: String,
    /// The same as the pointer, but with elements that have a key named by it.
    pub address: String,
    /// The way to the part, for people.
    pub place: Vec<Step>,
    /// The number of the paragraph, counted from 0, if the text is prose.
    pub paragraph: Option<usize>,
    /// The value, or the paragraph's text.
    pub value: Value,
    /// The revision that made it what it is.
    pub revision: String,
    /// Who wrote it.
    pub author: String,
    /// When they wrote it, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// The note that they gave; may be empty.
    pub note: String,
    /// Whether the part may be older still.
    pub is_older: bool,
}

/// A field that now has another name.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Renamed {
    /// The JSON pointer of the field as it was.
    pub from: String,
    /// The JSON pointer of the field as it is.
    pub pointer: String,
}

viewed! {
    repo::Renamed => Renamed { from, pointer }
    document::DocumentDiff => DocumentDiff { changes, is_coarse }
    document::Change => PlaceChange { pointer, address, place, kind, from, before, after, words }
    document::Words => Words { paragraphs }
    document::Paragraph => Paragraph { kind, runs }
    document::Run => Run { kind, text }
    repo::Changed => Changed { key, title, renamed, diff, damaged }
    repo::Moved => Relocated { key, from, to }
    repo::Concerned => Concerned { key, title, because, because_count }
    repo::Comparison => Comparison { added, added_count, removed, removed_count, moved, moved_count, changed, changed_count, concerned, concerned_count }
}

impl From<document::Step> for Step {
    fn from(step: document::Step) -> Self {
        match step {
            document::Step::Field { name } => Self::Field { name },
            document::Step::Named { name } => Self::Named { name },
            document::Step::Element { number, key, label } => Self::Element { number, key, label },
        }
    }
}

impl OnWire<Step> for document::Step {
    fn on_wire(self) -> Step {
        self.into()
    }
}

impl From<repo::BlameRow> for BlameRow {
    fn from(row: repo::BlameRow) -> Self {
        let repo::BlameRow { leaf, revision, author, time_ms, note, is_older } = row;
        let document::Leaf { pointer, address, place, paragraph, value } = leaf;
        Self {
            pointer,
            address,
            place: place.on_wire(),
            paragraph,
            value,
            revision: revision.on_wire(),
            author,
            time_ms,
            note,
            is_older,
        }
    }
}

impl OnWire<BlameRow> for repo::BlameRow {
    fn on_wire(self) -> BlameRow {
        self.into()
    }
}
