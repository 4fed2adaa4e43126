//! The course of what takes entries off: until they are released, or for good.
//!
//! Both leave a tombstone and a hold, and make the containers of the entry again.
//!
//! Invariants:
//! 1. No entry that stays live is left with a link to an entry that is taken off, except as its child.
//! 2. An entry that is taken off stays off until its hold is released, whatever is published.

use std::collections::{BTreeMap, BTreeSet};

use super::{Base, Course, HoldsAfter};
use crate::{
    model::{id::PublicationId, key::EntryKey, snapshot::PublicationVerb},
    repo::{
        channel::{Channel, holds::hold_of},
        content::{
            backlinks,
            catalogue::{self, CatalogueRow},
            kinds::Kinds,
        },
        delivered::row::delivered_rows,
        ground::{error::StoreError, repository::Repository, stamp::Stamp},
        publish::{
            error::{BadReplacement, Need, PublishError},
            report::{Asked, REPORT_ROWS_MAX},
        },
    },
    schema::{Place, Role},
};

/// What is to be taken off a channel, and how.
pub(in crate::repo) struct Leaving<'l> {
    pub(in crate::repo) verb: PublicationVerb,
    pub(in crate::repo) seen: Option<PublicationId>,
    pub(in crate::repo) keys: &'l [EntryKey],
    pub(in crate::repo) replaced_by: Option<&'l EntryKey>,
    /// Whether an entry that no longer exists is skipped instead of being refused as unknown.
    pub(in crate::repo) passes_over: bool,
    /// Whether it may leave learners without the home page, or with nothing at all.
    pub(in crate::repo) may_empty: bool,
    pub(in crate::repo) stamp: &'l Stamp,
}

impl Channel {
    pub(in crate::repo) fn leaving_course(
        &self,
        leaving: &Leaving<'_>,
    ) -> Result<(Base, Course), PublishError> {
        let (base, commit) = self.live_base(leaving.seen)?;
        let (name, repository) = (&self.name, &self.repository);
        let (verb, stamp) = (leaving.verb, leaving.stamp);
        let mut rows = BTreeMap::new();
        let mut keys = BTreeSet::new();
        for key in leaving.keys {
            if repository.is_to_leave(&base, key, &mut rows)? {
                keys.insert(key.clone());
            } else if !leaving.passes_over {
                let target = name.to_string();
                return Err(PublishError::UnknownEntry { key: key.clone(), target });
            }
        }
        if let Some(replaced_by) = leaving.replaced_by {
            repository.check_replacement(&base, &keys, replaced_by)?;
        }
        repository.check_needs(&base, &keys)?;
        let asked = Asked {
            only: leaving.keys.to_vec(),
            replaced_by: leaving.replaced_by.cloned(),
            ..Asked::of(verb, name, name.as_str())
        };
        let mut course = Course::to_rows(asked, verb, commit, rows, stamp.time_ms);
        course.holds = HoldsAfter::OnLeaving(hold_of(verb, stamp, leaving.replaced_by));
        course.may_empty = leaving.may_empty;
        course.leaving = keys;
        course.replaced_by = leaving.replaced_by.cloned();
        Ok((base, course))
    }
}

impl Repository {
    /// Whether the entry exists to be taken off; if so, its effective rows are added to `rows`.
    pub(in crate::repo) fn is_to_leave(
        &self,
        base: &Base,
        key: &EntryKey,
        rows: &mut BTreeMap<EntryKey, Option<CatalogueRow>>,
    ) -> Result<bool, StoreError> {
        let (nodes, root) = (&*self.source, base.roots.catalogue);
        let is_effective =
            catalogue::row(nodes, root, key)?.is_some_and(|row| row.document().is_some());
        if key.locale().is_some() {
            rows.extend(is_effective.then(|| (key.clone(), None)));
            return Ok(is_effective);
        }
        let kind = Kinds::at(self, root).get(key.kind())?;
        if kind.is_none_or(|kind| kind.schema.place() == Place::Never) {
            return Ok(false);
        }
        if is_effective {
            rows.insert(key.clone(), None);
            for row in catalogue::with_prefix(nodes, root, &key.translations_prefix())? {
                rows.insert(catalogue::decoded_key(&row?.0)?, None);
            }
            return Ok(true);
        }
        // An entry that already has a tombstone may still be given a replacement.
        Ok(!delivered_rows(&*self.public, base.delivered, key)?.is_empty())
    }

    fn check_replacement(
        &self,
        base: &Base,
        leaving: &BTreeSet<EntryKey>,
        replaced_by: &EntryKey,
    ) -> Result<(), PublishError> {
        let bad = |reason| PublishError::BadReplacement { key: replaced_by.clone(), reason };
        if let Some(never) = BadReplacement::of_any(leaving, replaced_by) {
            return Err(bad(never));
        }
        let rows = delivered_rows(&*self.public, base.delivered, replaced_by)?;
        if !rows.iter().any(|(_, row)| !row.retired) {
            return Err(bad(BadReplacement::NotDelivered));
        }
        Ok(())
    }

    /// Refuses to take off entries to which live entries that stay link other than as their child.
    fn check_needs(&self, base: &Base, leaving: &BTreeSet<EntryKey>) -> Result<(), PublishError> {
        let nodes = &*self.source;
        let kinds = Kinds::at(self, base.roots.catalogue);
        let (mut needs, mut needs_count) = (Vec::new(), 0);
        for key in leaving.iter().filter(|key| key.locale().is_none()) {
            for (by, role) in backlinks::sources(nodes, base.roots.backlinks, key, None)? {
                if role == Role::Contains || leaving.contains(&by) || leaving.contains(&by.source())
                {
                    continue;
                }
                needs_count += 1;
                if needs.len() == REPORT_ROWS_MAX {
                    continue;
                }
                let document = catalogue::row(nodes, base.roots.catalogue, &by)?
                    .and_then(|row| row.document())
                    .map(|id| self.document(id))
                    .transpose()?;
                let kind = kinds.get(by.kind())?;
                let title = kind
                    .zip(document.as_ref())
                    .and_then(|(kind, document)| kind.schema.title(document).map(str::to_owned));
                needs.push(Need { key: key.clone(), by, title, role });
            }
        }
        if needs.is_empty() { Ok(()) } else { Err(PublishError::Needed { needs, needs_count }) }
    }
}
