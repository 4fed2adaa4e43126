//! Making one entry in all its locales, and comparing it with what is live.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    live::Live,
    maker::{Maker, Rows},
    translated::Translated,
    work::{Told, Work},
};
use crate::{
    model::{
        id::MediaId,
        key::{EntryKey, Locale},
        object::{Object, ObjectKind},
    },
    repo::{
        content::catalogue,
        delivered::{document::Carried, row::Row},
        ground::error::StoreError,
        publish::{
            making::{project::Delivered, row_changes::RowChange},
            report::{HeldBack, LeftOut},
        },
    },
    schema::{Link, translation::Foreign},
};

/// The result of making one entry.
pub(super) struct Outcome {
    pub(super) key: EntryKey,
    pub(super) rows: Rows,
    pub(super) changes: Vec<RowChange>,
    pub(super) objects: Vec<Object>,
    pub(super) rubrics: Vec<Object>,
    pub(super) media: Vec<MediaId>,
    pub(super) left_out: Vec<LeftOut>,
    pub(super) told: Told,
}

impl Maker<'_, '_> {
    /// Whether everything that an entry is made of is in memory, so that making it waits for nothing.
    pub(super) fn is_there(&self, key: &EntryKey) -> bool {
        let is_made_anew =
            self.affected.changed.contains_key(key) || self.affected.newly_placed.contains(key);
        !is_made_anew && self.live.contains_key(key)
    }

    /// Makes one entry in all its locales; `None` when nothing that it is made of changed.
    pub(super) fn entry(&self, key: &EntryKey) -> Result<Option<Outcome>, StoreError> {
        let Some(facts) = self.graph.facts(key)? else { return Ok(None) };
        let Some(kind) = self.graph.kinds.get(key.kind())? else { return Ok(None) };
        let changed = self.affected.changed.get(key).cloned().unwrap_or_default();
        let is_new = self.affected.newly_placed.contains(key);
        let moved = |target: &EntryKey| {
            self.done.contains_key(target) || self.affected.withdrawn.contains(target)
        };
        let is_concerned = changed.document
            || !changed.locales.is_empty()
            || is_new
            || facts.carried().any(|(key, _)| moved(key));
        let read;
        let live = match self.live.get(key) {
            Some(live) => live,
            None => {
                read = self.read_live(key)?;
                &read
            }
        };
        // An entry that only a translation shows is among what the live document carries.
        if !is_concerned && !live.carries(&moved) {
            return Ok(None);
        }
        let mut work = Work { changed, is_new, ..Work::new(self, key, &kind, &facts, live) };
        let AllLocales { made, left_out } = work.all_locales()?;
        let (media, rubrics) = (std::mem::take(&mut work.media), std::mem::take(&mut work.rubrics));
        let told = std::mem::take(&mut work.told);
        let outcome = self.outcome(key, live, made, left_out, !told.is_empty());
        Ok(outcome.map(|outcome| Outcome { media, rubrics, told, ..outcome }))
    }

    /// Compares what was made with what is live; `None` when both are the same and there is nothing to report.
    fn outcome(
        &self,
        key: &EntryKey,
        live: &Live,
        made: BTreeMap<Option<Locale>, Delivered>,
        left_out: Vec<LeftOut>,
        has_told: bool,
    ) -> Option<Outcome> {
        let before: BTreeMap<_, _> = live.rows.iter().cloned().collect();
        let row_key = |locale: &Option<Locale>| match locale {
            None => key.clone(),
            Some(locale) => key.translated(locale),
        };
        let (mut changes, mut objects, mut rows) = (Vec::new(), Vec::new(), Rows::default());
        for (locale, delivered) in made {
            let before = before.get(&locale).copied();
            let after = Row { object: delivered.object, retired: false };
            if before != Some(after) {
                let size_bytes = delivered.bytes.len() as u64;
                changes.push(RowChange {
                    key: row_key(&locale),
                    before,
                    after: Some(after),
                    size_bytes,
                });
                objects.push(Object::new(ObjectKind::Document, delivered.bytes));
            }
            let carried = Carried {
                object: delivered.object,
                summary: delivered.summary,
                locale: delivered.summary_locale,
            };
            rows.0.insert(locale, carried);
        }
        for (locale, row) in before {
            if !rows.0.contains_key(&locale) {
                changes.push(RowChange {
                    key: row_key(&locale),
                    before: Some(row),
                    after: None,
                    size_bytes: 0,
                });
            }
        }
        let is_told = has_told || !left_out.is_empty() || self.affected.by_kind.contains(key);
        (!changes.is_empty() || is_told).then(|| Outcome {
            key: key.clone(),
            rows,
            changes,
            objects,
            rubrics: Vec::new(),
            media: Vec::new(),
            left_out,
            told: Told::default(),
        })
    }
}

/// The documents that are made of an entry.
#[derive(Default)]
struct AllLocales {
    /// The delivered documents, by locale; `None` for the source's.
    made: BTreeMap<Option<Locale>, Delivered>,
    /// The children and links that the source's document leaves out.
    left_out: Vec<LeftOut>,
}

