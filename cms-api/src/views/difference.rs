//! Differences of documents, of states, and what they concern.

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
    /// Whether what is told is right, but larger than need be.
    pub is_coarse: bool,
}

/// One change of a document.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PlaceChange {
    /// The JSON pointer, in the document that has the place.
    pub pointer: String,
    /// As the pointer, but elements that have a key go by it.
    pub address: String,
    /// The way to it, for people.
    pub place: Vec<Step>,
    /// How it changed.
    pub kind: PlaceChangeWord,
    /// Of a moved element the pointer that it had before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What is there now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// Of a changed text the paragraphs and words.
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
        /// What tells it apart from the others.
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
    /// Fields that have another name than they had.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub renamed: Vec<Renamed>,
    /// How its document changed, where that was asked for and there are two.
    pub diff: Option<DocumentDiff>,
    /// Why how it changed is not known: what says it is damaged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub damaged: Option<String>,
}

/// An entry that stands elsewhere.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Relocated {
    /// The entry.
    pub key: String,
    /// The containers that it left.
    pub from: Vec<String>,
    /// The containers that it came to.
    pub to: Vec<String>,
}

/// A container that changed in what it contains, directly or further down.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Concerned {
    /// The container.
    pub key: String,
    /// Its title.
    pub title: Option<String>,
    /// The first of the entries below it that came, went or changed.
    pub because: Vec<String>,
    /// How many those are.
    pub because_count: u64,
}

/// What differs between two states. Lists are cut; the counts beside them are whole.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Comparison {
    /// Entries that only the second has.
    pub added: Vec<Changed>,
    /// How many.
    pub added_count: u64,
    /// Entries that only the first has.
    pub removed: Vec<Changed>,
    /// How many.
    pub removed_count: u64,
    /// Entries in other places.
    pub moved: Vec<Relocated>,
    /// How many.
    pub moved_count: u64,
    /// Entries whose documents differ.
    pub changed: Vec<Changed>,
    /// How many.
    pub changed_count: u64,
    /// Containers that the changes concern.
    pub concerned: Vec<Concerned>,
    /// How many.
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
    /// The JSON pointer of the field or element that it is, or is a paragraph of.
    pub pointer: String,
    /// As the pointer, but elements that have a key go by it.
    pub address: String,
    /// The way to it, for people.
    pub place: Vec<Step>,
    /// The number of the paragraph, counted from 0, where the text is prose.
    pub paragraph: Option<usize>,
    /// The value, or the paragraph's text.
    pub value: Value,
    /// The revision.
    pub revision: String,
    /// Who wrote it.
    pub author: String,
    /// When, in milliseconds since 1970.
    pub time_ms: u64,
    /// Why.
    pub note: String,
    /// Whether the part may be older still.
    pub is_older: bool,
}

/// A field that has another name than it had.
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
