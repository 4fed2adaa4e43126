//! Reading what is published: by key, by route, by page, by object. Only what learners may have is
//! read: the public space, and in a preview its own space first.

pub(in crate::repo) mod attempt;

use serde::Serialize;

use super::{channel::channel_head, content::catalogue::decoded_key};
use crate::{
    engine::ReadError,
    map,
    model::{
        id::{DocumentId, MediaId, ObjectId, SnapshotId},
        key::{EntryKey, Kind, Locale},
        name::ChannelName,
        object::{Object, ObjectKind, Space},
        snapshot::Snapshot,
    },
    repo::{
        content::home::home,
        delivered::{
            document::Tombstone,
            route::{RouteRow, look_up, route_of},
            row::Row,
        },
        ground::{error::StoreError, repository::Repository},
    },
};

/// Most retired entries, each replaced by the next, that a route is followed through.
const REPLACEMENTS_MAX: usize = 16;

/// Where a channel is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChannelHead {
    /// Its snapshot.
    pub snapshot: SnapshotId,
    /// The snapshot's place in the line.
    pub sequence: u64,
    /// When it was published, in milliseconds since 1970-01-01T00:00:00Z.
    pub published_at_ms: u64,
    /// The snapshot before.
    pub previous: Option<SnapshotId>,
    /// Grows with every move of the channel.
    pub version: u64,
}

/// What serves for an entry in a locale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveredRow {
    /// The delivered document, or the tombstone.
    pub object: DocumentId,
    /// Whether the entry is delivered no more and the object is its tombstone.
    pub retired: bool,
    /// The locale of the document; none for the source's.
    pub locale: Option<Locale>,
}

/// A page of delivered entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveredPage {
    /// The rows, ascending by key; each entry once, as it is served in the locale asked for.
    pub rows: Vec<(EntryKey, DeliveredRow)>,
    /// Whether more follow.
    pub more: bool,
}

/// What is under a route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum RouteAnswer {
    /// This entry.
    Entry(EntryKey),
    /// The entry that was here, or what replaces it, is there now.
    Moved {
        /// The entry that is there.
        key: EntryKey,
        /// Its route.
        to: String,
    },
    /// The entry that was here is delivered no more.
    Gone {
        /// The entry.
        key: EntryKey,
    },
    /// Nothing was ever here.
    Unknown,
}

/// A difference between two snapshots, as learners see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveredChange {
    /// The entry, with the locale where it is not the source's.
    pub key: EntryKey,
    /// The object in the first snapshot; none when it was not delivered.
    pub left: Option<DocumentId>,
    /// The object in the second snapshot; none when it is not delivered.
    pub right: Option<DocumentId>,
}

impl Repository {
    /// The entry that is the home page: the one that has no route below another.
    pub fn home_page() -> EntryKey {
        home()
    }

