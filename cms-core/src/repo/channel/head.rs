//! Where a channel is: its cell, and the names of its group.

use serde::{Deserialize, Serialize};

use crate::{
    engine::{Cell, CellName, Expected, Group, NameError, Swap, SwapValue, cells_of},
    model::{
        canonical,
        id::{PublicationId, SnapshotId},
        name::ChannelName,
    },
    repo::{
        content::state::State,
        ground::{error::StoreError, repository::Repository},
    },
};

pub(in crate::repo) const CHANNEL_GROUP: &str = "channel/";
const HEAD_CELL: &str = "head";

/// Where a channel is, with the version of its cell to swap against.
#[derive(Debug, Clone)]
pub(in crate::repo) struct Head {
    pub(in crate::repo) channel: ChannelName,
    pub(in crate::repo) publication: PublicationId,
    pub(in crate::repo) snapshot: SnapshotId,
    pub(in crate::repo) sequence: u64,
    pub(in crate::repo) version: u64,
}

impl Head {
    /// The place in the line of a snapshot that was live just before this head. A release moves no snapshot, so its
    /// place is the same.
    fn sequence_before(&self, before: SnapshotId) -> u64 {
        self.sequence.saturating_sub(u64::from(before != self.snapshot))
    }

    pub(in crate::repo) fn into_state(self) -> State {
        State::Snapshot {
            channel: self.channel,
            sequence: self.sequence,
            snapshot: self.snapshot,
            publication: self.publication,
        }
    }
}

/// The value of a channel's cell.
#[derive(Serialize, Deserialize)]
struct StoredHead {
    publication: PublicationId,
    sequence: u64,
    snapshot: SnapshotId,
}

/// The group of a channel's cells.
pub(in crate::repo) fn channel_group(channel: &ChannelName) -> Result<Group, NameError> {
    format!("{CHANNEL_GROUP}{channel}").parse()
}

pub(in crate::repo) fn channel_cell(channel: &ChannelName) -> Result<CellName, NameError> {
    channel_group(channel)?.cell(HEAD_CELL)
}

pub(in crate::repo) fn channel_head(
    repository: &Repository,
    channel: &ChannelName,
) -> Result<Option<Head>, StoreError> {
    let Ok(name) = channel_cell(channel) else { return Ok(None) };
    repository.engine.cell(&name)?.map(|cell| decoded_channel(channel, &cell)).transpose()
}

/// Where a channel is, decoded from its cell.
pub(in crate::repo) fn decoded_channel(
    channel: &ChannelName,
    cell: &Cell,
) -> Result<Head, StoreError> {
    let stored: StoredHead = serde_json::from_slice(&cell.value)
        .map_err(|_| StoreError::Row { what: format!("the head of channel {channel}") })?;
    Ok(Head {
        channel: channel.clone(),
        publication: stored.publication,
        snapshot: stored.snapshot,
        sequence: stored.sequence,
        version: cell.version,
    })
}

/// The channel to whose group a cell belongs.
pub(in crate::repo) fn channel_of(cell: &CellName) -> Option<ChannelName> {
    cell.group().as_str().strip_prefix(CHANNEL_GROUP)?.parse().ok()
}

/// The names of the channels, ascending.
pub(in crate::repo) fn channel_names(
    repository: &Repository,
) -> Result<Vec<ChannelName>, StoreError> {
    let mut names = Vec::new();
    for row in cells_of(&*repository.engine, CHANNEL_GROUP) {
        let (name, _) = row?;
        names.extend(channel_of(&name).filter(|_| name.name() == HEAD_CELL));
    }
    Ok(names)
}

pub(in crate::repo) fn channel_swap(head: &Head, expected: Expected) -> Result<Swap, StoreError> {
    let stored = StoredHead {
        publication: head.publication,
        sequence: head.sequence,
        snapshot: head.snapshot,
    };
    let value = canonical::to_bytes(&serde_json::to_value(stored).expect("a head is JSON"));
    let cell = channel_cell(&head.channel)
        .map_err(|_| StoreError::Row { what: format!("the name of channel {}", head.channel) })?;
    Ok(Swap { cell, expected, value: SwapValue::Put(value.into()) })
}

impl Repository {
    /// The publication before this one, of the same channel.
    pub(in crate::repo) fn before(&self, head: &Head) -> Result<Option<Head>, StoreError> {
        let Some(parent) = self.publication(head.publication)?.parent else { return Ok(None) };
        let publication = self.publication(parent)?;
        let sequence = match self.any_snapshot(publication.snapshot) {
            Ok(Some(snapshot)) => snapshot.sequence,
            // Each publication that moves the channel to another snapshot counts one on, so the number is known without
            // the snapshot.
            Ok(None) => head.sequence_before(publication.snapshot),
            Err(error) if error.is_damage() => head.sequence_before(publication.snapshot),
            Err(error) => return Err(error),
        };
        Ok(Some(Head {
            channel: head.channel.clone(),
            publication: parent,
            snapshot: publication.snapshot,
            sequence,
            version: head.version,
        }))
    }
}
