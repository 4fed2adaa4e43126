//! Translations as people exchange them: a document with the translatable fields of the source, translated, in the
//! source's own shape.
//!
//! Invariants:
//! 1. `from_translated(source, to_translated(source, t)) == t` wherever `to_translated` gives one.
//! 2. A text equal to the source's is not a translation: exporters fill gaps with the source. But in a unit of which
//!    everything longer and other short texts are translated, a text of one or two words is the same in both languages
//!    (“No”, “Total”) and stays so on purpose.
//! 3. Nothing of an import is dropped silently: what is neither translatable nor the source's own value is a violation.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt,
};

use serde_json::{Map, Value};

use super::{TranslatedText, Translation};
use crate::schema::{
    kind::{
        KindSchema,
        trail::{ElementName, Trail},
        tree::{Marks, Node, element_keys},
    },
    nearest::{self, excerpt},
    segments::{
        Address, TextHash, UnitId, in_place_of, is_blank, segment_text, wants_words, word_count,
    },
    violation::{Violation, ViolationCode, sorted},
};

/// Something worth knowing about an import that is not an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// No text differs from the source's, so nothing is translated.
    NothingTranslated,
    /// Texts with words in them that are the same as the source's, and so count as not translated.
    SameAsSource {
        /// How many there are.
        count: usize,
        /// The address of the first.
        first: Address,
    },
    /// A unit that waits only for short texts that are the same as the source's: names, perhaps.
    AlmostWhole {
        /// How many such texts there are.
        count: usize,
        /// The address of the first.
        first: Address,
    },
    /// A blank text where the source has a text; it counts as not translated.
    Blank {
        /// The JSON pointer of the text.
        pointer: String,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingTranslated => f.write_str("nothing is translated"),
            Self::SameAsSource { count: 1, first } => {
                write!(
                    f,
                    "the text at {first} is the same as the source's and counts as not translated"
                )
            }
            Self::SameAsSource { count, first } => write!(
                f,
                "{count} texts, the first at {first}, are the same as the source's and count as not translated"
            ),
            Self::AlmostWhole { count, first } => write!(
                f,
                "all is translated around {first} but for {count} short {}, the source's own; what \
                 stays as it is has to be said in the translation's own form",
                if *count == 1 { "text" } else { "texts" }
            ),
            Self::Blank { pointer } => {
                write!(f, "the text at {pointer} is blank and counts as not translated")
            }
        }
    }
}

impl Translation {
    /// Reads a translation out of `translated`, a document in the source's shape that holds its translatable fields.
    /// Elements of keyed arrays are matched by key, others by position; other fields may be present if they equal the
    /// source's.
    ///
    /// # Errors
    /// A violation for each place that the source does not have, and for each value that is not translatable and
    /// differs.
    pub fn from_translated(
        kind: &KindSchema,
        source: &Value,
        translated: &Value,
    ) -> Result<(Self, Vec<Notice>), Vec<Violation>> {
        let mut reader = Reader::new(kind);
        if translated.is_object() {
            reader.compare(Some(kind.tree.root()), source, translated, Trail::ROOT);
        } else {
            reader.wrong(Trail::ROOT, ViolationCode::WrongType, "an object is expected here");
        }
        if !reader.violations.is_empty() {
            return Err(sorted(reader.violations));
        }
        let mut notices = Vec::new();
        reader.settle_units(&mut notices);
        if reader.segments.is_empty() {
            notices.push(Notice::NothingTranslated);
        }
        if let Some(first) = reader.same.first() {
            notices.push(Notice::SameAsSource {
                count: reader.same.len(),
                first: first.address.clone(),
            });
        }
        notices.extend(reader.blanks.into_iter().map(|pointer| Notice::Blank { pointer }));
        Ok((Self { segments: reader.segments }, notices))
    }
}

/// Most violations of one import that come with the nearest known name.
const HINTS_MAX: usize = 100;

/// Most words of a text that may plausibly be the same in two languages.
const ALIKE_WORDS_MAX: u64 = 2;

