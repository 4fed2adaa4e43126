//! One line, judged by itself.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::{
    media::ImportedMedia,
    place::{Part, Place, without_place},
};
use crate::{
    model::{
        canonical,
        commit::Commit,
        document::Document,
        id::DocumentId,
        key::{EntryKey, Locale},
    },
    repo::{
        commit::{
            check::Touched,
            prepared::{After, NewDocument, Prepared},
            refusal::unknown_kind,
        },
        content::{
            catalogue::{self, CatalogueRow},
            facts::Facts,
            kinds::{KindInForce, Kinds},
        },
        ground::{error::StoreError, repository::Repository},
        import::{
            report::{Origin, Reasons, RefusedLine, reason, refused_line},
            request::{ImportLine, LINE_SIZE_BYTES_MAX},
        },
    },
    schema::{KindSchema, ViolationCode, slug},
};

/// What lines are judged against.
pub(super) struct Judge<'a> {
    pub(super) repository: &'a Repository,
    pub(super) base: &'a Commit,
    pub(super) kinds: &'a Kinds<'a>,
    pub(super) media: &'a ImportedMedia,
}

/// The result of reading a line.
pub(super) enum Read {
    Judged(Box<Judged>),
    /// A translation, which waits until every source is read.
    Translation(Parsed),
    /// A refused line, with its content if a schema among the lines may yet change the verdict.
    Refused(RefusedLine, Option<Parsed>),
}

/// An accepted line.
pub(super) struct Judged {
    pub(super) origin: Origin,
    pub(super) prepared: Prepared,
    /// What was put right, each with its JSON pointer.
    pub(super) notices: Vec<(String, String)>,
}

/// A line that was read, to be judged later or again.
pub(super) struct Parsed {
    pub(super) origin: Origin,
    pub(super) key: EntryKey,
    pub(super) content: Content,
    /// Where the content begins in its line or file.
    start: Place,
    /// The source's document from which a translation was made, if the line says it.
    pub(super) made_from: Option<DocumentId>,
}

impl Parsed {
    /// How many bytes it keeps in memory.
    pub(super) fn size_bytes(&self) -> usize {
        self.content.text().get().len()
    }

    pub(super) fn refused(&self, reasons: Reasons) -> RefusedLine {
        let mut refused = refused_line(&self.origin, Some(self.key.to_string()), reasons);
        let part = Part { text: self.content.text().get().as_bytes(), start: self.start };
        part.locate(&self.origin, &mut refused);
        refused
    }
}

/// The content of a line.
pub(super) enum Content {
    /// An entry's document, or a translation in its source's shape.
    Document(Box<RawValue>),
    /// A translation in its own form.
    Translation(Box<RawValue>),
}

impl Content {
    fn text(&self) -> &RawValue {
        let (Self::Document(text) | Self::Translation(text)) = self;
        text
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<'a> {
    #[serde(borrow)]
    key: std::borrow::Cow<'a, str>,
    #[serde(borrow, default)]
    locale: Option<std::borrow::Cow<'a, str>>,
    #[serde(borrow, default)]
    document: Option<&'a RawValue>,
    #[serde(borrow, default)]
    translation: Option<&'a RawValue>,
    /// For a translation in its source's shape: the source's document from which it was made.
    #[serde(default)]
    made_from: Option<DocumentId>,
    /// The text of a file that is one document; it has lines of its own.
    #[serde(default)]
    file: Option<String>,
    /// Why a file can't be read.
    #[serde(default)]
    unreadable: Option<String>,
}

/// What is wrong with a line that could not be read, and where, if the reader knows.
struct Unread {
    key: Option<String>,
    reasons: Reasons,
    place: Option<Place>,
}

impl Unread {
    fn refused(self, line: &ImportLine, origin: &Origin) -> RefusedLine {
        let mut refused = refused_line(origin, self.key, self.reasons);
        match self.place {
            Some(place) => {
                refused.line = origin.line + place.line - 1;
                refused.column = Some(place.column);
            }
            None => {
                let start = Place { line: 1, column: 1 };
                Part { text: &line.text, start }.locate(origin, &mut refused);
            }
        }
        refused
    }
}

/// The change of an accepted document, and what was put right in it.
pub(super) type Accepted = (Prepared, Vec<(String, String)>);

impl Judge<'_> {
    /// Judges a line; a translation is only read here.
    pub(super) fn entry(&self, line: ImportLine) -> Result<Read, StoreError> {
        let origin = Origin { line: line.number, source: line.source.as_str().into() };
        let (key, content, start, made_from) = match parse(&line.text) {
            Ok(parsed) => parsed,
            Err(unread) => return Ok(Read::Refused(unread.refused(&line, &origin), None)),
        };
        let parsed = Parsed { origin, key, content, start, made_from };
        if parsed.key.locale().is_some() {
            return Ok(Read::Translation(parsed));
        }
        if matches!(parsed.content, Content::Translation(_)) {
            let message = "a translation needs a locale";
            let reasons = reason("", ViolationCode::NotADocument, message);
            return Ok(Read::Refused(parsed.refused(reasons), None));
        }
        self.again(parsed)
    }

