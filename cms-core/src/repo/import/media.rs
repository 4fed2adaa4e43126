//! The media files that come with the lines of an import, taken in one by one.
//!
//! A refused file is reported like a refused line. When the other lines are imported nevertheless, those that name the
//! file are refused too.

use std::collections::BTreeMap;

use crate::repo::import::{
    error::ImportError,
    report::{ConvertedMedia, IMPORT_ROWS_MAX, ImportReport, Origin, reason, refused_line},
    request::MediaSource,
};
use crate::{
    engine::OBJECT_SIZE_BYTES_MAX,
    media::{MediaRefusal, Taken, taken_in},
    model::{
        id::MediaId,
        object::{Object, ObjectKind, Space},
    },
    repo::{content::objects::ObjectSink, ground::repository::Repository},
    schema::{ViolationCode, media::MEDIA_NAME_PREFIX, nearest},
};

/// The media files that documents may name.
#[derive(Default)]
pub(super) struct ImportedMedia {
    /// The ids of the files that were taken, by name.
    ids: BTreeMap<String, MediaId>,
    /// Why the other files were refused, by name.
    refused: BTreeMap<String, String>,
    /// Files that were converted into others. Documents of an export name them by the ids that they had.
    made_into: BTreeMap<MediaId, MediaId>,
}

impl ImportedMedia {
    /// Whether there were no files at all.
    pub(super) fn is_none(&self) -> bool {
        self.ids.is_empty() && self.refused.is_empty()
    }

    /// The file that a text of a document means, if its id differs from the text.
    pub(super) fn named(&self, text: &str) -> Result<Option<MediaId>, String> {
        let Some(name) = text.strip_prefix(MEDIA_NAME_PREFIX) else {
            return Ok(text.parse().ok().and_then(|id| self.made_into.get(&id)).copied());
        };
        self.ids.get(name).copied().map(Some).ok_or_else(|| {
            let shown = nearest::excerpt(name);
            match self.refused.get(name) {
                Some(said) => format!("the media file “{shown}” is refused: {said}"),
                None => format!("there is no media file “{shown}”"),
            }
        })
    }

    /// Takes the files in, and writes them.
    pub(super) fn take(
        repository: &Repository,
        source: &dyn MediaSource,
        sink: &mut ObjectSink<'_>,
        report: &mut ImportReport,
    ) -> Result<Self, ImportError> {
        let mut imported = Self::default();
        for name in source.names() {
            let bytes = source.bytes(&name)?;
            let (came_as, taken) = match taken(bytes) {
                Ok(both) => both,
                Err(refusal) => {
                    imported.refuse(name, ViolationCode::WrongMedia, refusal, report);
                    continue;
                }
            };
            let id = MediaId::of(&taken.bytes).object_id();
            if let Some(gone) = repository.taken_down_before(id, "this file")? {
                let refusal = MediaRefusal { said: gone.message, line: 1, column: 1 };
                imported.refuse(name, gone.code, refusal, report);
                continue;
            }
            let file = imported.keep(name, came_as, taken, report);
            sink.add(Space::Source, file)?;
            report.media += 1;
        }
        // Judging the documents reads the files that they name.
        sink.flush()?;
        Ok(imported)
    }

    fn keep(
        &mut self,
        name: String,
        came_as: MediaId,
        taken: Taken,
        report: &mut ImportReport,
    ) -> Object {
        let id = MediaId::of(&taken.bytes);
        if let Some(made_from) = taken.made_from {
            self.made_into.insert(came_as, id);
            report.converted_count += 1;
            if report.converted.len() < IMPORT_ROWS_MAX {
                let name = name.clone();
                report.converted.push(ConvertedMedia { name, made_from, id });
            }
        }
        self.ids.insert(name, id);
        Object::new(ObjectKind::Media, taken.bytes)
    }

    fn refuse(
        &mut self,
        name: String,
        code: ViolationCode,
        refusal: MediaRefusal,
        report: &mut ImportReport,
    ) {
        let MediaRefusal { said, line, column } = refusal;
        let source = format!("{MEDIA_NAME_PREFIX}{name}");
        let origin = Origin { line, source: source.into() };
        let reasons = reason("", code, said.clone());
        let mut row = refused_line(&origin, None, reasons);
        row.column = Some(column);
        report.refuse(row);
        self.refused.insert(name, said);
    }
}

/// The stored form of a file, and the id of the file that came.
fn taken(bytes: Vec<u8>) -> Result<(MediaId, Taken), MediaRefusal> {
    if bytes.len() > OBJECT_SIZE_BYTES_MAX {
        let said = format!("it has {} bytes, the limit is {OBJECT_SIZE_BYTES_MAX}", bytes.len());
        return Err(MediaRefusal { said, line: 1, column: 1 });
    }
    let came_as = MediaId::of(&bytes);
    Ok((came_as, taken_in(bytes)?))
}
