//! Holds: what keeps an entry as it is through every publish, until someone releases it.
//!
//! A rollback leaves holds on what it took back, `unpublish` and `retire` on what they took off, a
//! revert on what it undid. A hold on an entry that is taken off holds its translations too.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::repo::{
    channel::{Head, channel_head, channel_swap},
    content::{catalogue::decoded_key, objects::StoreError},
    open::Repository,
    publish::PublishError,
    stamp::Stamp,
};
use crate::{
    engine::{Expected, Outcome, Transaction},
    map::{self, Staging},
    model::{
        canonical,
        id::{DocumentId, NodeId, PublicationId},
        key::EntryKey,
        object::{Object, ObjectKind, Space},
        snapshot::PublicationVerb,
    },
};

/// Which holds to release.
#[derive(Debug, Clone)]
pub struct ReleaseRequest {
    /// The channel.
    pub channel: String,
    /// The publication at which the channel must still be; wherever it is when none.
    pub seen: Option<PublicationId>,
    /// The entries; all that are on hold when empty.
    pub keys: Vec<EntryKey>,
    /// Who, when, why.
    pub stamp: Stamp,
}

/// An entry that no publish brings live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HoldRow {
    /// The entry or translation.
    pub key: EntryKey,
    /// Who took it back or off.
    pub author: String,
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// Why; may be empty.
    pub reason: String,
    /// `rollback`, `unpublish`, `retire` or `revert`.
    pub verb: String,
    /// What replaces it, where it is retired and something does.
    pub replaced_by: Option<EntryKey>,
}

/// The value of a hold; those of the first version know no verb but `rollback`.
#[derive(Serialize, Deserialize)]
pub(in crate::repo) struct StoredHold {
    author: String,
    reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replaced_by: Option<EntryKey>,
    time_ms: u64,
    #[serde(default = "rollback")]
    verb: String,
}

fn rollback() -> String {
    PublicationVerb::Rollback.word().to_owned()
}

impl StoredHold {
    fn decode(key: &EntryKey, value: &[u8]) -> Result<Self, StoreError> {
        serde_json::from_slice(value)
            .map_err(|_| StoreError::Row { what: format!("the hold of {key}") })
    }

    /// Whether its entry was taken off, rather than back.
    pub(in crate::repo) fn is_taken_off(&self) -> bool {
        [PublicationVerb::Unpublish, PublicationVerb::Retire]
            .iter()
            .any(|verb| verb.word() == self.verb)
    }

    pub(in crate::repo) fn into_row(self, key: EntryKey) -> HoldRow {
        let Self { author, reason, replaced_by, time_ms, verb } = self;
        HoldRow { key, author, time_ms, reason, verb, replaced_by }
    }
}

/// The hold that a verb leaves.
pub(in crate::repo) fn hold_of(
    verb: PublicationVerb,
    stamp: &Stamp,
    replaced_by: Option<&EntryKey>,
) -> Value {
    let hold = StoredHold {
        author: stamp.author.clone(),
        reason: stamp.message.clone(),
        replaced_by: replaced_by.cloned(),
        time_ms: stamp.time_ms,
        verb: verb.word().to_owned(),
    };
    serde_json::to_value(hold).expect("a hold is JSON")
}

/// The hold that keeps an entry or translation as it is: its own, or its source's that was taken off.
pub(in crate::repo) fn hold_on(
    repository: &Repository,
    holds: NodeId,
    key: &EntryKey,
) -> Result<Option<StoredHold>, StoreError> {
    let own = map::get(&*repository.source, holds, &key.encode())?;
    if let Some(value) = own {
        return StoredHold::decode(key, &value).map(Some);
    }
    if key.locale().is_none() {
        return Ok(None);
    }
    let source = key.source();
    let hold = map::get(&*repository.source, holds, &source.encode())?;
    let hold = hold.map(|value| StoredHold::decode(&source, &value)).transpose()?;
    Ok(hold.filter(StoredHold::is_taken_off))
}

