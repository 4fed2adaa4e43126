//! What was taken down does not come back: no verb gives an entry a document, nor takes in a file, that is on the list.
//!
//! Storing such an object does nothing (see [`crate::engine`]), so without this an entry would come to name words that
//! nobody can read.

use super::{
    prepared::{After, Prepared},
    refusal::Refusal,
};
use crate::{
    model::{id::ObjectId, object::Space},
    repo::ground::{error::StoreError, repository::Repository},
    schema::{Violation, ViolationCode},
};

impl Repository {
    /// The violation of exactly these words, or of exactly this file, if it was taken down.
    pub(in crate::repo) fn taken_down_before(
        &self,
        id: ObjectId,
        what: &str,
    ) -> Result<Option<Violation>, StoreError> {
        if !self.has_takedowns()? || !self.is_taken_down(&Space::Source, id)? {
            return Ok(None);
        }
        let message = format!("exactly {what} was taken down, and does not come back");
        Ok(Some(Violation::new("", ViolationCode::TakenDown, message)))
    }

    /// Refusals of the changes that would bring back a document.
    pub(in crate::repo) fn refused_as_taken_down<'p>(
        &self,
        changes: impl IntoIterator<Item = &'p Prepared>,
    ) -> Result<Vec<Refusal>, StoreError> {
        if !self.has_takedowns()? {
            return Ok(Vec::new());
        }
        let mut refusals = Vec::new();
        for Prepared { key, after, .. } in changes {
            let After::Document(document) = after else { continue };
            let id = document.id().object_id();
            if let Some(violation) = self.taken_down_before(id, "this document")? {
                refusals.push(Refusal { key: key.clone(), violations: vec![violation] });
            }
        }
        Ok(refusals)
    }
}
