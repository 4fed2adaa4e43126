//! The documents that an entry had before.

use serde_json::Value;

use super::kinds::{KindInForce, Kinds};
use crate::{model::id::RevisionId, repo::ground::error::StoreError};

impl Kinds<'_> {
    /// The documents before a revision, newest first, their fields under the names that the kind in force has for them.
    pub(in crate::repo) fn older<'o>(
        &'o self,
        kind: &'o KindInForce,
        revision: RevisionId,
    ) -> impl Iterator<Item = Result<Value, StoreError>> + 'o {
        let mut next = Some(revision);
        let mut first = true;
        std::iter::from_fn(move || {
            loop {
                let revision = match self.repository().revision(next.take()?) {
                    Ok(revision) => revision,
                    Err(error) => return Some(Err(error)),
                };
                next = revision.parents.first().copied();
                let is_current = std::mem::replace(&mut first, false);
                if let Some(document) = revision.state.document().filter(|_| !is_current) {
                    return Some(self.document(kind, document));
                }
            }
        })
    }
}