    /// Judges the line of an entry, possibly again under other schemas.
    pub(super) fn again(&self, parsed: Parsed) -> Result<Read, StoreError> {
        let Parsed { origin, key, content: Content::Document(text), .. } = &parsed else {
            return Ok(Read::Translation(parsed));
        };
        let judged = match canonical::parse(text.get().as_bytes()) {
            Ok(document) => self.document(key, document)?,
            Err(error) => {
                let said = without_place(&error.reason);
                let reasons = reason(&error.pointer, ViolationCode::NotADocument, said);
                return Ok(Read::Refused(parsed.refused(reasons), None));
            }
        };
        Ok(match judged {
            Ok((prepared, notices)) => {
                let origin = origin.clone();
                Read::Judged(Box::new(Judged { origin, prepared, notices }))
            }
            Err(reasons) => Read::Refused(parsed.refused(reasons), Some(parsed)),
        })
    }

    /// Judges the document of an entry.
    pub(super) fn document(
        &self,
        key: &EntryKey,
        document: Value,
    ) -> Result<Result<Accepted, Reasons>, StoreError> {
        let Some(kind) = self.kinds.get(key.kind())? else {
            return Ok(Err(vec![unknown_kind(self.kinds, key)?]));
        };
        let mut notices = Vec::new();
        let mut document = normalised(&kind.schema, key, document, &mut notices);
        let engines = &self.repository.engines;
        for pointer in kind.schema.modernise_elements(&mut document, engines) {
            notices.push((pointer, "its old answer area became a part of its question".to_owned()));
        }
        let resolve = |text: &str| self.media.named(text);
        let document = match self.media.is_none() {
            true => document,
            false => match kind.schema.media_names_resolved(&document, &resolve) {
                Ok(document) => document,
                Err(reasons) => return Ok(Err(reasons)),
            },
        };
        let violations = self.repository.judge(&kind.schema, &document)?;
        if !violations.is_empty() {
            return Ok(Err(violations));
        }
        let facts = Facts::of(&kind.schema, &document);
        let prepared = self.prepared(key, &kind, document, Some(facts))?;
        Ok(Ok((prepared, notices)))
    }

    pub(super) fn row(&self, key: &EntryKey) -> Result<Option<CatalogueRow>, StoreError> {
        catalogue::row(&*self.repository.source, self.base.catalogue, key)
    }

    pub(super) fn prepared(
        &self,
        key: &EntryKey,
        kind: &KindInForce,
        document: Value,
        after: Option<Facts>,
    ) -> Result<Prepared, StoreError> {
        let before = self.row(key)?;
        let new = Document::of(document);
        let mut facts = Touched { before: None, after: after.map(Arc::new) };
        if let Some(known) = before.and_then(|row| row.document()) {
            let was = self.kinds.get_before(key.kind())?;
            let is_as_before = was.as_ref().is_some_and(|was| was.document == kind.document);
            facts.before = match was {
                Some(_) if known == new.id() && is_as_before => facts.after.clone(),
                Some(was) => {
                    let document = self.repository.document(known)?;
                    Some(Arc::new(Facts::under(key, &was.schema, &document)))
                }
                None => None,
            };
        }
        Ok(Prepared {
            facts,
            after: After::Document(NewDocument::Unwritten(new)),
            ..Prepared::new(key.clone(), before, kind.document)
        })
    }
}

