//! Making delivered documents, layer by layer, children before what carries them.
//!
//! What has not changed is taken from the delivered documents that are live: a container whose child
//! changed is its live document with another object id and summary in one place.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use bytes::Bytes;
use parking_lot::Mutex;
use rayon::prelude::*;
use serde_json::Value;

use crate::{
    engine::widely,
    model::{
        id::{DocumentId, MediaId},
        key::{EntryKey, Locale},
        object::{Object, ObjectKind, Space},
    },
    repo::{
        content::{
            catalogue, facts::Facts, graph::Graph, kinds::KindInForce, languages::languages,
            objects::ObjectSink,
        },
        delivered::{
            document::{Carried, Parts, stored_summary},
            row::Row,
        },
        ground::{error::StoreError, repository::Repository},
        publish::{
            Base, Course, HeldBack, LeftOut, ShortenedRow,
            making::{
                project::{Delivered, Own, is_summary_untranslated},
                row_changes::{Made, RowChange},
            },
            select::plain_links,
            spread::{Changed, Spread, rows_before},
        },
        state::old_keys::OldKeyRow,
    },
    schema::{
        Link, Violation,
        translation::{Foreign, LocalePolicy},
    },
};

mod carry;
mod given;
mod live;
mod retire;
mod translated;

use carry::CarriedParts;
use given::GivenEntry;
use live::Live;
use translated::{Source, Translated};

/// An entry's delivered documents after the publish, by locale; the source's under none.
#[derive(Debug, Clone, Default)]
struct Rows(BTreeMap<Option<Locale>, Carried>);

impl Rows {
    /// What serves in a locale; the source's words in another language's document name their own.
    fn serve(&self, locale: Option<&Locale>, source_locale: &Locale) -> Option<Carried> {
        if let Some(own) = locale.and_then(|locale| self.0.get(&Some(locale.clone()))) {
            return Some(own.clone());
        }
        let source = self.0.get(&None)?;
        Some(Carried { locale: locale.map(|_| source_locale.clone()), ..source.clone() })
    }
}

/// What making one entry came to.
struct Outcome {
    key: EntryKey,
    rows: Rows,
    changes: Vec<RowChange>,
    objects: Vec<Object>,
    rubrics: Vec<Object>,
    media: Vec<MediaId>,
    left_out: Vec<LeftOut>,
    told: Told,
}

/// What is told of the translations of an entry.
#[derive(Default)]
struct Told {
    /// Those that can't be made of what is live now, and so stay as they were.
    kept: Vec<HeldBack>,
    old_keys: Vec<OldKeyRow>,
    shortened: Vec<ShortenedRow>,
}

impl Told {
    fn is_empty(&self) -> bool {
        self.kept.is_empty() && self.old_keys.is_empty() && self.shortened.is_empty()
    }
}

/// Entries that are made together; their documents are held until they are written.
const ENTRIES_AT_ONCE: usize = 2048;

pub(in crate::repo::publish) fn make(
    repository: &Repository,
    graph: &Graph<'_>,
    base: &Base,
    course: &Course,
    spread: &Spread,
    sink: &mut ObjectSink<'_>,
) -> Result<Made, StoreError> {
    let mut maker = Maker {
        repository,
        graph,
        base,
        spread,
        live: HashMap::new(),
        done: HashMap::new(),
        policies: Mutex::default(),
        given: Mutex::default(),
        gone: gone(repository, graph, base)?,
    };
    let mut made = Made::default();
    for key in &spread.fallen {
        let replaced_by = course.replaced_by.as_ref().filter(|_| course.leaving.contains(key));
        maker.retire(key, replaced_by, &mut made, sink)?;
    }
    if let Some(replaced_by) = &course.replaced_by {
        for key in course.leaving.difference(&spread.fallen) {
            maker.replace(key, replaced_by, &mut made, sink)?;
        }
    }
    let mut media_seen = HashSet::new();
    maker.live = maker.read_ahead(spread)?;
    // Entries of one layer need nothing of each other, so each piece is written before the next is made.
    for piece in spread.layers.iter().flat_map(|layer| layer.chunks(ENTRIES_AT_ONCE)) {
        let make = || piece.par_iter().map(|key| maker.entry(key)).collect::<Result<_, _>>();
        let is_there = piece.iter().all(|key| maker.is_there(key));
        let outcomes: Vec<Option<Outcome>> = if is_there { make()? } else { widely(make)? };
        for outcome in outcomes.into_iter().flatten() {
            for object in outcome.objects {
                sink.add(Space::Public, object)?;
            }
            for rubric in outcome.rubrics {
                sink.add(Space::Source, rubric)?;
            }
            for id in outcome.media {
                if media_seen.insert(id) {
                    copy_media(repository, id, sink)?;
                }
            }
            // Its kind may have changed what its parents show of it and nothing of itself.
            let is_changed = !outcome.changes.is_empty() || spread.by_kind.contains(&outcome.key);
            made.changes.extend(outcome.changes);
            made.left_out.extend(outcome.left_out);
            made.kept.extend(outcome.told.kept);
            made.old_keys.extend(outcome.told.old_keys);
            made.shortened.extend(outcome.told.shortened);
            if is_changed {
                maker.done.insert(outcome.key, outcome.rows);
            }
        }
    }
    Ok(made)
}

