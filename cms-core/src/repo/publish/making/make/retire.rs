//! Tombstones: what takes the place of entries that are no longer delivered.

use serde_json::Value;

use super::maker::Maker;
use crate::{
    model::{
        id::DocumentId,
        key::EntryKey,
        object::{Object, ObjectKind, Space},
    },
    repo::{
        content::objects::ObjectSink,
        delivered::{
            document::{Parts, tombstone},
            row::Row,
        },
        ground::error::StoreError,
        publish::{
            affected::rows_before,
            making::row_changes::{Made, RowChange},
        },
    },
};

impl Maker<'_, '_> {
    pub(super) fn retire(
        &self,
        key: &EntryKey,
        replaced_by: Option<&EntryKey>,
        made: &mut Made,
        sink: &mut ObjectSink<'_>,
    ) -> Result<(), StoreError> {
        for (locale, row) in rows_before(self.repository, self.base, key)? {
            let Some(locale) = locale else {
                let bytes = self.repository.object(
                    &self.repository.delivered,
                    row.object.object_id(),
                    ObjectKind::Document,
                );
                let title = match bytes {
                    Err(error) if error.is_taken_down() => None,
                    bytes => self.title(key, &bytes?)?,
                };
                let tombstone = tombstone(key, title.as_deref(), row.object, replaced_by);
                let object = Object::new(ObjectKind::Document, tombstone);
                let after = Row { object: DocumentId::from_object_id(object.id()), retired: true };
                let size_bytes = object.bytes().len() as u64;
                sink.add(Space::Public, object)?;
                made.changes.push(RowChange {
                    key: key.clone(),
                    before: Some(row),
                    after: Some(after),
                    size_bytes,
                });
                continue;
            };
            let key = key.translated(&locale);
            made.changes.push(RowChange { key, before: Some(row), after: None, size_bytes: 0 });
        }
        Ok(())
    }

    /// Puts a tombstone without a title in place of an entry, or of its earlier tombstone. What is there is not read: it
    /// may be taken down already.
    pub(super) fn take_down(
        &self,
        key: &EntryKey,
        made: &mut Made,
        sink: &mut ObjectSink<'_>,
    ) -> Result<(), StoreError> {
        for (locale, row) in rows_before(self.repository, self.base, key)? {
            let Some(locale) = locale else {
                let (last_object, replaced_by) = match row.retired {
                    false => (row.object, None),
                    true => match self.repository.tombstone(row.object) {
                        Ok(before) => (before.last_object, before.replaced_by),
                        Err(error) if error.is_taken_down() => (row.object, None),
                        Err(error) => return Err(error),
                    },
                };
                let tombstone = tombstone(key, None, last_object, replaced_by.as_ref());
                let object = Object::new(ObjectKind::Document, tombstone);
                let after = Row { object: DocumentId::from_object_id(object.id()), retired: true };
                if after != row {
                    let (key, size_bytes) = (key.clone(), object.bytes().len() as u64);
                    sink.add(Space::Public, object)?;
                    let (before, after) = (Some(row), Some(after));
                    made.changes.push(RowChange { key, before, after, size_bytes });
                }
                continue;
            };
            let key = key.translated(&locale);
            made.changes.push(RowChange { key, before: Some(row), after: None, size_bytes: 0 });
        }
        Ok(())
    }

    /// Names the replacement of an entry in its earlier tombstone.
    pub(super) fn replace(
        &self,
        key: &EntryKey,
        replaced_by: &EntryKey,
        made: &mut Made,
        sink: &mut ObjectSink<'_>,
    ) -> Result<(), StoreError> {
        let rows = rows_before(self.repository, self.base, key)?;
        let row = rows.iter().find(|(locale, row)| locale.is_none() && row.retired);
        let Some((_, row)) = row else { return Ok(()) };
        let before = self.repository.tombstone(row.object)?;
        let tombstone =
            tombstone(key, before.title.as_deref(), before.last_object, Some(replaced_by));
        let object = Object::new(ObjectKind::Document, tombstone);
        let after = Row { object: DocumentId::from_object_id(object.id()), retired: true };
        if after == *row {
            return Ok(());
        }
        let size_bytes = object.bytes().len() as u64;
        sink.add(Space::Public, object)?;
        let (key, before, after) = (key.clone(), Some(*row), Some(after));
        made.changes.push(RowChange { key, before, after, size_bytes });
        Ok(())
    }

    fn title(&self, key: &EntryKey, bytes: &[u8]) -> Result<Option<String>, StoreError> {
        let Some(kind) = self.graph.kinds.get(key.kind())? else { return Ok(None) };
        let document = Parts::parse(bytes)
            .and_then(|parts| serde_json::from_str::<Value>(&parts.document).ok());
        Ok(document.as_ref().and_then(|document| kind.schema.title(document)).map(str::to_owned))
    }
}
