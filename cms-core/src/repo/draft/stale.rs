//! Saves that come too late: what their writer had read, what they wrote, what is there, and the two joined.

use serde::Serialize;
use serde_json::Value;

use super::{
    DraftId,
    standing::{Standing, WasRead},
    tag::EntryTag,
};
use crate::{
    document::{DocumentConflict, Sides},
    model::document::Document,
    repo::{draft::Drafts, ground::error::StoreError},
};

/// A save that came too late, with all that is needed to join the two.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stale {
    /// What its writer had read; none for no entry.
    pub base: Option<Value>,
    /// Whether what the writer had read is known. It is forgotten after some hundred saves of others; the two
    /// are not joined then.
    pub is_base_known: bool,
    /// What was to be saved.
    pub yours: Option<Value>,
    /// What is there.
    pub theirs: Option<Value>,
    /// The tag of what is there, to save the next one against.
    pub tag: EntryTag,
    /// Who saved what is there; none where it is committed.
    pub author: Option<String>,
    /// The two joined; where they conflict it has yours.
    pub merged: Option<Value>,
    /// Where they conflict.
    pub conflicts: Vec<DocumentConflict>,
}

impl Drafts<'_> {
    /// Why a save that is based on `tag` can't be taken as it is; none when it can: what its writer had read is
    /// what is there, though it may go by another tag since it was committed.
    pub(super) fn stale(
        &self,
        draft: &DraftId,
        standing: &Standing<'_>,
        tag: EntryTag,
        yours: Option<&Document>,
    ) -> Result<Option<Stale>, StoreError> {
        if standing.tag() == tag {
            return Ok(None);
        }
        let theirs = standing.document()?;
        let (base, is_base_known) = match self.was_read(draft, standing, tag)? {
            // Who read that there is no such entry has not read one that is there, even if it says the same.
            WasRead::Document(base) if base == theirs && base.is_some() => return Ok(None),
            WasRead::Document(base) => (base, true),
            WasRead::Forgotten => (None, false),
        };
        let (mut merged, mut conflicts) = (None, Vec::new());
        if is_base_known {
            let sides = Sides { base: base.clone(), ours: yours.cloned(), theirs: theirs.clone() };
            let joined = self.repository.merge_documents(&standing.kinds, standing.key, sides)?;
            merged = joined.document.map(Document::into_value);
            conflicts = joined.conflicts;
        }
        Ok(Some(Stale {
            base: base.map(Document::into_value),
            is_base_known,
            yours: yours.cloned().map(Document::into_value),
            theirs: theirs.map(Document::into_value),
            tag: standing.tag(),
            author: standing.working.as_ref().map(|(stored, _)| stored.author.clone()),
            merged,
            conflicts,
        }))
    }
}
