//! Rows of the map of what is delivered.

use serde::Serialize;

use crate::{
    map::{self, ReadNodes},
    model::{
        encode::{Reader, Writer},
        id::{DocumentId, NodeId, ObjectId},
        key::{EntryKey, Locale},
        snapshot::Snapshot,
    },
    repo::{content::catalogue, ground::error::StoreError},
};

/// What serves for an entry in a locale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveredRow {
    /// The delivered document, or the tombstone.
    pub object: DocumentId,
    /// Whether the entry is no longer delivered and the object is its tombstone.
    pub retired: bool,
    /// The locale of the document; `None` for the source's.
    pub locale: Option<Locale>,
}

/// A row of the delivered map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::repo) struct Row {
    pub(in crate::repo) object: DocumentId,
    /// Whether the object is a tombstone.
    pub(in crate::repo) retired: bool,
}

impl Row {
    pub(in crate::repo) fn encode(self) -> Vec<u8> {
        let mut out = Writer::default();
        out.byte(if self.retired { 2 } else { 1 }).raw(self.object.object_id().as_bytes());
        out.finish()
    }

    pub(in crate::repo) fn decode(value: &[u8]) -> Result<Self, StoreError> {
        let mut input = Reader::new(value);
        let row = (|| {
            let tag = input.byte()?;
            let object = DocumentId::from_object_id(ObjectId::from_bytes(input.array()?));
            input.finish()?;
            Ok::<_, crate::model::encode::DecodeError>((tag, object))
        })();
        match row {
            Ok((tag @ (1 | 2), object)) => Ok(Self { object, retired: tag == 2 }),
            _ => Err(StoreError::Row { what: "a row of the delivered map".to_owned() }),
        }
    }
}

/// The rows of a delivered map that belong to one entry: the source's first, then by locale.
pub(in crate::repo) fn delivered_rows(
    nodes: &(impl ReadNodes + ?Sized),
    delivered: NodeId,
    key: &EntryKey,
) -> Result<Vec<(Option<Locale>, Row)>, StoreError> {
    let prefix = key.source().encode();
    let mut rows = Vec::new();
    for entry in catalogue::with_prefix(nodes, delivered, &prefix)? {
        let (found, value) = entry?;
        let found = catalogue::decoded_key(&found)?;
        if found.source() != *key {
            break;
        }
        rows.push((found.locale().cloned(), Row::decode(&value)?));
    }
    Ok(rows)
}

/// What serves for an entry in a locale: its own document in that locale, or else the source's.
pub(in crate::repo) fn served(
    nodes: &(impl ReadNodes + ?Sized),
    snapshot: &Snapshot,
    key: &EntryKey,
    locale: Option<&Locale>,
) -> Result<Option<DeliveredRow>, StoreError> {
    let found = |key: EntryKey, locale: Option<&Locale>| {
        let Some(value) = map::get(nodes, snapshot.delivered, &key.encode())? else {
            return Ok(None);
        };
        let Row { object, retired } = Row::decode(&value)?;
        Ok::<_, StoreError>(Some(DeliveredRow { object, retired, locale: locale.cloned() }))
    };
    if let Some(locale) = locale
        && let Some(row) = found(key.translated(locale), Some(locale))?
    {
        return Ok(Some(row));
    }
    found(key.source(), None)
}
