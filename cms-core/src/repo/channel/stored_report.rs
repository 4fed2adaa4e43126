//! The stored report of a publish or a release: what it did and why, as a document that the publication names
//! (docs/FORMAT.md).
//!
//! It has types of its own, so that the reports of verbs can change their names without changing stored bytes.
//!
//! Invariants:
//! 1. Reports that earlier programs wrote stay readable: a field that they did not know is empty.
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

/// The format that is written. Reports from before 2026-11-30 have no `format` field and are in this format.
const FORMAT: u32 = 1;

/// What was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StoredAsked {
    /// `publish`, `rollback`, `release`, `unpublish`, `retire`, `revert` or `remake`.
    pub verb: String,
    /// The channel.
    pub channel: String,
    /// The state to publish, as it was written in the request.
    pub target: String,
    /// The entries chosen; empty for all.
    pub only: Vec<EntryKey>,
    /// Whether one entry held back refuses the whole publish.
    pub strict: bool,
    /// The entry that replaces the retired ones.
    pub replaced_by: Option<EntryKey>,
    /// The schedule that asked for the publish.
    pub schedule: Option<String>,
}

/// One entry's or translation's change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredChange {
    /// The entry or translation.
    pub key: EntryKey,
    /// The entry's title.
    #[serde(default)]
    pub title: Option<String>,
    /// `added`, `changed` or `removed`.
    pub change: String,
}

/// Why an entry could not go live, in the words of that time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredReason {
    /// The JSON pointer of what is wrong.
    pub pointer: String,
    /// The stable code.
    pub code: String,
    /// A sentence without its full stop.
    pub message: String,
}

/// An entry that kept its last published form, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredHeldBack {
    /// The entry or translation.
    pub key: EntryKey,
    /// The reasons.
    pub reasons: Vec<StoredReason>,
    /// Whether an earlier form of it was live.
    #[serde(default)]
    pub is_live: bool,
}

/// Something that could be better about an entry that went live, or that was held back because of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredFinding {
    /// The entry.
    pub key: EntryKey,
    /// The id by which it is dismissed.
    pub id: String,
    /// The item that it concerns; empty where it concerns the whole entry.
    pub item: String,
    /// The JSON pointer of the text or the part.
    pub pointer: String,
    /// The rule that found it.
    pub rule: String,
    /// `impossible`, `error`, `warning` or `guideline`.
    pub severity: String,
    /// What could be better.
    pub message: String,
    /// The range in that text, in UTF-16 code units: the first unit, and the one past the last.
    pub span: Option<(u32, u32)>,
    /// Why somebody decided that it needs no mending.
    pub dismissed: Option<StoredDismissal>,
}

/// Why a finding needs no mending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredDismissal {
    /// Who dismissed it.
    pub author: String,
    /// The reason that they gave.
    pub reason: String,
    /// When they did, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// Whether they were a reviewer.
    pub by_reviewer: bool,
}

/// A child without which its container went live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredLeftOut {
    /// The container.
    pub parent: EntryKey,
    /// The child.
    pub child: EntryKey,
}

/// An item for which a language's learners are scored by earlier answers, or would be if the item were not held.
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

/// An item that a language gets without the hints that wait for their translation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredShortened {
    /// The entry.
    pub key: EntryKey,
    /// The language.
    pub locale: String,
    /// The item.
    pub item: String,
}

/// A route that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRoute {
    /// The entry.
    pub key: EntryKey,
    /// The route it had.
    pub from: Option<String>,
    /// The route it has.
    pub to: Option<String>,
}

/// How many delivered documents changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StoredDelivered {
    /// Documents under keys that had none.
    pub added: u64,
    /// Documents under keys that had another.
    pub changed: u64,
    /// Documents that are gone.
    pub removed: u64,
    /// The size of the new documents, in bytes.
    pub size_bytes: u64,
}

/// What a publish or a release did, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StoredReport {
    /// The number of the format.
    pub format: u32,
    /// What was asked for.
    pub asked: StoredAsked,
    /// The entries that a release released; `None` in every other report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub released: Option<Vec<EntryKey>>,
    /// What a publish did; empty for a release.
    #[serde(flatten, skip_serializing_if = "StoredDone::is_nothing")]
    pub done: StoredDone,
}

/// What a publish did: the fields are those of the verb's report.
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
    /// Whether nothing was published, as in the report of a release.
    const fn is_nothing(&self) -> bool {
        self.commit.is_none()
    }
}

impl StoredReport {
    /// The report of what was asked and done, ready to be stored.
    pub(in crate::repo) fn new(asked: StoredAsked, done: StoredDone) -> Self {
        Self { format: FORMAT, asked, released: None, done }
    }

    /// The report as a document.
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
    /// The report of a publication.
    ///
    /// # Errors
    /// [`StoreError`] when it can't be read, or is not a report.
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

    /// The report of the publication with this id.
    pub(in crate::repo) fn report_at(&self, id: PublicationId) -> Result<StoredReport, StoreError> {
        self.report_of(&self.publication(id)?)
    }
}