    /// Where a channel is; `None` when there is no such channel.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn channel_head(&self, channel: &ChannelName) -> Result<Option<ChannelHead>, StoreError> {
        if self.channel_policy(channel)?.space(channel) != self.delivered {
            // It is there for others, and nobody here may know.
            return Ok(None);
        }
        let Some(head) = channel_head(self, channel)? else { return Ok(None) };
        let Some(snapshot) = self.snapshot(head.snapshot)? else {
            let id = head.snapshot.object_id();
            return Err(StoreError::Missing {
                id,
                kind: ObjectKind::Snapshot,
                space: self.delivered.clone(),
            });
        };
        Ok(Some(ChannelHead {
            snapshot: head.snapshot,
            sequence: head.sequence,
            published_at_ms: snapshot.time_ms,
            previous: snapshot.parent,
            version: head.version,
        }))
    }

    /// What serves for an entry in a locale: its own document there, else the source's.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn delivered(
        &self,
        snapshot: &Snapshot,
        key: &EntryKey,
        locale: Option<&Locale>,
    ) -> Result<Option<DeliveredRow>, StoreError> {
        if let Some(locale) = locale {
            let key = key.translated(locale).encode();
            if let Some(value) = map::get(&*self.public, snapshot.delivered, &key)? {
                let row = Row::decode(&value)?;
                let locale = Some(locale.clone());
                return Ok(Some(DeliveredRow { object: row.object, retired: row.retired, locale }));
            }
        }
        let Some(value) = map::get(&*self.public, snapshot.delivered, &key.source().encode())?
        else {
            return Ok(None);
        };
        let row = Row::decode(&value)?;
        Ok(Some(DeliveredRow { object: row.object, retired: row.retired, locale: None }))
    }

    /// A page of the entries of a snapshot as a locale gets them, ascending by key; retired ones are
    /// left out.
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
            // Above the entry and all its translations: the separator is 0, and 1 follows it.
            start.push(1);
        }
        let start = start.max(prefix.clone());
        let mut page = DeliveredPage { rows: Vec::new(), more: false };
        for entry in map::entries(&*self.public, snapshot.delivered, &start)? {
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
        Ok(match look_up(&*self.public, snapshot.routes, route)? {
            RouteRow::Unknown => RouteAnswer::Unknown,
            RouteRow::Entry(key) => RouteAnswer::Entry(key),
            RouteRow::Moved(key, to) => RouteAnswer::Moved { key, to },
            RouteRow::Gone(key) => match self.replacement(snapshot, &key)? {
                Some((key, to)) => RouteAnswer::Moved { key, to },
                None => RouteAnswer::Gone { key },
            },
        })
    }

    /// What replaces a retired entry, and its route; what replaced that one, where it is retired too.
    fn replacement(
        &self,
        snapshot: &Snapshot,
        key: &EntryKey,
    ) -> Result<Option<(EntryKey, String)>, StoreError> {
        let mut key = key.clone();
        for _ in 0..REPLACEMENTS_MAX {
            let row = self.delivered(snapshot, &key, None)?.filter(|row| row.retired);
            let Some(row) = row else { return Ok(None) };
            let Some(next) = self.tombstone(row.object)?.replaced_by else { return Ok(None) };
            if let Some(route) = self.route_of(snapshot, &next)? {
                return Ok(Some((next, route)));
            }
            key = next;
        }
        Ok(None)
    }

    /// What a tombstone says.
    pub(super) fn tombstone(&self, id: DocumentId) -> Result<Tombstone, StoreError> {
        let id = id.object_id();
        let object = self.learners(id, ObjectKind::Document)?;
        let what = || StoreError::Row { what: format!("the tombstone {id}") };
        object.and_then(|object| Tombstone::parse(object.bytes())).ok_or_else(what)
    }

    /// The route of an entry in a snapshot, when it has one.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn route_of(
        &self,
        snapshot: &Snapshot,
        key: &EntryKey,
    ) -> Result<Option<String>, StoreError> {
        route_of(&*self.public, snapshot.routes, key)
    }

    /// A document of the public space: delivered, or a tombstone. Nothing else is given.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn public_object(&self, id: ObjectId) -> Result<Option<Object>, StoreError> {
        self.learners(id, ObjectKind::Document)
    }

    /// A media file that learners may have.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn public_media(&self, id: MediaId) -> Result<Option<Object>, StoreError> {
        self.learners(id.object_id(), ObjectKind::Media)
    }

    /// Whether learners may have something of this id, which is not read.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn has_public_media(&self, id: MediaId) -> Result<bool, StoreError> {
        for space in self.audience.iter() {
            if self.engine.holds(space, &[id.object_id()])? == [true] {
                return Ok(true);
            }
        }
        // One that may be among what is damaged is not said to be none.
        Ok(self.learners(id.object_id(), ObjectKind::Media)?.is_some())
    }

    fn learners(&self, id: ObjectId, kind: ObjectKind) -> Result<Option<Object>, StoreError> {
        let damaged = match self.object_in(self.audience.iter(), id, kind) {
            Err(error @ ReadError::Damaged { .. }) => error,
            found => return Ok(found?),
        };
        // What they may have is theirs wherever it is whole: its id says that it is the same.
        for space in self.audience.iter() {
            if self.engine.holds(space, &[id])? == [true]
                && let Ok(Some(object)) = self.engine.object(&Space::Source, id)
                && object.kind() == kind
            {
                return Ok(Some(object));
            }
        }
        Err(damaged.into())
    }

    /// The differences between two snapshots as learners see them, ascending, after a key.
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
        let nodes = &*self.public;
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