fn parse(text: &[u8]) -> Result<(EntryKey, Content, Place, Option<DocumentId>), Unread> {
    if text.len() > LINE_SIZE_BYTES_MAX {
        let message =
            format!("the line has {} bytes, the limit is {LINE_SIZE_BYTES_MAX}", text.len());
        let place = Some(Place { line: 1, column: 1 });
        return Err(Unread {
            key: None,
            reasons: reason("", ViolationCode::TooLong, message),
            place,
        });
    }
    let wire: Wire<'_> = serde_json::from_slice(text).map_err(|error| unread(text, &error))?;
    let key = key_of(&wire)?;
    let start = |raw: &RawValue| {
        let offset = (raw.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        Place::of(text, offset)
    };
    match (wire.document, wire.translation, wire.file, wire.unreadable) {
        (Some(raw), None, None, None) => {
            Ok((key, Content::Document(raw.to_owned()), start(raw), wire.made_from))
        }
        (None, Some(raw), None, None) => {
            Ok((key, Content::Translation(raw.to_owned()), start(raw), None))
        }
        (None, None, Some(file), None) => {
            let (raw, start) = of_file(&key, &file)?;
            Ok((key, Content::Document(raw), start, None))
        }
        (None, None, None, Some(said)) => Err(Unread {
            key: Some(key.to_string()),
            reasons: reason("", ViolationCode::NotADocument, said),
            place: Some(Place { line: 1, column: 1 }),
        }),
        _ => {
            let message = "a line holds either a document or a translation";
            let reasons = reason("/document", ViolationCode::NotADocument, message);
            Err(Unread { key: Some(key.to_string()), reasons, place: None })
        }
    }
}

fn key_of(wire: &Wire<'_>) -> Result<EntryKey, Unread> {
    let fail = |pointer, message: String| Unread {
        key: Some(wire.key.to_string()),
        reasons: reason(pointer, ViolationCode::NotAKey, message),
        place: None,
    };
    let key: EntryKey = wire.key.parse().map_err(|error| fail("/key", format!("{error}")))?;
    let Some(locale) = &wire.locale else { return Ok(key) };
    if key.locale().is_some() {
        let message = "the locale is given twice: in the key and in `locale`".to_owned();
        return Err(fail("/locale", message));
    }
    let locale: Locale = locale.parse().map_err(|error| fail("/locale", format!("{error}")))?;
    Ok(key.translated(&locale))
}

/// The document that a file holds, and where it begins in the file.
fn of_file(key: &EntryKey, file: &str) -> Result<(Box<RawValue>, Place), Unread> {
    let text = file.strip_prefix('\u{feff}').unwrap_or(file);
    let begins = text.len() - text.trim_ascii_start().len();
    match serde_json::from_str::<Box<RawValue>>(text) {
        Ok(raw) => Ok((raw, Place::of(text.as_bytes(), begins))),
        Err(error) => {
            let (said, place) = said_of(text.as_bytes(), &error);
            let reasons = reason("", ViolationCode::NotADocument, said);
            Err(Unread { key: Some(key.to_string()), reasons, place: Some(place) })
        }
    }
}

/// What prevented a line from being read.
fn unread(text: &[u8], error: &serde_json::Error) -> Unread {
    let (said, place) = said_of(text, error);
    let message = format!("a line is {{\"key\", \"locale\", \"document\"}}: {said}");
    let reasons = reason("", ViolationCode::NotADocument, message);
    Unread { key: None, reasons, place: Some(place) }
}

/// What prevented a text from being read, by the name of the fault, and where.
fn said_of(text: &[u8], error: &serde_json::Error) -> (String, Place) {
    let offset = canonical::offset_at(text, error.line(), error.column());
    let fault = canonical::encoding_fault(text).or_else(|| canonical::stray_mark(text, offset));
    match fault {
        Some(fault) => (fault.said, Place::of(text, fault.offset)),
        None => (without_place(&error.to_string()), Place::of(text, offset)),
    }
}

/// The document with a slug of the right form, made from its slug, or else from its title, or else from its id.
fn normalised(
    kind: &KindSchema,
    key: &EntryKey,
    document: Value,
    notices: &mut Vec<(String, String)>,
) -> Value {
    let Some(written) = kind.slug(&document) else { return document };
    let made = slug::normalise(written)
        .or_else(|| slug::of_title(kind.title(&document)?))
        .or_else(|| slug::normalise(key.id()))
        .unwrap_or_else(|| key.id().to_owned());
    if made == written {
        return document;
    }
    let shown: String = written.chars().take(120).collect();
    notices.push((
        kind.slug_pointer().unwrap_or_default(),
        format!("the slug {shown:?} became {made:?}"),
    ));
    kind.with_slug(&document, &made)
}
