//! One line, judged by itself.

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::{ImportLine, Incoming, LINE_SIZE_BYTES_MAX, MediaSource, Origin, RefusedLine};
use crate::{
    model::{
        canonical,
        commit::Commit,
        key::{EntryKey, Locale},
    },
    repo::{
        commit::check::Touched,
        commit::{
            prepared::{After, NewDocument, Prepared},
            translated::Surroundings,
            unknown_kind,
        },
        content::{
            catalogue::{self, CatalogueRow},
            facts::Facts,
            kinds::{KindInForce, Kinds},
            objects::StoreError,
        },
        open::Repository,
    },
    schema::{
        KindSchema, Violation, ViolationCode, slug,
        translation::{Notice, Translation},
    },
};

/// What lines are judged against.
pub(super) struct Judge<'a> {
    pub(super) repository: &'a Repository,
    pub(super) base: &'a Commit,
    pub(super) kinds: &'a Kinds<'a>,
    pub(super) media: &'a dyn MediaSource,
}

/// What became of a line.
pub(super) enum Read {
    Judged(Box<Judged>),
    /// A translation waits until every source is read.
    Translation(Parsed),
    /// With what it holds, where a schema among the lines may yet change the verdict.
    Refused(RefusedLine, Option<Parsed>),
}

/// An accepted line.
pub(super) struct Judged {
    pub(super) origin: Origin,
    pub(super) prepared: Prepared,
    /// JSON pointers with what was put right there.
    pub(super) notices: Vec<(String, String)>,
}

/// A line that is read, and to be judged later or again.
pub(super) struct Parsed {
    pub(super) origin: Origin,
    pub(super) key: EntryKey,
    content: Content,
}

impl Parsed {
    /// The bytes that it keeps in memory.
    pub(super) fn size_bytes(&self) -> usize {
        let (Content::Document(text) | Content::Translation(text)) = &self.content;
        text.get().len()
    }
}

/// What a line holds.
enum Content {
    /// An entry's document, or a translation in its source's shape.
    Document(Box<RawValue>),
    /// A translation in its own form.
    Translation(Box<RawValue>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<'a> {
    #[serde(borrow)]
    key: std::borrow::Cow<'a, str>,
    #[serde(borrow, default)]
    locale: Option<std::borrow::Cow<'a, str>>,
    #[serde(default)]
    document: Option<Box<RawValue>>,
    #[serde(default)]
    translation: Option<Box<RawValue>>,
}

pub(super) type Reasons = Vec<Violation>;
/// What an accepted document changes, and what was put right in it.
pub(super) type Accepted = (Prepared, Vec<(String, String)>);

fn reason(pointer: &str, code: ViolationCode, message: impl Into<String>) -> Reasons {
    vec![Violation::new(pointer, code, message)]
}

impl Judge<'_> {
    /// Judges a line; a translation is only read.
    pub(super) fn entry(&self, line: ImportLine) -> Result<Read, StoreError> {
        let origin = Origin { line: line.number, source: line.source.as_str().into() };
        let (key, content) = match parse(&line.text) {
            Ok(parsed) => parsed,
            Err((key, reasons)) => return Ok(refused(&origin, key, reasons)),
        };
        if key.locale().is_some() {
            return Ok(Read::Translation(Parsed { origin, key, content }));
        }
        let Content::Document(text) = content else {
            let message = "a translation needs a locale";
            return Ok(refused(
                &origin,
                Some(key.to_string()),
                reason("", ViolationCode::NotADocument, message),
            ));
        };
        self.again(Parsed { origin, key, content: Content::Document(text) })
    }

