//! The document that the record of what is live names in place of a document that is gone.

use crate::model::id::DocumentId;

/// An empty document.
pub(in crate::repo) const LOST_DOCUMENT: &[u8] = b"{}";

/// The id of the empty document.
pub(in crate::repo) fn lost_document() -> DocumentId {
    DocumentId::of(LOST_DOCUMENT)
}