/// The languages that leave the channel with their entries.
fn gone(
    repository: &Repository,
    graph: &Graph<'_>,
    base: &Base,
) -> Result<BTreeSet<Locale>, StoreError> {
    let mut gone: BTreeSet<Locale> =
        languages(&*repository.source, base.roots.catalogue)?.into_iter().collect();
    for locale in languages(graph.nodes, graph.roots.catalogue)? {
        gone.remove(&locale);
    }
    Ok(gone)
}

/// An object is in a space only if it was written there, so published media are written again.
fn copy_media(
    repository: &Repository,
    id: MediaId,
    sink: &mut ObjectSink<'_>,
) -> Result<(), StoreError> {
    let id = id.object_id();
    if repository.engine.holds(&repository.delivered, &[id])?.first() == Some(&true) {
        return Ok(());
    }
    let bytes = repository.object(&Space::Source, id, ObjectKind::Media)?;
    sink.add(Space::Public, Object::new(ObjectKind::Media, bytes))
}

/// Makes entries; what it knows of finished layers is only read while a layer is made.
struct Maker<'m, 'a> {
    repository: &'m Repository,
    graph: &'m Graph<'a>,
    base: &'m Base,
    spread: &'m Spread,
    /// What was read ahead.
    live: HashMap<EntryKey, Live>,
    done: HashMap<EntryKey, Rows>,
    policies: Mutex<HashMap<Locale, LocalePolicy>>,
    /// What is given with what others keep back.
    given: Mutex<HashMap<EntryKey, Arc<GivenEntry>>>,
    /// Languages that are delivered no more.
    gone: BTreeSet<Locale>,
}

impl Maker<'_, '_> {
    /// Whether all that an entry is made of is in memory, so that making it waits for nothing.
    fn is_there(&self, key: &EntryKey) -> bool {
        let is_made_anew = self.spread.changed.contains_key(key) || self.spread.risen.contains(key);
        !is_made_anew && self.live.contains_key(key)
    }