impl Repository {
    /// Releases holds: later publishes may bring the entries live again. Nothing delivered changes.
    ///
    /// # Errors
    /// [`PublishError`]; nothing is released then.
    pub fn release(&self, request: &ReleaseRequest) -> Result<Vec<EntryKey>, PublishError> {
        let unknown = || PublishError::UnknownChannel { channel: request.channel.clone() };
        let head = channel_head(self, &request.channel)?.ok_or_else(unknown)?;
        if request.seen.is_some_and(|seen| seen != head.publication) {
            return Err(self.moved(&request.channel)?);
        }
        let mut publication = self.publication(head.publication)?;
        let held: BTreeSet<EntryKey> = self
            .holds(&request.channel, None, usize::MAX)?
            .into_iter()
            .map(|row| row.key)
            .collect();
        for key in &request.keys {
            if !held.contains(key) {
                let target = format!("the holds of {}", request.channel);
                return Err(PublishError::UnknownEntry { key: key.clone(), target });
            }
        }
        let released: BTreeSet<EntryKey> =
            if request.keys.is_empty() { held } else { request.keys.iter().cloned().collect() };
        let released: Vec<EntryKey> = released.into_iter().collect();
        if released.is_empty() {
            return Ok(released);
        }
        let mut staged = Staging::over(&*self.source);
        let mut edits: Vec<_> = released.iter().map(|key| (key.encode(), None)).collect();
        edits.sort();
        let stamp = &request.stamp;
        let keys: Vec<_> = released.iter().map(EntryKey::to_string).collect();
        let asked = json!({ "verb": "release", "channel": request.channel });
        let report = canonical::to_bytes(&json!({ "asked": asked, "released": keys }));
        let report = Object::new(ObjectKind::Document, report);
        publication.holds = map::edit(&mut staged, self.header.salt(), publication.holds, edits)?;
        publication.parent = Some(head.publication);
        publication.verb = PublicationVerb::Release;
        publication.report = DocumentId::from_object_id(report.id());
        publication.author = stamp.author.clone();
        publication.time_ms = stamp.time_ms;
        publication.message = stamp.message.clone();
        let object = Object::new(ObjectKind::Publication, publication.encode());
        let version = head.version;
        let publication_id = PublicationId::from_object_id(object.id());
        let new_head = Head { publication: publication_id, ..head };
        let nodes = staged.into_reachable([publication.holds]);
        let mut objects: Vec<_> = nodes.into_iter().map(|node| node.object).collect();
        objects.extend([report, object]);
        let transaction = Transaction {
            operation: stamp.operation,
            objects: objects.into_iter().map(|object| (Space::Source, object)).collect(),
            swaps: vec![channel_swap(&new_head, Expected::Version(version))?],
            audit: Some(stamp.audit(
                "release",
                &[("channel", &request.channel), ("publication", &publication_id.to_string())],
            )),
        };
        match self.engine.commit(vec![transaction]).map_err(StoreError::from)?.first() {
            Some(Outcome::Applied(_)) => Ok(released),
            _ => Err(self.moved(&request.channel)?),
        }
    }

    /// The holds of a channel above a key, ascending by key, at most so many.
    ///
    /// # Errors
    /// [`PublishError::UnknownChannel`], or the store can't be read.
    pub fn holds(
        &self,
        channel: &str,
        after: Option<&EntryKey>,
        rows_max: usize,
    ) -> Result<Vec<HoldRow>, PublishError> {
        let unknown = || PublishError::UnknownChannel { channel: channel.to_owned() };
        let head = channel_head(self, channel)?.ok_or_else(unknown)?;
        let holds = self.publication(head.publication)?.holds;
        let mut rows = Vec::new();
        let start = after.map(EntryKey::encode).unwrap_or_default();
        for entry in map::entries(&*self.source, holds, &start)? {
            let (key, value) = entry?;
            let key = decoded_key(&key)?;
            if after == Some(&key) {
                continue;
            }
            if rows.len() == rows_max {
                break;
            }
            rows.push(StoredHold::decode(&key, &value)?.into_row(key));
        }
        Ok(rows)
    }
}
