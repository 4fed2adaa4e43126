//! The making of one entry: what it is made of, and its own part of the delivered document.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use serde_json::Value;

use super::{live::Live, maker::Maker};
use crate::{
    model::{
        id::{MediaId, RevisionId},
        key::{EntryKey, Locale},
        object::Object,
    },
    repo::{
        content::{facts::Facts, kinds::KindInForce},
        delivered::{
            document::{Carried, Parts, stored_summary},
            row::Row,
        },
        ground::error::StoreError,
        publish::{
            affected::Changed,
            making::project::Own,
            report::{HeldBack, ShortenedRow},
            select::plain_links,
        },
        state::old_keys::OldKeyRow,
    },
    schema::{Link, Violation, translation::Foreign},
};

/// A source document, and its revision.
pub(super) type Source = (Value, RevisionId);

/// The making of one entry.
pub(super) struct Work<'w, 'm, 'a> {
    pub(super) maker: &'w Maker<'m, 'a>,
    pub(super) key: &'w EntryKey,
    pub(super) kind: &'w KindInForce,
    pub(super) facts: &'w Arc<Facts>,
    pub(super) changed: Changed,
    pub(super) is_new: bool,
    pub(super) live: &'w Live,
    pub(super) rows: HashMap<EntryKey, Vec<(Option<Locale>, Row)>>,
    pub(super) looked_up: HashMap<(EntryKey, Option<Locale>), Carried>,
    pub(super) media: Vec<MediaId>,
    /// The rubrics of what is made.
    pub(super) rubrics: Vec<Object>,
    pub(super) told: Told,
    /// Entries that are given with what the source's document withholds; `None` when that is not known.
    pub(super) gives: Option<BTreeSet<EntryKey>>,
    /// Whether the entry itself is one that is given; then it gives nothing more.
    pub(super) is_given: bool,
}

/// What is reported about the translations of an entry.
#[derive(Default)]
pub(super) struct Told {
    /// Translations that can't be made of what is live now, and so stay as they were.
    pub(super) kept: Vec<HeldBack>,
    pub(super) old_keys: Vec<OldKeyRow>,
    pub(super) shortened: Vec<ShortenedRow>,
}

impl Told {
    pub(super) fn is_empty(&self) -> bool {
        self.kept.is_empty() && self.old_keys.is_empty() && self.shortened.is_empty()
    }
}

impl<'w, 'm, 'a> Work<'w, 'm, 'a> {
    pub(super) fn new(
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
    pub(super) fn source_document(&self) -> Result<Option<Source>, StoreError> {
        let Some(row) = self.maker.graph.row(self.key)? else { return Ok(None) };
        let Some(document) = row.document() else { return Ok(None) };
        Ok(Some((self.maker.graph.kinds.document(self.kind, document)?, row.revision)))
    }

    pub(super) fn live_own(&self, parts: &Parts<'_>) -> Own {
        Own {
            document: parts.document.to_string(),
            requires: parts.requires.to_string(),
            untranslated: parts.untranslated.as_ref().map(ToString::to_string),
            summary: stored_summary(&self.kind.schema, parts).unwrap_or_else(|| "{}".into()),
        }
    }

    /// A document as learners of a locale get it; its rubrics are collected.
    pub(super) fn own(
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

    /// The plain links to entries that learners do not have.
    pub(super) fn not_live(&self) -> Result<Vec<&Link>, StoreError> {
        let mut found = Vec::new();
        for link in self.facts.links.iter().filter(|link| plain_links::is_plain(link.role)) {
            let row = self.maker.graph.row(&link.target)?;
            if row.and_then(|row| row.document()).is_none() {
                found.push(link);
            }
        }
        Ok(found)
    }
}
