//! Exporting: a state as the lines that importing reads.

use std::io;

use serde::Serialize;
use serde_json::Value;

use super::{
    commit::prepared::NewDocument,
    content::{kinds::Kinds, objects::StoreError},
    open::Repository,
    state::State,
};
use crate::{
    model::{
        id::{DocumentId, MediaId},
        key::{EntryKey, Locale},
        object::{ObjectKind, Space},
    },
    schema::{
        KIND_OF_SCHEMAS,
        translation::{Translation, to_translated},
    },
};

/// One line: an entry, or a translation of one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExportLine {
    /// The entry.
    pub key: EntryKey,
    /// The locale of a translation; null for the entry itself.
    pub locale: Option<Locale>,
    /// The entry's document; of a translation, the translated fields in the source's shape.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<Value>,
    /// A translation in its own form, where the source's shape can't carry it: some text of it was made
    /// from an older source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub translation: Option<Value>,
    /// Of a translation in its source's shape: the document of the source that its texts are of. An import by this
    /// name binds them to it, whatever the source has become meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_from: Option<DocumentId>,
}

/// What was exported.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ExportReport {
    /// Entries written.
    pub entries: u64,
    /// Translations written.
    pub translations: u64,
    /// The media files that the entries name, each once, ascending.
    pub media: Vec<MediaId>,
}

/// Why an export ended early.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The lines could not be written.
    #[error("the lines could not be written")]
    Output(#[from] io::Error),
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Repository {
    /// Writes all entries and translations of a state, ascending by key, translations after their
    /// source; schemas come first, so that an importer knows the kinds. What is in the trash or in
    /// conflict is left out, a translation with its source.
    ///
    /// # Errors
    /// [`ExportError`] when a line can't be written or the store can't be read.
    pub fn export(
        &self,
        state: &State,
        write: &mut dyn FnMut(&ExportLine) -> io::Result<()>,
    ) -> Result<ExportReport, ExportError> {
        let roots = self.roots(state)?;
        let kinds = Kinds::at(self, roots.catalogue);
        let mut report = ExportReport::default();
        let mut media = std::collections::BTreeSet::new();
        for schemas in [true, false] {
            let mut source: Option<(EntryKey, Value)> = None;
            for row in self.rows(roots.catalogue, b"")? {
                let (key, row) = row?;
                if (key.kind().as_str() == KIND_OF_SCHEMAS) != schemas {
                    continue;
                }
                let Some(document) = row.document() else { continue };
                let document = self.document(document)?;
                let Some(locale) = key.locale().cloned() else {
                    if let Some(kind) = kinds.get(key.kind())? {
                        media.extend(kind.schema.media(&document).into_iter().map(|(_, id)| id));
                    }
                    report.entries += 1;
                    source = Some((key.clone(), document.clone()));
                    write(&ExportLine {
                        key,
                        locale: None,
                        document: Some(document),
                        translation: None,
                        made_from: None,
                    })?;
                    continue;
                };
                // A translation is in the trash with its source.
                let Some(source) = source.as_ref().filter(|(found, _)| *found == key.source())
                else {
                    continue;
                };
                if let (Some(kind), Ok(translation)) =
                    (kinds.get(key.kind())?, Translation::parse(&document))
                {
                    let named = kind.schema.translated_media(&translation.renamed(&kind.schema));
                    media.extend(named.into_iter().map(|(_, id)| id));
                }
                let line = self.translation_line(&kinds, &key, &locale, source, document)?;
                if let Some(line) = line {
                    report.translations += 1;
                    write(&line)?;
                }
            }
        }
        report.media = media.into_iter().collect();
        Ok(report)
    }

    fn translation_line(
        &self,
        kinds: &Kinds<'_>,
        key: &EntryKey,
        locale: &Locale,
        (_, source): &(EntryKey, Value),
        document: Value,
    ) -> Result<Option<ExportLine>, StoreError> {
        let mut document = document;
        let translated = match (kinds.get(key.kind())?, Translation::parse(&document)) {
            (Some(kind), Ok(translation)) => {
                let mut translation = translation.renamed(&kind.schema);
                // Texts of what the source was once have no place where its history is not.
                translation.keep_places(&kind.schema, source);
                if translation.is_empty() {
                    return Ok(None);
                }
                document = translation.to_document();
                to_translated(&kind.schema, source, &translation)
            }
            _ => None,
        };
        let is_shaped = translated.is_some();
        Ok(Some(ExportLine {
            key: key.source(),
            locale: Some(locale.clone()),
            document: translated,
            translation: (!is_shaped).then_some(document),
            made_from: is_shaped.then(|| NewDocument::of(source).id),
        }))
    }

    /// The bytes of a media file of authors; none when it is not there.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn media(&self, id: MediaId) -> Result<Option<bytes::Bytes>, StoreError> {
        match self.object(&Space::Source, id.object_id(), ObjectKind::Media) {
            Err(StoreError::Missing { .. }) => Ok(None),
            other => other.map(Some),
        }
    }
}
