//! Blame: for each part of an entry's document, the revision that made it what it is.
//!
//! The walk goes from the newest revision back along its parents and hands each part on to the parent that already had
//! it. A merge hands a part on to the side that had it; what neither side had is the merge's own.

use std::collections::{BinaryHeap, HashMap};

use serde::Serialize;

use crate::repo::{
    content::{catalogue, kinds::Kinds, state::State},
    ground::error::StoreError,
};
use crate::{
    document::{Leaf, Shape, leaves, origins},
    model::{id::RevisionId, key::EntryKey, revision::Revision},
    repo::history::History,
};

/// Most revisions that one blame looks at.
pub const BLAME_REVISIONS_MAX: usize = 5000;

/// One part of a document, and who made it what it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BlameRow {
    /// The part.
    #[serde(flatten)]
    pub leaf: Leaf,
    /// The revision that made it what it is.
    pub revision: RevisionId,
    /// Who wrote it.
    pub author: String,
    /// When they wrote it, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// The note that they gave; may be empty.
    pub note: String,
    /// Whether the part may be older still, because the walk ended here.
    pub is_older: bool,
}

/// Parts of the newest document that a revision has, each with its number in the newest document and its number in the
/// revision's.
type Held = Vec<(usize, usize)>;

impl History<'_> {
    /// Who made each field and paragraph of an entry what it is at a state; `None` when it has no document there. The
    /// cost follows the entry's own history.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn blame(
        &self,
        state: &State,
        key: &EntryKey,
    ) -> Result<Option<Vec<BlameRow>>, StoreError> {
        let roots = self.repository.roots(state)?;
        let row = catalogue::row(&*self.repository.source, roots.catalogue, key)?;
        let Some(row) = row else { return Ok(None) };
        let kinds = Kinds::at(self.repository, roots.catalogue);
        let Some(document) =
            self.repository.drafts().revision_document(&kinds, key, row.revision)?
        else {
            return Ok(None);
        };
        let kind = match key.locale() {
            None => kinds.get(key.kind())?,
            Some(_) => None,
        };
        let shape = || kind.as_ref().map_or(Shape::Inferred, |kind| Shape::Kind(&kind.schema));
        let parts = leaves(shape(), &document);
        let mut made: Vec<Option<(RevisionId, Revision, bool)>> = vec![None; parts.len()];
        let mut waiting: HashMap<RevisionId, Held> =
            HashMap::from([(row.revision, (0..parts.len()).map(|part| (part, part)).collect())]);
        let mut queue =
            BinaryHeap::from([(self.repository.revision(row.revision)?.time_ms, row.revision)]);
        let mut looked = 0;
        while let Some((_, id)) = queue.pop() {
            let Some(held) = waiting.remove(&id) else { continue };
            let revision = self.repository.revision(id)?;
            looked += 1;
            let is_last = looked == BLAME_REVISIONS_MAX;
            let (left, handed_on) = if is_last {
                (held, Vec::new())
            } else {
                self.hand_on(&kinds, key, (id, &revision), held)?
            };
            for (part, _) in left {
                made[part] = Some((id, revision.clone(), is_last));
            }
            for (parent, held) in handed_on {
                queue.push((self.repository.revision(parent)?.time_ms, parent));
                waiting.entry(parent).or_default().extend(held);
            }
            if is_last {
                // Parts that wait at other revisions are at least as old as those revisions.
                for (parent, held) in waiting.drain() {
                    let revision = self.repository.revision(parent)?;
                    for (part, _) in held {
                        made[part] = Some((parent, revision.clone(), true));
                    }
                }
            }
        }
        let rows = parts.into_iter().zip(made).filter_map(|(leaf, made)| {
            let (revision, by, is_older) = made?;
            Some(BlameRow {
                leaf,
                revision,
                author: by.author,
                time_ms: by.time_ms,
                note: by.note,
                is_older,
            })
        });
        Ok(Some(rows.collect()))
    }

    /// The parts of a revision that its parents already had, parent by parent, and those that it made itself.
    fn hand_on(
        &self,
        kinds: &Kinds<'_>,
        key: &EntryKey,
        (id, revision): (RevisionId, &Revision),
        held: Held,
    ) -> Result<(Held, Vec<(RevisionId, Held)>), StoreError> {
        let Some(document) = self.repository.drafts().revision_document(kinds, key, id)? else {
            return Ok((held, Vec::new()));
        };
        let kind = kinds.get(key.kind())?.filter(|_| key.locale().is_none());
        let shape = || kind.as_ref().map_or(Shape::Inferred, |kind| Shape::Kind(&kind.schema));
        let mut left = held;
        let mut handed_on = Vec::new();
        for parent in &revision.parents {
            let Some(before) = self.repository.drafts().revision_document(kinds, key, *parent)?
            else {
                continue;
            };
            // A renamed field is the same field.
            let today = |document| self.repository.under_names_of_today(kinds, key, Some(document));
            let (Some(before), Some(after)) = (today(before)?, today(document.clone())?) else {
                continue;
            };
            let were = origins(shape(), &before, &after);
            let mut handed = Vec::new();
            left.retain(|(part, here)| match were.get(*here).copied().flatten() {
                Some(there) => {
                    handed.push((*part, there));
                    false
                }
                None => true,
            });
            if !handed.is_empty() {
                handed_on.push((*parent, handed));
            }
        }
        Ok((left, handed_on))
    }
}
