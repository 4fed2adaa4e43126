//! Delivery: what an audience may ask. Learners, the devices of a protected channel and people who look at a preview
//! ask the same things; each audience has its own spaces, and its [`Delivery`] reads objects of those spaces only.
//!
//! Invariants:
//! 1. Nothing here writes, and a holder of a [`Delivery`] can't reach the [`Repository`] behind it.
//! 2. Only the audience's spaces are read, except that an attempt reads the rubric of what was delivered.

pub(in crate::repo) mod attempt;

use serde::Serialize;

use super::{channel::error::ChannelError, content::catalogue::decoded_key};
use crate::{
    engine::ReadError,
    map,
    model::{
        id::{DocumentId, MediaId, ObjectId, SnapshotId},
        key::{EntryKey, Kind, Locale},
        name::ChannelName,
        object::{Object, ObjectKind},
        snapshot::{PublicationVerb, Snapshot},
    },
    repo::{
        channel::{
            Channel,
            head::{channel_head, channel_names},
            snapshots::SnapshotRow,
        },
        content::home::home,
        delivered::{
            route::{RouteRow, look_up, route_of},
            row::{DeliveredRow, Row, served},
        },
        ground::{error::StoreError, repository::Repository},
        record::revoked::Revocations,
    },
};

/// Most replacements that are followed from a route: a retired entry names the next, which may be retired too.
const REPLACEMENTS_MAX: usize = 16;

/// Most revocations that a channel's pointer or one page lists.
pub const REVOCATIONS_MAX: usize = 100;

/// Where a channel is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChannelHead {
    /// The snapshot that it delivers.
    pub snapshot: SnapshotId,
    /// The snapshot's place in the channel's line.
    pub sequence: u64,
    /// When it was published, in milliseconds since 1970-01-01T00:00:00Z.
    pub published_at_ms: u64,
    /// The snapshot before it.
    pub previous: Option<SnapshotId>,
    /// Grows with every move of the channel.
    pub version: u64,
    /// The newest objects that were taken from this audience, at most [`REVOCATIONS_MAX`], and how many there are.
    pub revocations: Revocations,
}

/// A page of delivered entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveredPage {
    /// The rows, ascending by key; each entry once, as it is served in the locale asked for.
    pub rows: Vec<(EntryKey, DeliveredRow)>,
    /// Whether more rows follow.
    pub more: bool,
}

/// What is under a route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum RouteAnswer {
    /// This entry is here.
    Entry(EntryKey),
    /// The entry that was here, or its replacement, is at another route now.
    Moved {
        /// The entry that is there.
        key: EntryKey,
        /// Its route.
        to: String,
    },
    /// The entry that was here is no longer delivered.
    Gone {
        /// The entry that was here.
        key: EntryKey,
    },
    /// Nothing was ever here.
    Unknown,
}

/// A difference between two snapshots, as learners see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveredChange {
    /// The entry, with a locale unless it is the source's document.
    pub key: EntryKey,
    /// The object in the first snapshot; `None` when the entry was not delivered.
    pub left: Option<DocumentId>,
    /// The object in the second snapshot; `None` when the entry is not delivered.
    pub right: Option<DocumentId>,
}

/// A version of a channel as its audience may know it, without who published it and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveredVersion {
    /// Its place in the channel's line.
    pub sequence: u64,
    /// The snapshot of this version.
    pub snapshot: SnapshotId,
    /// When it was published, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// The verb that published it.
    pub verb: PublicationVerb,
    /// How many entries it delivers.
    pub entries_count: u64,
    /// How many entries and translations it changed.
    pub changes_count: u64,
}

/// What an audience may ask: only reads, and only of what that audience may have.
#[derive(Clone)]
pub struct Delivery {
    repository: Repository,
}

impl Repository {
    /// What learners may ask.
    pub fn delivery(&self) -> Delivery {
        Delivery::of(self.clone())
    }
}

impl Channel {
    /// What the channel's learners may ask; a protected channel has a space of its own.
    pub fn delivery(&self) -> Delivery {
        Delivery::of(self.repository.clone())
    }
}

impl Delivery {
    /// What the audience of a repository may ask.
    pub(in crate::repo) const fn of(repository: Repository) -> Self {
        Self { repository }
    }

    /// The entry that is the home page: the only one whose route is not below another.
    pub fn home_page() -> EntryKey {
        home()
    }

