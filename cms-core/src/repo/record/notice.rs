//! Notices: what a person should know of: assigned, mentioned, an approval voided, an entry held back,
//! a schedule that failed. Screens list them; mail may follow.
//!
//! A notice is a cell of its person's group, named so that the newest comes first.
//!
//! Invariants:
//! 1. A person has at most [`NOTICES_MAX`]; a newer one takes the oldest one's place.
//! 2. The same operation notifies a person of the same thing once.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Record, drop_record, put_record};
use crate::model::name::Person;
use crate::{
    engine::{Expected, Group, OperationId, Outcome, PAGE_ROWS_MAX, Swap, Transaction},
    repo::ground::{error::StoreError, repository::Repository, stamp::Stamp},
};

/// Most notices that are kept for one person.
pub const NOTICES_MAX: usize = 500;
/// Longest text of a notice, in bytes; a longer one is cut.
pub(super) const NOTICE_TEXT_SIZE_BYTES_MAX: usize = 2000;

const GROUP_PREFIX: &str = "notices/";
/// A lost race is run again so often; then the notice is given up, never what it tells of.
const ATTEMPTS_MAX: usize = 16;

/// What a person is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// Something is theirs to do: a review, a draft handed over.
    Assigned,
    /// Somebody wrote their name.
    Mentioned,
    /// A review of theirs was answered: a comment, an approval, a request for changes.
    Answered,
    /// What they approved changed afterwards.
    ApprovalVoided,
    /// An entry of theirs was merged.
    Merged,
    /// A part of a review of theirs was accepted; the rest waits.
    Accepted,
    /// An entry that they changed was held back by a publish.
    HeldBack,
    /// A schedule of theirs ran.
    ScheduleRan,
    /// A schedule of theirs failed.
    ScheduleFailed,
    /// A job of theirs ended.
    JobEnded,
}

/// Something that a person is to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What happened.
    pub kind: NoticeKind,
    /// What it is about, as a path of the API: `reviews/7x2k`, `entries/exercise/x1`, `jobs/…`.
    pub subject: String,
    /// A sentence for the person.
    pub text: String,
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
}

/// A notice as its person finds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoticeRow {
    /// Names it among this person's; ascending, the newest comes first.
    pub id: String,
    /// The notice.
    #[serde(flatten)]
    pub notice: Notice,
    /// When the person read it.
    pub read_ms: Option<u64>,
}

/// A page of notices, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoticePage {
    /// The rows.
    pub rows: Vec<NoticeRow>,
    /// Whether more follow.
    pub more: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Stored {
    #[serde(flatten)]
    notice: Notice,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    read_ms: Option<u64>,
}

/// The group of a person. Records of before there was one rule may name people otherwise; a name that no
/// cell may have is hashed, behind a sign that no other name begins with.
fn group(person: &str) -> Group {
    let name = if person.parse::<Person>().is_ok() {
        person.to_owned()
    } else {
        format!("={}", blake3::hash(person.as_bytes()).to_hex())
    };
    format!("{GROUP_PREFIX}{name}").parse().expect("a group")
}

fn id_of(time_ms: u64, operation: OperationId, number: usize) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("cms 2026-11-22 v1 notice");
    hasher.update(&operation.0).update(&(number as u64).to_le_bytes());
    format!("{:016x}{}", u64::MAX - time_ms, &hasher.finalize().to_hex()[..8])
}

