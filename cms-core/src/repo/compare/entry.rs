//! What changed within one entry between any two states, however far apart they are.

use serde::Serialize;
use serde_json::{Value, json};

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
    schema::{KindSchema, Modernised, pointer},
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
    /// Fields of the document before that have another name in the one after, for their kind gave them one; what
    /// changed is told as if they had had it before.
    pub renamed: Vec<Renamed>,
    /// What changed; of what came or went, the whole.
    pub diff: DocumentDiff,
}

/// A field that has another name than it had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Renamed {
    /// The JSON pointer of the field as it was.
    pub from: String,
    /// The JSON pointer of the field as it is.
    pub pointer: String,
}

/// Gives a document's fields the names that its kind has for them now, where the newer document has them under
/// those; tells which.
pub(in crate::repo) fn rename_for_diff(
    kind: Option<&KindSchema>,
    before: &mut Value,
    after: &Value,
) -> Vec<Renamed> {
    let (Some(kind), false) = (kind, after.is_null()) else { return Vec::new() };
    let mut newer = after.clone();
    // A document that is itself of the earlier version is compared as it is.
    if !kind.rename(&mut newer).is_empty() {
        return Vec::new();
    }
    let renamed = kind.rename(before).into_iter().filter_map(|done| match done {
        Modernised::Renamed { pointer, from } => {
            let above = pointer.rsplit_once('/').map_or("", |(above, _)| above);
            Some(Renamed { from: pointer::joined(above, &from), pointer })
        }
        Modernised::Filled { .. } | Modernised::LeftOut { .. } => None,
    });
    renamed.collect()
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
        let mut patch =
            patch.map_err(|_| StoreError::Row { what: format!("the difference of {key}") })?;
        if let Some(steps) = patch.as_array_mut() {
            let moves = sides.difference.renamed.iter().map(
                |renamed| json!({"op": "move", "from": renamed.from, "path": renamed.pointer}),
            );
            steps.splice(0..0, moves.collect::<Vec<_>>());
        }
        Ok(Some(patch))
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
        let (mut base, newer) = (document(&before)?, document(&after)?);
        let renamed = rename_for_diff(kind.as_ref().map(|kind| &*kind.schema), &mut base, &newer);
        let diff = diff(shape, &base, &newer);
        let difference = EntryDifference { key: key.clone(), before, after, renamed, diff };
        Ok(Some(Sides { difference, document: base }))
    }
}
