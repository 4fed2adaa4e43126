//! What an entry's engines would have otherwise, and what of that people have dismissed with a reason.
//!
//! A finding refuses nothing. It is told apart by its item, its place in the item, its rule and its words, so that it
//! stays dismissed while other things change, and comes back when it says something else. Dismissals are kept
//! beside the content and are of the entry, whichever draft shows it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{DraftError, DraftId};
use crate::{
    engine::{CellName, Expected, Group},
    model::key::EntryKey,
    repo::{
        content::objects::StoreError,
        open::Repository,
        record::{Record, drop_record, put_record},
        stamp::Stamp,
    },
    schema::{EnginePlace, Finding},
};

const GROUP: &str = "dismissed/";
/// Longest reason, in bytes.
pub const REASON_SIZE_BYTES_MAX: usize = 2000;

/// Why a finding needs no mending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dismissal {
    /// Who says so.
    pub author: String,
    /// Why.
    pub reason: String,
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
}

/// A finding of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingRow {
    /// What it is dismissed by: 32 hex digits.
    pub id: String,
    /// The item that it is of.
    pub item: String,
    /// The finding.
    #[serde(flatten)]
    pub finding: Finding,
    /// Why it needs no mending; none while nobody said so.
    pub dismissed: Option<Dismissal>,
}

/// Why a finding was not dismissed.
#[derive(Debug, thiserror::Error)]
pub enum DismissError {
    /// The reason is empty or longer than it may be.
    #[error("a reason of 1 to {REASON_SIZE_BYTES_MAX} bytes is needed")]
    Reason,
    /// It is no id of a finding.
    #[error("{id:?} is not the id of a finding")]
    Unknown {
        /// What was named.
        id: String,
    },
    /// Somebody changed it meanwhile.
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

/// The id of a finding of an element, with its place from the element.
fn id_of(item: &str, at: &str, finding: &Finding) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("cms 2026-11-22 v1 finding");
    for part in [item, at, &finding.rule, &finding.message] {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

impl Repository {
    /// What the engines would have otherwise about an entry, as a draft has it.
    ///
    /// # Errors
    /// [`DraftError::Unknown`], or the store can't be read. None when the draft has no such entry.
    pub fn findings(
        &self,
        draft: &DraftId,
        key: &EntryKey,
    ) -> Result<Option<Vec<FindingRow>>, DraftError> {
        let Some(document) = self.draft_document(draft, key)? else { return Ok(None) };
        let (kinds, _) = self.draft_state(draft, key)?;
        let mut rows = Vec::new();
        if let Some(kind) = kinds.get(key.kind())?.filter(|_| key.locale().is_none()) {
            for place in kind.schema.engine_places() {
                self.findings_at(place, &document, key, &mut rows)?;
            }
        }
        Ok(Some(rows))
    }

    fn findings_at(
        &self,
        place: &EnginePlace,
        document: &Value,
        key: &EntryKey,
        rows: &mut Vec<FindingRow>,
    ) -> Result<(), StoreError> {
        for (position, element) in place.elements(document) {
            let item = element.get(&*place.key).and_then(Value::as_str).unwrap_or_default();
            let at = place.pointer(position);
            for finding in place.findings_of(element, &self.engines) {
                let id = id_of(item, &finding.pointer, &finding);
                let dismissed = self.dismissal(key, &id)?.map(|record| record.value);
                let finding = Finding { pointer: format!("{at}{}", finding.pointer), ..finding };
                rows.push(FindingRow { id, item: item.to_owned(), finding, dismissed });
            }
        }
        Ok(())
    }

    fn dismissal(&self, key: &EntryKey, id: &str) -> Result<Option<Record<Dismissal>>, StoreError> {
        match cell(key, id) {
            Ok(cell) => self.stored_record(cell),
            Err(DismissError::Store(error)) => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// Says why a finding needs no mending; said again, the newer reason stands.
    ///
    /// # Errors
    /// [`DismissError`].
    pub fn dismiss_finding(
        &self,
        key: &EntryKey,
        id: &str,
        reason: &str,
        stamp: &Stamp,
    ) -> Result<Dismissal, DismissError> {
        let reason = reason.trim();
        if reason.is_empty() || reason.len() > REASON_SIZE_BYTES_MAX {
            return Err(DismissError::Reason);
        }
        let dismissal = Dismissal {
            author: stamp.author.clone(),
            reason: reason.to_owned(),
            time_ms: stamp.time_ms,
        };
        let before = self.dismissal(key, id)?;
        let expected = before.map_or(Expected::Absent, |record| Expected::Version(record.version));
        let swaps = vec![put_record(cell(key, id)?, expected, &dismissal)];
        let audit = stamp.audit("dismiss-finding", &[("key", &key.to_string()), ("finding", id)]);
        let swapped = self.swap_records(stamp.operation, swaps, Some(audit))?;
        swapped.map(|_| dismissal).ok_or(DismissError::Moved)
    }

    /// Takes a dismissal back; one that is not there is fine.
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
