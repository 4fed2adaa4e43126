//! Delivered documents: what learners get for an entry in a locale.
//!
//! A delivered document is canonical JSON with these fields: `children` (key, object and summary of each delivered
//! child, in reading order), `document` (the entry without what is private), `format`, `key`, `locale`, `refs` (the
//! same for the entries that it embeds, by key), `requires`, and `untranslated` (JSON pointers of texts that are in the
//! source's language, if any). If the document is in another language than the source, then an element or the summary
//! of a child or embedded entry that is in the source's language says so in its `locale`.
//!
//! Invariants:
//! 1. A delivered document is a function of the effective catalogue alone: made from scratch or patched, its bytes are
//!    the same.
//! 2. A locale's document exists only where it differs from the source's, because of its own translation or one below
//!    it.
//! 3. It holds no route, no author and no time, so that only its own content changes its id.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::{
    model::{
        canonical,
        id::DocumentId,
        key::{EntryKey, Locale},
        object::ObjectKind,
    },
    repo::ground::{error::StoreError, repository::Repository},
    schema::KindSchema,
};

/// The format of delivered documents; `/v1` only ever adds to it.
pub(in crate::repo) const FORMAT: u32 = 1;

/// What a delivered document says about another: an object id and a summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::repo) struct Carried {
    pub(in crate::repo) object: DocumentId,
    pub(in crate::repo) summary: Arc<str>,
    /// The summary's language, if it is not that of the document that carries it.
    pub(in crate::repo) locale: Option<Locale>,
}

impl Carried {
    /// Whether both are the same apart from the language of the document that carries them.
    pub(in crate::repo) fn is_same(&self, other: &Self) -> bool {
        self.object == other.object && self.summary == other.summary
    }

    fn write(&self, key: Option<&str>, out: &mut String) {
        out.push('{');
        if let Some(key) = key {
            out.push_str("\"key\":\"");
            out.push_str(key);
            out.push_str("\",");
        }
        if let Some(locale) = &self.locale {
            out.push_str("\"locale\":\"");
            out.push_str(locale.as_str());
            out.push_str("\",");
        }
        out.push_str("\"object\":\"");
        out.push_str(&self.object.to_string());
        out.push_str("\",\"summary\":");
        out.push_str(&self.summary);
        out.push('}');
    }
}

/// The parts of a delivered document, each as canonical JSON text.
#[derive(Debug, Clone)]
pub(in crate::repo) struct Parts<'a> {
    pub(in crate::repo) children: Vec<(Cow<'a, str>, Carried)>,
    pub(in crate::repo) document: Cow<'a, str>,
    pub(in crate::repo) key: Cow<'a, str>,
    pub(in crate::repo) locale: Cow<'a, str>,
    pub(in crate::repo) refs: BTreeMap<Cow<'a, str>, Carried>,
    pub(in crate::repo) requires: Cow<'a, str>,
    pub(in crate::repo) untranslated: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    children: Vec<WireChild<'a>>,
    #[serde(borrow)]
    document: &'a RawValue,
    key: &'a str,
    locale: &'a str,
    #[serde(borrow)]
    refs: BTreeMap<&'a str, WireRef<'a>>,
    #[serde(borrow)]
    requires: &'a RawValue,
    #[serde(borrow, default)]
    untranslated: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct WireChild<'a> {
    key: &'a str,
    #[serde(default)]
    locale: Option<Locale>,
    object: DocumentId,
    #[serde(borrow)]
    summary: &'a RawValue,
}

#[derive(Deserialize)]
struct WireRef<'a> {
    #[serde(default)]
    locale: Option<Locale>,
    object: DocumentId,
    #[serde(borrow)]
    summary: &'a RawValue,
}

fn carried(object: DocumentId, summary: &RawValue, locale: Option<Locale>) -> Carried {
    Carried { object, summary: summary.get().into(), locale }
}

