//! Judging translations: together with their source, as the document that learners would get.
//!
//! Invariants:
//! 1. The source of a translation exists, its language exists and is not the source's, and its texts are at addresses
//!    where the source has or had one.
//! 2. A change of the source makes no translation worse: a text whose source changed is stale, and is no longer judged.

use serde_json::Value;

use crate::repo::{
    content::{
        catalogue::{self, CatalogueRow, RowState},
        kinds::{KindInForce, Kinds},
        languages::language_key,
    },
    ground::{error::StoreError, repository::Repository},
};
use crate::{
    model::{
        document::Document,
        id::{NodeId, RevisionId},
        key::{EntryKey, Locale},
        pointer,
    },
    schema::{
        Violation, ViolationCode,
        translation::{HISTORY_DOCUMENTS_MAX, Translation},
    },
};

/// An entry next to a translation, where it differs from the catalogue; the inner `None` when it does not exist.
pub(in crate::repo) type Over<'o> =
    &'o (dyn Fn(&EntryKey) -> Result<Option<Option<Document>>, StoreError> + Sync);

/// The surroundings in which a translation is judged.
#[derive(Clone, Copy)]
pub(in crate::repo) struct Surroundings<'s> {
    pub(in crate::repo) kinds: &'s Kinds<'s>,
    pub(in crate::repo) catalogue: NodeId,
    pub(in crate::repo) over: Over<'s>,
}

impl Surroundings<'_> {
    fn row(
        &self,
        repository: &Repository,
        key: &EntryKey,
    ) -> Result<Option<CatalogueRow>, StoreError> {
        catalogue::row(&*repository.source, self.catalogue, key)
    }

    fn document(
        &self,
        repository: &Repository,
        key: &EntryKey,
    ) -> Result<Option<Document>, StoreError> {
        if let Some(known) = (self.over)(key)? {
            return Ok(known);
        }
        let row = self.row(repository, key)?.filter(|row| row.state != RowState::Deleted);
        let Some(row) = row else { return Ok(None) };
        repository.stand_in(&row)?.map(|id| repository.stored_document(id)).transpose()
    }
}

impl Repository {
    /// Why no translation of an entry into a language can exist, whatever its texts are.
    pub(in crate::repo) fn without_place(
        &self,
        around: Surroundings<'_>,
        key: &EntryKey,
    ) -> Result<Option<Violation>, StoreError> {
        let Some(locale) = key.locale() else { return Ok(None) };
        if let Some(violation) = self.no_language(around, locale)? {
            return Ok(Some(violation));
        }
        if around.document(self, &key.source())?.is_none() {
            let message = format!("there is no entry {} to translate", key.source());
            return Ok(Some(Violation::new("", ViolationCode::NoSource, message)));
        }
        Ok(None)
    }

    fn no_language(
        &self,
        around: Surroundings<'_>,
        locale: &Locale,
    ) -> Result<Option<Violation>, StoreError> {
        if *locale == self.header.source_locale {
            let message =
                format!("{locale} is the language of the sources, which needs no translation");
            return Ok(Some(Violation::new("", ViolationCode::SourceLanguage, message)));
        }
        let Some(language) = language_key(locale) else { return Ok(None) };
        let is_there = around.document(self, &language)?.is_some();
        Ok((!is_there).then(|| {
            let message =
                format!("there is no language {locale}: it would need the entry {language}");
            Violation::new("", ViolationCode::UnknownLanguage, message)
        }))
    }

    /// All that is wrong with a translation.
    pub(in crate::repo) fn judge_translation(
        &self,
        around: Surroundings<'_>,
        key: &EntryKey,
        document: &Value,
    ) -> Result<Vec<Violation>, StoreError> {
        if let Some(violation) = self.without_place(around, key)? {
            return Ok(vec![violation]);
        }
        let translation = match Translation::parse(document) {
            Ok(translation) => translation,
            Err(violations) => return Ok(violations),
        };
        let source = around.document(self, &key.source())?;
        let (Some(kind), Some(source)) = (around.kinds.get(key.kind())?, source) else {
            return Ok(vec![super::refusal::unknown_kind(around.kinds, key)?]);
        };
        let source = kind.under_its_names(source);
        let translation = translation.renamed(&kind.schema);
        let mut violations = self.judge_texts(&kind, &source, &translation)?;
        let history = self.row_of_source(around, key)?;
        violations.extend(self.misplaced(&kind, &source, history, &translation)?);
        Ok(violations)
    }

    fn row_of_source(
        &self,
        around: Surroundings<'_>,
        key: &EntryKey,
    ) -> Result<Option<RevisionId>, StoreError> {
        Ok(around.row(self, &key.source())?.map(|row| row.revision))
    }

    /// What is wrong with the texts of a translation that fit their source.
    pub(in crate::repo) fn judge_texts(
        &self,
        kind: &KindInForce,
        source: &Value,
        translation: &Translation,
    ) -> Result<Vec<Violation>, StoreError> {
        let mut violations = kind.schema.lost_placeholders(source, translation);
        violations.extend(kind.schema.parted_texts(source, translation, &self.engines));
        let applied = kind.schema.applied(source, translation);
        let found = self.judge(&kind.schema, &applied.document)?;
        if !found.is_empty() {
            let sources = self.judge(&kind.schema, source)?;
            violations.extend(applied.blame(found, &sources));
        }
        Ok(violations)
    }

    /// The texts at addresses that the source neither has nor had.
    fn misplaced(
        &self,
        kind: &KindInForce,
        source: &Value,
        history: Option<RevisionId>,
        translation: &Translation,
    ) -> Result<Vec<Violation>, StoreError> {
        let mut nowhere = kind.schema.nowhere(source, translation);
        let mut next = history;
        for _ in 0..HISTORY_DOCUMENTS_MAX {
            let Some(revision) = next.filter(|_| !nowhere.is_empty()) else { break };
            let revision = self.revision(revision)?;
            next = revision.parents.first().copied();
            let Some(document) = revision.state.document() else { continue };
            let mut document = self.document(document)?;
            kind.schema.rename(&mut document);
            let still = kind.schema.nowhere(&document, translation);
            nowhere.retain(|address| still.contains(address));
        }
        let told = nowhere.into_iter().map(|address| {
            let at = pointer::joined("/segments", address.as_str());
            let message = format!("the source has no text at {address}");
            Violation::new(at, ViolationCode::UnknownPlace, message)
        });
        Ok(told.collect())
    }
}
