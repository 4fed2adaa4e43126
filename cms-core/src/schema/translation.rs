//! Translations: what a translator wrote, each text bound to the source text that it was made from.
//!
//! The document of an entry such as `exercise/x1@es` is `{"segments": {ADDRESS: {"source": HASH, "text": TEXT}}}`.
//! Because each text carries the hash of its source, a change of the source makes exactly the changed texts stale, and
//! no others.
//!
//! Invariants:
//! 1. A translation holds no blank text.
//! 2. `parse(to_document(t)) == t`.

mod coupled;
mod deliver;
mod exchange;
mod foreign;
mod judge;
mod old_keys;
mod placeholders;
mod policy;
mod whole;

use crate::model::pointer;
use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::{
    kind::KindSchema,
    nearest,
    segments::{Address, TextHash, is_blank},
    violation::{Violation, ViolationCode, sorted},
};
use crate::model::key::EntryKey;

pub use deliver::{Delivered, translate};
pub use exchange::{Notice, to_translated};
pub use foreign::{Foreign, LOCALE};
pub use judge::Applied;
pub(super) use judge::text_pointer;
pub use old_keys::OldKey;
pub use policy::{LocalePolicy, OldKeys, Untranslated};
pub use whole::{HISTORY_DOCUMENTS_MAX, whole_units};

/// The translation of one entry into one locale.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Translation {
    segments: BTreeMap<Address, TranslatedText>,
}

/// The translation of one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranslatedText {
    /// The hash of the source text that it was made from.
    pub source: TextHash,
    /// The translated text, which is never blank.
    pub text: String,
}

impl Translation {
    /// Reads the document of a translation, strictly.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn parse(document: &Value) -> Result<Self, Vec<Violation>> {
        let mut violations = Vec::new();
        let mut segments = BTreeMap::new();
        let fields = fields_of(document, "", &["segments"], &mut violations);
        let texts = fields.and_then(|fields| fields.get("segments"));
        match texts {
            Some(Value::Object(texts)) => {
                for (name, text) in texts {
                    let at = pointer::joined("/segments", name);
                    let address = match name.parse::<Address>() {
                        Ok(address) => Some(address),
                        Err(error) => {
                            let code = ViolationCode::NotAnAddress;
                            violations.push(Violation::new(&at, code, error.to_string()));
                            None
                        }
                    };
                    let text = parse_text(text, &at, &mut violations);
                    segments.extend(address.zip(text));
                }
            }
            Some(_) => violations.push(Violation::new(
                "/segments",
                ViolationCode::WrongType,
                "“segments” is expected to be an object",
            )),
            None => {}
        }
        if violations.is_empty() { Ok(Self { segments }) } else { Err(sorted(violations)) }
    }

    /// The document that [`Translation::parse`] reads.
    pub fn to_document(&self) -> Value {
        let texts = self.segments.iter().map(|(address, translated)| {
            let text = json!({"source": translated.source.to_string(), "text": translated.text});
            (address.to_string(), text)
        });
        json!({"segments": texts.collect::<Map<String, Value>>()})
    }

    /// The translation with its texts at their addresses in today's version of the kind. If two would share one
    /// address, the text that is there already stays.
    #[must_use]
    pub fn renamed(self, kind: &KindSchema) -> Self {
        let (now, earlier): (Vec<_>, Vec<_>) = self
            .segments
            .into_iter()
            .map(|(address, text)| (kind.address_now(&address), address, text))
            .partition(|(now, address, _)| now == address);
        let mut segments: BTreeMap<_, _> =
            now.into_iter().map(|(address, _, text)| (address, text)).collect();
        for (address, _, text) in earlier {
            segments.entry(address).or_insert(text);
        }
        Self { segments }
    }

    /// The translation of the text at an address, whether or not it fits today's source.
    pub fn get(&self, address: &Address) -> Option<&TranslatedText> {
        self.segments.get(address)
    }

    /// The translation of the text at an address, when it was made from exactly this source text.
    pub fn fitting(&self, address: &Address, source: &str) -> Option<&str> {
        let translated = self.segments.get(address)?;
        (translated.source == TextHash::of(source)).then_some(translated.text.as_str())
    }

    /// Stores the translation of one text; a blank one removes what is there.
    pub fn set(&mut self, address: Address, source: &str, text: &str) {
        if is_blank(text) {
            self.segments.remove(&address);
        } else {
            let text = TranslatedText { source: TextHash::of(source), text: text.to_owned() };
            self.segments.insert(address, text);
        }
    }

    /// Removes texts at addresses that a source does not have.
    pub fn keep_places(&mut self, kind: &KindSchema, source: &Value) {
        let there = kind.segments(source);
        let there: HashSet<&Address> = there.iter().map(|segment| &segment.address).collect();
        self.segments.retain(|address, _| there.contains(address));
    }

    /// Keeps each text that `known` has word for word bound to the source that it was made from there.
    pub fn keep_stale(&mut self, known: &Self) {
        for (address, translated) in &mut self.segments {
            if let Some(known) = known.segments.get(address)
                && known.text == translated.text
                && known.source != translated.source
            {
                translated.source = known.source;
            }
        }
    }

    /// Takes over the texts of `known` at addresses for which this translation has none, or only the source's own
    /// words; returns which.
    pub fn keep_missing(&mut self, known: &Self) -> Vec<Address> {
        let mut kept = Vec::new();
        for (address, translated) in &known.segments {
            let here = self.segments.get(address);
            // A program may have filled a gap with the source's own words.
            if here.is_none_or(|here| {
                here.source == TextHash::of(&here.text) && here.text != translated.text
            }) {
                self.segments.insert(address.clone(), translated.clone());
                kept.push(address.clone());
            }
        }
        kept
    }

    /// The translation for a copy of its source: what fits the source fits the copy, mentions lead to the copies, and
    /// texts that have no place in the copy are left out. A copy with its own title does not get the original's.
    #[must_use]
    pub fn copied(
        &self,
        kind: &KindSchema,
        [source, copy]: [&Value; 2],
        to: &BTreeMap<EntryKey, EntryKey>,
        is_retitled: bool,
    ) -> Self {
        let mut copied = self.carried_over(kind, source, copy);
        for (address, translated) in &mut copied.segments {
            translated.text = kind.repointed_text(address, &translated.text, to);
        }
        copied.keep_places(kind, copy);
        let title = kind.fields.title.as_ref().filter(|_| is_retitled);
        let title = title.map(|title| pointer::joined("", title));
        copied.segments.retain(|address, _| title.as_deref() != Some(address.as_str()));
        copied
    }

    /// All translated texts, in the order of their addresses.
    pub fn segments(&self) -> impl ExactSizeIterator<Item = (&Address, &TranslatedText)> {
        self.segments.iter()
    }

    pub(super) fn texts_mut(&mut self) -> impl Iterator<Item = (&Address, &mut String)> {
        self.segments.iter_mut().map(|(address, translated)| (address, &mut translated.text))
    }

    /// Whether nothing is translated.
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// The translation after a change of the source that left its meaning unchanged: what fitted `before` fits `after`.
    /// What was stale stays stale.
    pub fn carried_over(&self, kind: &KindSchema, before: &Value, after: &Value) -> Self {
        let now = kind.segments(after);
        let now: HashMap<_, _> =
            now.iter().map(|segment| (&segment.address, &*segment.text)).collect();
        let mut carried = self.clone();
        for segment in kind.segments(before) {
            if self.fitting(&segment.address, &segment.text).is_some()
                && let Some(text) = now.get(&segment.address)
                && let Some(translated) = carried.segments.get_mut(&segment.address)
            {
                translated.source = TextHash::of(text);
            }
        }
        carried
    }
}

