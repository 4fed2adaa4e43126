//! Delivery: what learners' apps and the caches in front of them read. No authentication, no cookies, and only what is
//! in the public space; below `/protected`, with a token, one channel's own space.
//!
//! Invariants:
//! 1. Everything under a snapshot or an object id is a function of its address, and says so.
//! 2. A `404` under an immutable address is cached briefly: five seconds when the name may not have arrived here yet, a
//!    minute when the snapshot itself says that it does not exist.
//! 3. Only that space is read, with two exceptions: attempts, which return a score or a hint from what is withheld, and
//!    the files that these show, under addresses that only they return.

pub mod attempts;
pub mod channel;
pub mod entries;
pub mod entry;
pub mod media;
pub mod object;
pub mod protected;
pub mod route;
pub mod snapshot;

use axum::{extract::FromRequestParts, http::request::Parts};
use cms_core::{
    model::{
        id::SnapshotId,
        key::{EntryKey, Kind, Locale},
        object::Object,
        snapshot::Snapshot,
    },
    repo::{DeliveredRow, Delivery},
};
use serde_json::Value;

use crate::{
    edge::extract::{PathOf, parsed},
    problem::{Code, Problem, ProblemCache},
};

/// The part of an address that says where to look: a snapshot and one of its locales.
pub struct Place {
    pub(crate) id: SnapshotId,
    pub(crate) locale: String,
}

/// A snapshot and the locale to look in; `None` for the source's.
pub(crate) struct Found {
    pub(crate) snapshot: Snapshot,
    pub(crate) locale: Option<Locale>,
}

impl Place {
    /// The place in two parts of an address.
    pub(crate) fn of(snapshot: &str, locale: String) -> Result<Self, Problem> {
        Ok(Self { id: parsed(snapshot)?, locale })
    }

    /// Looks up the snapshot and the locale.
    pub(crate) fn find(&self, delivery: &Delivery) -> Result<Found, Problem> {
        let snapshot = snapshot_of(delivery, self.id)?;
        let locale = locale_of(&snapshot, &self.locale)?;
        Ok(Found { snapshot, locale })
    }
}

/// The address of an entry in a snapshot: `{snapshot}/{locale}/…/{kind}/{id}`.
pub struct EntryPlace {
    pub(crate) place: Place,
    pub(crate) key: EntryKey,
}

impl<S: Send + Sync> FromRequestParts<S> for EntryPlace {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = PathOf::<(String, String, String, String)>::from_request_parts(parts, state);
        let PathOf((snapshot, locale, kind, id)) = path.await?;
        let place = Place::of(&snapshot, locale)?;
        let kind: Kind = parsed(&kind)?;
        let key = EntryKey::new(kind, &id)
            .map_err(|error| Problem::new(Code::PathMalformed, error.to_string()))?;
        Ok(Self { place, key })
    }
}

impl Found {
    /// What serves for an entry; refused when nothing does, or when only a tombstone is left.
    pub(crate) fn served(
        &self,
        delivery: &Delivery,
        key: &EntryKey,
    ) -> Result<DeliveredRow, Problem> {
        let row = delivery.delivered(&self.snapshot, key, self.locale.as_ref())?;
        let row = row.ok_or_else(|| {
            Problem::new(Code::EntryUnknown, format!("{key} is not in this snapshot"))
                .cached(ProblemCache::AMinute)
        })?;
        if row.retired {
            let tombstone = delivery.object(row.object.object_id())?;
            return Err(retired(Code::EntryRetired, &key.to_string(), tombstone));
        }
        Ok(row)
    }
}

/// The snapshot with an id.
pub(crate) fn snapshot_of(delivery: &Delivery, id: SnapshotId) -> Result<Snapshot, Problem> {
    delivery.snapshot(id)?.ok_or_else(|| {
        Problem::new(Code::SnapshotUnknown, format!("there is no snapshot {id}"))
            .cached(ProblemCache::Briefly)
    })
}

/// The locale to look in; `None` for the source's.
fn locale_of(snapshot: &Snapshot, text: &str) -> Result<Option<Locale>, Problem> {
    if text == snapshot.source_locale.as_str() {
        return Ok(None);
    }
    let known = snapshot.locales.iter().map(|(locale, _)| locale);
    if let Some(found) = known.clone().find(|locale| locale.as_str() == text) {
        return Ok(Some(found.clone()));
    }
    let known: Vec<&str> =
        std::iter::once(&snapshot.source_locale).chain(known).map(Locale::as_str).collect();
    let shown: String = text.chars().take(40).collect();
    Err(Problem::new(Code::LocaleUnknown, format!("this snapshot has no locale {shown:?}"))
        .with("known", known)
        .cached(ProblemCache::AMinute))
}

/// The problem of a retired entry, with its tombstone.
fn retired(code: Code, key: &str, tombstone: Option<Object>) -> Problem {
    let tombstone = tombstone
        .and_then(|object| serde_json::from_slice::<Value>(object.bytes()).ok())
        .unwrap_or_default();
    Problem::new(code, format!("{key} is no longer delivered"))
        .with("tombstone", tombstone)
        .cached(ProblemCache::AnHour)
}
