//! Notices: what a person should know about, such as an assignment, a mention, a voided approval, an entry that was
//! held back, a schedule that failed. Screens list them; mail may follow.
//!
//! A notice is a cell of its person's group, named so that the newest comes first.
//!
//! Invariants:
//! 1. A person has at most [`NOTICES_MAX`] notices; a new one replaces the oldest.
//! 2. The same operation notifies a person about the same thing only once.

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
/// A lost race is retried this many times; then the notice is dropped, but never the event that it reports.
const ATTEMPTS_MAX: usize = 16;

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// The person has something to do: a review, or a draft that was handed over.
    Assigned,
    /// Somebody mentioned the person by name.
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

/// Something that a person should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What happened.
    pub kind: NoticeKind,
    /// What it is about, as a path of the API: `reviews/7x2k`, `entries/exercise/x1`, `jobs/…`.
    pub subject: String,
    /// A sentence for the person.
    pub text: String,
    /// When it happened, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
}

/// A notice in its person's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoticeRow {
    /// The notice's id among this person's notices; in ascending order, the newest comes first.
    pub id: String,
    /// The notice.
    #[serde(flatten)]
    pub notice: Notice,
    /// When the person read it, in milliseconds since 1970-01-01T00:00:00Z.
    pub read_ms: Option<u64>,
}

/// A page of notices, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoticePage {
    /// The notices.
    pub rows: Vec<NoticeRow>,
    /// Whether more rows follow.
    pub more: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Stored {
    #[serde(flatten)]
    notice: Notice,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    read_ms: Option<u64>,
}

/// The group of a person. Records from before there was one rule for names may name people otherwise; a name that no
/// cell may have is hashed, after a sign with which no other name begins.
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
    /// Notifies people, in one write. When the same stamp's operation repeats this, nobody is notified twice.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read or written.
    pub fn notify(&self, told: &[(String, Notice)], stamp: &Stamp) -> Result<(), StoreError> {
        let mut waiting: BTreeMap<&str, Vec<(usize, &Notice)>> = BTreeMap::new();
        for (number, (person, notice)) in told.iter().enumerate() {
            waiting.entry(person).or_default().push((number, notice));
        }
        // A race is lost only to another notice for the same person, or to the person reading a notice that has to go.
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

    /// A person's notices, newest first, after the one whose id is given if any.
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
        // The prefix of a group's name also matches the groups of other people: `ana` matches `anabel`.
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

    /// Marks a notice as read, or the notice and all older ones; those that were already read stay as they are. Returns
    /// how many are newly read, or `None` when the person has no such notice.
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
            // If this race is lost, another screen of the same person was faster and marked them as read.
            self.swap_records(
                stamp.operation,
                swaps,
                Some(stamp.audit("notice", &[("person", person.as_str())])),
            )?;
        }
        Ok(Some(count))
    }
}

/// Which notices to mark as read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadExtent {
    /// Only this notice.
    One,
    /// This notice, and all older ones.
    AndOlder,
}
