//! What could be better about an entry: what its engines recommend, questions that can't be answered, and which of
//! these findings people have dismissed with a reason.
//!
//! A finding is identified by its item, its place in the item, its rule and its message. So it stays dismissed while
//! other things change, and comes back when its message changes; a finding that a question can never be answered comes
//! back with any change of the question. Dismissals are kept outside the content and belong to the entry, whichever
//! draft shows it.
//!
//! Invariants:
//! 1. A finding refuses no save and no merge. Depending on the [`policy::FindingsPolicy`], a finding that nobody
//!    dismissed bars the publishing of its entry.

pub(in crate::repo) mod draws;
pub(in crate::repo) mod policy;
mod translated;

use crate::model::pointer;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    engine::{CellName, Expected, Group},
    model::{canonical, key::EntryKey},
    repo::{
        ground::{error::StoreError, repository::Repository, stamp::Stamp},
        record::{Record, drop_record, put_record},
    },
    schema::{ContentEngine, ContentFault, EnginePlace, Finding, KindSchema, Severity},
};

const GROUP: &str = "dismissed/";
/// Longest reason, in bytes.
pub const REASON_CHARS_MAX: usize = 2000;

/// Why a finding needs no mending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dismissal {
    /// Who dismissed it.
    pub author: String,
    /// The reason that they gave.
    pub reason: String,
    /// When they did, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// Whether they may approve: only then does a dismissal let an entry go live that no learner can get right.
    #[serde(default)]
    pub by_reviewer: bool,
}

/// A finding of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingRow {
    /// The id by which it is dismissed: 32 hex digits.
    pub id: String,
    /// The item that it concerns; empty where it concerns the whole entry.
    pub item: String,
    /// The finding itself.
    #[serde(flatten)]
    pub finding: Finding,
    /// Why it needs no mending; `None` until somebody dismisses it.
    pub dismissed: Option<Dismissal>,
}

impl FindingRow {
    /// Whether somebody dismissed it who may do so for its severity.
    pub(in crate::repo) fn is_settled(&self) -> bool {
        let needs_reviewer = self.finding.severity == Severity::Impossible;
        self.dismissed.as_ref().is_some_and(|dismissed| dismissed.by_reviewer || !needs_reviewer)
    }
}

/// Why a finding was not dismissed.
#[derive(Debug, thiserror::Error)]
pub enum DismissError {
    /// The reason is empty or longer than it may be.
    #[error("a reason of 1 to {REASON_CHARS_MAX} characters is needed")]
    Reason,
    /// The text is not the id of a finding.
    #[error("{id:?} is not the id of a finding")]
    Unknown {
        /// The text that came.
        id: String,
    },
    /// Somebody else changed the dismissal meanwhile.
    #[error("somebody else dismissed it or took it back meanwhile")]
    Moved,
    /// The store can't be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn cell(key: &EntryKey, id: &str) -> Result<CellName, DismissError> {
    let is_id = id.len() == 32 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let named = |_| StoreError::Row { what: format!("the dismissals of {key}") };
    if !is_id {
        let id = id.chars().take(80).collect();
        return Err(DismissError::Unknown { id });
    }
    let group: Group = format!("{GROUP}{key}").parse().map_err(named)?;
    Ok(group.cell(id).map_err(named)?)
}

/// The id of a finding of an element whose place is given from the element.
///
/// An `impossible` finding is about this question with these answers: dismissing it says nothing about the next
/// question in its place. So its id includes the part of the element that it concerns.
fn id_of(item: &str, finding: &Finding, element: Option<&Value>) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("cms 2026-11-22 v1 finding");
    for part in [item, &finding.pointer, &finding.rule, &finding.message] {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
    }
    if finding.severity == Severity::Impossible
        && let Some(element) = element
    {
        let part = finding.pointer.split('/').nth(1).and_then(|name| element.get(name));
        hasher.update(&canonical::to_bytes(part.unwrap_or(element)));
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

/// How thorough a look is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::repo) enum Look {
    /// What learners would stumble over: questions that can't be answered, formulas that can't be typeset.
    Grave,
    /// Everything that the engines find.
    Everything,
}

impl Look {
    fn ask(
        self,
        engine: &dyn ContentEngine,
        form: &str,
        element: &Value,
    ) -> Result<Vec<Finding>, ContentFault> {
        match self {
            Self::Grave => engine.examine(form, element),
            Self::Everything => engine.findings(form, element),
        }
    }
}

