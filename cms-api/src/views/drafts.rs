//! Drafts: their records, working copies, changes, merges and conflicts.

use cms_core::{document, repo};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::OnWire;

use super::words::content::{DraftChange, DraftState, PlaceConflictReason};
use super::{
    content::Violation,
    difference::{DocumentDiff, Step},
    findings::FindingView,
};

/// A draft.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DraftView {
    /// The draft's name.
    pub draft: String,
    /// Its title: what it is about.
    pub title: String,
    /// The person who owns it.
    pub owner: String,
    /// The other people who work on it.
    pub members: Vec<String>,
    /// The draft's state.
    pub state: DraftState,
    /// The commit that it was begun from.
    pub begun_from: String,
    /// Its newest commit.
    pub head: String,
    /// When it was begun, in milliseconds since 1970-01-01T00:00:00Z.
    pub created_ms: u64,
    /// When its record or its commits last changed, in milliseconds since 1970-01-01T00:00:00Z.
    pub changed_ms: u64,
}

/// Someone else who works on an entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OtherEditor {
    /// The draft in which they work on it.
    pub draft: String,
    /// The draft's title.
    pub title: String,
    /// Who began to edit the entry in that draft.
    pub author: String,
    /// When they began, in milliseconds since 1970-01-01T00:00:00Z.
    pub since_ms: u64,
}

/// An entry as a draft has it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DraftEntry {
    /// The entry or translation.
    pub key: String,
    /// Its document; null when the working copy puts it into the trash.
    pub document: Option<Value>,
    /// Whether this is an uncommitted working copy.
    pub is_working: bool,
    /// The revision from which the working copy began.
    pub base: Option<String>,
    /// Who saved it last.
    pub author: Option<String>,
    /// When it was begun, in milliseconds since 1970-01-01T00:00:00Z.
    pub begun_ms: Option<u64>,
    /// When it was last saved, in milliseconds since 1970-01-01T00:00:00Z.
    pub saved_ms: Option<u64>,
    /// The places in conflict that nobody has settled; the document has the draft's side there.
    pub conflicts: Vec<PlaceConflict>,
    /// The other people who work on the entry, in other drafts.
    pub others: Vec<OtherEditor>,
}

/// A saved working copy.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SavedView {
    /// Its version, which is also its `ETag`.
    pub version: u64,
    /// What is wrong with it, so that it could not be accepted as it is.
    pub violations: Vec<Violation>,
    /// What could be better about it, except matters of style and what was dismissed; empty while something is wrong
    /// with it.
    #[serde(default)]
    pub findings: Vec<FindingView>,
    /// The places in conflict that are still to be settled.
    pub conflicts: Vec<PlaceConflict>,
    /// What does not fit together around the entry: an address that is taken, a link to nothing.
    pub clashes: Vec<CatalogueConflict>,
    /// The other people who work on the entry, in other drafts.
    pub others: Vec<OtherEditor>,
    /// Whether the previous text became a revision, because this save began another editing session.
    pub session_ended: bool,
}

/// One entry or translation that a draft changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DraftChangeRow {
    /// The entry or translation.
    pub key: String,
    /// Its title.
    pub title: Option<String>,
    /// What the draft does to it.
    pub change: DraftChange,
    /// Its document when the draft parted from `main`.
    pub before: Option<String>,
    /// Its committed document in the draft.
    pub after: Option<String>,
    /// Whether a working copy changes it further.
    pub is_working: bool,
    /// Whether it holds a conflict that nobody has settled.
    pub is_conflicted: bool,
    /// Whether `main` changed it too since they parted.
    pub is_changed_on_main: bool,
    /// How many violations it has.
    pub violations_count: u64,
}

