//! Translations as translators see them: the texts one by one, and what is not done in a language.

use cms_core::repo;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::OnWire;

use super::publishing::OldKey;

/// The state of a text in a language.
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
    /// The source no longer has a text at this address.
    Gone,
}

/// One text of an entry, with its translation.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TextRow {
    /// Where it stands, with elements named by their key, as in a translation's document.
    pub address: String,
    /// The element that is translated with it, such as `items/i1`.
    pub unit: Option<String>,
    /// The source's text; null when the source no longer has it.
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
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct EntryTexts {
    /// The entry.
    pub key: String,
    /// The language.
    pub locale: String,
    /// The source's revision.
    pub revision: String,
    /// The translation's revision; null when there is no translation.
    pub translation: Option<String>,
    /// The texts in the order of the document, then those that the source no longer has.
    pub rows: Vec<TextRow>,
    /// Items for which the language's learners would be scored by earlier answers, if this were published.
    pub old_keys: Vec<OldKey>,
}

/// A number of texts and of their words.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct Amount {
    /// How many texts.
    pub texts: u64,
    /// How many words they have in the source.
    pub words: u64,
}

/// How much of something is translated into a language.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct Amounts {
    /// All texts that have words.
    pub all: Amount,
    /// Those of them that have no translation.
    pub missing: Amount,
    /// Those of them whose translation was made from an earlier text.
    pub stale: Amount,
}

/// The state of a course, or of another container, in a language.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CourseGaps {
    /// The container; null for entries that are in no such container.
    pub course: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// How many entries stand in it, including itself and the entries that they show.
    pub entries_count: u64,
    /// How many of these are not done.
    pub undone_count: u64,
    /// How many items the language's learners would be scored for by earlier answers than the source's, if this were
    /// published.
    pub old_keys_count: u64,
    /// Its texts.
    pub amounts: Amounts,
    /// How many of its entries are damaged, so that neither their texts nor the entries below them are counted.
    pub damaged_count: u64,
}

/// The state of a language, course by course.
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
    /// The container in which it stands.
    pub course: Option<String>,
    /// Its texts.
    pub amounts: Amounts,
    /// Its items for which the language's learners would be scored by earlier answers than the source's, if this were
    /// published.
    pub old_keys: Vec<OldKey>,
    /// Why its texts are not known: what the damaged object says of its damage.
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
