//! Saves that come too late: what their writer had read, what they wrote, what is there, and the last two joined.

use serde::Serialize;
use serde_json::Value;

use crate::repo::draft::{
    DraftId,
    standing::{Standing, WasRead},
    working::tag::EntryTag,
};
use crate::{
    document::{DocumentConflict, Sides},
    model::document::Document,
    repo::{draft::Drafts, ground::error::StoreError},
};

/// A save that came too late, with everything that is needed to join the two texts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stale {
    /// The document that its writer had read; `None` for no entry.
    pub base: Option<Value>,
    /// Whether it is known what the writer had read. It is forgotten after some hundred saves of others; the two texts
    /// are then not joined.
    pub is_base_known: bool,
    /// The document that was to be saved.
    pub yours: Option<Value>,
    /// The document that is there.
    pub theirs: Option<Value>,
    /// The tag of what is there, against which the next save is made.
    pub tag: EntryTag,
    /// Who saved what is there; `None` if it is committed.
    pub author: Option<String>,
    /// The two joined; it has yours where they conflict.
    pub merged: Option<Value>,
    /// The places where they conflict.
    pub conflicts: Vec<DocumentConflict>,
}

impl Drafts<'_> {
    /// Why a save based on `tag` can't be taken as it is. `None` when it can, because what its writer had read is what
    /// is there; a commit may have given it another tag meanwhile.
    pub(in crate::repo::draft) fn stale(
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
            // A writer who read that there is no such entry has not read what is there now, even if that is no document
            // either.
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
