//! The catalogue's rows: what is under an entry's key at one moment.

use std::collections::BTreeMap;

use bytes::Bytes;

use serde::Serialize;

use crate::repo::ground::{error::StoreError, repository::Repository};
use crate::{
    map::{self, ReadNodes},
    model::{
        encode::{DecodeError, Reader, Writer},
        id::{DocumentId, NodeId, ObjectId, RevisionId},
        key::EntryKey,
        revision::RevisionState,
    },
};

/// What a catalogue says about an entry or a translation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CatalogueRow {
    /// What the entry is.
    pub state: RowState,
    /// The revision that made it so.
    pub revision: RevisionId,
}

/// What an entry is; a revision's state without its terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowState {
    /// It has this document.
    Resolved(DocumentId),
    /// It is in an unresolved conflict; the revision holds the terms.
    Conflicted,
    /// It is in the trash.
    Deleted,
}

/// What an entry is, without its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryState {
    /// It has one document.
    Resolved,
    /// It is in a conflict that nobody has resolved.
    Conflicted,
    /// It is in the trash.
    Deleted,
}

impl From<RowState> for EntryState {
    fn from(state: RowState) -> Self {
        match state {
            RowState::Resolved(_) => Self::Resolved,
            RowState::Conflicted => Self::Conflicted,
            RowState::Deleted => Self::Deleted,
        }
    }
}

impl CatalogueRow {
    /// The document, when there is exactly one.
    pub const fn document(&self) -> Option<DocumentId> {
        match self.state {
            RowState::Resolved(id) => Some(id),
            RowState::Conflicted | RowState::Deleted => None,
        }
    }

    /// The stored value.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.byte(match self.state {
            RowState::Resolved(_) => 1,
            RowState::Conflicted => 2,
            RowState::Deleted => 3,
        });
        out.raw(self.revision.object_id().as_bytes());
        if let RowState::Resolved(id) = self.state {
            out.raw(id.object_id().as_bytes());
        }
        out.finish()
    }

    /// Reads the stored value.
    ///
    /// # Errors
    /// [`DecodeError`] when it is not a row's.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut input = Reader::new(bytes);
        let tag = input.byte()?;
        let revision = RevisionId::from_object_id(ObjectId::from_bytes(input.array()?));
        let state = match tag {
            1 => {
                RowState::Resolved(DocumentId::from_object_id(ObjectId::from_bytes(input.array()?)))
            }
            2 => RowState::Conflicted,
            3 => RowState::Deleted,
            _ => return Err(DecodeError::Field { field: "row" }),
        };
        input.finish()?;
        Ok(Self { state, revision })
    }
}

/// The row under `key`.
pub(in crate::repo) fn row(
    nodes: &(impl ReadNodes + ?Sized),
    root: NodeId,
    key: &EntryKey,
) -> Result<Option<CatalogueRow>, StoreError> {
    map::get(nodes, root, &key.encode())?
        .map(|value| decoded_row(&key.encode(), &value))
        .transpose()
}

pub(in crate::repo) fn decoded_row(key: &[u8], value: &[u8]) -> Result<CatalogueRow, StoreError> {
    CatalogueRow::decode(value).map_err(|_| StoreError::Row {
        what: format!("the catalogue's row of {}", String::from_utf8_lossy(key)),
    })
}

pub(in crate::repo) fn decoded_key(key: &[u8]) -> Result<EntryKey, StoreError> {
    EntryKey::decode(key)
        .map_err(|_| StoreError::Row { what: format!("the key {}", String::from_utf8_lossy(key)) })
}

/// The entries of a map whose keys begin with `prefix`.
pub(in crate::repo) fn with_prefix<'a, R: ReadNodes + ?Sized>(
    nodes: &'a R,
    root: NodeId,
    prefix: &'a [u8],
) -> Result<impl Iterator<Item = Result<(Vec<u8>, Bytes), StoreError>> + 'a, StoreError> {
    let entries = map::entries(nodes, root, prefix)?;
    Ok(entries
        .take_while(move |entry| entry.as_ref().map_or(true, |(key, _)| key.starts_with(prefix)))
        .map(|entry| entry.map_err(StoreError::from)))
}

impl Repository {
    /// The document that represents an entry in the graph: its own, or during a conflict that of the first side that
    /// has one. It is a stored document, so links found with it can be removed again.
    pub(in crate::repo) fn stand_in(
        &self,
        row: &CatalogueRow,
    ) -> Result<Option<DocumentId>, StoreError> {
        if row.state != RowState::Conflicted {
            return Ok(row.document());
        }
        Ok(match self.revision(row.revision)?.state {
            RevisionState::Conflicted(terms) => terms.sides().flatten().next(),
            _ => None,
        })
    }

    /// The rows of a catalogue from a key on, ascending.
    pub(in crate::repo) fn rows<'a>(
        &'a self,
        root: NodeId,
        start: &[u8],
    ) -> Result<impl Iterator<Item = Result<(EntryKey, CatalogueRow), StoreError>> + 'a, StoreError>
    {
        let entries = map::entries(&*self.source, root, start)?;
        Ok(entries.map(|entry| {
            let (key, value) = entry?;
            Ok((decoded_key(&key)?, decoded_row(&key, &value)?))
        }))
    }
}

/// The rows in which two maps differ, as states.
pub(in crate::repo) fn changed_rows(
    repository: &Repository,
    before: NodeId,
    after: NodeId,
) -> Result<BTreeMap<EntryKey, [Option<CatalogueRow>; 2]>, StoreError> {
    let mut changed = BTreeMap::new();
    for difference in map::diff(&*repository.source, before, after)? {
        let difference = difference?;
        let row = |value: &Option<bytes::Bytes>| {
            let value = value.as_ref();
            value.map(|value| decoded_row(&difference.key, value)).transpose()
        };
        let rows = [row(&difference.left)?, row(&difference.right)?];
        changed.insert(decoded_key(&difference.key)?, rows);
    }
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_survive_encoding() {
        for state in
            [RowState::Resolved(DocumentId::of(b"d")), RowState::Conflicted, RowState::Deleted]
        {
            let row = CatalogueRow { state, revision: RevisionId::of(b"r") };
            assert_eq!(CatalogueRow::decode(&row.encode()), Ok(row));
            assert!(CatalogueRow::decode(&[&row.encode()[..], &[0]].concat()).is_err());
        }
    }
}
