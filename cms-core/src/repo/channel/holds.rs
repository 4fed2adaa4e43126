//! Holds: what keeps an entry as it is through every publish, until someone releases it.
//!
//! A rollback leaves holds on what it took back, `unpublish` and `retire` leave them on what they took off, and a
//! revert on what it undid. The hold on an entry that was taken off holds its translations too.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::repo::{
    channel::head::channel_head,
    content::catalogue::decoded_key,
    ground::{error::StoreError, repository::Repository, stamp::Stamp},
};
use crate::{
    map::{self},
    model::{id::NodeId, key::EntryKey, name::ChannelName, snapshot::PublicationVerb},
    repo::channel::error::ChannelError,
};

/// An entry that no publish brings live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HoldRow {
    /// The entry or translation.
    pub key: EntryKey,
    /// Who took the entry back or off.
    pub author: String,
    /// When they did, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// The reason that they gave; may be empty.
    pub reason: String,
    /// The verb that put it on hold.
    pub verb: PublicationVerb,
    /// The entry that replaces it, where it is retired and something does.
    pub replaced_by: Option<EntryKey>,
}

/// The stored value of a hold; holds of the first version know no verb but `rollback`.
#[derive(Serialize, Deserialize)]
pub(in crate::repo) struct StoredHold {
    author: String,
    reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replaced_by: Option<EntryKey>,
    time_ms: u64,
    #[serde(default = "rollback")]
    verb: PublicationVerb,
}

const fn rollback() -> PublicationVerb {
    PublicationVerb::Rollback
}

impl StoredHold {
    fn decode(key: &EntryKey, value: &[u8]) -> Result<Self, StoreError> {
        serde_json::from_slice(value)
            .map_err(|_| StoreError::Row { what: format!("the hold of {key}") })
    }

    /// Whether its entry was taken off, rather than taken back.
    pub(in crate::repo) fn is_taken_off(&self) -> bool {
        matches!(self.verb, PublicationVerb::Unpublish | PublicationVerb::Retire)
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
        author: stamp.author.to_string(),
        reason: stamp.message.clone(),
        replaced_by: replaced_by.cloned(),
        time_ms: stamp.time_ms,
        verb,
    };
    serde_json::to_value(hold).expect("a hold is JSON")
}

/// The hold that keeps an entry or translation as it is: its own, or that of its source if the source was taken off.
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
    /// The holds of a channel above a key, ascending by key, at most `rows_max`.
    ///
    /// # Errors
    /// [`ChannelError::Unknown`], or the store can't be read.
    pub fn holds(
        &self,
        channel: &ChannelName,
        after: Option<&EntryKey>,
        rows_max: usize,
    ) -> Result<Vec<HoldRow>, ChannelError> {
        let unknown = || ChannelError::Unknown { channel: channel.clone() };
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
