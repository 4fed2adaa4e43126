//! Channels: where they are, where they were, going back, and holds.
//!
//! Going back is a publish whose target is an earlier effective catalogue. What it takes back is put
//! on hold: no later publish brings it live again until someone releases the hold.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    content::{catalogue::decoded_key, objects::StoreError},
    open::Repository,
    publish::{Asked, Course, PublishError, Published},
    stamp::Stamp,
    state::State,
};
use crate::{
    engine::{
        CellName, CellQuery, Expected, Group, NameError, Outcome, PAGE_ROWS_MAX, Swap, SwapValue,
        Transaction,
    },
    map::{self, Staging},
    model::{
        canonical,
        id::{CommitId, DocumentId, PublicationId, SnapshotId},
        key::EntryKey,
        object::{Object, ObjectKind, Space},
        snapshot::PublicationVerb,
    },
};

const CHANNEL_GROUP: &str = "channel/";
const HEAD_CELL: &str = "head";

/// Where a channel is, with the version of its cell to swap against.
#[derive(Debug, Clone)]
pub(super) struct Head {
    pub(super) channel: String,
    pub(super) publication: PublicationId,
    pub(super) snapshot: SnapshotId,
    pub(super) sequence: u64,
    pub(super) version: u64,
}

impl Head {
    pub(super) fn into_state(self) -> State {
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

fn channel_cell(channel: &str) -> Result<CellName, NameError> {
    format!("{CHANNEL_GROUP}{channel}").parse::<Group>()?.cell(HEAD_CELL)
}

pub(super) fn channel_head(
    repository: &Repository,
    channel: &str,
) -> Result<Option<Head>, StoreError> {
    let Ok(name) = channel_cell(channel) else { return Ok(None) };
    let Some(cell) = repository.engine.cell(&name)? else { return Ok(None) };
    let stored: StoredHead = serde_json::from_slice(&cell.value)
        .map_err(|_| StoreError::Row { what: format!("the head of channel {channel}") })?;
    Ok(Some(Head {
        channel: channel.to_owned(),
        publication: stored.publication,
        snapshot: stored.snapshot,
        sequence: stored.sequence,
        version: cell.version,
    }))
}

pub(super) fn channel_swap(head: &Head, expected: Expected) -> Result<Swap, StoreError> {
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

/// Where to go back to.
#[derive(Debug, Clone)]
pub struct RollbackRequest {
    /// The channel.
    pub channel: String,
    /// The state to go back to, `production@7`, say.
    pub to: String,
    /// The entries to take back; all when empty.
    pub only: Vec<EntryKey>,
    /// Who, when, why.
    pub stamp: Stamp,
}

/// Which holds to release.
#[derive(Debug, Clone)]
pub struct ReleaseRequest {
    /// The channel.
    pub channel: String,
    /// The entries; all that are on hold when empty.
    pub keys: Vec<EntryKey>,
    /// Who, when, why.
    pub stamp: Stamp,
}

/// A channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChannelRow {
    /// Its name.
    pub channel: String,
    /// Its snapshot.
    pub snapshot: SnapshotId,
    /// The snapshot's place in the line.
    pub sequence: u64,
    /// When it was published, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// How many entries it delivers.
    pub entries_count: u64,
    /// How many entries are on hold.
    pub holds_count: u64,
}

/// An entry that no publish brings live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HoldRow {
    /// The entry or translation.
    pub key: EntryKey,
    /// Who took it back.
    pub author: String,
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// Why; may be empty.
    pub reason: String,
}

/// One snapshot of a channel, as authors see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SnapshotRow {
    /// Its place in the channel's line.
    pub sequence: u64,
    /// The snapshot.
    pub snapshot: SnapshotId,
    /// How it came to be.
    pub publication: PublicationId,
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// Who.
    pub author: String,
    /// `publish`, `rollback` or `release`.
    pub verb: &'static str,
    /// Why; may be empty.
    pub message: String,
    /// The commit that was asked for.
    pub commit: CommitId,
    /// How many entries it delivers.
    pub entries_count: u64,
    /// How many entries and translations it changed.
    pub changes_count: u64,
    /// How many it held back.
    pub held_back_count: u64,
}

#[derive(Serialize, Deserialize)]
struct StoredHold {
    author: String,
    reason: String,
    time_ms: u64,
}

