//! An entry in a language: its own words, and texts that are not translated, each marked with the language that it is
//! in.

use super::{
    maker::Maker,
    work::{Source, Work},
};
use crate::{
    model::{
        canonical,
        key::{EntryKey, Locale},
    },
    repo::{
        content::{catalogue::RowState, languages::language_key},
        ground::error::StoreError,
        publish::{
            making::project::{Own, untranslated_texts},
            report::ShortenedRow,
        },
        state::old_keys::OldKeyRow,
    },
    schema::{
        Violation,
        translation::{Delivered, Foreign, LOCALE, LocalePolicy, Translation, translate},
    },
};

/// What a translation makes of an entry.
pub(super) enum Translated {
    /// Nothing: there is no translation, or it has no texts yet.
    Nothing,
    /// The entry in the translation's words.
    Own(Own),
    /// The engine does not understand what the translation makes of the source.
    Refused(Vec<Violation>),
}

impl Work<'_, '_, '_> {
    /// The entry in a locale's own words.
    pub(super) fn translated(
        &mut self,
        locale: &Locale,
        source: Option<&Source>,
    ) -> Result<Translated, StoreError> {
        let key = self.key.translated(locale);
        let row = self.maker.graph.row(&key)?.filter(|row| row.state != RowState::Deleted);
        let Some(document) = row.and_then(|row| row.document()) else {
            return Ok(Translated::Nothing);
        };
        if self.maker.gone.contains(locale) {
            return Ok(Translated::Nothing);
        }
        let loaded = if source.is_none() { self.source_document()? } else { None };
        let Some((source, revision)) = source.or(loaded.as_ref()) else {
            return Ok(Translated::Nothing);
        };
        let Ok(translation) = Translation::parse(&self.maker.repository.document(document)?) else {
            return Ok(Translated::Nothing);
        };
        let translation = translation.renamed(&self.kind.schema);
        let policy = self.maker.policy(locale)?;
        let mut older = self.maker.graph.kinds.older(self.kind, *revision);
        let delivered = translate(&self.kind.schema, source, &mut older, &translation, policy)?;
        self.tell(locale, &delivered);
        if !delivered.is_translated {
            return Ok(Translated::Nothing);
        }
        self.media.extend(
            self.kind.schema.delivered_media(&delivered.document).into_iter().map(|(_, id)| id),
        );
        Ok(match self.own(&delivered.document, &delivered.foreign(), Some(locale))? {
            Ok(own) => Translated::Own(own),
            Err(reasons) => Translated::Refused(reasons),
        })
    }

    /// Reports for which items a language's learners are scored by earlier answers, and which items lack parts.
    fn tell(&mut self, locale: &Locale, delivered: &Delivered) {
        for old in &delivered.old_keys {
            self.told.old_keys.push(OldKeyRow {
                key: self.key.clone(),
                locale: locale.clone(),
                item: old.unit.key(),
                pointers: old.pointers.clone(),
                held: old.held,
            });
        }
        for unit in &delivered.shortened {
            let (key, locale, item) = (self.key.clone(), locale.clone(), unit.key());
            self.told.shortened.push(ShortenedRow { key, locale, item });
        }
    }

    /// Whether a language has nothing of its own to say: no words, or no others than the source's. The live document
    /// may hold the source's words, made because of what the document carries.
    pub(super) fn says_as_source(
        &self,
        own: Option<&Own>,
        is_live: bool,
        source_own: &Own,
        source: Option<&Source>,
    ) -> Result<bool, StoreError> {
        let Some(own) = own else { return Ok(true) };
        if own.document == source_own.document {
            return Ok(true);
        }
        let language = &self.maker.repository.header.source_locale;
        let mark = format!("\"{LOCALE}\":\"{language}\"");
        if !is_live || !own.document.contains(&mark) {
            return Ok(false);
        }
        let words = self.in_sources_words(source_own, source)?;
        Ok(own.document == words.document && own.untranslated == words.untranslated)
    }

    /// The source's words for another language's document: each text is marked as being in the source's language.
    pub(super) fn in_sources_words(
        &self,
        source_own: &Own,
        source: Option<&Source>,
    ) -> Result<Own, StoreError> {
        let loaded = if source.is_none() { self.source_document()? } else { None };
        let foreign = match source.or(loaded.as_ref()) {
            Some((source, _)) => Foreign::all(&self.kind.schema, source),
            None => Foreign::default(),
        };
        let mut own = source_own.clone();
        own.untranslated = untranslated_texts(&foreign);
        if !foreign.units.is_empty() {
            let mut document = serde_json::from_str(&own.document).expect("canonical JSON");
            let language = &self.maker.repository.header.source_locale;
            self.kind.schema.name_language(&mut document, &foreign.units, language);
            let bytes = canonical::to_bytes(&document);
            own.document = String::from_utf8(bytes).expect("canonical JSON is UTF-8");
        }
        Ok(own)
    }
}

impl Maker<'_, '_> {
    /// The settings of a language, read once.
    fn policy(&self, locale: &Locale) -> Result<LocalePolicy, StoreError> {
        if let Some(policy) = self.policies.lock().get(locale) {
            return Ok(*policy);
        }
        let key: Option<EntryKey> = language_key(locale);
        let row = key.map(|key| self.graph.row(&key)).transpose()?.flatten();
        let document = row.and_then(|row| row.document());
        let document = document.map(|id| self.repository.document(id)).transpose()?;
        let policy = document.as_ref().map(LocalePolicy::of).unwrap_or_default();
        self.policies.lock().insert(locale.clone(), policy);
        Ok(policy)
    }
}
