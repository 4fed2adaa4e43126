//! Records of takedowns: what was to go, why, and how far it has come.
//!
//! The record holds ids and keys. The words in which somebody gave the reason are in a cell of their own, so that they
//! can be erased.
//!
//! Invariants:
//! 1. A step is recorded after it was done, and doing a step again does no harm; so a takedown that was cut off is
//!    completed by doing on from the step that is recorded.
//! 2. The ids are written before the step that takes them down.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Record, put_record};
use crate::{
    access::Holder,
    engine::{CellName, CellQuery, Expected, Group, OperationId, ReadError},
    model::{
        id::{CommitId, MediaId, ObjectId, SnapshotId},
        key::EntryKey,
        name::ChannelName,
        object::Space,
    },
    repo::ground::{error::StoreError, repository::Repository, stamp::Stamp},
};

const GROUP_PREFIX: &str = "takedown/";
const CELL: &str = "takedown";
const WORDS_GROUP_PREFIX: &str = "takedown-words/";
const WORDS_CELL: &str = "words";
const IDS_GROUP_PREFIX: &str = "takedown-ids/";
/// How many ids one cell holds.
const PAGE_IDS: usize = 8000;

/// Why something is taken down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TakedownReason {
    /// A law or a court demands it.
    Law,
    /// It shows or says something of a person who did not agree to that.
    Privacy,
    /// It may harm those who see it.
    Safety,
    /// Somebody else holds the rights to it.
    Rights,
    /// Another reason, which the words say.
    Other,
}

impl TakedownReason {
    /// Every reason.
    pub const ALL: [Self; 5] = [Self::Law, Self::Privacy, Self::Safety, Self::Rights, Self::Other];

    /// The reason as one word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Law => "law",
            Self::Privacy => "privacy",
            Self::Safety => "safety",
            Self::Rights => "rights",
            Self::Other => "other",
        }
    }
}

impl std::fmt::Display for TakedownReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

/// The error for a text that is not a reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a reason is expected: law, privacy, safety, rights or other")]
pub struct TakedownReasonError;

impl std::str::FromStr for TakedownReason {
    type Err = TakedownReasonError;

    fn from_str(text: &str) -> Result<Self, TakedownReasonError> {
        Self::ALL.into_iter().find(|reason| reason.word() == text).ok_or(TakedownReasonError)
    }
}

/// What a takedown has done last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TakedownStep {
    /// It is recorded.
    Begun,
    /// `main` has no row of it any more.
    LeftMain,
    /// Neither has any open draft, and no working copy.
    LeftDrafts,
    /// Every channel that had it has a snapshot without it.
    LeftChannels,
    /// The ids of everything that carries it are known.
    Found,
    /// Nobody gets any of these objects any more, and clients are told.
    TakenDown,
    /// The bytes have left the storage.
    Done,
}

/// A channel that was moved to a snapshot without what was taken down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenFrom {
    /// The channel.
    pub channel: ChannelName,
    /// The place of the new snapshot in the channel's line.
    pub sequence: u64,
    /// The new snapshot.
    pub snapshot: SnapshotId,
}

/// A takedown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Takedown {
    /// Its id.
    pub id: String,
    /// Who took it down.
    pub author: String,
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub created_ms: u64,
    /// Why.
    pub reason: TakedownReason,
    /// Why, in words; `None` where nobody gave any, or where they were erased.
    #[serde(skip)]
    pub words: Option<String>,
    /// The entries that were named, each with its translations.
    pub entries: Vec<EntryKey>,
    /// The documents that were named.
    pub objects: Vec<ObjectId>,
    /// The media files that were named.
    pub media: Vec<MediaId>,
    /// What was done last.
    pub step: TakedownStep,
    /// The commit by which the entries left `main`; `None` where `main` did not have them.
    pub commit: Option<CommitId>,
    /// Entries of `main` that had a link to what was taken down, and have another version without it.
    pub relinked: Vec<EntryKey>,
    /// Entries that still name what was taken down, because they are not valid without the link.
    pub still_linking: Vec<EntryKey>,
    /// The channels that were moved.
    pub channels: Vec<TakenFrom>,
    /// How many objects were taken down, by space.
    pub counts: BTreeMap<String, u64>,
    /// Objects that stay because other entries have them too. Who wants them gone names them.
    pub shared: Vec<SharedObject>,
    pub(in crate::repo) operation: String,
}

/// An object that what was taken down shares with other entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedObject {
    /// The document or media file.
    pub object: ObjectId,
    /// An entry that has it too.
    pub with: EntryKey,
}

impl Takedown {
    /// Whether it is complete.
    pub fn is_done(&self) -> bool {
        self.step == TakedownStep::Done
    }

    /// The stamp of its maker, for the steps that are left.
    pub(in crate::repo) fn stamp(&self) -> Stamp {
        let operation = u128::from_str_radix(&self.operation, 16).unwrap_or(0);
        Stamp {
            author: crate::model::name::Person::recorded(&self.author),
            time_ms: self.created_ms,
            message: format!("Taken down: {}", self.reason),
            operation: OperationId(operation.to_be_bytes()),
            // What was asked for was judged when it was asked for; every step of it is the machine's.
            holder: Holder::Machine,
            origin: crate::repo::ground::origin::Origin::default(),
        }
    }
}

fn cell(prefix: &str, id: &str, name: &str) -> Result<CellName, StoreError> {
    let row = |_| StoreError::Row { what: format!("the takedown {id:?}") };
    format!("{prefix}{id}").parse::<Group>().map_err(row)?.cell(name).map_err(row)
}

