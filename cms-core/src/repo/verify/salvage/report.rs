//! What a salvaged repository lacks.

use serde::Serialize;

use crate::{
    engine::{Cell, CellName},
    model::{id::CommitId, key::EntryKey},
};

/// The values that a cell had in the damaged store, newest first.
pub type EarlierValues<'a> = dyn Fn(&CellName) -> Vec<Cell> + 'a;

/// What a salvaged repository lacks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SalvageReport {
    /// Branches and channels that now lead elsewhere.
    pub heads: Vec<MovedHead>,
    /// Branches in whose history a commit is gone.
    pub gaps: Vec<LineGap>,
    /// Entries and translations that are gone, or have an earlier version.
    pub entries: Vec<LostEntry>,
    /// Channels of which some delivered documents, or the answers to them, are gone: `cms remake` makes them again.
    pub remake: Vec<String>,
    /// Whether the line of reviews was taken from its history.
    pub reviews_mended: bool,
}

/// A branch or a channel whose newest state can't be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MovedHead {
    /// `main`, `draft/…`, or `channel …`.
    pub what: String,
    /// What it led to.
    pub from: String,
    /// What it leads to now; `None` when it is gone.
    pub to: Option<String>,
}

/// A commit that is gone in the middle of a branch's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineGap {
    /// The branch.
    pub branch: String,
    /// The commit that can't be read.
    pub lost: CommitId,
    /// The newest earlier commit that can be read, where the history continues. `None` when nothing is known of one.
    pub before: Option<CommitId>,
}

/// An entry whose newest version can't be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LostEntry {
    /// The branch.
    pub branch: String,
    /// The entry or translation; `None` for a range of the catalogue whose keys are unknown.
    pub key: Option<EntryKey>,
    /// What became of it.
    pub now: LostNow,
    /// What can't be read, for people.
    pub detail: String,
}

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LostNow {
    /// The entry has an earlier version.
    Earlier,
    /// The entry is as it was, but it is not known any more who wrote it and what it was made from.
    Unattributed,
    /// It is not known any more which version the entry had; it has the newest that exists.
    Newest,
    /// The entry is gone. On a channel, learners keep what they have of it until a publish takes it off.
    Gone,
    /// What was typed and not committed is gone; the entry is as it was before.
    Untyped,
}
