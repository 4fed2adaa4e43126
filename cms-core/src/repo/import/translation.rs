//! Translations among the lines, judged with their sources as the lines leave these.
//!
//! Invariant: a text is bound to the source text from which it was made, never to a newer one.

use std::collections::BTreeMap;

use serde_json::{Value, value::RawValue};

use super::{
    line::{Content, Judge, Judged, Parsed, Read},
    place::without_place,
};
use crate::{
    model::{canonical, id::DocumentId, key::EntryKey},
    repo::{
        commit::{
            prepared::{After, NewDocument},
            translated::Surroundings,
        },
        content::{facts::Facts, kinds::KindInForce},
        ground::error::StoreError,
        import::{
            incoming::Incoming,
            report::{Reasons, reason},
        },
    },
    schema::{
        KindSchema, ViolationCode,
        translation::{HISTORY_DOCUMENTS_MAX, Notice, Translation},
    },
};

impl Judge<'_> {
    /// Judges a translation against its source as the lines leave it.
    pub(super) fn translation(
        &self,
        parsed: &Parsed,
        known: &BTreeMap<EntryKey, Incoming>,
    ) -> Result<Read, StoreError> {
        let key = &parsed.key;
        let source = match known.get(&key.source()) {
            Some(incoming) => incoming.prepared.document().map(NewDocument::id),
            None => self.row(&key.source())?.and_then(|row| row.document()),
        };
        let (Some(kind), Some(source)) = (self.kinds.get(key.kind())?, source) else {
            let message = format!("there is no entry {} to translate", key.source());
            let reasons = reason("", ViolationCode::NoSource, message);
            return Ok(Read::Refused(parsed.refused(reasons), None));
        };
        let today = source;
        let source = match parsed.made_from.filter(|made_from| *made_from != today) {
            None => self.repository.document(today)?,
            Some(made_from) => match self.earlier(key, &kind, made_from)? {
                Some(earlier) => earlier,
                None => {
                    let message = format!("{} never had the document {made_from}", key.source());
                    let reasons = reason("/made_from", ViolationCode::NoSource, message);
                    return Ok(Read::Refused(parsed.refused(reasons), None));
                }
            },
        };
        let (mut translation, mut notices) =
            match read_translation(&kind.schema, &source, &parsed.content) {
                Ok(read) => read,
                Err(reasons) => return Ok(Read::Refused(parsed.refused(reasons), None)),
            };
        let resolve = |text: &str| self.media.named(text);
        if !self.media.is_none()
            && let Err(reasons) =
                kind.schema.translated_media_names_resolved(&mut translation, &resolve)
        {
            return Ok(Read::Refused(parsed.refused(reasons), None));
        }
        if matches!(parsed.content, Content::Document(_))
            && let Some(known) = self.row(key)?.and_then(|row| row.document())
            && let Ok(known) = Translation::parse(&self.repository.document(known)?)
        {
            // A text that repeats the stored translation was not translated again for a source that changed since.
            let known = known.renamed(&kind.schema);
            translation.keep_stale(&known);
            // A half-done file lacks texts, or has the source's texts in their place; neither removes a translation.
            let kept = translation.keep_missing(&known).into_iter();
            let told = "the file does not translate it; what there was is kept";
            notices.extend(kept.map(|address| (address.to_string(), told.to_owned())));
        }
        if matches!(parsed.content, Content::Document(_)) {
            let mut now = self.repository.document(today)?;
            kind.schema.rename(&mut now);
            let stale = kind.schema.stale(&now, &translation).into_iter();
            let told = "it was made from an earlier source, and stays stale";
            notices.extend(stale.map(|address| (address.to_string(), told.to_owned())));
        }
        let document = translation.to_document();
        let reasons = self.judge_translation(key, &document, known)?;
        if !reasons.is_empty() {
            return Ok(Read::Refused(parsed.refused(reasons), None));
        }
        let facts = Facts::of_translation(&kind.schema, &document);
        let mut prepared = self.prepared(key, &kind, document, Some(facts))?;
        // If the source is among the lines, its new revision replaces this one later.
        prepared.derived_from = self.row(&key.source())?.map(|row| row.revision);
        if translation.is_empty() {
            prepared.after = After::Deleted;
            prepared.facts.after = None;
        }
        let origin = parsed.origin.clone();
        Ok(Read::Judged(Box::new(Judged { origin, prepared, notices })))
    }

    /// What is wrong with a translation, judged with its surroundings as the lines leave them.
    fn judge_translation(
        &self,
        key: &EntryKey,
        document: &Value,
        known: &BTreeMap<EntryKey, Incoming>,
    ) -> Result<Reasons, StoreError> {
        let over = |key: &EntryKey| match known.get(key) {
            None => Ok(None),
            Some(incoming) => {
                let document = incoming.prepared.document();
                let document = document.map(|document| self.repository.document_of(document));
                Ok(Some(document.transpose()?))
            }
        };
        let around =
            Surroundings { kinds: self.kinds, catalogue: self.base.catalogue, over: &over };
        self.repository.judge_translation(around, key, document)
    }

    /// An earlier document of a source, by its id.
    fn earlier(
        &self,
        key: &EntryKey,
        kind: &KindInForce,
        wanted: DocumentId,
    ) -> Result<Option<Value>, StoreError> {
        let mut next = self.row(&key.source())?.map(|row| row.revision);
        for _ in 0..HISTORY_DOCUMENTS_MAX {
            let Some(revision) = next else { break };
            let revision = self.repository.revision(revision)?;
            if revision.state.document() == Some(wanted) {
                return self.kinds.document(kind, wanted).map(Some);
            }
            next = revision.parents.first().copied();
        }
        Ok(None)
    }
}

fn read_translation(
    kind: &KindSchema,
    source: &Value,
    content: &Content,
) -> Result<(Translation, Vec<(String, String)>), Reasons> {
    let parse = |text: &RawValue| {
        canonical::parse(text.get().as_bytes()).map_err(|error| {
            let said = without_place(&error.reason);
            reason(&error.pointer, ViolationCode::NotADocument, said)
        })
    };
    match content {
        Content::Translation(text) => Ok((Translation::parse(&parse(text)?)?, Vec::new())),
        Content::Document(text) => {
            let (translation, notices) = Translation::from_translated(kind, source, &parse(text)?)?;
            // In a half-done translation most texts equal their source, so that is not reported.
            let told =
                notices.into_iter().filter(|notice| !matches!(notice, Notice::SameAsSource { .. }));
            Ok((translation, told.map(|notice| (String::new(), notice.to_string())).collect()))
        }
    }
}
