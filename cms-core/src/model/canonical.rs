//! Documents as bytes: strict reading, and canonical JSON (RFC 8785) for writing.
//!
//! Invariants:
//! 1. `parse(to_bytes(v)) == v` for every value that `parse` can give.
//! 2. Two texts that mean the same document have the same bytes after `to_bytes(parse(text))`.
//! 3. What another reader could understand differently is refused before it is hashed: duplicate
//!    keys, integers beyond 2^53-1, numbers that a double can't keep, lone surrogates, nesting and size beyond
//!    the limits.

mod encoding;
mod scan;
mod write;

use std::{cell::RefCell, fmt};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::{
    materialised::{Making, note},
    pointer,
};

pub use encoding::{BYTE_ORDER_MARK, EncodingFault, encoding_fault, offset_at, stray_mark};
pub use scan::offset_of;

/// Largest document, in bytes as received.
pub const DOCUMENT_SIZE_BYTES_MAX: usize = 4 << 20;
/// Deepest nesting of arrays and objects.
pub const DOCUMENT_DEPTH_MAX: usize = 64;
/// Largest integer that every JSON reader holds exactly: 2^53-1.
pub const INTEGER_MAX: u64 = (1 << 53) - 1;

/// Why a text is not a document, and where in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason} at {}", if pointer.is_empty() { "the top" } else { pointer })]
pub struct DocumentError {
    /// JSON pointer (RFC 6901) of the value at fault.
    pub pointer: String,
    /// What is wrong, with line and column where the reader knows them.
    pub reason: String,
}

/// Reads a document.
///
/// # Errors
/// [`DocumentError`] for anything that invariant 3 names, and for text that is not JSON.
pub fn parse(text: &[u8]) -> Result<Value, DocumentError> {
    if text.len() > DOCUMENT_SIZE_BYTES_MAX {
        let reason =
            format!("{} bytes are more than the limit of {DOCUMENT_SIZE_BYTES_MAX}", text.len());
        return Err(DocumentError { pointer: String::new(), reason });
    }
    let value = parse_along(text, None).or_else(|_| {
        if let Some(fault) = encoding_fault(text) {
            return Err(DocumentError { pointer: String::new(), reason: fault.said });
        }
        // To find where it went wrong, a second, slower reading that records its trail is worthwhile.
        let trail = RefCell::new(Vec::new());
        parse_along(text, Some(&trail)).map_err(|error| DocumentError {
            pointer: trail
                .into_inner()
                .iter()
                .map(|step| format!("/{}", pointer::escaped(step)))
                .collect(),
            reason: reason(text, &error),
        })
    })?;
    note(Making::Parsed, text.len());
    exact(text).map(|()| value)
}

/// Refuses a text of valid JSON with a number that can't be kept as it is written.
///
/// # Errors
/// [`DocumentError`] with the number and its place.
pub fn exact(text: &[u8]) -> Result<(), DocumentError> {
    let Some((pointer, number)) = scan::inexact_number(text) else { return Ok(()) };
    let shown: String = number.chars().take(60).collect();
    let reason = format!(
        "the number {shown} can't be kept exactly: it has more digits than a double; write it as a text, or shorter"
    );
    Err(DocumentError { pointer, reason })
}

/// The canonical bytes of a document; its id is their hash.
pub fn to_bytes(document: &Value) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    write::write(document, &mut out);
    note(Making::Written, out.len());
    out
}

fn reason(text: &[u8], error: &serde_json::Error) -> String {
    if let Some(fault) = stray_mark(text, offset_at(text, error.line(), error.column())) {
        return fault.said;
    }
    let said = error.to_string();
    // serde_json reports a lone surrogate as an escape that should have continued.
    if said.contains("hex escape") { format!("half of a surrogate pair: {said}") } else { said }
}

fn parse_along(text: &[u8], trail: Option<&Trail>) -> Result<Value, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = Strict { depth: 0, trail }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

type Trail = RefCell<Vec<String>>;

/// Reads one value; when reading fails, the trail still leads to the place.
#[derive(Clone, Copy)]
struct Strict<'a> {
    depth: usize,
    trail: Option<&'a Trail>,
}

impl Strict<'_> {
    fn enter(self, step: impl FnOnce() -> String) -> Self {
        if let Some(trail) = self.trail {
            trail.borrow_mut().push(step());
        }
        Self { depth: self.depth + 1, ..self }
    }

    fn leave(self) {
        if let Some(trail) = self.trail {
            trail.borrow_mut().pop();
        }
    }

    fn check_depth<E: serde::de::Error>(self) -> Result<(), E> {
        if self.depth < DOCUMENT_DEPTH_MAX {
            return Ok(());
        }
        Err(E::custom(format_args!("nesting is deeper than the limit of {DOCUMENT_DEPTH_MAX}")))
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        if value > INTEGER_MAX {
            return Err(E::custom(format_args!(
                "the integer {value} is beyond 2^53-1, so readers disagree on it"
            )));
        }
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        self.visit_u64::<E>(value.unsigned_abs())?;
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        let integral = value.fract() == 0.0;
        if integral && value.abs() <= INTEGER_MAX as f64 {
            // 5.0, 5e0 and 5 are one number, and RFC 8785 writes them all as 5.
            return Ok(Value::Number((value as i64).into()));
        }
        if integral && value.abs() < 1e21 {
            return Err(E::custom(format_args!(
                "the integer {value} is beyond 2^53-1, so readers disagree on it"
            )));
        }
        let number =
            Number::from_f64(value).ok_or_else(|| E::custom("the number is not finite"))?;
        Ok(Value::Number(number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        self.check_depth()?;
        let mut items = Vec::new();
        loop {
            let inner = self.enter(|| items.len().to_string());
            let item = access.next_element_seed(inner)?;
            self.leave();
            match item {
                Some(item) => items.push(item),
                None => return Ok(Value::Array(items)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        self.check_depth()?;
        let mut fields = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            let inner = self.enter(|| name.clone());
            if fields.contains_key(&name) {
                return Err(serde::de::Error::custom(format_args!(
                    "the field {name:?} is given twice"
                )));
            }
            let value = access.next_value_seed(inner)?;
            self.leave();
            fields.insert(name, value);
        }
        Ok(Value::Object(fields))
    }
}

#[cfg(test)]
mod tests;
