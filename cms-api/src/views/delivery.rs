//! What learners' apps read. Nothing here names an author, a message or anything of the authors' content.

use cms_core::{
    model::{
        id::SnapshotId,
        key::{EntryKey, Locale},
        snapshot::Snapshot,
    },
    repo::{ChannelHead, DeliveredRow, Revocations},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::ground::{moment, page::Cursor};

/// Where a channel is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Channel {
    /// The channel's newest snapshot.
    #[schema(min_length = 64, max_length = 64)]
    pub snapshot: String,
    /// The snapshot's number in the channel, from 1.
    pub sequence: u64,
    /// When it was published: UTC, ISO 8601.
    #[schema(format = DateTime)]
    pub published_at: String,
    /// The snapshot before it; null for the first.
    pub previous: Option<String>,
    /// After how many seconds it is worth looking again.
    pub check_after_s: u32,
    /// The newest objects that were taken down, at most 100, in the order in which that happened. A client drops what it
    /// keeps of them.
    pub revocations: Vec<String>,
    /// How many there are. A client that knew fewer than are listed here asks `…/revocations` for the others.
    pub revocations_count: u64,
}

impl Channel {
    /// The view of a channel's head.
    pub fn of(head: &ChannelHead, check_after_s: u32) -> Self {
        Self {
            snapshot: head.snapshot.to_string(),
            sequence: head.sequence,
            published_at: moment::iso(head.published_at_ms),
            previous: head.previous.map(|id| id.to_string()),
            check_after_s,
            revocations: head.revocations.ids.iter().map(ToString::to_string).collect(),
            revocations_count: head.revocations.count,
        }
    }
}

/// Objects that were taken down.
#[derive(Debug, Serialize, ToSchema)]
pub struct RevocationsView {
    /// The place in the list of the first of these, counted from 0.
    pub from: u64,
    /// Their ids, in the order in which they were taken down; at most 100.
    pub revocations: Vec<String>,
    /// How many there are in the whole list.
    pub count: u64,
}

impl RevocationsView {
    /// The view of a part of the list.
    pub fn of(found: &Revocations) -> Self {
        Self {
            from: found.from,
            revocations: found.ids.iter().map(ToString::to_string).collect(),
            count: found.count,
        }
    }
}

/// What a snapshot holds.
#[derive(Debug, Serialize, ToSchema)]
pub struct SnapshotView {
    /// Its id.
    #[schema(min_length = 64, max_length = 64)]
    pub snapshot: String,
    /// The channel on which it was published.
    pub channel: String,
    /// Its number in the channel, from 1.
    pub sequence: u64,
    /// The snapshot before it; null for the first.
    pub parent: Option<String>,
    /// When it was published: UTC, ISO 8601.
    #[schema(format = DateTime)]
    pub published_at: String,
    /// The root of the map of what it delivers; snapshots with equal roots deliver the same.
    pub root: String,
    /// How many entries it delivers.
    pub entries_count: u64,
    /// How many entries of each kind it delivers.
    pub kinds: std::collections::BTreeMap<String, u64>,
    /// The locale that entries are written in.
    pub source_locale: String,
    /// The other locales, and how many entries have a document of their own in each; for the others the source's
    /// serves.
    pub locales: std::collections::BTreeMap<String, u64>,
}

impl SnapshotView {
    /// The view of a snapshot.
    pub fn of(id: SnapshotId, snapshot: &Snapshot) -> Self {
        let kinds = snapshot.kinds.iter().map(|(kind, count)| (kind.to_string(), *count));
        let locales = snapshot.locales.iter().map(|(locale, count)| (locale.to_string(), *count));
        Self {
            snapshot: id.to_string(),
            channel: snapshot.channel.to_string(),
            sequence: snapshot.sequence,
            parent: snapshot.parent.map(|id| id.to_string()),
            published_at: moment::iso(snapshot.time_ms),
            root: snapshot.delivered.to_string(),
            entries_count: snapshot.entries_count(),
            kinds: kinds.collect(),
            source_locale: snapshot.source_locale.to_string(),
            locales: locales.collect(),
        }
    }
}

/// The object that serves for an entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryRow {
    /// The entry.
    #[schema(example = "exercise/equal-parts")]
    pub key: String,
    /// The delivered document, at `/v1/objects/{object}`.
    #[schema(min_length = 64, max_length = 64)]
    pub object: String,
    /// The locale of that document: the one asked for, or the source's.
    pub locale: String,
}

impl EntryRow {
    /// The view of a row of the delivered map.
    pub fn of(key: &EntryKey, row: &DeliveredRow, source_locale: &Locale) -> Self {
        Self {
            key: key.source().to_string(),
            object: row.object.to_string(),
            locale: row.locale.as_ref().unwrap_or(source_locale).to_string(),
        }
    }
}

/// Where an entry's page is.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryAddress {
    /// The entry.
    #[schema(example = "exercise/equal-parts")]
    pub key: String,
    /// Its route: slugs from the home page down; empty for the home page itself.
    #[schema(example = "arithmetic/fractions/e/equal-parts")]
    pub route: String,
}

/// A page of entries.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryPage {
    /// The entries, ascending by key.
    pub entries: Vec<EntryRow>,
    /// What to send as `cursor` for the next page; null at the end.
    #[schema(value_type = Option<String>)]
    pub next: Option<Cursor>,
}

/// Where a route leads: to the document that serves, or to the route that its entry has now.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum RouteLeads {
    /// To the document.
    Entry(EntryRow),
    /// To another route.
    Moved(RouteMoved),
}

/// The route that an entry has now.
#[derive(Debug, Serialize, ToSchema)]
pub struct RouteMoved {
    /// The entry.
    pub key: String,
    /// The route that it has now.
    pub route: String,
}
