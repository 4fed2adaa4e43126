//! The differences of two states, one page at a time: which entries and translations differ, and from which document to
//! which. How each differs is a question for the documents.

use serde::Serialize;

use super::super::content::{
    catalogue::{self, CatalogueRow},
    kinds::Kinds,
};
use crate::{
    map,
    model::{
        alteration::Alteration,
        id::{DocumentId, RevisionId},
        key::EntryKey,
    },
    repo::{
        content::state::State,
        ground::{
            error::{StoreError, unless_damaged},
            repository::Repository,
        },
    },
};

/// An entry or translation that differs between two states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DifferenceRow {
    /// The entry or translation.
    pub key: EntryKey,
    /// Its title, the newer one if there are two.
    pub title: Option<String>,
    /// How it differs.
    pub change: Alteration,
    /// The version before; `None` when the entry did not exist, or was in the trash.
    pub before: Option<DifferenceSide>,
    /// The version after; `None` likewise.
    pub after: Option<DifferenceSide>,
}

/// One side of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DifferenceSide {
    /// The revision.
    pub revision: RevisionId,
    /// Its document; `None` when it is in conflict.
    pub document: Option<DocumentId>,
}

/// A page of differences, ascending by key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DifferencePage {
    /// The entries and translations that differ.
    pub rows: Vec<DifferenceRow>,
    /// Whether more rows follow.
    pub more: bool,
}

pub(super) fn side(row: Option<CatalogueRow>) -> Option<DifferenceSide> {
    let row = row.filter(|row| row.state != catalogue::RowState::Deleted)?;
    Some(DifferenceSide { revision: row.revision, document: row.document() })
}

impl Repository {
    /// The differences of two states, for keys after this one. Documents are compared, so equal documents are no
    /// difference, whatever their history. The cost follows the number of differences.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn differences(
        &self,
        before: &State,
        after: &State,
        from: Option<&EntryKey>,
        rows_max: usize,
    ) -> Result<DifferencePage, StoreError> {
        let (left, right) = (self.roots(before)?, self.roots(after)?);
        let kinds = [Kinds::at(self, right.catalogue), Kinds::at(self, left.catalogue)];
        let mut page = DifferencePage::default();
        for difference in map::diff(&*self.source, left.catalogue, right.catalogue)? {
            let difference = difference?;
            let key = catalogue::decoded_key(&difference.key)?;
            if from.is_some_and(|from| key <= *from) {
                continue;
            }
            let row = |value: &Option<bytes::Bytes>| {
                let value = value.as_ref();
                value.map(|value| catalogue::decoded_row(&difference.key, value)).transpose()
            };
            let (was, is) = (row(&difference.left)?, row(&difference.right)?);
            if was.map(|row| row.state) == is.map(|row| row.state) {
                continue;
            }
            let (before, after) = (side(was), side(is));
            let change = match (&before, &after) {
                (None, None) => continue,
                (None, Some(_)) => Alteration::Added,
                (Some(_), None) => Alteration::Removed,
                (Some(_), Some(_)) => Alteration::Changed,
            };
            if page.rows.len() == rows_max {
                page.more = true;
                break;
            }
            let mut title = None;
            for (side, kinds) in [after, before].into_iter().zip(&kinds) {
                if let (None, Some(document)) = (&title, side.and_then(|side| side.document))
                    && let Some(kind) = kinds.get(key.kind())?
                {
                    // A document that can't be read has no title here; comparing the entry says why.
                    let document = unless_damaged(self.document(document))?.ok();
                    title = document.and_then(|it| kind.schema.title(&it).map(str::to_owned));
                }
            }
            page.rows.push(DifferenceRow { key, title, change, before, after });
        }
        Ok(page)
    }
}
