//! Attempts: the score of a learner's input into a delivered element, and the hints that are given one by one.
//!
//! Nothing is stored. An attempt names the delivered document that the learner saw, and is scored by the rubric of
//! exactly that document: later publishes change neither the question nor its answer.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::repo::{
    branch::branch_head,
    content::kinds::Kinds,
    deliver::Delivery,
    delivered::{
        document::{Parts, stored_summary},
        rubric::{RUBRIC, Rubric},
    },
    ground::error::StoreError,
};
use crate::{
    engine::ReadError,
    model::{
        canonical,
        id::{DocumentId, MediaId},
        key::{EntryKey, Locale},
        name::Branch,
        object::{Object, ObjectKind, Space},
        snapshot::Snapshot,
    },
    schema::{ContentEngine, ContentFault, KindSchema, links::mentioned_in, translation::LOCALE},
};

const MEDIA_CONTEXT: &str = "cms 2026-11-30 v1 media that is given";

/// Why an attempt was not scored, or a hint not given.
#[derive(Debug, thiserror::Error)]
pub enum AttemptError {
    /// No delivered document has this id.
    #[error("no delivered document has the id {object}")]
    NoObject {
        /// The id that came.
        object: DocumentId,
    },
    /// The document has no such element.
    #[error("the document {object} has no item {item:?} that can be answered")]
    NoItem {
        /// The document.
        object: DocumentId,
        /// The item's id.
        item: String,
    },
    /// The element has no such part.
    #[error("the item {item:?} has no part {part:?} that is answered by itself")]
    NoPart {
        /// The item's id.
        item: String,
        /// The part's name.
        part: String,
    },
    /// There is no such hint.
    #[error("the item {item:?} has {count} hints, counted from 0")]
    NoHint {
        /// The item's id.
        item: String,
        /// How many hints there are.
        count: usize,
    },
    /// The engine gave no answer.
    #[error(transparent)]
    Engine(#[from] ContentFault),
    /// The store can't be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AttemptError {
    fn of(fault: ContentFault, item: &str, part: Option<&str>) -> Self {
        match (fault, part) {
            (ContentFault::NoPart, Some(part)) => {
                Self::NoPart { item: item.to_owned(), part: part.to_owned() }
            }
            (fault, _) => Self::Engine(fault),
        }
    }
}

/// A hint, and how many there are.
#[derive(Debug, Clone, PartialEq)]
pub struct Hint {
    /// The hint's content, in the engine's form.
    pub hint: Value,
    /// How many hints the item has.
    pub count: usize,
    /// The entries that this hint shows, mostly pictures.
    pub shows: Mentioned,
    /// The language of the item that the learner saw.
    pub seen_in: Locale,
}

/// The score of an attempt, and what its messages show.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// The score as its engine returns it.
    pub score: Value,
    /// The entries that the messages show and that come with them.
    pub shows: Mentioned,
}

/// The entries shown by something that was withheld and is given now.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mentioned {
    keys: BTreeSet<EntryKey>,
    /// Their documents as the rubric keeps them.
    kept: BTreeMap<EntryKey, Value>,
}

/// An entry that comes along because something that is given shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Shows {
    /// The entry.
    pub key: EntryKey,
    /// The document of the entry.
    pub document: ShownDocument,
    /// Its summary, as in a delivered document.
    pub summary: Value,
    /// The media files that it names, each with the token that gets it where it is not public.
    pub media: Vec<(MediaId, Option<String>)>,
}

/// The document of an entry that comes along.
#[derive(Debug, Clone, PartialEq)]
pub enum ShownDocument {
    /// A delivered document: everybody may have the entry.
    Delivered(DocumentId),
    /// This document, which has no address of its own.
    Kept(Value),
}

impl Delivery {
    /// The score of an input into a delivered element, or into a part of it that is answered by itself, as its engine
    /// returns it. Numbers are read as they are written in `locale`, or if none is named, in the language that the
    /// learner saw: the element's own, or its document's.
    ///
    /// # Errors
    /// [`AttemptError`].
    pub fn score(
        &self,
        object: DocumentId,
        item: &str,
        part: Option<&str>,
        input: &Value,
        locale: Option<&Locale>,
    ) -> Result<Value, AttemptError> {
        Ok(self.scored(object, item, part, input, locale)?.score)
    }

