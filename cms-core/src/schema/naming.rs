//! An entry's names: its title and its slug.

use crate::model::pointer;
use serde_json::Value;

use super::kind::KindSchema;

impl KindSchema {
    /// The title of a document, when it has one that is a text.
    pub fn title<'d>(&self, document: &'d Value) -> Option<&'d str> {
        document.get(self.fields.title.as_deref()?)?.as_str()
    }

    /// The slug of a document, when it has one that is a text. It is as written; see
    /// [`super::slug::normalise`].
    pub fn slug<'d>(&self, document: &'d Value) -> Option<&'d str> {
        document.get(self.fields.slug.as_deref()?)?.as_str()
    }

    /// The document with another slug; unchanged when the kind has none.
    pub fn with_slug(&self, document: &Value, slug: &str) -> Value {
        let mut document = document.clone();
        if let (Some(name), Value::Object(fields)) = (self.fields.slug.as_deref(), &mut document) {
            fields.insert(name.to_owned(), slug.into());
        }
        document
    }

    /// The document with another title; unchanged when the kind has none.
    pub fn with_title(&self, document: &Value, title: &str) -> Value {
        let mut document = document.clone();
        if let (Some(name), Value::Object(fields)) = (self.fields.title.as_deref(), &mut document) {
            fields.insert(name.to_owned(), title.into());
        }
        document
    }

    /// The JSON pointer of the slug, when the kind has one.
    pub fn slug_pointer(&self) -> Option<String> {
        self.fields.slug.as_deref().map(|name| pointer::joined("", name))
    }

    /// The JSON pointer of the canonical parent, when the kind has one.
    pub fn canonical_parent_pointer(&self) -> Option<String> {
        self.fields.canonical_parent.as_deref().map(|name| pointer::joined("", name))
    }
}
