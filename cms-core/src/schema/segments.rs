//! Segments: the texts of a document that are translated one by one.
//!
//! Invariants:
//! 1. An address names at most one text of a document. Elements of an `x-key` array are named by their key, so that an
//!    address survives reordering; an element without a key of its own holds no segments.
//! 2. Blank texts are not segments.
//! 3. Two texts have the same hash only if they are the same bytes.

use crate::model::pointer;
use std::{borrow::Cow, fmt, str::FromStr, sync::OnceLock};

use serde_json::Value;

use super::kind::{
    KindSchema,
    trail::Trail,
    tree::{Marks, Node},
};

/// Longest address, in bytes. Canonical documents are at most 64 deep, and names are short.
pub const ADDRESS_SIZE_BYTES_MAX: usize = 4096;

/// Where a segment stands: a JSON pointer in which elements of keyed arrays are named by their key, such as
/// `/items/i1/question/content`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(String);

/// A text that is not an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is not the address of a text: one such as `/items/i1/question/content` is expected"
)]
pub struct AddressError {
    text: String,
}

/// An element that is translated as a whole, such as `items/i1`: the field and the element's key.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitId(String);

/// The first 16 bytes of the BLAKE3 of a source text, in a context of its own; in JSON 32 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TextHash([u8; 16]);

/// A text that is not a hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not the hash of a text: 32 lower-case hex digits are expected")]
pub struct TextHashError {
    text: String,
}

/// One text of a document to translate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment<'d> {
    /// The segment's address.
    pub address: Address,
    /// The element that it is translated with, when it belongs to one.
    pub unit: Option<UnitId>,
    /// The text, which is never blank. For a number it is the number as JSON writes it.
    pub text: Cow<'d, str>,
    /// Whether it is a value that a language may replace (a file, a number), and not words.
    pub is_value: bool,
}

impl Segment<'_> {
    /// How many words there are to translate.
    pub fn word_count(&self) -> u64 {
        if self.is_value { 0 } else { word_count(&self.text) }
    }
}

impl Address {
    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn of_walk(text: String) -> Self {
        Self(text)
    }

    /// The unit that this address lies in, for a kind.
    pub fn unit(&self, kind: &KindSchema) -> Option<UnitId> {
        let mut tokens = self.0.splitn(4, '/').skip(1);
        let field = tokens.next()?;
        let key = tokens.next()?;
        let name = pointer::unescaped(field)?;
        let is_unit = kind.fields.units.iter().any(|unit| **unit == *name);
        is_unit.then(|| UnitId(format!("{field}/{key}")))
    }
}

impl UnitId {
    pub(super) fn new(field: &str, key: &str) -> Self {
        Self(format!("{}/{}", pointer::escaped(field), pointer::escaped(key)))
    }

    /// The unit as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The element's key.
    pub fn key(&self) -> String {
        let key = self.0.split_once('/').map_or("", |(_, key)| key);
        pointer::unescaped(key).unwrap_or_default().into_owned()
    }
}

impl TextHash {
    const CONTEXT: &'static str = "cms 2026-11-22 v1 segment text";

    /// The hash of a source text.
    pub fn of(text: &str) -> Self {
        // Deriving the context's key costs more than hashing a short text.
        static BASE: OnceLock<blake3::Hasher> = OnceLock::new();
        let mut hasher = BASE.get_or_init(|| blake3::Hasher::new_derive_key(Self::CONTEXT)).clone();
        hasher.update(text.as_bytes());
        let mut bytes = [0; 16];
        hasher.finalize_xof().fill(&mut bytes);
        Self(bytes)
    }
}

impl KindSchema {
    /// An address of an earlier version of this kind, with the current names of its fields.
    pub fn address_now(&self, address: &Address) -> Address {
        let mut node = Some(self.tree.root());
        let mut text = String::with_capacity(address.0.len());
        for token in address.0.split('/').skip(1) {
            let name = pointer::unescaped(token).unwrap_or_default();
            let now = node.and_then(|node| {
                let is_earlier = !node.declared.contains(&*name);
                node.was.get(&*name).filter(|_| is_earlier)
            });
            text.push('/');
            match now {
                Some(now) => text.push_str(&pointer::escaped(now)),
                None => text.push_str(token),
            }
            let name: &str = now.map_or(&name, |now| now);
            node = node.and_then(|node| self.tree.below(node, name));
        }
        Address(text)
    }

    /// What the annotations say about the text at an address.
    pub(super) fn node_at(&self, address: &Address) -> Option<&Node> {
        address.0.split('/').skip(1).try_fold(self.tree.root(), |node, token| {
            self.tree.below(node, &pointer::unescaped(token)?)
        })
    }

    /// The texts of a document that are translated, in the order of the document.
    pub fn segments<'d>(&self, document: &'d Value) -> Vec<Segment<'d>> {
        let mut segments = Vec::new();
        self.tree.walk(document, Marks::TEXT, &mut |node, value, trail| {
            if let Some(text) = segment_text(node, value)
                && let Some(address) = trail.address()
            {
                let unit = address.unit(self);
                segments.push(Segment { address, unit, text, is_value: node.localisable });
            }
        });
        segments
    }
}

