//! Making whole again what a salvaged store lacks: heads that lead nowhere, catalogues with holes, channels.
//!
//! The engine has saved what is whole ([`crate::engine::local::LocalEngine::salvage`]); here the repository in the new
//! store is made one that can be worked on. Nothing is invented: an entry stands at the newest version of it that can be
//! read, a channel at the newest publication, and what is gone is told by name.
//!
//! Invariants:
//! 1. Afterwards each branch leads to a commit all of whose entries can be read, and each channel to a publication whose
//!    snapshot can be walked.
//! 2. History stays as far as it can be read, and goes on behind what is gone; nothing of it is written anew.
//! 3. Done again, it changes nothing.

mod anew;
mod branches;
mod channels;
mod holes;
mod lines;

use serde::Serialize;
use std::collections::HashMap;

use crate::{
    engine::{Cell, CellName},
    map,
    model::{id::CommitId, key::EntryKey, name::Branch, object::Space},
    repo::{
        content::objects::ObjectSink,
        ground::{error::StoreError, repository::Repository, stamp::Stamp},
    },
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

impl Repository {
    /// Makes a salvaged repository whole again, as far as what was saved goes.
    ///
    /// # Errors
    /// [`StoreError`] when the new store can't be written.
    pub fn settle_salvaged(
        &self,
        earlier: &EarlierValues<'_>,
        stamp: &Stamp,
    ) -> Result<SalvageReport, StoreError> {
        let mut report = SalvageReport::default();
        let mut steps = Steps { stamp, number: 0, tips: None, audited: Audited::new() };
        // The map of nothing is what many begin with, and needs nothing to be made of.
        let mut sink = ObjectSink::new(self);
        let mut empty = Vec::new();
        map::build(&mut empty, self.header.salt(), [])?;
        for node in empty {
            sink.add(Space::Source, node.clone())?;
            sink.add(Space::Public, node)?;
        }
        sink.flush()?;
        self.settle_branches(earlier, &mut steps, &mut report)?;
        self.settle_working(&mut steps, &mut report)?;
        report.reviews_mended = self.mend_reviews(&steps.next())?.is_some();
        self.settle_channels(earlier, &mut steps, &mut report)?;
        Ok(report)
    }
}

/// The commits that the audit tells of each branch, the oldest first, whether or not they can be read.
type Audited = HashMap<Branch, Vec<CommitId>>;

/// One attempt after the other, each under a name of its own.
struct Steps<'a> {
    stamp: &'a Stamp,
    number: u64,
    /// The newest revisions of every entry, once they were asked for.
    tips: Option<holes::Tips>,
    audited: Audited,
}

impl Steps<'_> {
    fn next(&mut self) -> Stamp {
        self.number += 1;
        Stamp { operation: self.stamp.step(self.number), ..self.stamp.clone() }
    }
}