impl Work<'_, '_, '_> {
    fn all_locales(&mut self) -> Result<AllLocales, StoreError> {
        let is_anew = self.changed.document || self.is_new || !self.live.bytes.contains_key(&None);
        let source_document = if is_anew { self.source_document()? } else { None };
        let live_source = self.live.parts(None);
        let source_own = match (&source_document, &live_source) {
            (Some((document, _)), _) => {
                self.media.extend(
                    self.kind.schema.delivered_media(document).into_iter().map(|(_, id)| id),
                );
                match (self.own(document, &Foreign::default(), None)?, &live_source) {
                    (Ok(own), _) => own,
                    // The entry did not change itself, and is made again because of what it shows.
                    (Err(reasons), Some(live)) => {
                        self.told.kept.push(HeldBack {
                            key: self.key.clone(),
                            reasons,
                            is_live: true,
                        });
                        self.live_own(live)
                    }
                    (Err(violations), None) => {
                        let (key, violation) =
                            (self.key.to_string(), violations.into_iter().next());
                        let detail = violation.map_or_else(String::new, |found| found.message);
                        return Err(StoreError::Undeliverable { key, detail });
                    }
                }
            }
            (None, Some(parts)) => self.live_own(parts),
            (None, None) => return Ok(AllLocales::default()),
        };
        let source_locale = self.maker.repository.header.source_locale.clone();
        // What is withheld embeds nothing: a picture of a hint would give the hint away.
        let source_embedded = match self.kind.schema.engine_places() {
            [] => self.facts.embedded(),
            _ => source_own.embedded(&self.kind.schema),
        };
        let source_carried = self.carried(None, live_source.as_ref(), &source_embedded)?;
        let source = self.write(&source_own, &source_carried, &source_locale);
        let mut left_out = self.left_out(&source_carried);
        if is_anew {
            let named = self.not_live()?;
            let left =
                |link: &Link| LeftOut { parent: self.key.clone(), child: link.target.clone() };
            left_out.extend(named.into_iter().map(left));
        }
        let mut made = BTreeMap::from([(None, source)]);
        let locales = self.locales(is_anew)?;
        self.read_translations_ahead(&locales, is_anew)?;
        for locale in locales {
            let live = self.live.parts(Some(&locale));
            let own_anew = is_anew || self.changed.locales.contains(&locale) || live.is_none();
            let own = if own_anew {
                match self.translated(&locale, source_document.as_ref())? {
                    Translated::Nothing => self.with_given(&locale, source_document.as_ref())?,
                    Translated::Own(own) => Some(own),
                    Translated::Refused(reasons) => {
                        let key = self.key.translated(&locale);
                        self.told.kept.push(HeldBack { key, reasons, is_live: live.is_some() });
                        live.as_ref().map(|parts| self.live_own(parts))
                    }
                }
            } else {
                live.as_ref().map(|parts| self.live_own(parts))
            };
            // A unit translated from an older revision may embed what the newest revision does not.
            let embedded = match &own {
                Some(own) if own.document != source_own.document => own.embedded(&self.kind.schema),
                _ => source_embedded.clone(),
            };
            let carried = self.carried(Some(&locale), live.as_ref(), &embedded)?;
            let source_document = source_document.as_ref();
            if carried.is_same(&source_carried)
                && self.says_as_source(own.as_ref(), !own_anew, &source_own, source_document)?
            {
                continue;
            }
            let own = match own {
                Some(own) => own,
                None => self.in_sources_words(&source_own, source_document)?,
            };
            made.insert(Some(locale.clone()), self.write(&own, &carried, &locale));
        }
        Ok(AllLocales { made, left_out })
    }

    /// The locales that may need a document of their own.
    fn locales(&mut self, is_anew: bool) -> Result<BTreeSet<Locale>, StoreError> {
        let mut locales: BTreeSet<Locale> = self.changed.locales.iter().cloned().collect();
        locales.extend(self.live.rows.iter().filter_map(|(locale, _)| locale.clone()));
        if is_anew {
            let prefix = self.key.translations_prefix();
            let graph = self.maker.graph;
            for row in catalogue::with_prefix(graph.nodes, graph.roots.catalogue, &prefix)? {
                locales.extend(catalogue::decoded_key(&row?.0)?.locale().cloned());
            }
        }
        for target in self.gives.iter().flatten() {
            locales.extend(self.maker.given(target)?.locales().cloned());
        }
        for (target, _) in self.facts.clone().carried() {
            match self.maker.done.get(target) {
                Some(rows) => locales.extend(rows.0.keys().flatten().cloned()),
                None if is_anew => {
                    let rows = self.live_rows(target)?;
                    locales.extend(rows.iter().filter_map(|(locale, _)| locale.clone()));
                }
                None => {}
            }
        }
        Ok(locales)
    }
}
