//! What a schedule does, step by step: what is still to be done at its moment, and what became of the rest.

use serde::{Deserialize, Serialize};

use super::{ScheduleState, ScheduleVerb, cell::StoredSchedule};
use crate::model::{
    id::{CommitId, NodeId},
    key::EntryKey,
};

/// A step that waits for those before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredStep {
    pub(super) verb: ScheduleVerb,
    pub(super) keys: Vec<EntryKey>,
    /// Root of a map: entry key → the catalogue's row, empty where there is none.
    pub(super) revisions: Option<NodeId>,
    pub(super) commit: Option<CommitId>,
    pub(super) replaced_by: Option<EntryKey>,
}

/// What became of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepDone {
    /// What it did.
    pub verb: ScheduleVerb,
    /// The entries that it named.
    pub keys: Vec<EntryKey>,
    /// When it ran, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// The version that the channel has since, `CHANNEL@SEQUENCE`; none where there was nothing to do.
    pub sequence: Option<u64>,
}

impl StoredSchedule {
    /// The schedule after its step: what comes next, or that it is done.
    pub(super) fn after_step(&self, time_ms: u64, sequence: Option<u64>) -> Self {
        let mut after = self.clone();
        let keys = std::mem::take(&mut after.keys);
        after.done.push(StepDone { verb: self.verb, keys, time_ms, sequence });
        if after.then.is_empty() {
            after.state = ScheduleState::Done;
            return after;
        }
        let StoredStep { verb, keys, revisions, commit, replaced_by } = after.then.remove(0);
        (after.verb, after.keys, after.replaced_by) = (verb, keys, replaced_by);
        (after.revisions, after.commit) = (revisions, commit);
        after
    }

    /// The same, made where a cell of this version was, unless it is known to have been made earlier.
    pub(super) fn made_at(mut self, version: u64) -> Self {
        self.made.get_or_insert(version);
        self
    }

    /// The maps of revisions that its steps name.
    pub(in crate::repo) fn maps(&self) -> impl Iterator<Item = NodeId> + '_ {
        let then = self.then.iter().filter_map(|step| step.revisions);
        self.revisions.into_iter().chain(then)
    }

    /// When it was done with; none while it waits or has failed.
    pub(super) fn done_ms(&self) -> Option<u64> {
        let last = self.done.last().filter(|_| self.state == ScheduleState::Done);
        last.map(|step| step.time_ms)
    }
}
