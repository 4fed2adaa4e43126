//! Khan-shaped content of any size: deterministic, streaming, valid under `schemas/`.
//!
//! The shape is that of Khan Academy's topic tree of 2014-15: entries stand in several places, fan-out is uneven,
//! containers nest five deep. The text resembles English, so that compressors and differences meet what they would meet
//! in real life.
//!
//! Invariants, which the tests print and assert:
//! 1. The same shape always gives the same bytes: a benchmark's numbers are comparable over time.
//! 2. 23% of the entries stand in several places; an entry has 5 ancestors in the median, 21 at most.
//! 3. Fan-out is at most 126 and reaches it; the tree below `topic/root` is 5 deep.
//! 4. A document is canonical JSON of 2-3 KB, and larger only if a container has many children.
//! 5. Memory is proportional to the number of places, never to the text.

mod document;
mod graph;
mod prose;

use serde_json::Value;

pub use self::graph::{Figures, Graph};

/// What to generate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Number of entries, including `topic/root` and excluding entries of kind `locale`.
    pub entries_count: u32,
    /// Number of locales besides the source; each has a translation of half the entries.
    pub locales_count: usize,
    /// The seed: another one gives other content of the same shape.
    pub seed: u64,
}

/// The seed of every published figure.
pub const SEED: u64 = 20_261_122;

/// The locales that translations come in: (tag, own name, English name).
pub const LOCALES: [(&str, &str, &str); 12] = [
    ("es", "Español", "Spanish"),
    ("pt-BR", "Português (Brasil)", "Portuguese (Brazil)"),
    ("fr", "Français", "French"),
    ("de", "Deutsch", "German"),
    ("hi", "हिन्दी", "Hindi"),
    ("bn", "বাংলা", "Bengali"),
    ("id", "Bahasa Indonesia", "Indonesian"),
    ("tr", "Türkçe", "Turkish"),
    ("pl", "Polski", "Polish"),
    ("ko", "한국어", "Korean"),
    ("ja", "日本語", "Japanese"),
    ("ar", "العربية", "Arabic"),
];

/// The kind of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `topic/root` and the topics right below it.
    Topic,
    /// Below topics.
    Course,
    /// Below courses.
    Unit,
    /// Below units.
    Lesson,
    /// Below lessons.
    Exercise,
    /// Below lessons.
    Video,
    /// Below lessons.
    Article,
}

impl Kind {
    /// The word for it in keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Course => "course",
            Self::Unit => "unit",
            Self::Lesson => "lesson",
            Self::Exercise => "exercise",
            Self::Video => "video",
            Self::Article => "article",
        }
    }
}

/// A change to an entry, which leaves it valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    /// No change: the entry as it was generated.
    None,
    /// Another first sentence; different numbers give different ones.
    Text(u64),
    /// Another prerequisite, for exercises; other kinds change their text.
    Link(u64),
}

/// One line of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The entry's key, `kind/id`.
    pub key: String,
    /// The locale, for a translation.
    pub locale: Option<&'static str>,
    /// The document as canonical JSON.
    pub document: String,
}

impl Line {
    /// The line as an import file has it, without its line end.
    pub fn to_ndjson(&self) -> String {
        let locale = self.locale.map_or("null".to_owned(), |locale| format!("\"{locale}\""));
        format!("{{\"key\":\"{}\",\"locale\":{locale},\"document\":{}}}", self.key, self.document)
    }
}

/// Generated content: the graph is held in memory, documents are made on demand.
#[derive(Debug)]
pub struct Content {
    shape: Shape,
    graph: Graph,
}

impl Content {
    /// Content of the given shape.
    pub fn new(shape: Shape) -> Self {
        Self { shape, graph: Graph::new(shape.entries_count, shape.seed) }
    }

    /// The shape that it was made from.
    pub const fn shape(&self) -> Shape {
        self.shape
    }

    /// The containment graph: which entry stands where.
    pub const fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The key of an entry, which does not reveal its number: ids are spread over the map as if drawn at random.
    pub fn key(&self, entry: u32) -> String {
        if entry == 0 {
            return "topic/root".to_owned();
        }
        let draw = prose::Draws::of(self.shape.seed, &[1, u64::from(entry)]).next();
        format!("{}/x{draw:016x}", self.graph.kind(entry).word())
    }

    /// An entry's document.
    pub fn document(&self, entry: u32, edit: Edit) -> String {
        self.value(entry, edit).to_string()
    }

    /// An entry's document, as a value.
    pub fn value(&self, entry: u32, edit: Edit) -> Value {
        document::of(self, entry, edit)
    }

    /// An entry's translation, if it has one.
    pub fn translation(&self, entry: u32, locale: usize) -> Option<String> {
        let draw = prose::Draws::of(self.shape.seed, &[2, u64::from(entry), locale as u64]).next();
        draw.is_multiple_of(2).then(|| document::translated(self, entry, locale).to_string())
    }

    /// The exercises, ascending by number.
    pub fn exercises(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.shape.entries_count).filter(|entry| self.graph.kind(*entry) == Kind::Exercise)
    }

    /// Every line: locales, then each entry followed by its translations.
    pub fn lines(&self) -> impl Iterator<Item = Line> + '_ {
        let locales = LOCALES.iter().take(self.shape.locales_count);
        let locale_entries = locales.map(|(tag, name, english_name)| Line {
            key: format!("locale/{}", tag.to_lowercase()),
            locale: None,
            document: document::locale(tag, name, english_name).to_string(),
        });
        let entries = (0..self.shape.entries_count).flat_map(move |entry| {
            let key = self.key(entry);
            let document = self.document(entry, Edit::None);
            let source = Line { key: key.clone(), locale: None, document };
            let translations = (0..self.shape.locales_count).filter_map(move |locale| {
                let document = self.translation(entry, locale)?;
                Some(Line { key: key.clone(), locale: Some(LOCALES[locale].0), document })
            });
            std::iter::once(source).chain(translations)
        });
        locale_entries.chain(entries)
    }
}

#[cfg(test)]
mod tests;
