//! The texts of an entry, one by one, with their translations into a language.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;

use crate::repo::{
    content::{
        catalogue::{self, RowState},
        kinds::{KindInForce, Kinds},
        state::State,
    },
    ground::{error::StoreError, repository::Repository},
    state::old_keys::OldKeyRow,
};
use crate::{
    model::{
        id::RevisionId,
        key::{EntryKey, Locale},
    },
    schema::{
        segments::{Segment, TextHash},
        translation::{HISTORY_DOCUMENTS_MAX, TranslatedText, Translation},
    },
};

/// The state of a text in a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TextState {
    /// Its translation was made from exactly this text.
    Translated,
    /// Its translation was made from an earlier text.
    Stale,
    /// It has words and no translation.
    Missing,
    /// It has no words, and so needs none.
    Wordless,
    /// The source no longer has a text at this address.
    Gone,
}

/// One text of an entry, with its translation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TextRow {
    /// Where it stands, with elements named by their key, as in a translation's document.
    pub address: String,
    /// The element that is translated with it, such as `items/i1`.
    pub unit: Option<String>,
    /// The source's text; `None` when the source no longer has it.
    pub source: Option<String>,
    /// The hash of the source's text, with which a translation of it is stored.
    pub hash: Option<String>,
    /// How many words the source's text has.
    pub words: u64,
    /// The state of its translation.
    pub state: TextState,
    /// The translation, if there is one.
    pub text: Option<String>,
    /// The source's text from which the translation was made, if that is an earlier one and was found.
    pub made_from: Option<String>,
}

/// The texts of an entry, with their translations into a language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryTexts {
    /// The entry.
    pub key: EntryKey,
    /// The language.
    pub locale: Locale,
    /// The source's revision.
    pub revision: RevisionId,
    /// The translation's revision; `None` when there is no translation.
    pub translation: Option<RevisionId>,
    /// The texts in the order of the document, then those that the source no longer has.
    pub rows: Vec<TextRow>,
    /// Items for which the language's learners would be scored by earlier answers if this were published, because words
    /// that changed together with the answers wait.
    pub old_keys: Vec<OldKeyRow>,
}

impl Repository {
    /// The texts of an entry at a state, with their translations; `None` when the entry does not exist.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn entry_texts(
        &self,
        state: &State,
        key: &EntryKey,
        locale: &Locale,
    ) -> Result<Option<EntryTexts>, StoreError> {
        let key = key.source();
        let root = self.roots(state)?.catalogue;
        let kinds = Kinds::at(self, root);
        let row = catalogue::row(&*self.source, root, &key)?;
        let Some(row) = row.filter(|row| row.state != RowState::Deleted) else { return Ok(None) };
        let (Some(document), Some(kind)) = (self.stand_in(&row)?, kinds.get(key.kind())?) else {
            return Ok(None);
        };
        let source = kinds.document(&kind, document)?;
        let translated = catalogue::row(&*self.source, root, &key.translated(locale))?;
        let translated = translated.filter(|row| row.state != RowState::Deleted);
        let translation = match translated {
            Some(row) => self.translation_in(&kind, self.stand_in(&row)?)?,
            None => Translation::default(),
        };
        let mut rows = rows(&kind, &source, &translation);
        self.find_earlier(&kind, &kinds, row.revision, &translation, &mut rows)?;
        let language = self.language_at(root, locale)?;
        let this = (&key, &source, row.revision);
        let old_keys = self.old_keys((&kinds, &kind), this, &translation, &language)?;
        let translation = translated.map(|row| row.revision);
        Ok(Some(EntryTexts {
            key,
            locale: locale.clone(),
            revision: row.revision,
            translation,
            rows,
            old_keys,
        }))
    }

    pub(super) fn translation_in(
        &self,
        kind: &KindInForce,
        document: Option<crate::model::id::DocumentId>,
    ) -> Result<Translation, StoreError> {
        let Some(document) = document else { return Ok(Translation::default()) };
        let translation = Translation::parse(&self.document(document)?);
        Ok(translation.unwrap_or_default().renamed(&kind.schema))
    }

    /// Finds the texts from which stale translations were made, among the source's earlier revisions.
    fn find_earlier(
        &self,
        kind: &KindInForce,
        kinds: &Kinds<'_>,
        newest: RevisionId,
        translation: &Translation,
        rows: &mut [TextRow],
    ) -> Result<(), StoreError> {
        let mut wanted: HashMap<String, &mut TextRow> = rows
            .iter_mut()
            .filter(|row| matches!(row.state, TextState::Stale | TextState::Gone))
            .map(|row| (row.address.clone(), row))
            .collect();
        let mut next = Some(newest);
        for _ in 0..HISTORY_DOCUMENTS_MAX {
            let Some(revision) = next.filter(|_| !wanted.is_empty()) else { break };
            let revision = self.revision(revision)?;
            next = revision.parents.first().copied();
            let Some(document) = revision.state.document() else { continue };
            let document = kinds.document(kind, document)?;
            for segment in kind.schema.segments(&document) {
                if translation.fitting(&segment.address, &segment.text).is_some()
                    && let Some(row) = wanted.remove(segment.address.as_str())
                {
                    row.made_from = Some(segment.text.into_owned());
                }
            }
        }
        Ok(())
    }
}

fn rows(kind: &KindInForce, source: &Value, translation: &Translation) -> Vec<TextRow> {
    let segments = kind.schema.segments(source);
    let mut rows: Vec<TextRow> = segments
        .iter()
        .map(|segment| {
            let translated = translation.get(&segment.address);
            TextRow {
                address: segment.address.to_string(),
                unit: segment.unit.as_ref().map(ToString::to_string),
                hash: Some(TextHash::of(&segment.text).to_string()),
                words: segment.word_count(),
                state: state_of(segment, translated),
                text: translated.map(|translated| translated.text.clone()),
                source: Some(segment.text.to_string()),
                made_from: None,
            }
        })
        .collect();
    let gone = kind.schema.nowhere(source, translation);
    rows.extend(gone.into_iter().map(|address| TextRow {
        address: address.to_string(),
        unit: address.unit(&kind.schema).map(|unit| unit.to_string()),
        source: None,
        hash: None,
        words: 0,
        state: TextState::Gone,
        text: translation.get(address).map(|translated| translated.text.clone()),
        made_from: None,
    }));
    rows
}

/// The state of a source's text, given its translation.
pub(super) fn state_of(source: &Segment<'_>, translated: Option<&TranslatedText>) -> TextState {
    match translated {
        Some(translated) if translated.source == TextHash::of(&source.text) => {
            TextState::Translated
        }
        Some(_) => TextState::Stale,
        None if source.word_count() == 0 => TextState::Wordless,
        None => TextState::Missing,
    }
}