/// A text with words that is the same as the source's.
struct SameText {
    address: Address,
    text: String,
}

/// What an import says about the texts with words of one unit.
#[derive(Default)]
struct UnitTexts {
    has_translated: bool,
    has_short_translated: bool,
    has_left: bool,
}

struct Reader<'k> {
    kind: &'k KindSchema,
    segments: BTreeMap<Address, TranslatedText>,
    violations: Vec<Violation>,
    blanks: Vec<String>,
    same: Vec<SameText>,
    units: BTreeMap<UnitId, UnitTexts>,
}

impl<'k> Reader<'k> {
    fn new(kind: &'k KindSchema) -> Self {
        Self {
            kind,
            segments: BTreeMap::new(),
            violations: Vec::new(),
            blanks: Vec::new(),
            same: Vec::new(),
            units: BTreeMap::new(),
        }
    }

    /// Compares a value with the source's. The trail's numbers are the import's, its keys those of both.
    fn compare(&mut self, node: Option<&Node>, source: &Value, found: &Value, trail: Trail<'_>) {
        match (source, found) {
            (Value::Object(source), Value::Object(found)) => {
                self.compare_objects(node, source, found, trail);
            }
            (Value::Array(source), Value::Array(found)) => {
                match node.filter(|node| node.key.is_some()) {
                    Some(node) => self.compare_keyed(node, source, found, trail),
                    None => self.compare_arrays(node, source, found, trail),
                }
            }
            (Value::String(source), Value::String(found)) => match node.filter(|node| node.text) {
                Some(node) => self.compare_texts(node, source, found, trail),
                None if source == found => {}
                None => self.not_translatable(trail),
            },
            (Value::Number(source), Value::Number(found)) => {
                match node.filter(|node| node.localisable) {
                    Some(node) => {
                        self.compare_texts(node, &source.to_string(), &found.to_string(), trail);
                    }
                    None if source == found => {}
                    None => self.not_translatable(trail),
                }
            }
            _ if source == found => {}
            (Value::String(_), _) if node.is_some_and(|node| node.text) => {
                self.wrong(trail, ViolationCode::WrongType, "a text is expected here");
            }
            _ => self.not_translatable(trail),
        }
    }

    fn not_translatable(&mut self, trail: Trail<'_>) {
        let message = "this is not translatable and differs from the source; leave it out";
        self.wrong(trail, ViolationCode::NotTranslatable, message);
    }

    fn compare_texts(&mut self, node: &Node, source: &str, found: &str, trail: Trail<'_>) {
        if source == found {
            if wants_words(node, source)
                && let Some(address) = trail.address()
            {
                // An element of a list is written whenever another element of the list is.
                let may_stay = word_count(source) <= ALIKE_WORDS_MAX && !trail.is_counted();
                if let Some(unit) = address.unit(self.kind) {
                    self.units.entry(unit).or_default().has_left |= !may_stay;
                }
                self.same.push(SameText { address, text: source.to_owned() });
            }
        } else if is_blank(source) {
            if !is_blank(found) {
                self.wrong(trail, ViolationCode::UnknownPlace, "the source has no text here");
            }
        } else if is_blank(found) {
            self.blanks.push(trail.pointer());
        } else if let Some(address) = trail.address() {
            if wants_words(node, source)
                && let Some(unit) = address.unit(self.kind)
            {
                let texts = self.units.entry(unit).or_default();
                texts.has_translated = true;
                texts.has_short_translated |= word_count(source) <= ALIKE_WORDS_MAX;
            }
            let text = TranslatedText { source: TextHash::of(source), text: found.to_owned() };
            self.segments.insert(address, text);
        }
    }

