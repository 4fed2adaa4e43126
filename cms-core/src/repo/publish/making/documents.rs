//! The delivered documents that a publish changes.

use serde::Serialize;

use crate::model::{
    id::DocumentId,
    key::{EntryKey, Locale},
};
use crate::repo::publish::{
    making::row_changes::{Made, RowChange},
    report::REPORT_ROWS_MAX,
};

/// A delivered document that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DocumentChange {
    /// The entry.
    pub key: EntryKey,
    /// The locale; `None` for the source's.
    pub locale: Option<Locale>,
    /// The document before; `None` if there was none.
    pub before: Option<DocumentId>,
    /// The document after; `None` if there is none. For a retired entry this is its tombstone.
    pub after: Option<DocumentId>,
    /// Whether the document after is a tombstone.
    pub retired: bool,
    /// The size of the document after, in bytes; 0 if there is none.
    pub size_bytes: u64,
}

impl DocumentChange {
    fn of(change: &RowChange) -> Self {
        Self {
            key: change.key.source(),
            locale: change.key.locale().cloned(),
            before: change.before.map(|row| row.object),
            after: change.after.map(|row| row.object),
            retired: change.after.is_some_and(|row| row.retired),
            size_bytes: change.size_bytes,
        }
    }
}

/// The first documents that change, ascending, and how many change in all.
pub(in crate::repo::publish) fn documents(made: &Made) -> (Vec<DocumentChange>, u64) {
    let mut rows: Vec<&RowChange> = made.changes.iter().collect();
    rows.sort_by(|a, b| a.key.cmp(&b.key));
    (
        rows.iter().take(REPORT_ROWS_MAX).map(|row| DocumentChange::of(row)).collect(),
        rows.len() as u64,
    )
}
