//! The stored form of what a publish or a release did, and why: a document that the publication names (docs/FORMAT.md).
//!
//! It is a type of its own, so that what verbs report can change its names without changing stored bytes.
//!
//! Invariants:
//! 1. What earlier programs wrote is read: a field that they did not know is empty.
//! 2. Lists are cut at 1,000 rows when they are written; counts are whole.

use serde::{Deserialize, Serialize};

use crate::{
    model::{
        canonical,
        id::{CommitId, PublicationId, SnapshotId},
        key::EntryKey,
        object::{Object, ObjectKind},
        snapshot::Publication,
    },
    repo::ground::{error::StoreError, repository::Repository},
};

/// The format that is written. Reports of before 2026-11-30 have no `format`, and are of this one.
const FORMAT: u32 = 1;

/// What was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StoredAsked {
    /// `publish`, `rollback`, `release`, `unpublish`, `retire`, `revert` or `remake`.
    pub verb: String,
    /// The channel.
    pub channel: String,
    /// The state, as it was written.
    pub target: String,
    /// The entries chosen; empty for all.
    pub only: Vec<EntryKey>,
    /// Whether any entry held back refused the whole.
    pub strict: bool,
    /// What replaced the entries that were retired.
    pub replaced_by: Option<EntryKey>,
    /// The schedule that asked for it.
    pub schedule: Option<String>,
}

/// One entry's or translation's change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredChange {
    /// The entry or translation.
    pub key: EntryKey,
    /// Its title.
    #[serde(default)]
    pub title: Option<String>,
    /// `added`, `changed` or `removed`.
    pub change: String,
}

/// Why an entry could not go live, as it was said then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredReason {
    /// The JSON pointer of what is wrong.
    pub pointer: String,
    /// The stable word for it.
    pub code: String,
    /// A sentence without its full stop.
    pub message: String,
}

/// An entry that kept its last published form, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredHeldBack {
    /// The entry or translation.
    pub key: EntryKey,
    /// Why.
    pub reasons: Vec<StoredReason>,
    /// Whether an earlier form was live.
    #[serde(default)]
    pub is_live: bool,
}

/// Something that could be better about an entry that went live, or that was held back for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredFinding {
    /// The entry.
    pub key: EntryKey,
    /// What it is dismissed by.
    pub id: String,
    /// The item that it is of; empty where it is of the whole entry.
    pub item: String,
    /// The JSON pointer of the text or the part.
    pub pointer: String,
    /// The rule.
    pub rule: String,
    /// `impossible`, `error`, `warning` or `guideline`.
    pub severity: String,
    /// What could be better.
    pub message: String,
    /// Where in that text, in UTF-16 code units: the first, and past the last.
    pub span: Option<(u32, u32)>,
    /// Why it needs no mending.
    pub dismissed: Option<StoredDismissal>,
}

/// Why a finding needs no mending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredDismissal {
    /// Who said so.
    pub author: String,
    /// Why.
    pub reason: String,
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// Whether that was a reviewer.
    pub by_reviewer: bool,
}

/// A child that its container went live without.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredLeftOut {
    /// The container.
    pub parent: EntryKey,
    /// The child.
    pub child: EntryKey,
}

/// An item that a language's learners are scored by earlier answers for, or would be were it not held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredOldKey {
    /// The entry.
    pub key: EntryKey,
    /// The language.
    pub locale: String,
    /// The item.
    pub item: String,
    /// The answers that changed, as JSON pointers.
    pub pointers: Vec<String>,
    /// Whether the language's policy held the item instead.
    pub held: bool,
}

/// An item that a language has without the hints that wait for their words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredShortened {
    /// The entry.
    pub key: EntryKey,
    /// The language.
    pub locale: String,
    /// The item.
    pub item: String,
}

/// A route that moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRoute {
    /// The entry.
    pub key: EntryKey,
    /// The route it had.
    pub from: Option<String>,
    /// The route it has.
    pub to: Option<String>,
}

/// How many delivered documents were made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StoredDelivered {
    /// Under a key that had none.
    pub added: u64,
    /// Under a key that had another.
    pub changed: u64,
    /// Gone.
    pub removed: u64,
    /// Bytes of the new ones.
    pub size_bytes: u64,
}

/// What a publish or a release did, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StoredReport {
    /// The format.
    pub format: u32,
    /// What was asked for.
    pub asked: StoredAsked,
    /// Of a release: the entries that were released. Others have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub released: Option<Vec<EntryKey>>,
    /// What a publish did; a release did none of it.
    #[serde(flatten, skip_serializing_if = "StoredDone::is_nothing")]
    pub done: StoredDone,
}

/// What a publish did: each field as the report of the verb has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "docs/FORMAT.md says what each is")]
pub struct StoredDone {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<CommitId>,
    pub base: Option<SnapshotId>,
    pub base_sequence: u64,
    pub changes: Vec<StoredChange>,
    pub changes_count: u64,
    pub held_back: Vec<StoredHeldBack>,
    pub held_back_count: u64,
    pub findings: Vec<StoredFinding>,
    pub findings_count: u64,
    pub on_hold: Vec<EntryKey>,
    pub on_hold_count: u64,
    pub stands_nowhere: Vec<EntryKey>,
    pub stands_nowhere_count: u64,
    pub retired: Vec<EntryKey>,
    pub retired_count: u64,
    pub left_out: Vec<StoredLeftOut>,
    pub left_out_count: u64,
    pub old_keys: Vec<StoredOldKey>,
    pub old_keys_count: u64,
    pub shortened: Vec<StoredShortened>,
    pub shortened_count: u64,
    pub remade: Vec<EntryKey>,
    pub remade_count: u64,
    pub routes: Vec<StoredRoute>,
    pub routes_count: u64,
    pub superseded: Vec<EntryKey>,
    pub superseded_count: u64,
    pub not_chosen_count: u64,
    pub delivered: StoredDelivered,
}

impl StoredDone {
    /// Whether it is a release's: nothing was published.
    const fn is_nothing(&self) -> bool {
        self.commit.is_none()
    }
}

impl StoredReport {
    /// The report of what was asked, to be stored.
    pub(in crate::repo) fn new(asked: StoredAsked, done: StoredDone) -> Self {
        Self { format: FORMAT, asked, released: None, done }
    }

    /// As a document.
    pub(in crate::repo) fn object(&self) -> Object {
        let value = serde_json::to_value(self).expect("a report is JSON");
        Object::new(ObjectKind::Document, canonical::to_bytes(&value))
    }

    /// How many changes stayed as they were, held back or on hold.
    pub const fn left_alone_count(&self) -> u64 {
        self.done.held_back_count + self.done.on_hold_count
    }
}

impl Repository {
    /// What a publication did.
    ///
    /// # Errors
    /// [`StoreError`] when it can't be read, or is none.
    pub(in crate::repo) fn report_of(
        &self,
        publication: &Publication,
    ) -> Result<StoredReport, StoreError> {
        let bytes = self.document_text(publication.report)?;
        let what = || format!("the report {}", publication.report);
        let mut report: StoredReport =
            serde_json::from_str(&bytes).map_err(|_| StoreError::Row { what: what() })?;
        if report.format == 0 {
            report.format = FORMAT;
        }
        Ok(report)
    }

    /// The same of a publication by its id.
    pub(in crate::repo) fn report_at(&self, id: PublicationId) -> Result<StoredReport, StoreError> {
        self.report_of(&self.publication(id)?)
    }
}
