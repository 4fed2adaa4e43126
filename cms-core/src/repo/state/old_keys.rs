//! Old keys: items for which a language's learners would be scored by earlier answers than the source's, if a state
//! were published.

use serde::Serialize;
use serde_json::Value;

use crate::repo::{
    content::{
        catalogue,
        kinds::{KindInForce, Kinds},
        languages::language_key,
    },
    ground::{error::StoreError, repository::Repository},
};
use crate::{
    model::{
        id::{NodeId, RevisionId},
        key::{EntryKey, Locale},
    },
    schema::translation::{LocalePolicy, Translation, translate},
};

/// An item for which a language's learners would be scored by earlier answers than the source's, because words that
/// changed together with the answers wait for their translation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OldKeyRow {
    /// The entry.
    pub key: EntryKey,
    /// The language.
    pub locale: Locale,
    /// The item, by its key.
    pub item: String,
    /// The changed answers, as JSON pointers into the source's document; only the first ones.
    pub pointers: Vec<String>,
    /// Whether the language's policy holds the item instead, so that nobody is scored by the earlier answers.
    pub held: bool,
}

/// A language and its settings.
pub(super) struct Language<'l> {
    pub(super) locale: &'l Locale,
    pub(super) policy: LocalePolicy,
}

impl Repository {
    /// The settings of a language at a catalogue.
    pub(super) fn language_at<'l>(
        &self,
        root: NodeId,
        locale: &'l Locale,
    ) -> Result<Language<'l>, StoreError> {
        let row = match language_key(locale) {
            Some(key) => catalogue::row(&*self.source, root, &key)?,
            None => None,
        };
        let document = row.and_then(|row| row.document());
        let document = document.map(|id| self.document(id)).transpose()?;
        let policy = document.as_ref().map(LocalePolicy::of).unwrap_or_default();
        Ok(Language { locale, policy })
    }

    /// The items of an entry that keep earlier answers. Earlier revisions are read only if an item waits.
    pub(super) fn old_keys(
        &self,
        (kinds, kind): (&Kinds<'_>, &KindInForce),
        (key, source, revision): (&EntryKey, &Value, RevisionId),
        translation: &Translation,
        language: &Language<'_>,
    ) -> Result<Vec<OldKeyRow>, StoreError> {
        let mut older = kinds.older(kind, revision);
        let delivered = translate(&kind.schema, source, &mut older, translation, language.policy)?;
        let row = |old: crate::schema::translation::OldKey| OldKeyRow {
            key: key.clone(),
            locale: language.locale.clone(),
            item: old.unit.key(),
            pointers: old.pointers,
            held: old.held,
        };
        Ok(delivered.old_keys.into_iter().map(row).collect())
    }
}
