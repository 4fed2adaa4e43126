//! What a document carries: the object ids and summaries of its children and of the entries that it embeds, as this
//! publish leaves them.

use std::{
    collections::{BTreeMap, HashMap, HashSet, hash_map::Entry},
    sync::Arc,
};

use bytes::Bytes;

use super::work::Work;
use crate::{
    model::{
        id::DocumentId,
        key::{EntryKey, Locale},
        object::ObjectKind,
    },
    repo::{
        delivered::{
            document::{Carried, Parts, stored_summary},
            row::Row,
        },
        ground::error::StoreError,
        publish::{
            affected::rows_before,
            making::project::{Delivered, Own, is_summary_untranslated},
            report::LeftOut,
        },
    },
};

/// What a document carries, before it is written.
#[derive(Debug, Default)]
pub(super) struct CarriedParts {
    pub(super) children: Vec<(String, Carried)>,
    pub(super) refs: BTreeMap<String, Carried>,
}

impl CarriedParts {
    /// Whether both carry the same documents, whatever the languages of their summaries.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let mut children = self.children.iter().zip(&other.children);
        let mut refs = self.refs.iter().zip(&other.refs);
        self.children.len() == other.children.len()
            && self.refs.len() == other.refs.len()
            && children.all(|((a, one), (b, two))| a == b && one.is_same(two))
            && refs.all(|((a, one), (b, two))| a == b && one.is_same(two))
    }
}

impl Work<'_, '_, '_> {
    /// What the document carries in a locale: children in order, and embedded entries by key.
    pub(super) fn carried(
        &mut self,
        locale: Option<&Locale>,
        live: Option<&Parts<'_>>,
        embedded: &[EntryKey],
    ) -> Result<CarriedParts, StoreError> {
        let mut parts = CarriedParts::default();
        let mut live_children: HashMap<&str, &Carried> = HashMap::new();
        if let Some(live) = live {
            live_children.extend(live.children.iter().map(|(key, carried)| (&**key, carried)));
        }
        for child in self.facts.clone().children() {
            let text = child.to_string();
            let known = live_children.get(text.as_str()).copied();
            if let Some(carried) = self.serve(child, locale, known)? {
                parts.children.push((text, carried));
            }
        }
        for target in embedded {
            let text = target.to_string();
            let known = live.and_then(|live| live.refs.get(text.as_str()));
            let carried = match self.serve(target, locale, known)? {
                // Only the text of an older unit shows it. Its last form stays stored, and that text keeps it.
                None if !self.facts.carries(target) => known.cloned(),
                carried => carried,
            };
            if let Some(carried) = carried {
                parts.refs.insert(text, carried);
            }
        }
        Ok(parts)
    }

    /// The document that serves for another entry: made in this publish, or live; `known` is what the live document
    /// says of it.
    fn serve(
        &mut self,
        target: &EntryKey,
        locale: Option<&Locale>,
        known: Option<&Carried>,
    ) -> Result<Option<Carried>, StoreError> {
        if let Some(rows) = self.maker.done.get(target) {
            return Ok(rows.serve(locale, &self.maker.repository.header.source_locale));
        }
        if self.maker.affected.withdrawn.contains(target) {
            return Ok(None);
        }
        match known {
            Some(carried) => Ok(Some(carried.clone())),
            None => self.look_up(target, locale),
        }
    }

    /// What is live in a locale for an entry that this publish leaves as it is.
    fn look_up(
        &mut self,
        target: &EntryKey,
        locale: Option<&Locale>,
    ) -> Result<Option<Carried>, StoreError> {
        let rows = self.live_rows(target)?;
        let own = locale.and_then(|locale| rows.iter().find(|(of, _)| of.as_ref() == Some(locale)));
        let row = own.or_else(|| rows.iter().find(|(of, _)| of.is_none()));
        let Some((of, row)) = row.filter(|(_, row)| !row.retired).cloned() else { return Ok(None) };
        let source_locale = self.maker.repository.header.source_locale.clone();
        let is_foreign = locale.is_some() && of.is_none();
        let served = |carried: &Carried| {
            let own = carried.locale.clone();
            Carried {
                locale: own.or_else(|| is_foreign.then(|| source_locale.clone())),
                ..carried.clone()
            }
        };
        let place = (target.clone(), of);
        if let Some(carried) = self.looked_up.get(&place) {
            return Ok(Some(served(carried)));
        }
        let Some(kind) = self.maker.graph.kinds.get(target.kind())? else { return Ok(None) };
        let id = row.object.object_id();
        let bytes = self.maker.repository.object(
            &self.maker.repository.delivered,
            id,
            ObjectKind::Document,
        );
        let bytes = match bytes {
            Err(error) if error.is_taken_down() => return Ok(None),
            bytes => bytes?,
        };
        let parts = Parts::parse(&bytes);
        let summary = parts.as_ref().and_then(|parts| stored_summary(&kind.schema, parts));
        let texts = parts.as_ref().and_then(|parts| parts.untranslated.as_deref());
        let carried = Carried {
            object: row.object,
            summary: summary.unwrap_or_else(|| "{}".into()),
            locale: is_summary_untranslated(&kind.schema, texts).then(|| source_locale.clone()),
        };
        let found = served(&carried);
        self.looked_up.insert(place, carried);
        Ok(Some(found))
    }

    /// The live rows of another entry, read once.
    pub(super) fn live_rows(
        &mut self,
        target: &EntryKey,
    ) -> Result<&[(Option<Locale>, Row)], StoreError> {
        match self.rows.entry(target.clone()) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(place) => {
                Ok(place.insert(rows_before(self.maker.repository, self.maker.base, target)?))
            }
        }
    }

    pub(super) fn write(&self, own: &Own, carried: &CarriedParts, locale: &Locale) -> Delivered {
        let parts = Parts {
            children: carried
                .children
                .iter()
                .map(|(key, carried)| (key.as_str().into(), carried.clone()))
                .collect(),
            document: own.document.as_str().into(),
            key: self.key.to_string().into(),
            locale: locale.as_str().into(),
            refs: carried
                .refs
                .iter()
                .map(|(key, carried)| (key.as_str().into(), carried.clone()))
                .collect(),
            requires: own.requires.as_str().into(),
            untranslated: own.untranslated.as_deref().map(Into::into),
        };
        let bytes: Bytes = parts.write().into();
        let source_locale = &self.maker.repository.header.source_locale;
        let untranslated = own.untranslated.as_deref();
        let is_foreign = is_summary_untranslated(&self.kind.schema, untranslated);
        Delivered {
            object: DocumentId::of(&bytes),
            bytes,
            summary: Arc::clone(&own.summary),
            summary_locale: is_foreign.then(|| source_locale.clone()),
        }
    }

    /// The children that a document leaves out.
    pub(super) fn left_out(&self, carried: &CarriedParts) -> Vec<LeftOut> {
        let is_carried: HashSet<&str> =
            carried.children.iter().map(|(key, _)| key.as_str()).collect();
        let missing =
            self.facts.children().filter(|child| !is_carried.contains(child.to_string().as_str()));
        missing.map(|child| LeftOut { parent: self.key.clone(), child: child.clone() }).collect()
    }
}
