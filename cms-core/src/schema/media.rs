//! The media files that a document names.

use serde_json::Value;

use super::{
    kind::{
        KindSchema,
        tree::{Marks, Node},
    },
    nearest,
    translation::{Translation, text_pointer},
    violation::{Violation, ViolationCode, sorted},
};
use crate::model::id::MediaId;

/// What the name of a file of an import directory begins with, where an id would stand.
pub const MEDIA_NAME_PREFIX: &str = "media/";

impl KindSchema {
    /// The media files that a document names, each with the JSON pointer of the place.
    ///
    /// Private fields count too; see [`KindSchema::delivered_media`].
    pub fn media(&self, document: &Value) -> Vec<(String, MediaId)> {
        self.media_where(document, |_| true)
    }

    /// As [`KindSchema::media`], of what learners get: without what only private fields name.
    pub fn delivered_media(&self, document: &Value) -> Vec<(String, MediaId)> {
        self.media_where(document, |node| !node.hidden)
    }

    fn media_where(
        &self,
        document: &Value,
        counts: impl Fn(&Node) -> bool,
    ) -> Vec<(String, MediaId)> {
        let mut media = Vec::new();
        self.tree.walk(document, Marks::MEDIA, &mut |node, value, trail| {
            if let Some(id) = value.as_str().and_then(|text| text.parse().ok())
                && counts(node)
            {
                media.push((trail.pointer(), id));
            }
        });
        media
    }

    /// The media files that a translation names where its source has others, each with the JSON pointer of the place in
    /// the translation's own document.
    pub fn translated_media(&self, translation: &Translation) -> Vec<(String, MediaId)> {
        let texts = translation.segments();
        let media = texts.filter_map(|(address, translated)| {
            self.node_at(address).filter(|node| node.own.meets(Marks::MEDIA))?;
            Some((text_pointer(address), translated.text.parse().ok()?))
        });
        media.collect()
    }

    /// A translation of an import directory with each `media/NAME` replaced by the id of that file.
    ///
    /// # Errors
    /// As [`KindSchema::media_names_resolved`].
    pub fn translated_media_names_resolved(
        &self,
        translation: &mut Translation,
        resolve: &dyn Fn(&str) -> Option<MediaId>,
    ) -> Result<(), Vec<Violation>> {
        let mut violations = Vec::new();
        for (address, text) in translation.texts_mut() {
            let is_media = self.node_at(address).is_some_and(|node| node.own.meets(Marks::MEDIA));
            let Some(name) = text.strip_prefix(MEDIA_NAME_PREFIX).filter(|_| is_media) else {
                continue;
            };
            match resolve(name) {
                Some(id) => *text = id.to_string(),
                None => violations.push(unknown(text_pointer(address), name)),
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(sorted(violations)) }
    }

    /// The document of an import directory with each `media/NAME` replaced by the id of that file.
    ///
    /// Names that are ids already, and values that are neither, stay as they are.
    ///
    /// # Errors
    /// A violation for each name that `resolve` does not know.
    pub fn media_names_resolved(
        &self,
        document: &Value,
        resolve: &dyn Fn(&str) -> Option<MediaId>,
    ) -> Result<Value, Vec<Violation>> {
        let mut document = document.clone();
        let mut violations = Vec::new();
        self.tree.walk_mut(&mut document, Marks::MEDIA, &mut |_, value, trail| {
            let Some(name) = value.as_str().and_then(|text| text.strip_prefix(MEDIA_NAME_PREFIX))
            else {
                return;
            };
            match resolve(name) {
                Some(id) => *value = id.to_string().into(),
                None => violations.push(unknown(trail.pointer(), name)),
            }
        });
        if violations.is_empty() { Ok(document) } else { Err(sorted(violations)) }
    }
}

fn unknown(pointer: String, name: &str) -> Violation {
    let message = format!("there is no media file “{}”", nearest::excerpt(name));
    Violation::new(pointer, ViolationCode::UnknownMedia, message)
}
