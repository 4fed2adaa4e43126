//! Translations as translators see them: texts one by one, and what of a language is not done.

use cms_core::repo;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::OnWire;

use super::publishing::OldKey;

/// How a text stands in a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
    /// The source has no text at this address any more.
    Gone,
}

/// One text of an entry beside its translation.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TextRow {
    /// Where it stands, elements by their key; what a translation's document calls it.
    pub address: String,
    /// The element that is translated with it, such as `items/i1`.
    pub unit: Option<String>,
    /// The source's text; null where that is gone.
    pub source: Option<String>,
    /// The hash of the source's text, which a translation of it is stored with.
    pub hash: Option<String>,
    /// Its words.
    pub words: u64,
    /// How it stands.
    pub state: TextState,
    /// The translation, as far as there is one.
    pub text: Option<String>,
    /// The source's text that the translation was made from, where that is another one and was found.
    pub made_from: Option<String>,
}

/// The texts of an entry beside their translations into a language.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct EntryTexts {
    /// The entry.
    pub key: String,
    /// The language.
    pub locale: String,
    /// The source's revision.
    pub revision: String,
    /// The translation's; null where there is none.
    pub translation: Option<String>,
    /// The texts, in the order of the document, then those that are gone.
    pub rows: Vec<TextRow>,
    /// Items that the language's learners would answer by earlier answers, were this published.
    pub old_keys: Vec<OldKey>,
}

/// Texts and their words.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct Amount {
    /// How many texts.
    pub texts: u64,
    /// How many words they have in the source.
    pub words: u64,
}

/// How much of something there is in a language.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct Amounts {
    /// What has words.
    pub all: Amount,
    /// What of that has no translation.
    pub missing: Amount,
    /// What of that has a translation that was made from an earlier text.
    pub stale: Amount,
}

/// A course, or another container, in a language.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CourseGaps {
    /// The container; null for what stands in no such one.
    pub course: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// How many entries stand in it, itself and what they show among them.
    pub entries_count: u64,
    /// How many of them are not done.
    pub undone_count: u64,
    /// How many items the language's learners would answer by earlier answers than the source's, were this published.
    pub old_keys_count: u64,
    /// Its texts.
    pub amounts: Amounts,
    /// How many of its entries are damaged, so that neither their texts nor what stands below them is counted.
    pub damaged_count: u64,
}

/// A language, course by course.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LanguageGaps {
    /// The language.
    pub locale: String,
    /// The courses, in reading order.
    pub rows: Vec<CourseGaps>,
}

/// An entry that is not done in a language.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct EntryGaps {
    /// The entry.
    pub key: String,
    /// Its title in the source's language.
    pub title: Option<String>,
    /// The container that it stands in.
    pub course: Option<String>,
    /// Its texts.
    pub amounts: Amounts,
    /// Its items that the language's learners would answer by earlier answers than the source's, were this published.
    pub old_keys: Vec<OldKey>,
    /// Why its texts are not known: what says it is damaged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub damaged: Option<String>,
}

viewed! {
    repo::TextRow => TextRow { address, unit, source, hash, words, state, text, made_from }
    repo::Amount => Amount { texts, words }
    repo::Amounts => Amounts { all, missing, stale }
    repo::CourseGaps => CourseGaps { course, title, entries_count, undone_count, old_keys_count, amounts, damaged_count }
    repo::EntryTexts => EntryTexts { key, locale, revision, translation, rows, old_keys }
    repo::EntryGaps => EntryGaps { key, title, course, amounts, old_keys, damaged }
}

impl OnWire<TextState> for repo::TextState {
    fn on_wire(self) -> TextState {
        match self {
            Self::Translated => TextState::Translated,
            Self::Stale => TextState::Stale,
            Self::Missing => TextState::Missing,
            Self::Wordless => TextState::Wordless,
            Self::Gone => TextState::Gone,
        }
    }
}
