//! What changed within one entry between any two states, however far apart they are.

use serde::Serialize;
use serde_json::Value;

use super::{
    super::{
        content::{catalogue, kinds::Kinds, objects::StoreError},
        open::Repository,
        state::State,
    },
    page::{DifferenceSide, side},
};
use crate::{
    document::{DocumentDiff, Shape, diff},
    model::key::EntryKey,
};

/// What changed within one entry.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EntryDifference {
    /// The entry or translation.
    pub key: EntryKey,
    /// What it was; none when it was not there, or in the trash.
    pub before: Option<DifferenceSide>,
    /// What it is.
    pub after: Option<DifferenceSide>,
    /// What changed; of what came or went, the whole.
    pub diff: DocumentDiff,
}

/// Two states of one entry, with what is needed to tell them apart.
struct Sides {
    difference: EntryDifference,
    /// The document before; null when there was none.
    document: Value,
}

impl Repository {
    /// What changed within an entry or translation between two states, by the newer one's schema; none
    /// when neither has it.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn entry_difference(
        &self,
        before: &State,
        after: &State,
        key: &EntryKey,
    ) -> Result<Option<EntryDifference>, StoreError> {
        Ok(self.entry_sides(before, after, key)?.map(|sides| sides.difference))
    }

    /// The same as a JSON Patch (RFC 6902), which leads from the one document to the other; a side
    /// without a document is null.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn entry_patch(
        &self,
        before: &State,
        after: &State,
        key: &EntryKey,
    ) -> Result<Option<Value>, StoreError> {
        let Some(sides) = self.entry_sides(before, after, key)? else { return Ok(None) };
        let patch = sides.difference.diff.json_patch(&sides.document);
        // A difference applies to the document that it was made from.
        patch.map(Some).map_err(|_| StoreError::Row { what: format!("the difference of {key}") })
    }

    fn entry_sides(
        &self,
        before: &State,
        after: &State,
        key: &EntryKey,
    ) -> Result<Option<Sides>, StoreError> {
        let (left, right) = (self.roots(before)?, self.roots(after)?);
        let was = catalogue::row(&*self.source, left.catalogue, key)?;
        let is = catalogue::row(&*self.source, right.catalogue, key)?;
        if was.is_none() && is.is_none() {
            return Ok(None);
        }
        let (before, after) = (side(was), side(is));
        let document = |side: &Option<DifferenceSide>| -> Result<Value, StoreError> {
            let document = side.and_then(|side| side.document);
            Ok(document.map(|id| self.document(id)).transpose()?.unwrap_or(Value::Null))
        };
        let kind = match key.locale() {
            None => match Kinds::at(self, right.catalogue).get(key.kind())? {
                Some(kind) => Some(kind),
                None => Kinds::at(self, left.catalogue).get(key.kind())?,
            },
            Some(_) => None,
        };
        let shape = kind.as_ref().map_or(Shape::Inferred, |kind| Shape::Kind(&kind.schema));
        let base = document(&before)?;
        let diff = diff(shape, &base, &document(&after)?);
        let difference = EntryDifference { key: key.clone(), before, after, diff };
        Ok(Some(Sides { difference, document: base }))
    }
}