    /// Like [`Delivery::score`], with the entries that the messages show.
    ///
    /// # Errors
    /// [`AttemptError`].
    pub fn scored(
        &self,
        object: DocumentId,
        item: &str,
        part: Option<&str>,
        input: &Value,
        locale: Option<&Locale>,
    ) -> Result<Scored, AttemptError> {
        let (rubric, seen_in) = self.rubric_of(object, item)?;
        let engine = self.engine_of(&rubric)?;
        let locale = locale.unwrap_or(&seen_in);
        let score = engine.score(&rubric.form, &rubric.element, part, input, locale.as_str());
        let score = score.map_err(|fault| AttemptError::of(fault, item, part))?;
        let shows = Mentioned::by(&score, &rubric);
        Ok(Scored { score, shows })
    }

    /// The hint at a position, counted from 0, of a delivered element or of a part of it that is answered by itself.
    ///
    /// # Errors
    /// [`AttemptError`].
    pub fn hint(
        &self,
        object: DocumentId,
        item: &str,
        part: Option<&str>,
        position: usize,
    ) -> Result<Hint, AttemptError> {
        let (rubric, seen_in) = self.rubric_of(object, item)?;
        let engine = self.engine_of(&rubric)?;
        let hints = engine.hints(&rubric.form, &rubric.element, part);
        let hints = hints.map_err(|fault| AttemptError::of(fault, item, part))?;
        let count = hints.len();
        let none = || AttemptError::NoHint { item: item.to_owned(), count };
        let hint = hints.into_iter().nth(position).ok_or_else(none)?;
        let shows = Mentioned::by(&hint, &rubric);
        Ok(Hint { hint, count, shows, seen_in })
    }

    /// The entries that something given shows: each as a snapshot delivers it, or else as the rubric keeps it.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn shown(
        &self,
        mentioned: &Mentioned,
        snapshot: Option<&Snapshot>,
        locale: Option<&Locale>,
    ) -> Result<Vec<Shows>, StoreError> {
        let mut shows = Vec::new();
        if mentioned.keys.is_empty() {
            return Ok(shows);
        }
        let main = branch_head(&self.repository, &Branch::Main)?;
        let main = main.map(|main| self.repository.commit_of(main.commit)).transpose()?;
        let kinds = main.map(|main| Kinds::at(&self.repository, main.catalogue));
        for key in &mentioned.keys {
            let served = match snapshot {
                Some(snapshot) => self.delivered(snapshot, key, locale)?,
                None => None,
            };
            let served = served.filter(|served| !served.retired);
            let kind = kinds.as_ref().map(|kinds| kinds.get(key.kind())).transpose()?.flatten();
            let (document, bytes) = match (served, mentioned.kept.get(key)) {
                (Some(served), _) => {
                    let object = self.object(served.object.object_id())?;
                    let bytes = object.map(|object| object.bytes().clone()).unwrap_or_default();
                    (ShownDocument::Delivered(served.object), bytes)
                }
                (None, Some(kept)) => {
                    (ShownDocument::Kept(kept.clone()), canonical::to_bytes(kept).into())
                }
                (None, None) => continue,
            };
            let (mut summary, mut media) = (Value::Null, Vec::new());
            if let (Some(kind), Some(parts)) = (kind, Parts::parse(&bytes)) {
                let text = stored_summary(&kind.schema, &parts).unwrap_or_default();
                summary = serde_json::from_str(&text).unwrap_or_default();
                let own: Value = serde_json::from_str(&parts.document).unwrap_or_default();
                media = self.media_shown(&kind.schema, &own, &document)?;
            }
            shows.push(Shows { key: key.clone(), document, summary, media });
        }
        Ok(shows)
    }

    fn media_shown(
        &self,
        kind: &KindSchema,
        own: &Value,
        document: &ShownDocument,
    ) -> Result<Vec<(MediaId, Option<String>)>, StoreError> {
        let ids: BTreeSet<MediaId> =
            kind.delivered_media(own).into_iter().map(|(_, id)| id).collect();
        let row = |id| match document {
            ShownDocument::Delivered(_) => Ok((id, None)),
            ShownDocument::Kept(_) => Ok((id, Some(self.media_token(id)?))),
        };
        ids.into_iter().map(row).collect()
    }

    /// The token that gets a media file that is not public. Nobody can make it without the repository's secret.
    fn media_token(&self, id: MediaId) -> Result<String, StoreError> {
        let key = blake3::derive_key(MEDIA_CONTEXT, self.repository.secret()?);
        Ok(blake3::keyed_hash(&key, id.object_id().as_bytes()).to_hex().to_string())
    }

    /// A media file of authors that was given together with its token; `None` where this is not its token.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn given_media(&self, id: MediaId, token: &str) -> Result<Option<Object>, StoreError> {
        if !self.is_given(id, token)? {
            return Ok(None);
        }
        let object = self.repository.engine.object(&Space::Source, id.object_id())?;
        Ok(object.filter(|object| object.kind() == ObjectKind::Media))
    }

    /// Whether the file exists and this is its token; the file is not read.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn is_given(&self, id: MediaId, token: &str) -> Result<bool, StoreError> {
        let key = blake3::derive_key(MEDIA_CONTEXT, self.repository.secret()?);
        let expected = blake3::keyed_hash(&key, id.object_id().as_bytes());
        // The parser accepts upper case too, but a token has only one spelling. Hashes are compared in constant time,
        // so that nobody can find a token byte by byte.
        let is_spelled = !token.bytes().any(|byte| byte.is_ascii_uppercase());
        let is_token = is_spelled && blake3::Hash::from_hex(token).ok() == Some(expected);
        let id = id.object_id();
        if is_token && self.repository.is_taken_down(&Space::Source, id)? {
            return Err(ReadError::TakenDown { id }.into());
        }
        Ok(is_token && self.repository.engine.holds(&Space::Source, &[id])? == [true])
    }

    fn engine_of(
        &self,
        rubric: &Rubric,
    ) -> Result<&std::sync::Arc<dyn ContentEngine>, ContentFault> {
        let missing =
            || ContentFault::Failed(format!("this program has no engine “{}”", rubric.engine));
        self.repository.engines.get(&rubric.engine).ok_or_else(missing)
    }

    /// The rubric of a delivered element, and the language of the element that the learner saw.
    fn rubric_of(&self, object: DocumentId, item: &str) -> Result<(Rubric, Locale), AttemptError> {
        let id = object.object_id();
        let found = self.repository.object_in(
            self.repository.audience.spaces_of(id),
            id,
            ObjectKind::Document,
        );
        let found = found.map_err(StoreError::from)?;
        let found = found.ok_or(AttemptError::NoObject { object })?;
        for (named, language) in rubrics_of(found.bytes(), item) {
            let rubric = self.repository.rubric(named)?;
            if rubric.item == item {
                let language =
                    language.unwrap_or_else(|| self.repository.header.source_locale.clone());
                return Ok((rubric, language));
            }
        }
        Err(AttemptError::NoItem { object, item: item.to_owned() })
    }
}

