//! What makes the entries of a publish, and what it knows of those that are made already.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use parking_lot::Mutex;
use serde_json::Value;

use super::live::Live;
use crate::{
    model::{
        key::{EntryKey, Locale},
        object::Object,
    },
    repo::{
        content::graph::Graph,
        delivered::document::Carried,
        ground::repository::Repository,
        publish::{affected::Affected, course::Base},
    },
    schema::translation::LocalePolicy,
};

/// Makes entries; while a layer is made, what it knows of finished layers is only read.
pub(super) struct Maker<'m, 'a> {
    pub(super) repository: &'m Repository,
    pub(super) graph: &'m Graph<'a>,
    pub(super) base: &'m Base,
    pub(super) affected: &'m Affected,
    /// The live documents that were read ahead.
    pub(super) live: HashMap<EntryKey, Live>,
    pub(super) done: HashMap<EntryKey, Rows>,
    pub(super) policies: Mutex<HashMap<Locale, LocalePolicy>>,
    /// The entries that are given with what others withhold.
    pub(super) given: Mutex<HashMap<EntryKey, Arc<GivenEntry>>>,
    /// Languages that are no longer delivered.
    pub(super) gone: BTreeSet<Locale>,
}

/// An entry's delivered documents after the publish, by locale; the source's has the key `None`.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows(pub(super) BTreeMap<Option<Locale>, Carried>);

impl Rows {
    /// The document that serves in a locale. If the source's document serves in another language, the result names its
    /// language.
    pub(super) fn serve(&self, locale: Option<&Locale>, source_locale: &Locale) -> Option<Carried> {
        if let Some(own) = locale.and_then(|locale| self.0.get(&Some(locale.clone()))) {
            return Some(own.clone());
        }
        let source = self.0.get(&None)?;
        Some(Carried { locale: locale.map(|_| source_locale.clone()), ..source.clone() })
    }
}

/// An entry as it is given.
#[derive(Default)]
pub(super) struct GivenEntry {
    /// Its delivered documents, which carry nothing; the source's has the key `None`.
    pub(super) documents: BTreeMap<Option<Locale>, Value>,
    /// The entries that it shows itself.
    pub(super) embeds: BTreeSet<EntryKey>,
    /// The rubrics of what it withholds.
    pub(super) rubrics: Vec<Object>,
}

impl GivenEntry {
    /// The languages in which it has its own words.
    pub(super) fn locales(&self) -> impl Iterator<Item = &Locale> {
        self.documents.keys().flatten()
    }

    pub(super) fn serve(&self, locale: Option<&Locale>) -> Option<&Value> {
        let own = locale.and_then(|locale| self.documents.get(&Some(locale.clone())));
        own.or_else(|| self.documents.get(&None))
    }
}
