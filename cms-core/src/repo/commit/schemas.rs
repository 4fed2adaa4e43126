//! Changes of schemas: a changed schema changes the kind of every entry of that kind.
//!
//! Invariants:
//! 1. After every commit, also one that changes a schema, the content of a branch of accepted work is valid under the
//!    schemas in force.
//! 2. Back-links are those that the schemas in force see.

use std::{collections::HashSet, sync::Arc};

use rayon::prelude::*;
use serde_json::Value;

use super::{check::Touched, prepared::Prepared};
use crate::repo::{
    commit::{
        refusal::Refusal,
        request::{Action, Change},
    },
    content::{
        catalogue::{self, CatalogueRow, RowState},
        facts::Facts,
        kinds::{KindInForce, Kinds},
    },
    ground::{error::StoreError, repository::Repository},
};
use crate::{
    model::{
        commit::Commit,
        id::NodeId,
        key::{EntryKey, Kind},
    },
    schema::{KIND_OF_SCHEMAS, Violation, translation::Translation},
};

/// Most entries that are reported as broken by a schema; the count is complete.
pub const BROKEN_MAX: usize = 1000;

/// Entries that are judged at once.
pub(in crate::repo) const PIECE: usize = 512;

/// What a change of schemas does to entries that stay as they are.
#[derive(Default)]
pub(in crate::repo) struct UnderNewSchemas {
    /// The entries whose links are different under the new schemas.
    pub(in crate::repo) relinked: Vec<(EntryKey, Touched)>,
    /// The entries that are no longer valid, the first [`BROKEN_MAX`] of them.
    pub(in crate::repo) refusals: Vec<Refusal>,
    /// How many entries are no longer valid.
    pub(in crate::repo) refusals_count: u64,
}

fn schema_kind() -> Kind {
    KIND_OF_SCHEMAS.parse().expect("a kind")
}

impl Repository {
    /// Puts the schemas among the changes in force, so that the other changes are judged by them. One that does not
    /// compile is refused when it is judged itself.
    pub(super) fn take_schemas(
        &self,
        kinds: &Kinds<'_>,
        changes: &[Change],
    ) -> Result<(), StoreError> {
        let schemas = schema_kind();
        for change in changes.iter().filter(|change| *change.key.kind() == schemas) {
            let Action::Put(Ok(document)) = &change.action else { continue };
            let Ok(kind) = change.key.id().parse::<Kind>() else { continue };
            kinds.take_document(kind, document)?;
        }
        Ok(())
    }

    /// What the schemas that are about to change do to entries that do not change.
    pub(in crate::repo) fn under_new_schemas(
        &self,
        kinds: &Kinds<'_>,
        base: &Commit,
        changes: &[&Prepared],
    ) -> Result<UnderNewSchemas, StoreError> {
        let mut under = UnderNewSchemas::default();
        let taken = kinds.taken();
        if taken.is_empty() {
            return Ok(under);
        }
        let changed: HashSet<&EntryKey> = changes.iter().map(|change| &change.key).collect();
        for kind in taken {
            for piece in self.entries_of(base.catalogue, &kind)?.chunks(PIECE) {
                let looked = piece
                    .par_iter()
                    .filter(|(key, _)| !changed.contains(key))
                    .map(|(key, row)| self.judge_under(kinds, key, row))
                    .collect::<Result<Vec<_>, StoreError>>()?;
                for (touched, refusal) in looked.into_iter().flatten() {
                    under.relinked.extend(touched);
                    under.refusals_count += u64::from(refusal.is_some());
                    under.refusals.extend(refusal);
                    under.refusals.truncate(BROKEN_MAX);
                }
            }
        }
        Ok(under)
    }

    /// Judges one entry under its kind's new schema.
    pub(in crate::repo) fn judge_under(
        &self,
        kinds: &Kinds<'_>,
        key: &EntryKey,
        row: &CatalogueRow,
    ) -> Result<Option<(Option<(EntryKey, Touched)>, Option<Refusal>)>, StoreError> {
        let (Some(document), Some(new)) = (self.stand_in(row)?, kinds.get(key.kind())?) else {
            return Ok(None);
        };
        let document = self.document(document)?;
        let before = kinds.get_before(key.kind())?;
        let facts = |kind: &KindInForce| Arc::new(Facts::under(key, &kind.schema, &document));
        let touched = Touched { before: before.as_ref().map(facts), after: Some(facts(&new)) };
        let touched = (touched.before != touched.after).then(|| (key.clone(), touched));
        let violations = match key.locale() {
            None => self.judge(&new.schema, &document)?,
            Some(_) => self.translation_under(kinds, before.as_ref(), key, &document)?,
        };
        let refusal = (!violations.is_empty()).then(|| Refusal { key: key.clone(), violations });
        Ok(Some((touched, refusal)))
    }

    /// What a kind's new schema makes wrong with a translation, and its old schema does not. A field that is no longer
    /// translated is not an error in the translation.
    fn translation_under(
        &self,
        kinds: &Kinds<'_>,
        before: Option<&KindInForce>,
        key: &EntryKey,
        document: &Value,
    ) -> Result<Vec<Violation>, StoreError> {
        let source = catalogue::row(&*self.source, kinds.catalogue(), &key.source())?;
        let (Some(new), Some(source)) =
            (kinds.get(key.kind())?, source.and_then(|row| row.document()))
        else {
            return Ok(Vec::new());
        };
        let source = self.document(source)?;
        let Ok(translation) = Translation::parse(document) else { return Ok(Vec::new()) };
        let judged = |kind: &KindInForce| {
            let mut source = source.clone();
            kind.schema.rename(&mut source);
            self.judge_texts(kind, &source, &translation.clone().renamed(&kind.schema))
        };
        let found = judged(&new)?;
        match before {
            Some(before) if !found.is_empty() && !judged(before)?.is_empty() => Ok(Vec::new()),
            _ => Ok(found),
        }
    }

    /// The entries of a kind, translations after their sources, without those in the trash.
    pub(in crate::repo) fn entries_of(
        &self,
        root: NodeId,
        kind: &Kind,
    ) -> Result<Vec<(EntryKey, CatalogueRow)>, StoreError> {
        let prefix = EntryKey::kind_prefix(kind);
        let mut entries = Vec::new();
        for row in catalogue::with_prefix(&*self.source, root, &prefix)? {
            let (key, value) = row?;
            let row = catalogue::decoded_row(&key, &value)?;
            let key = catalogue::decoded_key(&key)?;
            if row.state == RowState::Deleted {
                continue;
            }
            // Translations of an entry in the trash are read by nobody.
            if key.locale().is_none()
                || entries
                    .last()
                    .is_some_and(|(last, _): &(EntryKey, _)| last.source() == key.source())
            {
                entries.push((key, row));
            }
        }
        Ok(entries)
    }
}
