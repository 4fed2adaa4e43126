//! The types of authors' media files, each determined once.

use serde_json::Value;

use crate::{
    engine::ReadError,
    media::{MediaType, media_type},
    model::{
        id::MediaId,
        object::{ObjectKind, Space},
    },
    repo::ground::{error::StoreError, repository::Repository},
    schema::{KindSchema, Violation},
};

/// Most files whose type is remembered.
const REMEMBERED_MAX: usize = 16 * 1024;

/// The types of files by id, newest first; a file's type never changes.
type MediaTypes = quick_cache::sync::Cache<MediaId, Option<MediaType>>;

impl Repository {
    /// What is wrong with the media files that a document names; missing files are reported elsewhere.
    pub(in crate::repo) fn judge_media(
        &self,
        kind: &KindSchema,
        document: &Value,
    ) -> Result<Vec<Violation>, StoreError> {
        let mut violations = Vec::new();
        for wanted in kind.wanted_media(document) {
            if let Some(found) = self.type_of_media(wanted.id)? {
                violations.extend(wanted.violation(found));
            }
        }
        Ok(violations)
    }

    /// The type of an author's file; the outer `None` when there is no such file.
    fn type_of_media(&self, id: MediaId) -> Result<Option<Option<MediaType>>, StoreError> {
        let known = self.memos.of(|| MediaTypes::new(REMEMBERED_MAX));
        if let Some(found) = known.get(&id) {
            return Ok(Some(found));
        }
        let object = match self.engine.object(&Space::Source, id.object_id()) {
            Err(ReadError::TakenDown { .. }) => return Ok(None),
            object => object?,
        };
        let Some(object) = object.filter(|object| object.kind() == ObjectKind::Media) else {
            return Ok(None);
        };
        let found = media_type(object.bytes());
        known.insert(id, found);
        Ok(Some(found))
    }
}
