//! Exporting: a state as the lines that importing reads.
//!
//! An export skips and reports damage: a backup of everything that is whole is better than none.

use std::{collections::BTreeSet, io, sync::Arc};

use serde::Serialize;
use serde_json::Value;

use super::content::{
    catalogue::{self, CatalogueRow},
    kinds::{KindInForce, Kinds},
};
use crate::{
    map::{self, LostEntries},
    model::{
        canonical,
        id::{DocumentId, MediaId},
        key::{EntryKey, Locale},
        object::{ObjectKind, Space},
    },
    repo::{
        content::state::State,
        ground::{error::StoreError, repository::Repository},
    },
    schema::{
        KIND_OF_SCHEMAS,
        translation::{Translation, to_translated},
    },
};

/// Most damages that an export lists; the count is complete.
const DAMAGED_MAX: usize = 1000;

/// One line: an entry, or a translation of one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExportLine {
    /// The entry.
    pub key: EntryKey,
    /// The locale of a translation; `None` for the entry itself.
    pub locale: Option<Locale>,
    /// The entry's document; for a translation, the translated fields in the source's shape.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<Value>,
    /// A translation in its own form, if the source's shape can't carry it: one of its texts was made from an older
    /// source, or the source is damaged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub translation: Option<Value>,
    /// For a translation in its source's shape: the source's document from which its texts were made. An import binds
    /// them to that document, whatever the source has become meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_from: Option<DocumentId>,
}

/// The result of an export.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ExportReport {
    /// How many entries were written.
    pub entries: u64,
    /// How many translations were written.
    pub translations: u64,
    /// The media files that the entries name, each once, ascending.
    pub media: Vec<MediaId>,
    /// What could not be written because it is damaged.
    pub damaged: Vec<NotExported>,
    /// How many entries and translations could not be written, plus the places where their lines or their media are not
    /// known.
    pub damaged_count: u64,
}

/// Something that an export lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotExported {
    /// The entry or translation; `None` when it is not known which ones are missing.
    pub key: Option<EntryKey>,
    /// The last key before the missing ones, if it is not known which they are and there is one before them.
    pub after: Option<String>,
    /// The last key of the missing ones, if it is not known which they are.
    pub to: Option<String>,
    /// How many are missing.
    pub count: u64,
    /// Why they are missing, for people.
    pub detail: String,
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

impl ExportReport {
    fn lacks(&mut self, lacking: NotExported) {
        self.damaged_count += lacking.count;
        if self.damaged.len() < DAMAGED_MAX {
            self.damaged.push(lacking);
        }
    }

    fn lacks_entry(&mut self, key: &EntryKey, detail: impl std::fmt::Display) {
        let (key, detail) = (Some(key.clone()), detail.to_string());
        self.lacks(NotExported { key, after: None, to: None, count: 1, detail });
    }

    fn lacks_range(&mut self, lost: &LostEntries, error: &StoreError) {
        let name = |key: &[u8]| {
            EntryKey::decode(key)
                .map_or_else(|_| String::from_utf8_lossy(key).into_owned(), |key| key.to_string())
        };
        self.lacks(NotExported {
            key: None,
            after: lost.after.as_deref().map(name),
            to: Some(name(&lost.to)),
            count: lost.count,
            detail: error.to_string(),
        });
    }
}

/// The source of the translations that follow it.
enum Source {
    Whole(EntryKey, Arc<Value>),
    /// The source can't be read; its translations are written in their own form.
    Damaged(EntryKey),
    /// The sources of what comes next may be in what can't be read.
    Unknown,
    /// There is no source, or it is in the trash or in conflict.
    None,
}

/// An export in progress.
struct Export<'e> {
    repository: &'e Repository,
    kinds: Kinds<'e>,
    report: ExportReport,
    media: BTreeSet<MediaId>,
    source: Source,
    write: &'e mut dyn FnMut(&ExportLine) -> io::Result<()>,
}