fn is_id(text: &str) -> bool {
    text.len() == 24 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn row(record: &Record<Stored>) -> NoticeRow {
    NoticeRow {
        id: record.cell.name().to_owned(),
        notice: record.value.notice.clone(),
        read_ms: record.value.read_ms,
    }
}

impl Repository {
    /// Tells persons of something, in one write. Told again under the same stamp's operation, nobody is
    /// told twice.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read or written.
    pub fn notify(&self, told: &[(String, Notice)], stamp: &Stamp) -> Result<(), StoreError> {
        let mut waiting: BTreeMap<&str, Vec<(usize, &Notice)>> = BTreeMap::new();
        for (number, (person, notice)) in told.iter().enumerate() {
            waiting.entry(person).or_default().push((number, notice));
        }
        // Lost only to another notice for the same person, or to their reading one that must go.
        for _ in 0..ATTEMPTS_MAX {
            if waiting.is_empty() {
                return Ok(());
            }
            let transactions = waiting
                .iter()
                .map(|(person, notices)| self.notification(person, notices, stamp))
                .collect::<Result<_, _>>()?;
            let outcomes = self.engine.commit(transactions)?;
            let mut outcomes = outcomes.into_iter();
            waiting.retain(|_, _| !matches!(outcomes.next(), Some(Outcome::Applied(_))));
        }
        Ok(())
    }

    fn notification(
        &self,
        person: &str,
        notices: &[(usize, &Notice)],
        stamp: &Stamp,
    ) -> Result<Transaction, StoreError> {
        let group = group(person);
        let mut swaps = Vec::with_capacity(notices.len());
        for (number, notice) in notices {
            let mut notice = Notice::clone(notice);
            notice.text.truncate(notice.text.floor_char_boundary(NOTICE_TEXT_SIZE_BYTES_MAX));
            let name = id_of(notice.time_ms, stamp.operation, *number);
            let cell = group.cell(&name).expect("a cell");
            swaps.push(put_record(cell, Expected::Absent, &Stored { notice, read_ms: None }));
        }
        let (kept, _) = self.stored_page::<Stored>(group.as_str(), None, PAGE_ROWS_MAX)?;
        let own = kept.iter().filter(|record| *record.cell.group() == group);
        swaps.extend(own.skip(NOTICES_MAX.saturating_sub(notices.len())).map(drop_record));
        let first = notices.first().map_or(0, |(number, _)| *number as u64);
        Ok(Transaction {
            operation: stamp.step(u64::MAX - first),
            objects: Vec::new(),
            swaps,
            audit: Some(stamp.audit("notice", &[("person", person)])),
        })
    }

    /// A person's notices, the newest first, after one of them if its id is given.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn notices(
        &self,
        person: &Person,
        after: Option<&str>,
        rows_max: usize,
    ) -> Result<NoticePage, StoreError> {
        let group = group(person.as_str());
        let mut after = match after.filter(|id| is_id(id)) {
            Some(id) => group.cell(id).ok(),
            None => None,
        };
        let mut rows = Vec::new();
        // A prefix of a group's name finds other persons' too: `ana` finds `anabel`.
        loop {
            let (page, more) =
                self.stored_page::<Stored>(group.as_str(), after, rows_max.saturating_add(1))?;
            let is_past = page.last().is_some_and(|record| *record.cell.group() > group);
            after = page.last().map(|record| record.cell.clone());
            rows.extend(page.iter().filter(|record| *record.cell.group() == group).map(row));
            if rows.len() > rows_max || is_past || !more {
                break;
            }
        }
        let more = rows.len() > rows_max;
        rows.truncate(rows_max);
        Ok(NoticePage { rows, more })
    }

    /// Marks a notice as read, or all up to it from the oldest; those that were read stay as they are.
    /// Returns how many are newly read, none when the person has no such notice.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read or written.
    pub fn read_notices(
        &self,
        person: &Person,
        id: &str,
        extent: ReadExtent,
        stamp: &Stamp,
    ) -> Result<Option<usize>, StoreError> {
        let group = group(person.as_str());
        let Some(cell) = is_id(id).then(|| group.cell(id).ok()).flatten() else { return Ok(None) };
        let Some(named) = self.stored_record::<Stored>(cell.clone())? else { return Ok(None) };
        let mut marked = vec![named];
        if extent == ReadExtent::AndOlder {
            let (rows, _) = self.stored_page::<Stored>(group.as_str(), Some(cell), NOTICES_MAX)?;
            marked.extend(rows.into_iter().filter(|record| *record.cell.group() == group));
        }
        let unread = marked.into_iter().filter(|record| record.value.read_ms.is_none());
        let swaps: Vec<Swap> = unread
            .map(|record| {
                let value = Stored { read_ms: Some(stamp.time_ms), ..record.value };
                put_record(record.cell, Expected::Version(record.version), &value)
            })
            .collect();
        let count = swaps.len();
        if count > 0 {
            // Lost to another screen of the same person, which has then read them too.
            self.swap_records(
                stamp.operation,
                swaps,
                Some(stamp.audit("notice", &[("person", person.as_str())])),
            )?;
        }
        Ok(Some(count))
    }
}

/// Which notices are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadExtent {
    /// The one.
    One,
    /// It, and all that are older.
    AndOlder,
}