    /// Accepts what is the same in both languages, and reports units that nothing else keeps waiting.
    fn settle_units(&mut self, notices: &mut Vec<Notice>) {
        let mut waiting: BTreeMap<UnitId, (usize, Address)> = BTreeMap::new();
        for same in std::mem::take(&mut self.same) {
            let unit = same.address.unit(self.kind);
            let texts = unit.as_ref().and_then(|unit| self.units.get(unit));
            let is_all_but_done =
                texts.is_some_and(|texts| texts.has_translated && !texts.has_left);
            if is_all_but_done && texts.is_some_and(|texts| texts.has_short_translated) {
                let source = TextHash::of(&same.text);
                let text = TranslatedText { source, text: same.text };
                self.segments.insert(same.address, text);
                continue;
            }
            if let Some(unit) = unit.filter(|_| is_all_but_done) {
                waiting.entry(unit).or_insert_with(|| (0, same.address.clone())).0 += 1;
            }
            self.same.push(same);
        }
        let told = waiting.into_values();
        notices.extend(told.map(|(count, first)| Notice::AlmostWhole { count, first }));
    }

    fn compare_objects(
        &mut self,
        node: Option<&Node>,
        source: &Map<String, Value>,
        found: &Map<String, Value>,
        trail: Trail<'_>,
    ) {
        for (name, value) in found {
            let below = trail.field(name, &trail);
            if let Some(source) = source.get(name) {
                let child = node.and_then(|node| self.kind.tree.field(node, name));
                self.compare(child, source, value, below);
                continue;
            }
            if node.is_some_and(|node| node.declared.contains(&**name)) {
                let message = format!("the source has no “{}” here", excerpt(name));
                self.wrong(below, ViolationCode::UnknownPlace, message);
            } else {
                let hint = self.hint(name, source.keys().map(String::as_str));
                let message = format!("there is no field “{}” here{hint}", excerpt(name));
                self.wrong(below, ViolationCode::UnknownField, message);
            }
        }
    }

    fn compare_keyed(&mut self, node: &Node, source: &[Value], found: &[Value], trail: Trail<'_>) {
        let Some(key_name) = node.key.as_deref() else { return };
        let keys = element_keys(node, source, Marks::TEXT);
        let by_key: HashMap<&str, &Value> =
            keys.iter().zip(source).filter_map(|(key, element)| Some(((*key)?, element))).collect();
        let child = self.kind.tree.element(node);
        let mut seen = HashSet::new();
        for (index, element) in found.iter().enumerate() {
            let nameless = trail.element(index, ElementName::Nameless, &trail);
            let key_trail = nameless.field(key_name, &nameless);
            let Some(key) = element.get(key_name).and_then(Value::as_str) else {
                let message = format!("element {} has no {key_name} to be matched by", index + 1);
                self.wrong(key_trail, ViolationCode::MissingField, message);
                continue;
            };
            let Some(source) = by_key.get(key) else {
                let hint = self.hint(key, keys.iter().flatten().copied());
                let message = format!(
                    "the source has no element with the {key_name} “{}”{hint}",
                    excerpt(key)
                );
                self.wrong(key_trail, ViolationCode::UnknownPlace, message);
                continue;
            };
            if seen.insert(key) {
                let below = trail.element(index, ElementName::Key(key), &trail);
                self.compare(child, source, element, below);
            } else {
                let message = format!("the {key_name} “{}” is taken already", excerpt(key));
                self.wrong(key_trail, ViolationCode::RepeatedKey, message);
            }
        }
    }

    fn compare_arrays(
        &mut self,
        node: Option<&Node>,
        source: &[Value],
        found: &[Value],
        trail: Trail<'_>,
    ) {
        if source.len() != found.len() {
            let message = format!(
                "this list has {} elements, but the source's has {}; they are matched by position",
                found.len(),
                source.len()
            );
            self.wrong(trail, ViolationCode::NotTranslatable, message);
            return;
        }
        let child = node.and_then(|node| self.kind.tree.element(node));
        for (index, (source, found)) in source.iter().zip(found).enumerate() {
            let below = trail.element(index, ElementName::Index, &trail);
            self.compare(child, source, found, below);
        }
    }