fn ids_cell(id: &str, space: &Space, page: usize) -> Result<CellName, StoreError> {
    cell(IDS_GROUP_PREFIX, id, &format!("{space}/{page:06}"))
}

impl Repository {
    /// A takedown, with the words of its reason; `None` when no takedown has this id.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn takedown(&self, id: &str) -> Result<Option<Takedown>, StoreError> {
        Ok(self.takedown_record(id)?.map(|record| record.value))
    }

    /// The takedowns, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn takedowns(&self) -> Result<Vec<Takedown>, StoreError> {
        let records = self.stored_records::<Takedown>(GROUP_PREFIX)?;
        let rows = records.into_iter().map(|record| self.worded(record.value));
        let mut rows = rows.collect::<Result<Vec<_>, StoreError>>()?;
        rows.sort_by(|a, b| (b.created_ms, &b.id).cmp(&(a.created_ms, &a.id)));
        Ok(rows)
    }

    /// Whether anything was ever taken down here; one read.
    pub(in crate::repo) fn has_takedowns(&self) -> Result<bool, StoreError> {
        let query = CellQuery { group_prefix: GROUP_PREFIX.to_owned(), after: None, rows_max: 1 };
        Ok(!self.engine.cells(&query)?.rows.is_empty())
    }

    /// Whether an object of a space was taken down. A whole object is not read.
    pub(in crate::repo) fn is_taken_down(
        &self,
        space: &Space,
        id: ObjectId,
    ) -> Result<bool, StoreError> {
        if self.engine.holds(space, &[id])? == [true] {
            return Ok(false);
        }
        Ok(matches!(self.engine.object(space, id), Err(ReadError::TakenDown { .. })))
    }

    pub(in crate::repo) fn takedown_record(
        &self,
        id: &str,
    ) -> Result<Option<Record<Takedown>>, StoreError> {
        let Ok(name) = cell(GROUP_PREFIX, id, CELL) else { return Ok(None) };
        let record = self.stored_record::<Takedown>(name)?;
        let worded =
            |record: Record<Takedown>| Ok(Record { value: self.worded(record.value)?, ..record });
        record.map(worded).transpose()
    }

    fn worded(&self, takedown: Takedown) -> Result<Takedown, StoreError> {
        let name = cell(WORDS_GROUP_PREFIX, &takedown.id, WORDS_CELL)?;
        let words = self.stored_record::<String>(name)?.map(|record| record.value);
        Ok(Takedown { words, ..takedown })
    }

    /// Puts a takedown's record, if it is still at this version; returns the new version.
    pub(in crate::repo) fn put_takedown(
        &self,
        takedown: &Takedown,
        version: Option<u64>,
        audit: Option<bytes::Bytes>,
        operation: OperationId,
    ) -> Result<Option<u64>, StoreError> {
        let expected = version.map_or(Expected::Absent, Expected::Version);
        let swap = put_record(cell(GROUP_PREFIX, &takedown.id, CELL)?, expected, takedown);
        self.swap_records(operation, vec![swap], audit)
    }

    /// Puts the words of a takedown's reason.
    pub(in crate::repo) fn put_takedown_words(
        &self,
        id: &str,
        words: &str,
        operation: OperationId,
    ) -> Result<(), StoreError> {
        let name = cell(WORDS_GROUP_PREFIX, id, WORDS_CELL)?;
        let swap = put_record(name, Expected::Absent, &words);
        self.swap_records(operation, vec![swap], None).map(drop)
    }

    /// The ids that a takedown takes down, by space.
    pub(in crate::repo) fn takedown_ids(
        &self,
        id: &str,
    ) -> Result<BTreeMap<Space, Vec<ObjectId>>, StoreError> {
        let prefix = format!("{IDS_GROUP_PREFIX}{id}");
        let mut found: BTreeMap<Space, Vec<ObjectId>> = BTreeMap::new();
        for Record { cell, value, .. } in self.records_of::<Vec<ObjectId>>(&prefix)? {
            let space = cell.name().rsplit_once('/').and_then(|(space, _)| space.parse().ok());
            let what = || StoreError::Row { what: format!("the ids of takedown {id}") };
            found.entry(space.ok_or_else(what)?).or_default().extend(value);
        }
        Ok(found)
    }

    fn records_of<T: DeserializeOwned>(&self, group: &str) -> Result<Vec<Record<T>>, StoreError> {
        let records = self.stored_records::<T>(group)?;
        Ok(records.into_iter().filter(|record| record.cell.group().as_str() == group).collect())
    }

    /// Puts the ids that a takedown takes down, in place of any that it had.
    pub(in crate::repo) fn put_takedown_ids(
        &self,
        id: &str,
        ids: &BTreeMap<Space, Vec<ObjectId>>,
        operation: OperationId,
    ) -> Result<bool, StoreError> {
        let prefix = format!("{IDS_GROUP_PREFIX}{id}");
        let before = self.records_of::<Vec<ObjectId>>(&prefix)?;
        let mut pages = BTreeMap::new();
        for (space, ids) in ids {
            for (page, ids) in ids.chunks(PAGE_IDS).enumerate() {
                pages.insert(ids_cell(id, space, page)?, ids);
            }
        }
        let mut swaps = Vec::new();
        for record in &before {
            if !pages.contains_key(&record.cell) {
                swaps.push(super::drop_record(record));
            }
        }
        for (name, ids) in pages {
            let known = before.iter().find(|record| record.cell == name);
            let expected = known.map_or(Expected::Absent, |r| Expected::Version(r.version));
            swaps.push(put_record(name, expected, &ids));
        }
        if swaps.is_empty() {
            return Ok(true);
        }
        Ok(self.swap_records(operation, swaps, None)?.is_some())
    }
}