/// The fields of an object that must have exactly the named ones.
fn fields_of<'v>(
    value: &'v Value,
    at: &str,
    names: &[&str],
    violations: &mut Vec<Violation>,
) -> Option<&'v Map<String, Value>> {
    let Value::Object(fields) = value else {
        let message = "an object is expected here";
        violations.push(Violation::new(at, ViolationCode::WrongType, message));
        return None;
    };
    for name in fields.keys().filter(|name| !names.contains(&name.as_str())) {
        let hint = nearest::hint(name, names.iter().copied());
        let message = format!("there is no field “{}” here{hint}", nearest::excerpt(name));
        let at = pointer::joined(at, name);
        violations.push(Violation::new(at, ViolationCode::UnknownField, message));
    }
    for name in names.iter().filter(|name| !fields.contains_key(**name)) {
        let at = pointer::joined(at, name);
        let message = format!("“{name}” is missing");
        violations.push(Violation::new(at, ViolationCode::MissingField, message));
    }
    Some(fields)
}

fn parse_text(value: &Value, at: &str, violations: &mut Vec<Violation>) -> Option<TranslatedText> {
    let fields = fields_of(value, at, &["source", "text"], violations)?;
    let mut string = |name: &str| {
        let value = fields.get(name)?;
        if !value.is_string() {
            let message = format!("“{name}” is expected to be a text");
            let at = pointer::joined(at, name);
            violations.push(Violation::new(at, ViolationCode::WrongType, message));
        }
        value.as_str()
    };
    let (source, text) = (string("source"), string("text"));
    let source = match source?.parse::<TextHash>() {
        Ok(source) => Some(source),
        Err(error) => {
            let at = pointer::joined(at, "source");
            violations.push(Violation::new(at, ViolationCode::NotAHash, error.to_string()));
            None
        }
    };
    let text = text?;
    if is_blank(text) {
        let at = pointer::joined(at, "text");
        let message = "a translated text is not blank; leave it out instead";
        violations.push(Violation::new(at, ViolationCode::TooShort, message));
        return None;
    }
    Some(TranslatedText { source: source?, text: text.to_owned() })
}

#[cfg(test)]
mod tests;