    /// Where a channel is; `None` when there is no such channel.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn channel_head(&self, channel: &ChannelName) -> Result<Option<ChannelHead>, StoreError> {
        let repository = &self.repository;
        if repository.channel_policy(channel)?.space(channel) != repository.delivered {
            // The channel has another audience; for this one it does not exist.
            return Ok(None);
        }
        let Some(head) = channel_head(repository, channel)? else { return Ok(None) };
        let Some(snapshot) = repository.snapshot(head.snapshot)? else {
            let id = head.snapshot.object_id();
            return Err(StoreError::Missing {
                id,
                kind: ObjectKind::Snapshot,
                space: repository.delivered.clone(),
            });
        };
        Ok(Some(ChannelHead {
            snapshot: head.snapshot,
            sequence: head.sequence,
            published_at_ms: snapshot.time_ms,
            previous: snapshot.parent,
            version: head.version,
            revocations: repository.newest_revocations(&repository.delivered, REVOCATIONS_MAX)?,
        }))
    }

    /// What serves for an entry in a locale: its own document in that locale, or else the source's.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn delivered(
        &self,
        snapshot: &Snapshot,
        key: &EntryKey,
        locale: Option<&Locale>,
    ) -> Result<Option<DeliveredRow>, StoreError> {
        let row = served(&*self.repository.public, snapshot, key, locale)?;
        if let Some(row) = &row {
            self.must_be_there(row.object)?;
        }
        Ok(row)
    }

    /// Refuses an object that was taken down; a whole one is not read.
    fn must_be_there(&self, object: DocumentId) -> Result<(), StoreError> {
        let id = object.object_id();
        for space in self.repository.audience.spaces_of(id) {
            if self.repository.is_taken_down(space, id)? {
                return Err(ReadError::TakenDown { id }.into());
            }
        }
        Ok(())
    }

    /// The objects that were taken from this audience, from a place on, at most `rows_max` and [`REVOCATIONS_MAX`].
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn revocations(&self, from: u64, rows_max: usize) -> Result<Revocations, StoreError> {
        let rows_max = rows_max.min(REVOCATIONS_MAX);
        self.repository.revocations(&self.repository.delivered, from, rows_max)
    }

    /// One page of the entries of a snapshot as a locale gets them, ascending by key, without retired ones.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn delivered_page(
        &self,
        snapshot: &Snapshot,
        locale: Option<&Locale>,
        kind: Option<&Kind>,
        after: Option<&EntryKey>,
        rows_max: usize,
    ) -> Result<DeliveredPage, StoreError> {
        let prefix = kind.map(EntryKey::kind_prefix).unwrap_or_default();
        let mut start = after.map(|key| key.source().encode()).unwrap_or_default();
        if !start.is_empty() {
            // Past the entry and all its translations: their keys have the separator 0 after the entry's key, and 1
            // follows 0.
            start.push(1);
        }
        let start = start.max(prefix.clone());
        let mut page = DeliveredPage { rows: Vec::new(), more: false };
        for entry in map::entries(&*self.repository.public, snapshot.delivered, &start)? {
            let (key, value) = entry?;
            if !key.starts_with(&prefix) {
                break;
            }
            let (key, row) = (decoded_key(&key)?, Row::decode(&value)?);
            if let Some(found) = key.locale() {
                if Some(found) == locale
                    && let Some((last, served)) = page.rows.last_mut()
                    && *last == key.source()
                {
                    *served = DeliveredRow {
                        object: row.object,
                        retired: false,
                        locale: Some(found.clone()),
                    };
                }
                continue;
            }
            if row.retired {
                continue;
            }
            if page.rows.len() == rows_max {
                page.more = true;
                break;
            }
            page.rows
                .push((key, DeliveredRow { object: row.object, retired: false, locale: None }));
        }
        Ok(page)
    }

    /// What is under a route in a snapshot.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn route(&self, snapshot: &Snapshot, route: &str) -> Result<RouteAnswer, StoreError> {
        Ok(match look_up(&*self.repository.public, snapshot.routes, route)? {
            RouteRow::Unknown => RouteAnswer::Unknown,
            RouteRow::Entry(key) => RouteAnswer::Entry(key),
            RouteRow::Moved(key, to) => RouteAnswer::Moved { key, to },
            RouteRow::Gone(key) => match self.replacement(snapshot, &key)? {
                Some((key, to)) => RouteAnswer::Moved { key, to },
                None => RouteAnswer::Gone { key },
            },
        })
    }

    /// The replacement of a retired entry and its route, or the replacement's own replacement where that is retired
    /// too.
    fn replacement(
        &self,
        snapshot: &Snapshot,
        key: &EntryKey,
    ) -> Result<Option<(EntryKey, String)>, StoreError> {
        let mut key = key.clone();
        for _ in 0..REPLACEMENTS_MAX {
            let row = self.delivered(snapshot, &key, None)?.filter(|row| row.retired);
            let Some(row) = row else { return Ok(None) };
            let Some(next) = self.repository.tombstone(row.object)?.replaced_by else {
                return Ok(None);
            };
            if let Some(route) = self.route_of(snapshot, &next)? {
                return Ok(Some((next, route)));
            }
            key = next;
        }
        Ok(None)
    }

    /// The route of an entry in a snapshot, if it has one.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn route_of(
        &self,
        snapshot: &Snapshot,
        key: &EntryKey,
    ) -> Result<Option<String>, StoreError> {
        route_of(&*self.repository.public, snapshot.routes, key)
    }

    /// A snapshot that this audience may see; `None` when no snapshot has this id.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn snapshot(&self, id: SnapshotId) -> Result<Option<Snapshot>, StoreError> {
        self.repository.snapshot(id)
    }

    /// A document of the audience's spaces: a delivered document or a tombstone, and no other object.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn object(&self, id: ObjectId) -> Result<Option<Object>, StoreError> {
        self.repository.audience_object(id, ObjectKind::Document)
    }

    /// A media file that the audience may have.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn media(&self, id: MediaId) -> Result<Option<Object>, StoreError> {
        self.repository.audience_object(id.object_id(), ObjectKind::Media)
    }

    /// Whether the audience may have a media file of this id; the file is not read.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn has_media(&self, id: MediaId) -> Result<bool, StoreError> {
        for space in self.repository.audience.spaces_of(id.object_id()) {
            if self.repository.engine.holds(space, &[id.object_id()])? == [true] {
                return Ok(true);
            }
        }
        // If something is damaged, the file may be in it, so it is not reported as absent.
        Ok(self.media(id)?.is_some())
    }

    /// The channels of this audience, ascending by name.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn channels(&self) -> Result<Vec<ChannelName>, StoreError> {
        let mut channels = Vec::new();
        for channel in channel_names(&self.repository)? {
            if self.channel_head(&channel)?.is_some() {
                channels.push(channel);
            }
        }
        Ok(channels)
    }

    /// A channel's versions, newest first, below a sequence number if given: at most `rows_max`, plus those that share
    /// the last one's number.
    ///
    /// # Errors
    /// [`ChannelError::Unknown`] when this audience has no such channel, or the store can't be read.
    pub fn versions(
        &self,
        channel: &ChannelName,
        before_sequence: Option<u64>,
        rows_max: usize,
    ) -> Result<Vec<DeliveredVersion>, ChannelError> {
        if self.channel_head(channel)?.is_none() {
            return Err(ChannelError::Unknown { channel: channel.clone() });
        }
        let rows = self.repository.snapshots(channel, before_sequence, rows_max)?;
        let version = |row: SnapshotRow| DeliveredVersion {
            sequence: row.sequence,
            snapshot: row.snapshot,
            time_ms: row.time_ms,
            verb: row.verb,
            entries_count: row.entries_count,
            changes_count: row.changes_count,
        };
        Ok(rows.into_iter().map(version).collect())
    }

    /// The differences between two snapshots as learners see them, ascending, for keys after this one.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn compare_delivered(
        &self,
        left: &Snapshot,
        right: &Snapshot,
        after: Option<&EntryKey>,
        rows_max: usize,
    ) -> Result<Vec<DeliveredChange>, StoreError> {
        let mut rows = Vec::new();
        let nodes = &*self.repository.public;
        let differences = match after {
            None => map::diff(nodes, left.delivered, right.delivered)?,
            Some(after) => map::diff_from(nodes, left.delivered, right.delivered, &after.encode())?,
        };
        for difference in differences {
            let difference = difference?;
            let key = decoded_key(&difference.key)?;
            if after == Some(&key) {
                continue;
            }
            let live = |value: Option<bytes::Bytes>| -> Result<Option<DocumentId>, StoreError> {
                let row = value.map(|value| Row::decode(&value)).transpose()?;
                Ok(row.filter(|row| !row.retired).map(|row| row.object))
            };
            let (left, right) = (live(difference.left)?, live(difference.right)?);
            if left.is_none() && right.is_none() {
                continue;
            }
            if rows.len() == rows_max {
                break;
            }
            rows.push(DeliveredChange { key, left, right });
        }
        Ok(rows)
    }
}