impl Repository {
    /// Takes a channel, or chosen entries of it, back to an earlier state, and holds what it took back.
    ///
    /// # Errors
    /// [`PublishError`]; the channel has not moved then.
    pub fn rollback(&self, request: &RollbackRequest) -> Result<Published, PublishError> {
        let base = self.base(&request.channel)?;
        if base.head.is_none() {
            return Err(PublishError::UnknownChannel { channel: request.channel.clone() });
        }
        let state = self.resolve(&request.to)?;
        let commit = match &state {
            State::Commit(commit) => *commit,
            State::Snapshot { publication, .. } => self.publication(*publication)?.commit,
        };
        let stamp = &request.stamp;
        let hold = StoredHold {
            author: stamp.author.clone(),
            reason: stamp.message.clone(),
            time_ms: stamp.time_ms,
        };
        let course = Course {
            asked: Asked {
                verb: PublicationVerb::Rollback.word(),
                channel: request.channel.clone(),
                target: request.to.clone(),
                only: request.only.clone(),
                strict: false,
            },
            verb: PublicationVerb::Rollback,
            commit,
            target: self.roots(&state)?,
            minds_holds: false,
            holds_accepted: Some(serde_json::to_value(hold).expect("a hold is JSON")),
        };
        self.publish_along(&base, &course, stamp)
    }

    /// Releases holds: later publishes may bring the entries live again. Nothing delivered changes.
    ///
    /// # Errors
    /// [`PublishError`]; nothing is released then.
    pub fn release(&self, request: &ReleaseRequest) -> Result<Vec<EntryKey>, PublishError> {
        let unknown = || PublishError::UnknownChannel { channel: request.channel.clone() };
        let head = channel_head(self, &request.channel)?.ok_or_else(unknown)?;
        let mut publication = self.publication(head.publication)?;
        let held: BTreeSet<EntryKey> =
            self.holds(&request.channel)?.into_iter().map(|row| row.key).collect();
        for key in &request.keys {
            if !held.contains(key) {
                let target = format!("the holds of {}", request.channel);
                return Err(PublishError::UnknownEntry { key: key.clone(), target });
            }
        }
        let released: Vec<EntryKey> =
            if request.keys.is_empty() { held.into_iter().collect() } else { request.keys.clone() };
        let mut staged = Staging::over(&*self.source);
        let mut edits: Vec<_> = released.iter().map(|key| (key.encode(), None)).collect();
        edits.sort();
        let stamp = &request.stamp;
        let keys: Vec<_> = released.iter().map(EntryKey::to_string).collect();
        let report = serde_json::json!({ "asked": { "verb": "release", "channel": request.channel }, "released": keys });
        let report = Object::new(ObjectKind::Document, canonical::to_bytes(&report));
        publication.holds = map::edit(&mut staged, self.header.salt(), publication.holds, edits)?;
        publication.parent = Some(head.publication);
        publication.verb = PublicationVerb::Release;
        publication.report = DocumentId::from_object_id(report.id());
        publication.author = stamp.author.clone();
        publication.time_ms = stamp.time_ms;
        publication.message = stamp.message.clone();
        let object = Object::new(ObjectKind::Publication, publication.encode());
        let version = head.version;
        let new_head = Head { publication: PublicationId::from_object_id(object.id()), ..head };
        let nodes = staged.into_reachable([publication.holds]);
        let mut objects: Vec<_> = nodes.into_iter().map(|node| node.object).collect();
        objects.extend([report, object]);
        let transaction = Transaction {
            operation: stamp.operation,
            objects: objects.into_iter().map(|object| (Space::Source, object)).collect(),
            swaps: vec![channel_swap(&new_head, Expected::Version(version))?],
            audit: Some(stamp.audit("release", &[("channel", &request.channel)])),
        };
        match self.engine.commit(vec![transaction]).map_err(StoreError::from)?.first() {
            Some(Outcome::Applied(_)) => Ok(released),
            _ => Err(PublishError::Moved { channel: request.channel.clone() }),
        }
    }

