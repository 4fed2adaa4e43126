//! The media files that a document names, and what they have to be.

use crate::model::pointer;
use std::sync::Arc;

use serde_json::Value;

use super::{
    kind::{
        KindSchema,
        annotations::MediaRule,
        tree::{Marks, Node},
    },
    nearest,
    translation::{Translation, text_pointer},
    violation::{Violation, ViolationCode, sorted},
};
use crate::{
    media::{MediaFamily, MediaType, declared_type},
    model::id::MediaId,
};

/// The prefix of the name of a file of an import directory, in a place where an id would stand.
pub const MEDIA_NAME_PREFIX: &str = "media/";

/// What a text of an import that names a media file means: the id to write in its place, or none if it stays as it is.
/// The error is a sentence.
pub type MediaNames<'n> = &'n dyn Fn(&str) -> Result<Option<MediaId>, String>;

/// A media file that a document names at a place that says what it has to be.
#[derive(Debug, Clone)]
pub struct WantedMedia {
    /// The JSON pointer of the place.
    pub pointer: String,
    /// The id of the file.
    pub id: MediaId,
    rule: Arc<MediaRule>,
    /// The media type that the document states for it.
    declared: Option<String>,
}

impl WantedMedia {
    /// What is wrong with a file of this type here; none when it is what the place and the document say.
    pub fn violation(&self, found: Option<MediaType>) -> Option<Violation> {
        let wrong = |pointer: &str, message: String| {
            Some(Violation::new(pointer, ViolationCode::WrongMedia, message))
        };
        let said = found.map_or("no media file", |found| found.family.phrase());
        let is = &self.rule.is;
        if found.is_none_or(|found| !is.is_empty() && !is.contains(&found.family)) {
            let wanted: Vec<_> = is.iter().copied().map(MediaFamily::phrase).collect();
            let wanted = if wanted.is_empty() { "one".to_owned() } else { wanted.join(" or ") };
            return wrong(
                &self.pointer,
                format!("the file is {said}, and here it has to be {wanted}"),
            );
        }
        let (found, name, written) =
            (found?, self.rule.declared.as_deref()?, self.declared.as_deref()?);
        if declared_type(written) == Some(found) {
            return None;
        }
        let beside = self.pointer.rsplit_once('/').map_or("", |(beside, _)| beside);
        let written = nearest::excerpt(written);
        wrong(
            &pointer::joined(beside, name),
            format!("the file is {}, and this says “{written}”", found.name),
        )
    }
}

impl KindSchema {
    /// The media files for which the kind says what they have to be.
    pub fn wanted_media(&self, document: &Value) -> Vec<WantedMedia> {
        let mut wanted = Vec::new();
        self.tree.walk(document, Marks::MEDIA, &mut |node, value, trail| {
            let (Some(rule), Some(id)) =
                (&node.media, value.as_str().and_then(|text| text.parse().ok()))
            else {
                return;
            };
            if **rule == MediaRule::default() {
                return;
            }
            let pointer = trail.pointer();
            let declared = rule.declared.as_deref().and_then(|name| {
                let (beside, _) = pointer.rsplit_once('/')?;
                document.pointer(&pointer::joined(beside, name))?.as_str().map(str::to_owned)
            });
            wanted.push(WantedMedia { pointer, id, rule: Arc::clone(rule), declared });
        });
        wanted
    }

    /// The media files that a document names, each with the JSON pointer of the place.
    ///
    /// Private fields count too; see [`KindSchema::delivered_media`].
    pub fn media(&self, document: &Value) -> Vec<(String, MediaId)> {
        self.media_where(document, |_| true)
    }

    /// Like [`KindSchema::media`], for what learners get: without files that only private fields name.
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
        resolve: MediaNames<'_>,
    ) -> Result<(), Vec<Violation>> {
        let mut violations = Vec::new();
        for (address, text) in translation.texts_mut() {
            let is_media = self.node_at(address).is_some_and(|node| node.own.meets(Marks::MEDIA));
            if !is_media {
                continue;
            }
            match resolve(text) {
                Ok(None) => {}
                Ok(Some(id)) => *text = id.to_string(),
                Err(said) => violations.push(unknown(text_pointer(address), said)),
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(sorted(violations)) }
    }

    /// The document of an import directory with each `media/NAME` replaced by the id of that file, and the id of a file
    /// that was converted into another one replaced by the other one's id.
    ///
    /// Other ids, and values that are neither, stay as they are.
    ///
    /// # Errors
    /// A violation for each name of a file that does not exist, or that was refused.
    pub fn media_names_resolved(
        &self,
        document: &Value,
        resolve: MediaNames<'_>,
    ) -> Result<Value, Vec<Violation>> {
        let mut document = document.clone();
        let mut violations = Vec::new();
        self.tree.walk_mut(&mut document, Marks::MEDIA, &mut |_, value, trail| match value
            .as_str()
            .map_or(Ok(None), resolve)
        {
            Ok(None) => {}
            Ok(Some(id)) => *value = id.to_string().into(),
            Err(said) => violations.push(unknown(trail.pointer(), said)),
        });
        if violations.is_empty() { Ok(document) } else { Err(sorted(violations)) }
    }
}

fn unknown(pointer: String, said: String) -> Violation {
    Violation::new(pointer, ViolationCode::UnknownMedia, said)
}
