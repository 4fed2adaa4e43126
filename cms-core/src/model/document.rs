//! A document: its value, its canonical bytes and its id, which stay together from where the document comes in to where
//! it is stored.
//!
//! A document is made once, at the edge where it is parsed or where a verb has made a new value, and passed on from
//! there: cloning it is cheap, its id and its bytes cost nothing, and code that holds a document never has to parse
//! what was just written.
//!
//! Invariants:
//! 1. The bytes are the canonical ones of the value, and the id is their hash.
//! 2. Two documents are equal when their ids are.

use std::{fmt, ops::Deref, sync::Arc};

use bytes::Bytes;
use serde_json::Value;

use super::{
    canonical::{self, DocumentError},
    id::DocumentId,
    materialised::{Making, note},
    object::{Object, ObjectKind},
};

/// A document, whole.
#[derive(Clone)]
pub struct Document {
    value: Arc<Value>,
    object: Object,
}

impl Document {
    /// Reads a document that comes from outside.
    ///
    /// # Errors
    /// [`DocumentError`] when the text is not JSON that every reader would understand alike.
    pub fn parse(text: &[u8]) -> Result<Self, DocumentError> {
        canonical::parse(text).map(Self::of)
    }

    /// The document with this value.
    pub fn of(value: Value) -> Self {
        let object = Object::new(ObjectKind::Document, canonical::to_bytes(&value));
        Self { value: Arc::new(value), object }
    }

    /// The document in a stored object; its bytes are canonical, since they were when they were stored.
    ///
    /// # Errors
    /// When the object is not a document's.
    pub fn stored(object: Object) -> Result<Self, serde_json::Error> {
        note(Making::Parsed, object.bytes().len());
        let value = Arc::new(serde_json::from_slice(object.bytes())?);
        Ok(Self { value, object })
    }

    /// The document's JSON value.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The value as the caller's own, to be changed; it is copied when others hold the document too.
    pub fn into_value(self) -> Value {
        Arc::try_unwrap(self.value).unwrap_or_else(|shared| {
            note(Making::Copied, self.object.bytes().len());
            Value::clone(&shared)
        })
    }

    /// The document's id, the hash of its canonical bytes.
    pub const fn id(&self) -> DocumentId {
        DocumentId::from_object_id(self.object.id())
    }

    /// The canonical bytes; cloning them is cheap.
    pub const fn bytes(&self) -> &Bytes {
        self.object.bytes()
    }

    /// The canonical bytes, as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(self.bytes()).expect("canonical JSON is UTF-8")
    }

    /// The object that an engine stores.
    pub const fn object(&self) -> &Object {
        &self.object
    }
}

/// Code that reads a document reads its value.
impl Deref for Document {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.value
    }
}

impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

impl Eq for Document {}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "document {} {}", self.id(), self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_document_written_in_two_ways_is_one() {
        let one = Document::parse(b"{\"b\": 5.0, \"a\": \"\\u0061\"}").unwrap();
        let other = Document::parse(br#"{"a":"a","b":5}"#).unwrap();
        assert_eq!(one, other);
        assert_eq!(one.text(), r#"{"a":"a","b":5}"#);
        assert_eq!(one.id(), DocumentId::of(one.bytes()));
        assert_eq!(one.value(), other.value());
    }

    #[test]
    fn what_was_stored_is_the_document_that_it_was() {
        let one = Document::parse(br#"{"a":[1,2.5,"x"]}"#).unwrap();
        let again = Document::stored(one.object().clone()).unwrap();
        assert_eq!((again.value(), again.id()), (one.value(), one.id()));
        let no_json = Object::new(ObjectKind::Document, &b"{"[..]);
        assert!(Document::stored(no_json).is_err());
    }

    #[test]
    fn a_value_that_nobody_else_holds_is_handed_out_as_it_is() {
        let document = Document::parse(br#"{"a":1}"#).unwrap();
        let shared = document.clone();
        let (_, of_shared) = crate::model::materialised::count(0, || shared.into_value());
        let (_, of_only) = crate::model::materialised::count(0, || document.into_value());
        assert_eq!((of_shared.copied, of_only.copied), (1, 0));
    }
}