    /// Makes one entry in all its locales; none when nothing that it is made of changed.
    fn entry(&self, key: &EntryKey) -> Result<Option<Outcome>, StoreError> {
        let Some(facts) = self.graph.facts(key)? else { return Ok(None) };
        let Some(kind) = self.graph.kinds.get(key.kind())? else { return Ok(None) };
        let changed = self.spread.changed.get(key).cloned().unwrap_or_default();
        let is_new = self.spread.risen.contains(key);
        let moved = |target: &EntryKey| {
            self.done.contains_key(target) || self.spread.fallen.contains(target)
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
        // What only a translation shows is among what its live document carries.
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

    /// Compares what was made to what is live; none when it is the same and there is nothing to tell.
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
        let is_told = has_told || !left_out.is_empty() || self.spread.by_kind.contains(key);
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

/// The making of one entry.
struct Work<'w, 'm, 'a> {
    maker: &'w Maker<'m, 'a>,
    key: &'w EntryKey,
    kind: &'w KindInForce,
    facts: &'w Arc<Facts>,
    changed: Changed,
    is_new: bool,
    live: &'w Live,
    rows: HashMap<EntryKey, Vec<(Option<Locale>, Row)>>,
    looked_up: HashMap<(EntryKey, Option<Locale>), Carried>,
    media: Vec<MediaId>,
    /// What stays behind of what is made.
    rubrics: Vec<Object>,
    told: Told,
    /// Entries that are given with what the source's document keeps back; none where that is not known.
    gives: Option<BTreeSet<EntryKey>>,
    /// Whether the entry is given itself: then it gives nothing more.
    is_given: bool,
}

/// What an entry is made into.
#[derive(Default)]
struct AllLocales {
    /// The delivered documents, by locale.
    made: BTreeMap<Option<Locale>, Delivered>,
    /// What the source's does without.
    left_out: Vec<LeftOut>,
}

impl<'w, 'm, 'a> Work<'w, 'm, 'a> {
    fn new(
        maker: &'w Maker<'m, 'a>,
        key: &'w EntryKey,
        kind: &'w KindInForce,
        facts: &'w Arc<Facts>,
        live: &'w Live,
    ) -> Self {
        Self {
            maker,
            key,
            kind,
            facts,
            changed: Changed::default(),
            is_new: false,
            live,
            rows: HashMap::new(),
            looked_up: HashMap::new(),
            media: Vec::new(),
            rubrics: Vec::new(),
            told: Told::default(),
            gives: None,
            is_given: false,
        }
    }
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
                    // It did not change itself, and is made anew for what it shows.
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
        // What is kept back embeds nothing: a picture in a hint would tell of it.
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
            // A unit from an older revision may embed what the newest one does not.
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

    fn source_document(&self) -> Result<Option<Source>, StoreError> {
        let Some(row) = self.maker.graph.row(self.key)? else { return Ok(None) };
        let Some(document) = row.document() else { return Ok(None) };
        Ok(Some((self.maker.graph.kinds.document(self.kind, document)?, row.revision)))
    }

    fn live_own(&self, parts: &Parts<'_>) -> Own {
        Own {
            document: parts.document.to_string(),
            requires: parts.requires.to_string(),
            untranslated: parts.untranslated.as_ref().map(ToString::to_string),
            summary: stored_summary(&self.kind.schema, parts).unwrap_or_else(|| "{}".into()),
        }
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

    /// A document as learners of a locale get it; its rubrics are kept for it.
    fn own(
        &mut self,
        document: &Value,
        foreign: &Foreign,
        locale: Option<&Locale>,
    ) -> Result<Result<Own, Vec<Violation>>, StoreError> {
        let (repository, answers) = (self.maker.repository, self.maker.base.answers);
        let linked;
        let document = match &*self.not_live()? {
            [] => document,
            links => {
                linked = plain_links::without(document, links);
                &linked
            }
        };
        let (maker, is_given) = (self.maker, self.is_given);
        let (mut gives, mut given) = (BTreeSet::new(), Vec::new());
        let kind = &self.kind.schema;
        let own = Own::of(repository, answers, kind, document, foreign, &mut |hidden| {
            if is_given {
                return Ok(BTreeMap::new());
            }
            maker.given_with(hidden, locale, &mut gives, &mut given)
        })?;
        if locale.is_none() {
            self.gives = Some(gives);
        }
        Ok(own.map(|(own, rubrics)| {
            self.rubrics.extend(rubrics.into_iter().chain(given));
            own
        }))
    }

    /// The plain links to what learners do not have.
    fn not_live(&self) -> Result<Vec<&Link>, StoreError> {
        let mut found = Vec::new();
        for link in self.facts.links.iter().filter(|link| plain_links::is_plain(link.role)) {
            let row = self.maker.graph.row(&link.target)?;
            if row.and_then(|row| row.document()).is_none() {
                found.push(link);
            }
        }
        Ok(found)
    }

    fn write(&self, own: &Own, carried: &CarriedParts, locale: &Locale) -> Delivered {
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

    /// The children that a document does without.
    fn left_out(&self, carried: &CarriedParts) -> Vec<LeftOut> {
        let is_carried: HashSet<&str> =
            carried.children.iter().map(|(key, _)| key.as_str()).collect();
        let missing =
            self.facts.children().filter(|child| !is_carried.contains(child.to_string().as_str()));
        missing.map(|child| LeftOut { parent: self.key.clone(), child: child.clone() }).collect()
    }
}