impl<'a> Parts<'a> {
    /// Takes a stored delivered document apart; `None` when it is not one (a tombstone, for example).
    pub(in crate::repo) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let wire: Wire<'a> = serde_json::from_slice(bytes).ok()?;
        Some(Self {
            children: wire
                .children
                .into_iter()
                .map(|child| (child.key.into(), carried(child.object, child.summary, child.locale)))
                .collect(),
            document: wire.document.get().into(),
            key: wire.key.into(),
            locale: wire.locale.into(),
            refs: wire
                .refs
                .into_iter()
                .map(|(key, r)| (key.into(), carried(r.object, r.summary, r.locale)))
                .collect(),
            requires: wire.requires.get().into(),
            untranslated: wire.untranslated.map(|texts| texts.get().into()),
        })
    }

    /// The document's canonical bytes.
    pub(in crate::repo) fn write(&self) -> Vec<u8> {
        let mut out = String::with_capacity(
            self.document.len() + 320 * (self.children.len() + self.refs.len()) + 256,
        );
        out.push_str("{\"children\":[");
        for (index, (key, carried)) in self.children.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            carried.write(Some(key), &mut out);
        }
        out.push_str("],\"document\":");
        out.push_str(&self.document);
        out.push_str(&format!(
            ",\"format\":{FORMAT},\"key\":\"{}\",\"locale\":\"{}\",\"refs\":{{",
            self.key, self.locale
        ));
        for (index, (key, carried)) in self.refs.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            out.push_str(&format!("\"{key}\":"));
            carried.write(None, &mut out);
        }
        out.push_str("},\"requires\":");
        out.push_str(&self.requires);
        if let Some(texts) = &self.untranslated {
            out.push_str(",\"untranslated\":");
            out.push_str(texts);
        }
        out.push('}');
        out.into_bytes()
    }
}

/// The summary of a delivered document that is already stored.
pub(in crate::repo) fn stored_summary(kind: &KindSchema, parts: &Parts<'_>) -> Option<Arc<str>> {
    let document: Value = serde_json::from_str(&parts.document).ok()?;
    let text = canonical::to_bytes(&kind.summary(&document).into());
    Some(String::from_utf8(text).ok()?.into())
}

/// What learners get for an entry that is no longer delivered.
pub(in crate::repo) fn tombstone(
    key: &EntryKey,
    title: Option<&str>,
    last_object: DocumentId,
    replaced_by: Option<&EntryKey>,
) -> Vec<u8> {
    let tombstone = serde_json::json!({
        "format": FORMAT,
        "key": key,
        "retired": { "last_object": last_object, "replaced_by": replaced_by, "title": title },
    });
    canonical::to_bytes(&tombstone)
}

/// What a tombstone says about its entry.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(in crate::repo) struct Tombstone {
    /// The document that was last delivered.
    pub(in crate::repo) last_object: DocumentId,
    /// The entry that replaces it.
    pub(in crate::repo) replaced_by: Option<EntryKey>,
    /// Its last title.
    pub(in crate::repo) title: Option<String>,
}

impl Tombstone {
    /// Reads a tombstone; `None` when the bytes are not one.
    pub(in crate::repo) fn parse(bytes: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Wire {
            retired: Tombstone,
        }
        serde_json::from_slice::<Wire>(bytes).ok().map(|wire| wire.retired)
    }
}

impl Repository {
    /// What the tombstone with this id says.
    pub(in crate::repo) fn tombstone(&self, id: DocumentId) -> Result<Tombstone, StoreError> {
        let id = id.object_id();
        let object = self.audience_object(id, ObjectKind::Document)?;
        let what = || StoreError::Row { what: format!("the tombstone {id}") };
        object.and_then(|object| Tombstone::parse(object.bytes())).ok_or_else(what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taking_apart_and_writing_are_inverse_and_canonical() {
        let text = r#"{"children":[{"key":"video/v","locale":"en","object":"af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262","summary":{"title":"A \"V\""}}],"document":{"title":"é"},"format":1,"key":"lesson/l","locale":"en","refs":{"image/i":{"object":"af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262","summary":{}}},"requires":["perseus-widget:radio"],"untranslated":["/description"]}"#;
        let parts = Parts::parse(text.as_bytes()).expect("a delivered document");
        assert_eq!(String::from_utf8(parts.write()).unwrap(), text);
        assert_eq!(
            canonical::to_bytes(&canonical::parse(text.as_bytes()).unwrap()),
            text.as_bytes()
        );
    }

    #[test]
    fn a_tombstone_is_no_delivered_document() {
        let bytes = tombstone(&"video/v".parse().unwrap(), Some("V"), DocumentId::of(b"x"), None);
        assert!(Parts::parse(&bytes).is_none());
    }
}
