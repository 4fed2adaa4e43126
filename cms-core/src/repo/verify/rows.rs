//! What rows of maps name: revisions, documents, media and rubrics.

use std::fmt::Display;

use bytes::Bytes;
use serde_json::Value;

use super::{
    named::{For, MapOf, Need, Rows},
    walk::{Standing, Walk},
};
use crate::{
    model::{
        id::{DocumentId, MediaId, ObjectId},
        key::EntryKey,
        object::{ObjectKind, Space},
    },
    repo::{
        content::{
            catalogue::{self, CatalogueRow},
            kinds::Kinds,
        },
        delivered::{document::Parts, row::Row, rubric::rubrics_named},
        ground::error::StoreError,
    },
    schema::{KindSchema, translation::Translation},
};

impl Walk<'_> {
    /// Checks what a row of a map names.
    pub(super) fn row(
        &mut self,
        map: &MapOf<'_>,
        key: &[u8],
        value: &[u8],
        needs: &mut Vec<Need>,
    ) -> Result<(), StoreError> {
        let looked = match map.rows {
            Rows::Catalogue => self.catalogue_row(map, key, value, needs),
            // An entry that is to be taken off has no row.
            Rows::Scheduled if value.is_empty() => Ok(()),
            Rows::Scheduled => self.scheduled_row(map, key, value, needs),
            Rows::Delivered => self.delivered_row(map, key, value, needs),
            Rows::Routes | Rows::Links | Rows::Holds => Ok(()),
        };
        match looked {
            Err(error @ StoreError::Row { .. }) => {
                self.report.problem(format_args!("{}: {error}", map.of));
                Ok(())
            }
            looked => looked,
        }
    }

    fn catalogue_row(
        &mut self,
        map: &MapOf<'_>,
        key: &[u8],
        value: &[u8],
        needs: &mut Vec<Need>,
    ) -> Result<(), StoreError> {
        let row = catalogue::decoded_row(key, value)?;
        let is_whole = |id| self.is_whole(&Space::Source, id);
        if is_whole(row.revision.object_id())
            && row.document().is_none_or(|document| is_whole(document.object_id()))
        {
            return Ok(());
        }
        let key = catalogue::decoded_key(key)?;
        let mut lost = self.revision(&key, &row, &key)?;
        if let Some(document) = row.document() {
            lost.extend(self.document(map, document.object_id(), &key)?);
        }
        needs.extend(lost.into_iter().map(|place| Need::Lost(place, For::Entry(key.clone()))));
        Ok(())
    }

    fn scheduled_row(
        &mut self,
        map: &MapOf<'_>,
        key: &[u8],
        value: &[u8],
        needs: &mut Vec<Need>,
    ) -> Result<(), StoreError> {
        let (row, key) = (catalogue::decoded_row(key, value)?, catalogue::decoded_key(key)?);
        let of = format!("{}, {key}", map.of);
        let mut lost = self.revision(&key, &row, &of)?;
        if let Some(document) = row.document() {
            lost.extend(self.plain_document(document.object_id(), &of)?.iter().filter_map(place));
        }
        needs.extend(lost.into_iter().map(|place| Need::Lost(place, For::Entry(key.clone()))));
        Ok(())
    }

    /// Checks the revision of a row.
    pub(super) fn revision(
        &mut self,
        key: &EntryKey,
        row: &CatalogueRow,
        of: &dyn Display,
    ) -> Result<Vec<usize>, StoreError> {
        let object = (&Space::Source, row.revision.object_id(), ObjectKind::Revision);
        match self.look(object, of, |repository| repository.revision(row.revision))? {
            Standing::Lost(place) => return Ok(vec![place]),
            Standing::Whole => {}
            Standing::New(revision) => {
                if revision.key != *key {
                    self.report.problem(format_args!("{key} has a revision of {}", revision.key));
                } else if revision.state.document() != row.document() {
                    self.report
                        .problem(format_args!("{key} has another document than its revision"));
                }
            }
        }
        Ok(Vec::new())
    }

    /// Checks a document of authors, and the media files that it names.
    pub(super) fn document(
        &mut self,
        map: &MapOf<'_>,
        id: ObjectId,
        key: &EntryKey,
    ) -> Result<Vec<usize>, StoreError> {
        let object = (&Space::Source, id, ObjectKind::Document);
        let bytes = match self.look(object, key, |repository| {
            repository.object(&Space::Source, id, ObjectKind::Document)
        })? {
            Standing::Lost(place) => return Ok(vec![place]),
            Standing::Whole => return Ok(self.needs_of(&Space::Source, id)),
            Standing::New(bytes) => bytes,
        };
        let lost = self.media(map, key, &bytes)?;
        self.remember_lost(&Space::Source, id, &lost);
        Ok(lost)
    }

    fn remember_lost(&mut self, space: &Space, id: ObjectId, lost: &[usize]) {
        let needs = lost.iter().map(|place| Need::Lost(*place, For::All)).collect();
        self.remember(space, id, needs);
    }

    fn delivered_row(
        &mut self,
        map: &MapOf<'_>,
        key: &[u8],
        value: &[u8],
        needs: &mut Vec<Need>,
    ) -> Result<(), StoreError> {
        let id = Row::decode(value)?.object.object_id();
        if self.is_whole(map.space, id) {
            return Ok(());
        }
        let key = catalogue::decoded_key(key)?;
        let object = (map.space, id, ObjectKind::Document);
        let looked = self.look(object, &key, |repository| {
            repository.object(map.space, id, ObjectKind::Document)
        })?;
        let lost = match looked {
            Standing::Lost(place) => vec![place],
            Standing::Whole => self.needs_of(map.space, id),
            Standing::New(bytes) => {
                let mut lost = self.rubrics(&key, &bytes)?;
                lost.extend(self.media(map, &key, &bytes)?);
                self.remember_lost(map.space, id, &lost);
                lost
            }
        };
        needs.extend(lost.into_iter().map(|place| Need::Lost(place, For::Entry(key.clone()))));
        Ok(())
    }

    fn rubrics(&mut self, key: &EntryKey, bytes: &[u8]) -> Result<Vec<usize>, StoreError> {
        let mut lost = Vec::new();
        for id in rubrics_named(bytes) {
            let object = (&Space::Source, id.object_id(), ObjectKind::Document);
            if let Standing::Lost(place) =
                self.look(object, key, |repository| repository.rubric(id))?
            {
                lost.push(place);
            }
        }
        Ok(lost)
    }

    /// The media files that a document names and that are not whole in the document's space.
    ///
    /// They are not read again, because the engine has read them. The document is parsed only if one of the ids in it
    /// belongs to nothing whole.
    fn media(
        &mut self,
        map: &MapOf<'_>,
        key: &EntryKey,
        bytes: &Bytes,
    ) -> Result<Vec<usize>, StoreError> {
        let mut ids = ids_in(bytes);
        if *map.space != Space::Source {
            // Rubrics are among the authors' objects, and not in this space.
            let rubrics = rubrics_named(bytes);
            ids.retain(|id| !rubrics.contains(&DocumentId::from_object_id(*id)));
        }
        ids.retain(|id| !self.known(map.space).whole.contains(id));
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let held = self.repository.engine.holds(map.space, &ids)?;
        let unheld: Vec<ObjectId> =
            ids.iter().zip(&held).filter(|(_, held)| !**held).map(|(id, _)| *id).collect();
        if unheld.is_empty() && !ids.iter().any(|id| self.is_lost(map.space, *id)) {
            return Ok(Vec::new());
        }
        // A translation may name a file that never came; a publish then holds the translation back.
        let may_lack = *map.space == Space::Source && key.locale().is_some();
        let mut lost = Vec::new();
        for id in self.media_named(map, key, bytes) {
            let object = (map.space, id, ObjectKind::Media);
            let is_gone = self.repository.is_taken_down(map.space, id)?;
            if !is_gone && (self.is_lost(map.space, id) || (!may_lack && unheld.contains(&id))) {
                lost.push(self.miss(object, key));
            }
        }
        Ok(lost)
    }

    /// The media files that a document names, as far as its kind can be read.
    fn media_named(&self, map: &MapOf<'_>, key: &EntryKey, bytes: &[u8]) -> Vec<ObjectId> {
        let kinds = map.kinds.map(|catalogue| Kinds::at(self.repository, catalogue));
        let kind = kinds.as_ref().and_then(|kinds| kinds.get(key.kind()).ok().flatten());
        let Some(kind) = kind else { return Vec::new() };
        let named = if *map.space == Space::Source {
            named_by_authors(&kind.schema, key, bytes)
        } else {
            let own =
                Parts::parse(bytes).and_then(|parts| serde_json::from_str(&parts.document).ok());
            own.map(|own: Value| kind.schema.delivered_media(&own))
        };
        named.into_iter().flatten().map(|(_, id)| id.object_id()).collect()
    }

    /// Checks a document that belongs to no entry.
    pub(super) fn plain_document(
        &mut self,
        id: ObjectId,
        of: &dyn Display,
    ) -> Result<Vec<Need>, StoreError> {
        let object = (&Space::Source, id, ObjectKind::Document);
        let looked = self.look(object, of, |repository| {
            repository.object(&Space::Source, id, ObjectKind::Document)
        })?;
        Ok(match looked {
            Standing::Lost(place) => vec![Need::Lost(place, For::All)],
            Standing::Whole | Standing::New(_) => Vec::new(),
        })
    }
}

/// The place of the needed object, if that itself is lost.
const fn place(need: &Need) -> Option<usize> {
    match need {
        Need::Lost(place, _) => Some(*place),
        Need::Below(_) => None,
    }
}

fn named_by_authors(
    schema: &KindSchema,
    key: &EntryKey,
    bytes: &[u8],
) -> Option<Vec<(String, MediaId)>> {
    let document: Value = serde_json::from_slice(bytes).ok()?;
    if key.locale().is_none() {
        return Some(schema.media(&document));
    }
    let translation = Translation::parse(&document).ok()?;
    Some(schema.translated_media(&translation.renamed(schema)))
}

/// The texts of a document that are ids of objects.
fn ids_in(bytes: &[u8]) -> Vec<ObjectId> {
    const DIGITS: usize = 2 * ObjectId::SIZE_BYTES;
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let texts = text.split('"').filter(|text| text.len() == DIGITS);
    texts.filter_map(|text| text.parse().ok()).collect()
}
