//! The documents of one entry, merged by its kind; and edits, carried into the terms of the entry's conflict.
//!
//! Documents come in and go out as wholes: where a merge leaves a side's document unchanged, the result is that
//! document, so only new documents are written.

use serde_json::Value;

use crate::repo::{
    content::kinds::Kinds,
    ground::{error::StoreError, repository::Repository},
};
use crate::{
    document::{self, DocumentConflict, JoinedSentence, SettleError, Shape, Sides},
    model::{document::Document, key::EntryKey},
};

/// The result of merging the documents of an entry.
pub(in crate::repo) struct MergedDocument {
    /// The joined document; it holds ours where the sides conflict.
    pub(in crate::repo) document: Option<Document>,
    pub(in crate::repo) conflicts: Vec<DocumentConflict>,
    pub(in crate::repo) joined: Vec<JoinedSentence>,
}

/// The result of an edit of an entry in conflict.
pub(in crate::repo) struct CarriedDocument {
    /// The terms, each changed by the edit.
    pub(in crate::repo) terms: Sides<Option<Document>>,
    /// The conflicts that are still to be settled.
    pub(in crate::repo) conflicts: Vec<DocumentConflict>,
}

impl Repository {
    /// Merges an entry's documents by its kind.
    pub(in crate::repo) fn merge_documents(
        &self,
        kinds: &Kinds<'_>,
        key: &EntryKey,
        sides: Sides<Option<Document>>,
    ) -> Result<MergedDocument, StoreError> {
        let sides = sides.try_map(|side| self.under_names_of_today(kinds, key, side))?;
        let kind = match key.locale() {
            None => kinds.get(key.kind())?,
            Some(_) => None,
        };
        let shape = kind.as_ref().map_or(Shape::Inferred, |kind| Shape::Kind(&kind.schema));
        let merged = document::merge(shape, sides.as_ref().map(Option::as_deref));
        Ok(MergedDocument {
            document: merged.document.map(|document| whole(document, sides.as_options().each())),
            conflicts: merged.conflicts,
            joined: merged.joined,
        })
    }

    /// Carries an edit of a conflicted entry into the terms of its conflict, by its kind.
    pub(in crate::repo) fn carry_document(
        &self,
        kinds: &Kinds<'_>,
        key: &EntryKey,
        terms: &Sides<Option<Document>>,
        settled: &[String],
        edited: Option<Document>,
    ) -> Result<Result<CarriedDocument, SettleError>, StoreError> {
        let kind = match key.locale() {
            None => kinds.get(key.kind())?,
            Some(_) => None,
        };
        let shape = kind.as_ref().map_or(Shape::Inferred, |kind| Shape::Kind(&kind.schema));
        let edited = self.under_names_of_today(kinds, key, edited)?;
        let given = terms.as_ref().map(Option::as_deref);
        let carried = match document::carried(shape, given, settled, edited.as_deref()) {
            Ok(carried) => carried,
            Err(error) => return Ok(Err(error)),
        };
        let known = terms.as_options().each().into_iter().chain([edited.as_ref()]);
        let terms = carried.terms.map(|term| term.map(|term| whole(term, known.clone())));
        Ok(Ok(CarriedDocument { terms, conflicts: carried.conflicts }))
    }

    /// A document of an entry, its fields under the names that the kind gives them now, so that a renamed field is
    /// compared with what it was.
    pub(in crate::repo) fn under_names_of_today(
        &self,
        kinds: &Kinds<'_>,
        key: &EntryKey,
        document: Option<Document>,
    ) -> Result<Option<Document>, StoreError> {
        let (Some(document), Some(kind)) = (&document, kinds.get(key.kind())?) else {
            return Ok(document);
        };
        Ok(Some(match key.locale() {
            None => kind.under_its_names(document.clone()),
            Some(_) => match kind.schema.with_addresses_renamed(document) {
                Some(renamed) => Document::of(renamed),
                None => document.clone(),
            },
        }))
    }
}

/// A value as a document: one of the known documents if it equals the value, or else a new one.
fn whole<'d>(value: Value, known: impl IntoIterator<Item = Option<&'d Document>>) -> Document {
    let same = known.into_iter().flatten().find(|known| *known.value() == value);
    same.cloned().unwrap_or_else(|| Document::of(value))
}