    /// The holds of a channel, ascending by key.
    ///
    /// # Errors
    /// [`PublishError::UnknownChannel`], or the store can't be read.
    pub fn holds(&self, channel: &str) -> Result<Vec<HoldRow>, PublishError> {
        let unknown = || PublishError::UnknownChannel { channel: channel.to_owned() };
        let head = channel_head(self, channel)?.ok_or_else(unknown)?;
        let holds = self.publication(head.publication)?.holds;
        let mut rows = Vec::new();
        for entry in map::entries(&*self.source, holds, b"")? {
            let (key, value) = entry?;
            let key = decoded_key(&key)?;
            let stored: StoredHold = serde_json::from_slice(&value)
                .map_err(|_| StoreError::Row { what: format!("the hold of {key}") })?;
            rows.push(HoldRow {
                key,
                author: stored.author,
                time_ms: stored.time_ms,
                reason: stored.reason,
            });
        }
        Ok(rows)
    }

    /// The publication before one, of the same channel.
    pub(super) fn before(&self, head: &Head) -> Result<Option<Head>, StoreError> {
        let Some(parent) = self.publication(head.publication)?.parent else { return Ok(None) };
        let publication = self.publication(parent)?;
        let sequence = match self.snapshot(publication.snapshot)? {
            Some(snapshot) => snapshot.sequence,
            None => {
                let id = publication.snapshot.object_id();
                return Err(StoreError::Missing {
                    id,
                    kind: ObjectKind::Snapshot,
                    space: Space::Public,
                });
            }
        };
        Ok(Some(Head {
            channel: head.channel.clone(),
            publication: parent,
            snapshot: publication.snapshot,
            sequence,
            version: head.version,
        }))
    }

    /// A channel's publications, newest first, at most `rows_max`, below a sequence number if given.
    ///
    /// # Errors
    /// [`PublishError::UnknownChannel`], or the store can't be read.
    pub fn snapshots(
        &self,
        channel: &str,
        before_sequence: Option<u64>,
        rows_max: usize,
    ) -> Result<Vec<SnapshotRow>, PublishError> {
        let unknown = || PublishError::UnknownChannel { channel: channel.to_owned() };
        let mut next = Some(channel_head(self, channel)?.ok_or_else(unknown)?);
        let mut rows = Vec::new();
        while let Some(head) = next {
            if rows.len() == rows_max {
                break;
            }
            if before_sequence.is_none_or(|before| head.sequence < before) {
                rows.push(self.snapshot_row(&head)?);
            }
            next = self.before(&head)?;
        }
        Ok(rows)
    }

    pub(super) fn snapshot_row(&self, head: &Head) -> Result<SnapshotRow, StoreError> {
        let publication = self.publication(head.publication)?;
        let report = self.document(publication.report)?;
        let count = |name: &str| report.get(name).and_then(serde_json::Value::as_u64).unwrap_or(0);
        let entries_count =
            self.snapshot(head.snapshot)?.map_or(0, |snapshot| snapshot.entries_count());
        Ok(SnapshotRow {
            sequence: head.sequence,
            snapshot: head.snapshot,
            publication: head.publication,
            time_ms: publication.time_ms,
            author: publication.author,
            verb: publication.verb.word(),
            message: publication.message,
            commit: publication.commit,
            entries_count,
            changes_count: count("changes_count"),
            held_back_count: count("held_back_count"),
        })
    }

    /// The channels, ascending by name.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn channels(&self) -> Result<Vec<ChannelRow>, StoreError> {
        let mut query = CellQuery {
            group_prefix: CHANNEL_GROUP.to_owned(),
            after: None,
            rows_max: PAGE_ROWS_MAX,
        };
        let mut rows = Vec::new();
        loop {
            let page = self.engine.cells(&query)?;
            for (name, _) in &page.rows {
                let Some(channel) = name.group().as_str().strip_prefix(CHANNEL_GROUP) else {
                    continue;
                };
                if name.name() != HEAD_CELL {
                    continue;
                }
                let Some(head) = channel_head(self, channel)? else { continue };
                let publication = self.publication(head.publication)?;
                let snapshot = self.snapshot(head.snapshot)?;
                rows.push(ChannelRow {
                    channel: channel.to_owned(),
                    snapshot: head.snapshot,
                    sequence: head.sequence,
                    time_ms: publication.time_ms,
                    entries_count: snapshot.map_or(0, |snapshot| snapshot.entries_count()),
                    holds_count: map::count(&*self.source, publication.holds)?,
                });
            }
            query.after = page.rows.last().map(|(name, _)| name.clone());
            if !page.more {
                return Ok(rows);
            }
        }
    }
}
