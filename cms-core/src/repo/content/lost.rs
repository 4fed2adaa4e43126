//! What stands in the record of what is live for a document that is gone.

use crate::model::id::DocumentId;

/// An empty document.
pub(in crate::repo) const LOST_DOCUMENT: &[u8] = b"{}";

/// The id of that.
pub(in crate::repo) fn lost_document() -> DocumentId {
    DocumentId::of(LOST_DOCUMENT)
}