impl Repository {
    /// The findings of a valid document, dismissed ones included, the gravest first within each item. An element that
    /// its engine refuses has no findings; the refusal is reported elsewhere.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read, or an engine is busy.
    pub(in crate::repo) fn findings_of(
        &self,
        kind: &KindSchema,
        key: &EntryKey,
        document: &Value,
        look: Look,
    ) -> Result<Vec<FindingRow>, StoreError> {
        let mut rows = Vec::new();
        for place in kind.engine_places() {
            self.findings_at(place, document, key, look, &mut rows)?;
        }
        Ok(rows)
    }

    fn findings_at(
        &self,
        place: &EnginePlace,
        document: &Value,
        key: &EntryKey,
        look: Look,
        rows: &mut Vec<FindingRow>,
    ) -> Result<(), StoreError> {
        let Ok(engine) = place.engine(&self.engines) else { return Ok(()) };
        let mut is_empty = true;
        for (position, element) in place.elements(document) {
            is_empty = false;
            let item = element.get(&*place.key).and_then(Value::as_str).unwrap_or_default();
            let at = place.pointer(position);
            let found = match look.ask(&**engine, &place.form, element) {
                Ok(found) => found,
                Err(ContentFault::Busy(detail)) => return Err(StoreError::Busy { detail }),
                Err(_) => continue,
            };
            for finding in found {
                rows.push(self.finding_row(key, item, &at, finding, Some(element))?);
            }
        }
        if is_empty && engine.asks(&place.form) {
            let finding = Finding {
                pointer: pointer::joined("", &place.property),
                rule: "no-items".to_owned(),
                severity: Severity::Error,
                message: "There is nothing here to answer.".to_owned(),
                span: None,
            };
            rows.push(self.finding_row(key, "", "", finding, None)?);
        }
        Ok(())
    }

    /// A finding whose pointer starts at `at`, as a finding of its entry.
    pub(in crate::repo) fn finding_row(
        &self,
        key: &EntryKey,
        item: &str,
        at: &str,
        finding: Finding,
        element: Option<&Value>,
    ) -> Result<FindingRow, StoreError> {
        let id = id_of(item, &finding, element);
        let dismissed = self.dismissal(key, &id)?.map(|record| record.value);
        let finding = Finding { pointer: format!("{at}{}", finding.pointer), ..finding };
        Ok(FindingRow { id, item: item.to_owned(), finding, dismissed })
    }

    fn dismissal(&self, key: &EntryKey, id: &str) -> Result<Option<Record<Dismissal>>, StoreError> {
        match cell(key, id) {
            Ok(cell) => self.stored_record(cell),
            Err(DismissError::Store(error)) => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// Dismisses a finding with a reason; when it is dismissed again, the newer reason stands. An entry that no learner
    /// can get right goes live by that only if the person who dismisses may approve.
    ///
    /// # Errors
    /// [`DismissError`].
    pub fn dismiss_finding(
        &self,
        key: &EntryKey,
        id: &str,
        reason: &str,
        by_reviewer: bool,
        stamp: &Stamp,
    ) -> Result<Dismissal, DismissError> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > REASON_CHARS_MAX {
            return Err(DismissError::Reason);
        }
        let dismissal = Dismissal {
            author: stamp.author.to_string(),
            reason: reason.to_owned(),
            time_ms: stamp.time_ms,
            by_reviewer,
        };
        let before = self.dismissal(key, id)?;
        let expected = before.map_or(Expected::Absent, |record| Expected::Version(record.version));
        let swaps = vec![put_record(cell(key, id)?, expected, &dismissal)];
        let audit = stamp.audit("dismiss-finding", &[("key", &key.to_string()), ("finding", id)]);
        let swapped = self.swap_records(stamp.operation, swaps, Some(audit))?;
        swapped.map(|_| dismissal).ok_or(DismissError::Moved)
    }

    /// Takes a dismissal back; it is no error when there is none.
    ///
    /// # Errors
    /// [`DismissError`].
    pub fn raise_finding(
        &self,
        key: &EntryKey,
        id: &str,
        stamp: &Stamp,
    ) -> Result<(), DismissError> {
        cell(key, id)?;
        let Some(record) = self.dismissal(key, id)? else { return Ok(()) };
        let audit = stamp.audit("raise-finding", &[("key", &key.to_string()), ("finding", id)]);
        let swapped =
            self.swap_records(stamp.operation, vec![drop_record(&record)], Some(audit))?;
        swapped.map(drop).ok_or(DismissError::Moved)
    }
}
