//! What is live for an entry that is being made.

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::{
    model::key::{EntryKey, Locale},
    repo::delivered::{document::Parts, row::Row},
};

/// One entry's live documents, read once.
#[derive(Default)]
pub(super) struct Live {
    pub(super) rows: Vec<(Option<Locale>, Row)>,
    pub(super) bytes: BTreeMap<Option<Locale>, Bytes>,
}

impl Live {
    /// Whether a live document of the entry in any language carries an entry for which `any` holds.
    pub(super) fn carries(&self, any: &dyn Fn(&EntryKey) -> bool) -> bool {
        self.bytes
            .values()
            .filter_map(|bytes| Parts::parse(bytes))
            .any(|parts| parts.refs.keys().any(|key| key.parse().is_ok_and(|key| any(&key))))
    }

    pub(super) fn parts(&self, locale: Option<&Locale>) -> Option<Parts<'_>> {
        Parts::parse(self.bytes.get(&locale.cloned())?)
    }
}
