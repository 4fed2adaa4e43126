//! The cells in which schedules are kept.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::steps::StoredStep;
use crate::{
    access::OnBehalf,
    engine::{CellName, NameError, cells_of},
    model::{
        canonical,
        id::{CommitId, NodeId},
        key::EntryKey,
        moment::Moment,
        name::ChannelName,
    },
    repo::{
        channel::head::{CHANNEL_GROUP, channel_group, channel_of},
        ground::{error::StoreError, repository::Repository},
        schedule::{
            row::{ScheduleError, ScheduleFailure},
            steps::StepDone,
            verb::{ScheduleState, ScheduleVerb},
        },
    },
};

/// The format of a schedule's cell.
pub(super) const FORMAT: u32 = 1;
/// The prefix of the names of schedules' cells.
const PREFIX: &str = "schedule/";

/// The value of a schedule's cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::repo) struct StoredSchedule {
    pub(super) format: u32,
    pub(super) verb: ScheduleVerb,
    /// The moment as its author meant it: a civil time in a zone.
    pub(super) at: String,
    pub(super) state: ScheduleState,
    pub(super) keys: Vec<EntryKey>,
    /// Root of a map: entry key → the catalogue's row; the value is empty when there is no row.
    pub(super) revisions: Option<NodeId>,
    pub(super) commit: Option<CommitId>,
    pub(super) replaced_by: Option<EntryKey>,
    pub(super) author: String,
    pub(super) message: String,
    pub(super) created_ms: u64,
    pub(super) failure: Option<ScheduleFailure>,
    /// The position in the engine's order at which it was made. Until the cell is written again, this is the cell's
    /// version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) made: Option<u64>,
    /// Who made it, as far as rights go. What was made before this was recorded runs as the machine's.
    #[serde(default, skip_serializing_if = "OnBehalf::is_machine")]
    pub(super) on_behalf: OnBehalf,
    /// The steps that it does after that, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) then: Vec<StoredStep>,
    /// The steps that it did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) done: Vec<StepDone>,
}

/// A schedule as it was read.
#[derive(Clone)]
pub(in crate::repo) struct Found {
    pub(super) channel: ChannelName,
    pub(in crate::repo) id: String,
    pub(in crate::repo) stored: StoredSchedule,
    pub(super) version: u64,
}

impl StoredSchedule {
    pub(super) fn encode(&self) -> Bytes {
        canonical::to_bytes(&serde_json::to_value(self).expect("a schedule is JSON")).into()
    }

    fn decode(id: &str, value: &[u8]) -> Result<Self, StoreError> {
        let what = || StoreError::Row { what: format!("the schedule {id}") };
        let stored: Self = serde_json::from_slice(value).map_err(|_| what())?;
        if stored.format == FORMAT { Ok(stored) } else { Err(what()) }
    }

    /// Makes it wait again, unless it is over.
    pub(super) fn waits_again(&mut self, id: &str, version: u64) -> Result<(), ScheduleError> {
        if self.state == ScheduleState::Done {
            return Err(ScheduleError::Over { id: id.to_owned() });
        }
        (self.state, self.failure) = (ScheduleState::Pending, None);
        self.made.get_or_insert(version);
        Ok(())
    }

    /// Whether it runs whole or not at all, which it does when it names entries.
    pub(super) fn is_whole(&self) -> bool {
        !self.keys.is_empty()
    }

    pub(super) fn moment(&self, id: &str) -> Result<Moment, StoreError> {
        Moment::stored(&self.at)
            .map_err(|_| StoreError::Row { what: format!("the moment of schedule {id}") })
    }

    /// The schedule after its present step: the next step comes up, or it is done.
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

    /// The same schedule, made at the position of this cell version unless it is known to have been made earlier.
    pub(super) fn made_at(mut self, version: u64) -> Self {
        self.made.get_or_insert(version);
        self
    }

    /// The maps of revisions that its steps name.
    pub(in crate::repo) fn maps(&self) -> impl Iterator<Item = NodeId> + '_ {
        let then = self.then.iter().filter_map(|step| step.revisions);
        self.revisions.into_iter().chain(then)
    }

    /// The entries that its steps name.
    pub(super) fn all_keys(&self) -> impl Iterator<Item = &EntryKey> {
        self.keys.iter().chain(self.then.iter().flat_map(|step| &step.keys))
    }

    /// When its last step ran, in milliseconds since 1970-01-01T00:00:00Z; `None` while it waits or has failed.
    pub(super) fn done_ms(&self) -> Option<u64> {
        let last = self.done.last().filter(|_| self.state == ScheduleState::Done);
        last.map(|step| step.time_ms)
    }
}

pub(super) fn name(channel: &ChannelName, id: &str) -> Result<CellName, NameError> {
    channel_group(channel)?.cell(&format!("{PREFIX}{id}"))
}

impl Repository {
    pub(super) fn stored(
        &self,
        channel: &ChannelName,
        id: &str,
        expected: Option<u64>,
    ) -> Result<(StoredSchedule, u64), ScheduleError> {
        let unknown = || ScheduleError::Unknown { channel: channel.clone(), id: id.to_owned() };
        let name = name(channel, id).map_err(|_| unknown())?;
        let cell = self.engine.cell(&name).map_err(StoreError::from)?.ok_or_else(unknown)?;
        if expected.is_some_and(|expected| expected != cell.version) {
            return Err(ScheduleError::Moved { id: id.to_owned() });
        }
        Ok((StoredSchedule::decode(id, &cell.value)?, cell.version))
    }

    /// The schedules of one channel or of all channels, in the order of their cells.
    pub(in crate::repo) fn schedule_cells(
        &self,
        channel: Option<&ChannelName>,
    ) -> Result<Vec<Found>, StoreError> {
        let of = channel.map(ChannelName::as_str).unwrap_or_default();
        let prefix = format!("{CHANNEL_GROUP}{of}");
        let mut found = Vec::new();
        for row in cells_of(&*self.engine, prefix) {
            let (name, cell) = row?;
            let of = channel_of(&name).zip(name.name().strip_prefix(PREFIX));
            let Some((of, id)) = of else { continue };
            if channel.is_some_and(|channel| *channel != of) {
                continue;
            }
            let stored = StoredSchedule::decode(id, &cell.value)?;
            let (channel, id) = (of, id.to_owned());
            found.push(Found { channel, id, stored, version: cell.version });
        }
        Ok(found)
    }
}
