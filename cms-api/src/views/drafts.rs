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
    /// Its name.
    pub draft: String,
    /// What it is about.
    pub title: String,
    /// Whose it is.
    pub owner: String,
    /// Who else works on it.
    pub members: Vec<String>,
    /// What became of it.
    pub state: DraftState,
    /// The commit that it was begun from.
    pub begun_from: String,
    /// Its newest commit.
    pub head: String,
    /// When it was begun.
    pub created_ms: u64,
    /// When its record or its commits changed last.
    pub changed_ms: u64,
}

/// Someone else who works on an entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OtherEditor {
    /// The draft in which.
    pub draft: String,
    /// The draft's title.
    pub title: String,
    /// Who began to edit the entry there.
    pub author: String,
    /// When.
    pub since_ms: u64,
}

/// An entry as a draft has it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DraftEntry {
    /// The entry or translation.
    pub key: String,
    /// Its document; null where the working copy puts it into the trash.
    pub document: Option<Value>,
    /// Whether this is a working copy that is not committed.
    pub is_working: bool,
    /// The revision that the working copy began from.
    pub base: Option<String>,
    /// Who saved it last.
    pub author: Option<String>,
    /// When it was begun.
    pub begun_ms: Option<u64>,
    /// When it was saved last.
    pub saved_ms: Option<u64>,
    /// The places in conflict that nobody has settled; there the document has the draft's side.
    pub conflicts: Vec<PlaceConflict>,
    /// Who else works on the entry, in other drafts.
    pub others: Vec<OtherEditor>,
}

/// A saved working copy.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SavedView {
    /// Its version, which is its `ETag` too.
    pub version: u64,
    /// What is wrong with it, so that it could not be accepted as it is.
    pub violations: Vec<Violation>,
    /// What could be better about it, matters of style and what was dismissed apart; none while something is wrong with it.
    #[serde(default)]
    pub findings: Vec<FindingView>,
    /// The places in conflict that are left to settle.
    pub conflicts: Vec<PlaceConflict>,
    /// What does not fit together around the entry: an address that is taken, a link to nothing.
    pub clashes: Vec<CatalogueConflict>,
    /// Who else works on the entry, in other drafts.
    pub others: Vec<OtherEditor>,
    /// Whether the text before became a revision, since this save began another editing session.
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
    /// Whether there is a working copy that says more.
    pub is_working: bool,
    /// Whether it holds a conflict that nobody has settled.
    pub is_conflicted: bool,
    /// Whether `main` changed it too since they parted.
    pub is_changed_on_main: bool,
    /// How much is wrong with it.
    pub violations_count: u64,
}

/// What a draft changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DraftChangesView {
    /// The commit at which the draft parted from `main`.
    pub base: String,
    /// The draft's newest commit.
    pub head: String,
    /// Where `main` is.
    pub main: String,
    /// What it changes, by key.
    pub rows: Vec<DraftChangeRow>,
    /// What does not fit together around entries, in the draft or with what `main` has since; what is typed is
    /// looked at too.
    pub conflicts: Vec<CatalogueConflict>,
    /// Entries that would conflict with `main` if the draft's commits were merged now, or do so already.
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

/// What does not fit together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum CatalogueReason {
    /// Entries contain one another.
    Circle,
    /// An entry is in the trash and others use it.
    DeletedButUsed,
    /// Two entries of one container have the same slug.
    SlugTaken,
    /// The place that an entry names as its own does not contain it.
    NotAParent,
    /// Both sides moved an entry, each to other containers.
    MovedApart {
        /// The entry.
        child: String,
        /// Where the draft has it.
        ours: Vec<String>,
        /// Where `main` has it.
        theirs: Vec<String>,
    },
}

/// A place where two sides conflict.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PlaceConflict {
    /// Names the conflict, and goes to `resolve` and to `settles` of a save. Of a stretch of a text or list it leads
    /// to no value.
    pub pointer: String,
    /// The pointer of the text or list that the conflict is a stretch of; null where it is about a whole value.
    /// Settling that settles all conflicts within.
    #[serde(default)]
    pub within: Option<String>,
    /// The way to it, for people.
    pub place: Vec<Step>,
    /// Why.
    pub reason: PlaceConflictReason,
    /// What was there; null or missing when nothing was.
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
    /// The two sides joined so far as they go; where they conflict it has ours.
    pub document: Option<Value>,
    /// The places where they conflict.
    pub conflicts: Vec<PlaceConflict>,
    /// What is wrong with the joined document, where that is why it was not taken.
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
    /// The commit.
    pub commit: String,
    /// How many entries it changed.
    pub changed_count: u64,
    /// The draft's entries that are left in conflict, as its commits have them.
    pub conflicted: Vec<String>,
}

/// An entry that came back from the trash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UntrashedView {
    /// The commit.
    pub commit: String,
    /// The containers that it stands in again.
    pub placed: Vec<String>,
    /// Those that it stood in and does not stand in again.
    pub not_placed: Vec<NotPlaced>,
}

/// A container that an entry could not come back to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NotPlaced {
    /// The container.
    pub parent: String,
    /// Why not.
    pub reason: String,
}

/// A merge that took place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MergedView {
    /// The commit that joins the two.
    pub commit: String,
    /// How many entries and translations it changed.
    pub changed_count: u64,
    /// Entries that are in conflict now; none on `main`.
    pub conflicted: Vec<String>,
    /// What does not fit together around entries; none on `main`.
    pub conflicts: Vec<CatalogueConflict>,
}

/// Copies that were made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CopiedView {
    /// The draft's new commit.
    pub commit: String,
    /// The copy of the entry that was asked for.
    pub key: String,
    /// Every entry that was copied, with its copy.
    pub copies: std::collections::BTreeMap<String, String>,
    /// The translations that came along, under the copies' keys; none are told again where a create is repeated.
    #[serde(default)]
    pub translations: Vec<String>,
}

/// What a batch does to one entry.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct BatchRowView {
    /// The entry.
    pub key: String,
    /// What changes.
    pub diff: DocumentDiff,
    /// What would be wrong with it then.
    pub violations: Vec<Violation>,
}

/// What a batch did, or would do.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct BatchView {
    /// The draft's new commit; null for a trial, or when nothing changed.
    pub commit: Option<String>,
    /// Entries that change.
    pub rows: Vec<BatchRowView>,
    /// How many stay as they are.
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
        // The version is the record's tag.
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
        // How many were computed is for benches.
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
