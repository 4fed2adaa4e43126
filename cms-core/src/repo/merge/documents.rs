//! The documents of one entry merged by its kind, and an edit carried into the terms of its conflict.
//!
//! Documents come in whole and go out whole: what a merge leaves as a side had it is that document, and only what is
//! new is written.

use serde_json::Value;

use crate::repo::{
    content::kinds::Kinds,
    ground::{error::StoreError, repository::Repository},
};
use crate::{
    document::{self, DocumentConflict, JoinedSentence, SettleError, Shape, Sides},
    model::{document::Document, key::EntryKey},
};

/// What merging the documents of an entry comes to.
pub(in crate::repo) struct MergedDocument {
    /// The document; where the sides conflict it holds ours.
    pub(in crate::repo) document: Option<Document>,
    pub(in crate::repo) conflicts: Vec<DocumentConflict>,
    pub(in crate::repo) joined: Vec<JoinedSentence>,
}

/// What an edit of an entry in conflict comes to.
pub(in crate::repo) struct CarriedDocument {
    /// The terms, each with the edit.
    pub(in crate::repo) terms: Sides<Option<Document>>,
    /// What is left to settle.
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

    /// A document of an entry with its fields under the names that the kind gives them now, so that what a rename
    /// moved is compared with what it was.
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

/// The document that a value is: one of those that are known where it is equal to it.
fn whole<'d>(value: Value, known: impl IntoIterator<Item = Option<&'d Document>>) -> Document {
    let same = known.into_iter().flatten().find(|known| *known.value() == value);
    same.cloned().unwrap_or_else(|| Document::of(value))
}