/// What a draft changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DraftChangesView {
    /// The commit at which the draft parted from `main`.
    pub base: String,
    /// The draft's newest commit.
    pub head: String,
    /// The commit that `main` points at.
    pub main: String,
    /// The entries and translations that it changes, by key.
    pub rows: Vec<DraftChangeRow>,
    /// What does not fit together around entries, in the draft or with what `main` has gained since. This includes what
    /// is typed and not committed.
    pub conflicts: Vec<CatalogueConflict>,
    /// Entries that would conflict with `main` if the draft's commits were merged now, or that are in conflict already.
    pub conflicted: Vec<String>,
}

/// One thing that does not fit together around entries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CatalogueConflict {
    /// Its name within the draft.
    pub id: String,
    /// The entries that it is about.
    pub entries: Vec<String>,
    /// What is wrong, for people.
    pub message: String,
    /// What is wrong, for programs.
    pub reason: CatalogueReason,
}

/// Why entries do not fit together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum CatalogueReason {
    /// Entries contain one another.
    Circle,
    /// An entry is in the trash and others use it.
    DeletedButUsed,
    /// Two entries of one container have the same slug.
    SlugTaken,
    /// The entry's canonical parent does not contain it.
    NotAParent,
    /// Both sides moved an entry, each to other containers.
    MovedApart {
        /// The entry that was moved.
        child: String,
        /// The containers where the draft has it.
        ours: Vec<String>,
        /// The containers where `main` has it.
        theirs: Vec<String>,
    },
}

/// A place where two sides conflict.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PlaceConflict {
    /// The conflict's name, which `resolve` and `settles` of a save take. For a stretch of a text or list, this pointer
    /// leads to no value.
    pub pointer: String,
    /// The pointer of the text or list of which the conflict is a stretch; null when it is about a whole value.
    /// Settling that pointer settles all conflicts within it.
    #[serde(default)]
    pub within: Option<String>,
    /// The way to the place, for people.
    pub place: Vec<Step>,
    /// Why the two sides conflict.
    pub reason: PlaceConflictReason,
    /// What both sides had before; null or missing when there was nothing.
    #[serde(default)]
    pub base: Option<Value>,
    /// What the draft has there.
    #[serde(default)]
    pub ours: Option<Value>,
    /// What `main` has there.
    #[serde(default)]
    pub theirs: Option<Value>,
}

/// An entry in conflict.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct EntryConflict {
    /// The entry or translation.
    pub key: String,
    /// Its title.
    pub title: Option<String>,
    /// The two sides joined as far as possible; it has ours where they conflict.
    pub document: Option<Value>,
    /// The places where they conflict.
    pub conflicts: Vec<PlaceConflict>,
    /// What is wrong with the joined document, if that is why it was not taken.
    pub violations: Vec<Violation>,
}

/// All conflicts of a draft.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DraftConflictsView {
    /// Entries in conflict, by key.
    pub entries: Vec<EntryConflict>,
    /// What does not fit together around entries.
    pub catalogue: Vec<CatalogueConflict>,
}

/// A commit of a draft.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CommittedView {
    /// The new commit.
    pub commit: String,
    /// How many entries it changed.
    pub changed_count: u64,
    /// The draft's entries that are still in conflict, as its commits have them.
    pub conflicted: Vec<String>,
}

/// An entry that came back from the trash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UntrashedView {
    /// The draft's new commit.
    pub commit: String,
    /// The containers in which it stands again.
    pub placed: Vec<String>,
    /// The containers in which it stood and does not stand again, each with the reason.
    pub not_placed: Vec<NotPlaced>,
}

/// A container that an entry could not come back to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NotPlaced {
    /// The container.
    pub parent: String,
    /// The reason, for people.
    pub reason: String,
}

/// A merge that took place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MergedView {
    /// The commit that joins the two.
    pub commit: String,
    /// How many entries and translations it changed.
    pub changed_count: u64,
    /// Entries that are now in conflict; empty on `main`.
    pub conflicted: Vec<String>,
    /// What does not fit together around entries; empty on `main`.
    pub conflicts: Vec<CatalogueConflict>,
}