impl Repository {
    /// Writes all entries and translations of a state, ascending by key, translations after their source; schemas come
    /// first, so that an importer knows the kinds. Entries in the trash or in conflict are left out, with their
    /// translations. What is damaged is left out and reported.
    ///
    /// # Errors
    /// [`ExportError`] when a line can't be written, the store can't be read, or nothing of the state can be read.
    pub fn export(
        &self,
        state: &State,
        write: &mut dyn FnMut(&ExportLine) -> io::Result<()>,
    ) -> Result<ExportReport, ExportError> {
        let roots = self.roots(state)?;
        let mut export = Export {
            repository: self,
            kinds: Kinds::at(self, roots.catalogue),
            report: ExportReport::default(),
            media: BTreeSet::new(),
            source: Source::None,
            write,
        };
        for schemas in [true, false] {
            let entries = map::entries(&*self.source, roots.catalogue, b"");
            let mut entries = entries.map_err(StoreError::from)?;
            export.source = Source::None;
            while let Some(entry) = entries.next() {
                match entry.map_err(StoreError::from) {
                    Ok((key, value)) => export.row(&key, &value, schemas)?,
                    Err(error) if error.is_damage() => {
                        export.source = Source::Unknown;
                        if let Some(lost) = entries.lost().filter(|_| !schemas) {
                            export.report.lacks_range(lost, &error);
                        }
                    }
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(ExportReport { media: export.media.into_iter().collect(), ..export.report })
    }

    /// The bytes of a media file of authors; `None` when it does not exist.
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

impl Export<'_> {
    fn row(&mut self, key: &[u8], value: &[u8], schemas: bool) -> Result<(), ExportError> {
        let text = key;
        let key = catalogue::decoded_key(key)?;
        if (key.kind().as_str() == KIND_OF_SCHEMAS) != schemas {
            return Ok(());
        }
        let row = match catalogue::decoded_row(text, value) {
            Ok(row) => row,
            Err(error) => {
                self.report.lacks_entry(&key, error);
                return Ok(());
            }
        };
        match key.locale().cloned() {
            None => self.entry(key, &row),
            Some(locale) => self.translation(&key, &locale, &row),
        }
    }

    fn entry(&mut self, key: EntryKey, row: &CatalogueRow) -> Result<(), ExportError> {
        self.source = Source::None;
        let Some(id) = row.document() else { return Ok(()) };
        let Some(document) = self.document(&key, id)? else {
            self.source = Source::Damaged(key);
            return Ok(());
        };
        match self.kind(&key)? {
            Known::Kind(kind) => {
                self.media.extend(kind.schema.media(&document).into_iter().map(|(_, id)| id));
            }
            Known::None => {}
            Known::Damaged => self.held_media(&document)?,
        }
        self.report.entries += 1;
        self.source = Source::Whole(key.clone(), Arc::new(document.clone()));
        (self.write)(&ExportLine {
            key,
            locale: None,
            document: Some(document),
            translation: None,
            made_from: None,
        })?;
        Ok(())
    }

    fn translation(
        &mut self,
        key: &EntryKey,
        locale: &Locale,
        row: &CatalogueRow,
    ) -> Result<(), ExportError> {
        // A translation counts as in the trash when its source is.
        let source = match &self.source {
            Source::Whole(found, document) if *found == key.source() => Some(Arc::clone(document)),
            Source::Damaged(found) if *found == key.source() => None,
            Source::Unknown => None,
            _ => return Ok(()),
        };
        let Some(id) = row.document() else { return Ok(()) };
        let Some(document) = self.document(key, id)? else { return Ok(()) };
        let kind = match self.kind(key)? {
            Known::Kind(kind) => Some(kind),
            Known::None => None,
            Known::Damaged => {
                self.held_media(&document)?;
                None
            }
        };
        if let (Some(kind), Ok(translation)) = (&kind, Translation::parse(&document)) {
            let named = kind.schema.translated_media(&translation.renamed(&kind.schema));
            self.media.extend(named.into_iter().map(|(_, id)| id));
        }
        if let Some(line) =
            translation_line(kind.as_ref(), key, locale, source.as_deref(), document)
        {
            self.report.translations += 1;
            (self.write)(&line)?;
        }
        Ok(())
    }

    /// A document; `None` when it is damaged, which is reported.
    fn document(&mut self, key: &EntryKey, id: DocumentId) -> Result<Option<Value>, StoreError> {
        match self.repository.document(id) {
            Err(error) if error.is_damage() => {
                self.report.lacks_entry(key, error);
                Ok(None)
            }
            document => document.map(Some),
        }
    }

    fn kind(&self, key: &EntryKey) -> Result<Known, StoreError> {
        match self.kinds.get(key.kind()) {
            // The schema is an entry itself, and reported as such.
            Err(error) if error.is_damage() => Ok(Known::Damaged),
            kind => Ok(kind?.map_or(Known::None, Known::Kind)),
        }
    }

    /// Treats every text of a document that is the id of a stored media file as a reference to that file: when the kind
    /// can't be read, nobody knows which texts are references.
    fn held_media(&mut self, document: &Value) -> Result<(), StoreError> {
        let mut queue = vec![document];
        while let Some(value) = queue.pop() {
            match value {
                Value::Array(values) => queue.extend(values),
                Value::Object(fields) => queue.extend(fields.values()),
                Value::String(text) => {
                    let Ok(id) = text.parse::<MediaId>() else { continue };
                    match self.repository.media(id) {
                        Err(error) if !error.is_damage() => return Err(error),
                        Ok(None) => {}
                        Ok(Some(_)) | Err(_) => drop(self.media.insert(id)),
                    }
                }
                Value::Null | Value::Bool(_) | Value::Number(_) => {}
            }
        }
        Ok(())
    }
}

/// What is known about a kind.
enum Known {
    Kind(KindInForce),
    None,
    Damaged,
}

/// The line of a translation; `None` when no text of it has a place.
fn translation_line(
    kind: Option<&KindInForce>,
    key: &EntryKey,
    locale: &Locale,
    source: Option<&Value>,
    document: Value,
) -> Option<ExportLine> {
    let mut document = document;
    let mut translated = None;
    if let (Some(kind), Some(source), Ok(translation)) =
        (kind, source, Translation::parse(&document))
    {
        let mut translation = translation.renamed(&kind.schema);
        // Texts for what the source was earlier have no place where the source's history is absent.
        translation.keep_places(&kind.schema, source);
        if translation.is_empty() {
            return None;
        }
        document = translation.to_document();
        translated = to_translated(&kind.schema, source, &translation);
    }
    let is_shaped = translated.is_some();
    Some(ExportLine {
        key: key.source(),
        locale: Some(locale.clone()),
        document: translated,
        translation: (!is_shaped).then_some(document),
        made_from: source
            .filter(|_| is_shaped)
            .map(|source| DocumentId::of(&canonical::to_bytes(source))),
    })
}
