//! Attempts: what a learner's input into a delivered element is worth, and the hints that are given one by one.
//!
//! Nothing is stored. An attempt names the delivered document that the learner saw, and is scored by the rubric of
//! exactly that one: what was published since changes neither the question nor its answer.

use serde_json::Value;

use crate::repo::{
    branch::branch_head,
    content::{kinds::Kinds, objects::StoreError},
    open::{MAIN, Repository},
    publish::project::{
        Parts,
        answers::{RUBRIC, Rubric},
        stored_summary,
    },
};
use crate::{
    model::{
        id::DocumentId,
        key::{EntryKey, Locale},
        object::ObjectKind,
        snapshot::Snapshot,
    },
    schema::{ContentEngine, ContentFault, translation::LOCALE},
};

/// Why an attempt was not scored, or a hint not given.
#[derive(Debug, thiserror::Error)]
pub enum AttemptError {
    /// No delivered document has this id.
    #[error("no delivered document has the id {object}")]
    NoObject {
        /// The id.
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
        /// How many there are.
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
    /// What is shown, in the engine's form.
    pub hint: Value,
    /// How many hints the item has.
    pub count: usize,
    /// The entries that the item shows anywhere: pictures above all.
    pub embeds: Vec<EntryKey>,
    /// The language of the item as it was seen.
    pub seen_in: Locale,
}

/// An entry that an item shows, as it is delivered.
#[derive(Debug, Clone, PartialEq)]
pub struct Shows {
    /// The entry.
    pub key: EntryKey,
    /// Its delivered document.
    pub object: DocumentId,
    /// What whoever shows it needs to know, as in a delivered document.
    pub summary: Value,
}

impl Repository {
    /// What an input into a delivered element is worth, or into a part of it that is answered by itself, as its engine
    /// tells it. Numbers are read as they are written in `locale`; where none is named, in the language of what was seen:
    /// the element's own, or its document's.
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
        let (rubric, seen_in) = self.rubric_of(object, item)?;
        let engine = self.engine_of(&rubric)?;
        let locale = locale.unwrap_or(&seen_in);
        let score = engine.score(&rubric.form, &rubric.element, part, input, locale.as_str());
        score.map_err(|fault| AttemptError::of(fault, item, part))
    }

    /// The hint at a position, from 0, of a delivered element, or of a part of it that is answered by itself.
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
        Ok(Hint { hint, count, embeds: rubric.embeds, seen_in })
    }

    /// What the item of a hint shows (pictures), as a snapshot delivers it.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn hint_refs(
        &self,
        hint: &Hint,
        snapshot: &Snapshot,
        locale: Option<&Locale>,
    ) -> Result<Vec<Shows>, StoreError> {
        let mut shows = Vec::new();
        if hint.embeds.is_empty() {
            return Ok(shows);
        }
        let main = branch_head(self, MAIN)?;
        let catalogue =
            main.map(|main| self.commit_of(main.commit)).transpose()?.map(|main| main.catalogue);
        for key in &hint.embeds {
            let served = self.delivered(snapshot, key, locale)?.filter(|served| !served.retired);
            let Some(served) = served else { continue };
            let mut summary = Value::Null;
            if let (Some(catalogue), Some(found)) =
                (catalogue, self.public_object(served.object.object_id())?)
                && let Some(kind) = Kinds::at(self, catalogue).get(key.kind())?
                && let Some(parts) = Parts::parse(found.bytes())
                && let Some(text) = stored_summary(&kind.schema, &parts)
            {
                summary = serde_json::from_str(&text).unwrap_or_default();
            }
            shows.push(Shows { key: key.clone(), object: served.object, summary });
        }
        Ok(shows)
    }

    fn engine_of(
        &self,
        rubric: &Rubric,
    ) -> Result<&std::sync::Arc<dyn ContentEngine>, ContentFault> {
        let missing =
            || ContentFault::Failed(format!("this program has no engine “{}”", rubric.engine));
        self.engines.get(&rubric.engine).ok_or_else(missing)
    }

    /// The rubric of a delivered element, and the language that the element was seen in.
    fn rubric_of(&self, object: DocumentId, item: &str) -> Result<(Rubric, Locale), AttemptError> {
        let id = object.object_id();
        let mut found = None;
        for space in self.audience.iter() {
            found = found.or(self.engine.object(space, id).map_err(StoreError::from)?);
        }
        let found = found.filter(|found| found.kind() == ObjectKind::Document);
        let found = found.ok_or(AttemptError::NoObject { object })?;
        for (named, language) in rubrics_of(found.bytes(), item) {
            let rubric = self.rubric(named)?;
            if rubric.item == item {
                let language = language.unwrap_or_else(|| self.header.source_locale.clone());
                return Ok((rubric, language));
            }
        }
        Err(AttemptError::NoItem { object, item: item.to_owned() })
    }
}

/// The rubrics of the elements of a delivered document that may be meant, each with the language that its element is in:
/// one of their texts is the item's id. Which one tells elements apart is its kind's to say, and the rubric knows it.
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
