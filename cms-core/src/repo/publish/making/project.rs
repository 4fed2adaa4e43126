//! Projection: one document of authors as learners get it, without what is private, and without its answers where these
//! are withheld. How it is placed in a delivered document is the matter of [`crate::repo::delivered::document`].

pub(in crate::repo) mod answers;

use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;

use crate::{
    model::{
        canonical,
        id::DocumentId,
        key::{EntryKey, Locale},
        object::Object,
    },
    repo::{
        channel::policy::Answers,
        content::facts::Facts,
        ground::{error::StoreError, repository::Repository},
    },
    schema::{Children, KindSchema, Violation, translation::Foreign},
};
use answers::{Given, Public};

/// A delivered document, ready to be stored and to be carried by others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::repo) struct Delivered {
    pub(in crate::repo) object: DocumentId,
    pub(in crate::repo) bytes: Bytes,
    /// What a parent shows of it, as canonical JSON.
    pub(in crate::repo) summary: Arc<str>,
    /// The language of the summary, if it is not the document's.
    pub(in crate::repo) summary_locale: Option<Locale>,
}

/// The texts of a document that are in the source's language, as canonical JSON; `None` when there are none.
pub(in crate::repo) fn untranslated_texts(foreign: &Foreign) -> Option<String> {
    let texts: Vec<Value> = foreign.texts.iter().map(|text| text.as_str().into()).collect();
    let bytes = (!texts.is_empty()).then(|| canonical::to_bytes(&Value::Array(texts)));
    bytes.map(|bytes| String::from_utf8(bytes).expect("canonical JSON is UTF-8"))
}

/// Whether the summary of a document is in the source's language, given the texts of the document that are.
pub(in crate::repo) fn is_summary_untranslated(kind: &KindSchema, texts: Option<&str>) -> bool {
    let texts: Vec<String> =
        texts.and_then(|texts| serde_json::from_str(texts).ok()).unwrap_or_default();
    kind.names_summary(texts.iter().map(String::as_str))
}

/// A document's own part of the delivered document, independent of what it carries.
#[derive(Clone)]
pub(in crate::repo) struct Own {
    pub(in crate::repo) document: String,
    pub(in crate::repo) requires: String,
    pub(in crate::repo) summary: Arc<str>,
    pub(in crate::repo) untranslated: Option<String>,
}

impl Own {
    /// A document as learners get it, and its rubrics, which hold the entries that are given with them. `foreign` names
    /// the parts that are in the source's language, which are marked so.
    ///
    /// # Errors
    /// The inner error: why its answers can't be withheld.
    pub(in crate::repo) fn of(
        repository: &Repository,
        answers: Answers,
        kind: &KindSchema,
        document: &Value,
        foreign: &Foreign,
        given: Given<'_>,
    ) -> Result<Result<(Self, Vec<Object>), Vec<Violation>>, StoreError> {
        let public = kind.public(document, Children::Dropped);
        let mut public = match answers {
            Answers::Included => Public { document: public, rubrics: Vec::new() },
            Answers::Withheld => match repository.withhold(kind, public)? {
                Ok(withholding) if withholding.kept.is_empty() => {
                    Public { document: withholding.document, rubrics: Vec::new() }
                }
                Ok(withholding) => withholding.sealed(repository.secret()?, given)?,
                Err(violations) => return Ok(Err(violations)),
            },
        };
        kind.name_language(&mut public.document, &foreign.units, &repository.header.source_locale);
        let text = |value: &Value| {
            String::from_utf8(canonical::to_bytes(value)).expect("canonical JSON is UTF-8")
        };
        // Only the delivered part counts: what the withheld part requires would give it away.
        let requires = kind.requires(&public.document).into_iter().map(Value::from).collect();
        let own = Self {
            document: text(&public.document),
            requires: text(&Value::Array(requires)),
            summary: text(&kind.summary(document).into()).into(),
            untranslated: untranslated_texts(foreign),
        };
        Ok(Ok((own, public.rubrics)))
    }
}

impl Own {
    /// The entries that the document embeds, each once, in the order of the document.
    pub(in crate::repo) fn embedded(&self, kind: &KindSchema) -> Vec<EntryKey> {
        let document = serde_json::from_str(&self.document).expect("canonical JSON");
        Facts::of(kind, &document).embedded()
    }
}