    /// A hint, for as many violations as anyone reads: a source has many keys.
    fn hint<'n>(&self, unknown: &str, known: impl Iterator<Item = &'n str>) -> String {
        if self.violations.len() < HINTS_MAX {
            nearest::hint(unknown, known)
        } else {
            String::new()
        }
    }

    fn wrong(&mut self, trail: Trail<'_>, code: ViolationCode, message: impl Into<String>) {
        self.violations.push(Violation::new(trail.pointer(), code, message));
    }
}

/// A document in the source's shape that holds the translated texts and what places them: keys of keyed elements, and
/// all elements of other arrays.
///
/// `None` when that form cannot carry the translation: some text of it does not fit this source, or equals the source's
/// in a place where a reader would take it for a gap.
pub fn to_translated(
    kind: &KindSchema,
    source: &Value,
    translation: &Translation,
) -> Option<Value> {
    let segments = kind.segments(source);
    let fitting = segments.iter().filter_map(|segment| {
        Some((translation.fitting(&segment.address, &segment.text)?, segment))
    });
    let (mut fitting_count, mut has_same) = (0, false);
    for (text, segment) in fitting {
        fitting_count += 1;
        has_same |= text == segment.text;
    }
    if fitting_count != translation.segments.len() {
        return None;
    }
    let writer = Writer { kind, translation };
    let partial = writer.partial(kind.tree.root(), source, Trail::ROOT);
    let translated = partial.unwrap_or_else(|| Map::new().into());
    let is_carried = || {
        let read = Translation::from_translated(kind, source, &translated);
        read.is_ok_and(|(again, _)| again == *translation)
    };
    (!has_same || is_carried()).then_some(translated)
}

struct Writer<'k> {
    kind: &'k KindSchema,
    translation: &'k Translation,
}

impl Writer<'_> {
    /// The translated part of a value; `None` when nothing in it is translated.
    fn partial(&self, node: &Node, value: &Value, trail: Trail<'_>) -> Option<Value> {
        if !node.reach.meets(Marks::TEXT) {
            return None;
        }
        match value {
            Value::String(_) | Value::Number(_) => {
                segment_text(node, value)?;
                let translated = self.translation.get(&trail.address()?)?;
                Some(in_place_of(value, &translated.text))
            }
            Value::Object(fields) => {
                let partial = |(name, field): (&String, &Value)| {
                    let child = self.kind.tree.field(node, name)?;
                    let below = trail.field(name, &trail);
                    Some((name.clone(), self.partial(child, field, below)?))
                };
                let fields: Map<String, Value> = fields.iter().filter_map(partial).collect();
                (!fields.is_empty()).then_some(Value::Object(fields))
            }
            Value::Array(elements) => self.partial_elements(node, elements, trail),
            _ => None,
        }
    }

    fn partial_elements(&self, node: &Node, elements: &[Value], trail: Trail<'_>) -> Option<Value> {
        let child = self.kind.tree.element(node)?;
        let keys = element_keys(node, elements, Marks::TEXT);
        let partial = |(index, element): (usize, &Value)| {
            let below = trail.element(index, ElementName::of(node, &keys, index), &trail);
            self.partial(child, element, below)
        };
        let partials: Vec<Option<Value>> = elements.iter().enumerate().map(partial).collect();
        if partials.iter().all(Option::is_none) {
            return None;
        }
        let Some(key_name) = node.key.as_deref() else {
            let filled = partials.into_iter().zip(elements);
            return Some(
                filled.map(|(partial, source)| partial.unwrap_or_else(|| filler(source))).collect(),
            );
        };
        let named = partials.into_iter().zip(&keys).filter_map(|(partial, key)| {
            let mut partial = partial?;
            partial.as_object_mut()?.insert(key_name.to_owned(), (*key)?.into());
            Some(partial)
        });
        Some(named.collect())
    }
}

/// What keeps the place of an element in which nothing is translated.
fn filler(source: &Value) -> Value {
    if source.is_object() { Map::new().into() } else { source.clone() }
}
