//! What a salvaged repository has to do without.

use serde::Serialize;

use crate::{
    engine::{Cell, CellName},
    model::{id::CommitId, key::EntryKey},
};

/// The values that a cell had in the damaged store, newest first.
pub type EarlierValues<'a> = dyn Fn(&CellName) -> Vec<Cell> + 'a;

/// What a salvaged repository has to do without.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SalvageReport {
    /// Branches and channels that lead elsewhere now.
    pub heads: Vec<MovedHead>,
    /// Branches in whose history a commit is gone.
    pub gaps: Vec<LineGap>,
    /// Entries and translations that are gone, or stand at an earlier version.
    pub entries: Vec<LostEntry>,
    /// Channels some of whose delivered documents are gone, or the answers to them: `cms remake` makes them anew.
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
    /// What it leads to now; none where it is gone.
    pub to: Option<String>,
}

/// A commit that is gone in the middle of a branch's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineGap {
    /// The branch.
    pub branch: String,
    /// The commit that can't be read.
    pub lost: CommitId,
    /// The newest commit before it that can be: the history goes on there. None where nothing tells of one.
    pub before: Option<CommitId>,
}

/// An entry of which the newest version can't be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LostEntry {
    /// The branch.
    pub branch: String,
    /// The entry or translation; none for a stretch of the catalogue whose keys nothing tells any more.
    pub key: Option<EntryKey>,
    /// What became of it.
    pub now: LostNow,
    /// What can't be read.
    pub detail: String,
}

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LostNow {
    /// It stands at an earlier version.
    Earlier,
    /// It is as it was, and who wrote it and what it was made from is gone.
    Unattributed,
    /// What said at which version it stood is gone; it stands at the newest that there is.
    Newest,
    /// It is not there any more; of a channel: learners keep what they have of it until a publish takes it off.
    Gone,
    /// What was typed and not committed is gone; the entry stands as it was before.
    Untyped,
}