    /// Judges the line of an entry, maybe once more under other schemas.
    pub(super) fn again(&self, parsed: Parsed) -> Result<Read, StoreError> {
        let Parsed { origin, key, content: Content::Document(text) } = &parsed else {
            return Ok(Read::Translation(parsed));
        };
        let judged = match canonical::parse(text.get().as_bytes()) {
            Ok(document) => self.document(key, document)?,
            Err(error) => {
                let reasons = reason(&error.pointer, ViolationCode::NotADocument, error.reason);
                return Ok(refused(origin, Some(key.to_string()), reasons));
            }
        };
        Ok(match judged {
            Ok((prepared, notices)) => {
                let origin = origin.clone();
                Read::Judged(Box::new(Judged { origin, prepared, notices }))
            }
            Err(reasons) => {
                let line = refused_line(origin, Some(key.to_string()), reasons);
                Read::Refused(line, Some(parsed))
            }
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
        let document = normalised(&kind.schema, key, document, &mut notices);
        let resolve = |name: &str| self.media.ids().get(name).copied();
        let document = match self.media.ids().is_empty() {
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
        let prepared = self.prepared(key, &kind, &document, Some(facts))?;
        Ok(Ok((prepared, notices)))
    }

    /// Judges a translation against its source as the lines leave it.
    pub(super) fn translation(
        &self,
        parsed: &Parsed,
        known: &BTreeMap<EntryKey, Incoming>,
    ) -> Result<Read, StoreError> {
        let key = &parsed.key;
        let source = match known.get(&key.source()) {
            Some(incoming) => incoming.prepared.document().map(|document| document.id),
            None => self.row(&key.source())?.and_then(|row| row.document()),
        };
        let (Some(kind), Some(source)) = (self.kinds.get(key.kind())?, source) else {
            let message = format!("there is no entry {} to translate", key.source());
            let reasons = reason("", ViolationCode::NoSource, message);
            return Ok(refused(&parsed.origin, Some(key.to_string()), reasons));
        };
        let source = self.repository.document(source)?;
        let (mut translation, mut notices) =
            match read_translation(&kind.schema, &source, &parsed.content) {
                Ok(read) => read,
                Err(reasons) => {
                    return Ok(refused(&parsed.origin, Some(key.to_string()), reasons));
                }
            };
        if matches!(parsed.content, Content::Document(_))
            && let Some(known) = self.row(key)?.and_then(|row| row.document())
            && let Ok(known) = Translation::parse(&self.repository.document(known)?)
        {
            // The same words again were not made anew for a source that changed since.
            let stale = translation.keep_stale(&known.renamed(&kind.schema));
            notices.extend(stale.into_iter().map(|address| {
                (
                    address.to_string(),
                    "it was made from an earlier source, and stays stale".to_owned(),
                )
            }));
        }
        let document = translation.to_document();
        let reasons = self.judge_translation(key, &document, known)?;
        if !reasons.is_empty() {
            return Ok(refused(&parsed.origin, Some(key.to_string()), reasons));
        }
        let facts = Facts::of_translation(&kind.schema, &document);
        let mut prepared = self.prepared(key, &kind, &document, Some(facts))?;
        // Where the source is among the lines, its new revision takes this place.
        prepared.derived_from = self.row(&key.source())?.map(|row| row.revision);
        if translation.is_empty() {
            prepared.after = After::Deleted;
            prepared.facts.after = None;
        }
        let origin = parsed.origin.clone();
        Ok(Read::Judged(Box::new(Judged { origin, prepared, notices })))
    }

    /// What is wrong with a translation beside what the lines leave around it.
    fn judge_translation(
        &self,
        key: &EntryKey,
        document: &Value,
        known: &BTreeMap<EntryKey, Incoming>,
    ) -> Result<Reasons, StoreError> {
        let over = |key: &EntryKey| match known.get(key) {
            None => Ok(None),
            Some(incoming) => {
                let document = incoming.prepared.document();
                let document = document.map(|document| self.repository.document(document.id));
                Ok(Some(document.transpose()?))
            }
        };
        let around =
            Surroundings { kinds: self.kinds, catalogue: self.base.catalogue, over: &over };
        self.repository.judge_translation(around, key, document)
    }

    fn row(&self, key: &EntryKey) -> Result<Option<CatalogueRow>, StoreError> {
        catalogue::row(&*self.repository.source, self.base.catalogue, key)
    }

    fn prepared(
        &self,
        key: &EntryKey,
        kind: &KindInForce,
        document: &Value,
        after: Option<Facts>,
    ) -> Result<Prepared, StoreError> {
        let before = self.row(key)?;
        let new = NewDocument::of(document);
        let mut facts = Touched { before: None, after: after.map(Arc::new) };
        if let Some(known) = before.and_then(|row| row.document()) {
            let was = self.kinds.get_before(key.kind())?;
            let is_as_before = was.as_ref().is_some_and(|was| was.document == kind.document);
            facts.before = match was {
                Some(_) if known == new.id && is_as_before => facts.after.clone(),
                Some(was) => {
                    let document = self.repository.document(known)?;
                    Some(Arc::new(Facts::under(key, &was.schema, &document)))
                }
                None => None,
            };
        }
        Ok(Prepared {
            facts,
            after: After::Document(new),
            ..Prepared::new(key.clone(), before, kind.document)
        })
    }
}

fn refused(origin: &Origin, key: Option<String>, reasons: Reasons) -> Read {
    Read::Refused(refused_line(origin, key, reasons), None)
}

pub(super) fn refused_line(origin: &Origin, key: Option<String>, reasons: Reasons) -> RefusedLine {
    RefusedLine { line: origin.line, source: origin.source.to_string(), key, reasons }
}

fn parse(text: &[u8]) -> Result<(EntryKey, Content), (Option<String>, Reasons)> {
    if text.len() > LINE_SIZE_BYTES_MAX {
        let message =
            format!("the line has {} bytes, the limit is {LINE_SIZE_BYTES_MAX}", text.len());
        return Err((None, reason("", ViolationCode::TooLong, message)));
    }
    let wire: Wire<'_> = serde_json::from_slice(text).map_err(|error| {
        let message = format!("a line is {{\"key\", \"locale\", \"document\"}}: {error}");
        (None, reason("", ViolationCode::NotADocument, message))
    })?;
    let fail = |pointer, code, message: String| {
        (Some(wire.key.to_string()), reason(pointer, code, message))
    };
    let mut key: EntryKey = wire
        .key
        .parse()
        .map_err(|error| fail("/key", ViolationCode::NotAKey, format!("{error}")))?;
    if let Some(locale) = &wire.locale {
        if key.locale().is_some() {
            let message = "the locale is given twice: in the key and beside it".to_owned();
            return Err(fail("/locale", ViolationCode::NotAKey, message));
        }
        let locale: Locale = locale
            .parse()
            .map_err(|error| fail("/locale", ViolationCode::NotAKey, format!("{error}")))?;
        key = key.translated(&locale);
    }
    match (wire.document, wire.translation) {
        (Some(document), None) => Ok((key, Content::Document(document))),
        (None, Some(translation)) => Ok((key, Content::Translation(translation))),
        _ => {
            let message = "a line holds either a document or a translation".to_owned();
            Err((
                Some(wire.key.to_string()),
                reason("/document", ViolationCode::NotADocument, message),
            ))
        }
    }
}

fn read_translation(
    kind: &KindSchema,
    source: &Value,
    content: &Content,
) -> Result<(Translation, Vec<(String, String)>), Reasons> {
    let parse = |text: &RawValue| {
        canonical::parse(text.get().as_bytes())
            .map_err(|error| reason(&error.pointer, ViolationCode::NotADocument, error.reason))
    };
    match content {
        Content::Translation(text) => Ok((Translation::parse(&parse(text)?)?, Vec::new())),
        Content::Document(text) => {
            let (translation, notices) = Translation::from_translated(kind, source, &parse(text)?)?;
            // That a text equals its source is what most of a half-done translation says.
            let told =
                notices.into_iter().filter(|notice| !matches!(notice, Notice::SameAsSource { .. }));
            Ok((translation, told.map(|notice| (String::new(), notice.to_string())).collect()))
        }
    }
}

/// The document with a slug of the right form: made from what it has, else from its title, else its id.
fn normalised(
    kind: &KindSchema,
    key: &EntryKey,
    document: Value,
    notices: &mut Vec<(String, String)>,
) -> Value {
    let Some(written) = kind.slug(&document) else { return document };
    let made = slug::normalise(written)
        .or_else(|| slug::normalise(kind.title(&document)?))
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