/// Copies that were made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CopiedView {
    /// The draft's new commit.
    pub commit: String,
    /// The copy of the entry that was asked for.
    pub key: String,
    /// Every entry that was copied, and its copy.
    pub copies: std::collections::BTreeMap<String, String>,
    /// The translations that were copied too, under the copies' keys; empty when a create is repeated.
    #[serde(default)]
    pub translations: Vec<String>,
}

/// What a batch does to one entry.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct BatchRowView {
    /// The entry.
    pub key: String,
    /// What changes in it.
    pub diff: DocumentDiff,
    /// What would be wrong with the changed entry.
    pub violations: Vec<Violation>,
}

/// What a batch did, or would do.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct BatchView {
    /// The draft's new commit; null for a trial, or when nothing changed.
    pub commit: Option<String>,
    /// The entries that change.
    pub rows: Vec<BatchRowView>,
    /// How many entries stay as they are.
    pub unchanged_count: u64,
}

viewed! {
    repo::OtherEditor => OtherEditor { draft, title, author, since_ms }
    repo::Saved => SavedView { version, violations, findings, conflicts, clashes, others, session_ended }
    repo::DraftChangeRow => DraftChangeRow { key, title, change, before, after, is_working, is_conflicted, is_changed_on_main, violations_count }
    repo::DraftChanges => DraftChangesView { base, head, main, rows, conflicts, conflicted }
    repo::CatalogueConflict => CatalogueConflict { id, entries, message, reason }
    document::DocumentConflict => PlaceConflict { pointer, within, place, reason, base, ours, theirs }
    repo::EntryConflict => EntryConflict { key, title, document, conflicts, violations }
    repo::DraftConflicts => DraftConflictsView { entries, catalogue }
    repo::Untrashed => UntrashedView { commit, placed, not_placed }
    repo::NotPlaced => NotPlaced { parent, reason }
    repo::Copied => CopiedView { commit, key, copies, translations }
    repo::BatchRow => BatchRowView { key, diff, violations }
    repo::BatchReport => BatchView { commit, rows, unchanged_count }
}

impl From<repo::Draft> for DraftView {
    fn from(draft: repo::Draft) -> Self {
        // The version is sent as the record's tag.
        let repo::Draft {
            draft,
            title,
            owner,
            members,
            state,
            begun_from,
            head,
            created_ms,
            changed_ms,
            version: _,
        } = draft;
        Self {
            draft: draft.on_wire(),
            title,
            owner: owner.on_wire(),
            members: members.on_wire(),
            state: state.on_wire(),
            begun_from: begun_from.on_wire(),
            head: head.on_wire(),
            created_ms,
            changed_ms,
        }
    }
}

impl OnWire<DraftView> for repo::Draft {
    fn on_wire(self) -> DraftView {
        self.into()
    }
}

impl From<repo::Merged> for MergedView {
    fn from(merged: repo::Merged) -> Self {
        // The number of merged documents is for benchmarks.
        let repo::Merged { commit, changed_count, conflicted, conflicts, computed_count: _ } =
            merged;
        Self {
            commit: commit.on_wire(),
            changed_count,
            conflicted: conflicted.on_wire(),
            conflicts: conflicts.on_wire(),
        }
    }
}

impl OnWire<MergedView> for repo::Merged {
    fn on_wire(self) -> MergedView {
        self.into()
    }
}

impl OnWire<CatalogueReason> for repo::CatalogueReason {
    fn on_wire(self) -> CatalogueReason {
        match self {
            Self::Circle => CatalogueReason::Circle,
            Self::DeletedButUsed => CatalogueReason::DeletedButUsed,
            Self::SlugTaken => CatalogueReason::SlugTaken,
            Self::NotAParent => CatalogueReason::NotAParent,
            Self::MovedApart { child, ours, theirs } => CatalogueReason::MovedApart {
                child: child.on_wire(),
                ours: ours.on_wire(),
                theirs: theirs.on_wire(),
            },
        }
    }
}