impl Mentioned {
    /// The entries that a value shows, out of those that its item shows anywhere, and the entries that those show in
    /// turn.
    fn by(value: &Value, rubric: &Rubric) -> Self {
        let among: BTreeSet<EntryKey> =
            rubric.embeds.iter().chain(rubric.shows.keys()).cloned().collect();
        if among.is_empty() {
            return Self::default();
        }
        let mut mentioned = Self::default();
        let mut queue: Vec<EntryKey> = mentioned_in(value, &among).into_iter().collect();
        while let Some(key) = queue.pop() {
            if !mentioned.keys.insert(key.clone()) {
                continue;
            }
            if let Some(kept) = rubric.shows.get(&key) {
                queue.extend(mentioned_in(kept, &among));
                mentioned.kept.insert(key, kept.clone());
            }
        }
        mentioned
    }
}

/// The rubrics of the elements of a delivered document that may be meant, each with the language of its element: those
/// with a text that is the item's id. The kind decides which text identifies an element, and the rubric holds it.
fn rubrics_of(bytes: &[u8], item: &str) -> Vec<(DocumentId, Option<Locale>)> {
    let delivered: Option<Value> = serde_json::from_slice(bytes).ok();
    let Some(delivered) = delivered else { return Vec::new() };
    let language = |of: &Value| of.get(LOCALE)?.as_str()?.parse::<Locale>().ok();
    let documents = language(&delivered);
    let document = delivered.get("document").and_then(Value::as_object);
    let arrays =
        document.into_iter().flat_map(|fields| fields.values()).filter_map(Value::as_array);
    let is_meant = |element: &&Value| {
        let fields = element.as_object();
        fields.is_some_and(|fields| fields.values().any(|value| value == item))
    };
    let meant = arrays.flatten().filter(is_meant).filter_map(|element| {
        let rubric = element.get(RUBRIC)?.as_str()?.parse().ok()?;
        Some((rubric, language(element).or_else(|| documents.clone())))
    });
    meant.collect()
}