/// The text of a segment, when this value is one.
pub(super) fn segment_text<'d>(node: &Node, value: &'d Value) -> Option<Cow<'d, str>> {
    match value {
        Value::String(text) if node.text && !is_blank(text) => Some(text.into()),
        Value::Number(number) if node.localisable => Some(number.to_string().into()),
        _ => None,
    }
}

/// A translated text as a value in place of the source's. A number stays a number if the text is one.
pub(super) fn in_place_of(source: &Value, text: &str) -> Value {
    let number = source.is_number().then(|| serde_json::from_str::<serde_json::Number>(text).ok());
    number.flatten().map_or_else(|| text.into(), Value::Number)
}

/// Whether the text at a node has words to translate.
pub(super) fn wants_words(node: &Node, text: &str) -> bool {
    !node.localisable && has_words(text)
}

/// Whether a text has nothing to translate at all.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// The address of a value, together with its text, when it is a segment.
pub(super) fn segment_at<'d>(
    node: &Node,
    value: &'d Value,
    trail: Trail<'_>,
) -> Option<(Address, Cow<'d, str>)> {
    let text = segment_text(node, value)?;
    Some((trail.address()?, text))
}

/// Whether a text says anything in a language: it holds a word outside of formulas, placeholders and the addresses of
/// links and pictures.
///
/// A single letter is a name (`x`, point `A`), not a word, unless its script has no upper and lower case, as in
/// Chinese, where one character is a word.
pub fn has_words(text: &str) -> bool {
    count_words(text, 1) > 0
}

/// How many words a text has in that sense; in a script without capitals each character is a word.
pub fn word_count(text: &str) -> u64 {
    count_words(text, u64::MAX)
}

/// Counts words up to a maximum.
fn count_words(text: &str, most: u64) -> u64 {
    let (mut rest, mut count) = (text, 0);
    let mut letters_in_a_row = 0;
    while let Some(letter) = rest.chars().next() {
        let skipped = match letter {
            '$' => formula_size(rest),
            '[' if rest.starts_with("[[☃") => rest.find("]]").map(|end| end + 2),
            ']' if rest.starts_with("](") => rest.find(')').map(|end| end + 1),
            '\\' if rest[1..].starts_with(['$', '\\']) => Some(2),
            _ => None,
        };
        if let Some(size) = skipped {
            letters_in_a_row = 0;
            rest = &rest[size..];
            continue;
        }
        if letter.is_alphabetic() {
            letters_in_a_row += 1;
            let is_caseless = !(letter.is_lowercase() || letter.is_uppercase());
            if letters_in_a_row == 2 || is_caseless {
                count += 1;
                if count == most {
                    return count;
                }
            }
        } else {
            letters_in_a_row = 0;
        }
        rest = &rest[letter.len_utf8()..];
    }
    count
}

/// Whether a text is a placeholder as players read it: `[[☃ numeric-input 1]]`.
pub(super) fn is_placeholder(text: &str) -> bool {
    let name = text.strip_prefix("[[☃ ").and_then(|rest| rest.strip_suffix("]]"));
    name.and_then(|name| name.split_once(' ')).is_some_and(|(of, number)| {
        let is_name = !of.is_empty() && of.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        is_name && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
    })
}

/// The size of the formula between dollar signs at the start of `text`. A formula may hold words
/// (`\text{apples}`), which need a translation: then it is not skipped.
fn formula_size(text: &str) -> Option<usize> {
    let mark = if text.starts_with("$$") { "$$" } else { "$" };
    let body_size = text[mark.len()..].find(mark)?;
    let body = &text[mark.len()..mark.len() + body_size];
    let has_text = body.contains("\\text") || body.contains("\\mbox");
    (!has_text).then_some(body_size + 2 * mark.len())
}

macro_rules! shown_as_text {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    )*};
}

shown_as_text!(Address, UnitId);

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let is_pointer = text.starts_with('/')
            && text.len() <= ADDRESS_SIZE_BYTES_MAX
            && text.split('/').all(|token| pointer::unescaped(token).is_some());
        if is_pointer {
            Ok(Self(text.to_owned()))
        } else {
            Err(AddressError { text: text.chars().take(120).collect() })
        }
    }
}

impl fmt::Display for TextHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for TextHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for TextHash {
    type Err = TextHashError;

    fn from_str(text: &str) -> Result<Self, TextHashError> {
        let error = || TextHashError { text: text.chars().take(80).collect() };
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() != 32 || !text.bytes().all(is_digit) {
            return Err(error());
        }
        let number = u128::from_str_radix(text, 16).map_err(|_| error())?;
        Ok(Self(number.to_be_bytes()))
    }
}

impl serde::Serialize for TextHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
