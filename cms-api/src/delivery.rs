//! Delivery: what learners' apps and the caches in front of them read. No authentication, no
//! cookies, and only what is in the public space.
//!
//! Invariants:
//! 1. Everything under a snapshot or an object id is a function of its address, and says so.
//! 2. A `404` under an immutable address is kept briefly: five seconds where the name may just not
//!    have arrived here yet, a minute where the snapshot itself says that it is not there.
//! 3. Nothing is read but the public space.

pub mod channel;
pub mod entries;
pub mod entry;
pub mod object;
pub mod route;
pub mod snapshot;

use cms_core::model::{id::SnapshotId, key::Locale, object::Object, snapshot::Snapshot};
use serde_json::Value;

use crate::{
    edge::problem::{Code, Problem, ProblemCache},
    store::Store,
};

/// The snapshot of an id.
pub(crate) fn snapshot_of(store: &Store, id: SnapshotId) -> Result<Snapshot, Problem> {
    store.repository.snapshot(id)?.ok_or_else(|| {
        Problem::new(Code::SnapshotUnknown, format!("there is no snapshot {id}"))
            .cached(ProblemCache::Briefly)
    })
}

/// The locale to look in: none for the source's.
pub(crate) fn locale_of(snapshot: &Snapshot, text: &str) -> Result<Option<Locale>, Problem> {
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

/// A retired entry's problem, with what is left of it.
pub(crate) fn retired(code: Code, key: &str, tombstone: Option<Object>) -> Problem {
    let tombstone = tombstone
        .and_then(|object| serde_json::from_slice::<Value>(object.bytes()).ok())
        .unwrap_or_default();
    Problem::new(code, format!("{key} is not delivered any more"))
        .with("tombstone", tombstone)
        .cached(ProblemCache::AnHour)
}
