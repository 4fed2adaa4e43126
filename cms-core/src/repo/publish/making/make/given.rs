//! Entries that are given with what a document withholds: the pictures of its hints, its rationales and its messages.
//!
//! Such an entry is in no public list and at no public address. Its delivered document, made from the effective
//! catalogue, goes into the rubric of each element that gives it. So a learner gets it as it was when the element was
//! delivered.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::Value;

use super::{
    carry::CarriedParts,
    live::Live,
    maker::{GivenEntry, Maker},
    translated::Translated,
    work::{Source, Work},
};
use crate::{
    model::{
        key::{EntryKey, Locale},
        object::Object,
    },
    repo::{
        channel::policy::Answers, content::catalogue, ground::error::StoreError,
        publish::making::project::Own,
    },
    schema::{Place, translation::Foreign},
};

impl Maker<'_, '_> {
    /// Entries as they are given in a locale, with the entries that these show in turn.
    pub(super) fn given_with(
        &self,
        hidden: &[EntryKey],
        locale: Option<&Locale>,
        gives: &mut BTreeSet<EntryKey>,
        rubrics: &mut Vec<Object>,
    ) -> Result<BTreeMap<EntryKey, Value>, StoreError> {
        let mut shows = BTreeMap::new();
        let mut queue: Vec<EntryKey> = hidden.to_vec();
        while let Some(key) = queue.pop() {
            if shows.contains_key(&key) {
                continue;
            }
            let given = self.given(&key)?;
            let Some(document) = given.serve(locale) else { continue };
            queue.extend(given.embeds.iter().cloned());
            rubrics.extend(given.rubrics.iter().cloned());
            gives.insert(key.clone());
            shows.insert(key, document.clone());
        }
        Ok(shows)
    }

    /// An entry as it is given; empty for an entry that has a place of its own.
    pub(super) fn given(&self, key: &EntryKey) -> Result<Arc<GivenEntry>, StoreError> {
        if let Some(known) = self.given.lock().get(key) {
            return Ok(Arc::clone(known));
        }
        let given = Arc::new(self.make_given(key)?);
        self.given.lock().insert(key.clone(), Arc::clone(&given));
        Ok(given)
    }

    fn make_given(&self, key: &EntryKey) -> Result<GivenEntry, StoreError> {
        let mut given = GivenEntry::default();
        let kind = self.graph.kinds.get(key.kind())?;
        let kind = kind.filter(|kind| kind.schema.place() == Place::Used);
        let (Some(kind), Some(facts)) = (kind, self.graph.facts(key)?) else { return Ok(given) };
        let live = Live::default();
        let mut work = Work { is_given: true, ..Work::new(self, key, &kind, &facts, &live) };
        let Some(source) = work.source_document()? else { return Ok(given) };
        let Ok(own) = work.own(&source.0, &Foreign::default(), None)? else { return Ok(given) };
        work.give(None, &own, &mut given);
        let prefix = key.translations_prefix();
        for row in catalogue::with_prefix(self.graph.nodes, self.graph.roots.catalogue, &prefix)? {
            let row_key = catalogue::decoded_key(&row?.0)?;
            let Some(locale) = row_key.locale() else { continue };
            if let Translated::Own(own) = work.translated(locale, Some(&source))? {
                work.give(Some(locale), &own, &mut given);
            }
        }
        given.rubrics = work.rubrics;
        Ok(given)
    }
}

impl Work<'_, '_, '_> {
    fn give(&self, locale: Option<&Locale>, own: &Own, given: &mut GivenEntry) {
        let written_in = locale.unwrap_or(&self.maker.repository.header.source_locale);
        let delivered = self.write(own, &CarriedParts::default(), written_in);
        let document = serde_json::from_slice(&delivered.bytes).expect("it was written as JSON");
        given.documents.insert(locale.cloned(), document);
        given.embeds.extend(own.embedded(&self.kind.schema));
    }

    /// The source's document with what is given in a locale, if something of that is translated into the locale; `None`
    /// when the source's document serves.
    pub(super) fn with_given(
        &mut self,
        locale: &Locale,
        source: Option<&Source>,
    ) -> Result<Option<Own>, StoreError> {
        let keeps_back = !self.kind.schema.engine_places().is_empty()
            && self.maker.base.answers == Answers::Withheld;
        if !keeps_back || self.facts.embedded().is_empty() {
            return Ok(None);
        }
        let loaded = if source.is_none() { self.source_document()? } else { None };
        let Some((document, _)) = source.or(loaded.as_ref()) else { return Ok(None) };
        if self.gives.is_none() {
            // The source's own document is live and was not made again, so what it gives is not known yet.
            let known = self.maker.repository.embedded(self.maker.graph, self.key)?;
            self.gives = known.map(|known| known.kept.clone());
        }
        for key in self.gives.iter().flatten() {
            if self.maker.given(key)?.locales().any(|worded| worded == locale) {
                let foreign = Foreign::all(&self.kind.schema, document);
                return Ok(self.own(document, &foreign, Some(locale))?.ok());
            }
        }
        Ok(None)
    }
}
