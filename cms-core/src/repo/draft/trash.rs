//! The trash: putting an entry of a draft into it, and taking it out again to where it stood.

use serde::Serialize;

use super::{
    DraftError, DraftId,
    entries::{DraftEntries, EntryError, PlaceIn},
};
use crate::{
    model::{
        commit::Commit,
        id::{CommitId, NodeId},
        key::EntryKey,
    },
    repo::{
        commit::request::Committed,
        content::{
            backlinks,
            catalogue::{self, CatalogueRow, RowState},
            facts::Facts,
            kinds::Kinds,
            state::State,
            where_used::Use,
        },
        draft::Drafts,
        ground::{error::StoreError, stamp::Stamp},
    },
    schema::Role,
};

/// An entry that came back from the trash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Untrashed {
    /// The draft's new commit.
    pub commit: CommitId,
    /// The containers that it stands in again, ascending.
    pub placed: Vec<EntryKey>,
    /// The containers that it stood in and does not stand in again, each with the reason.
    pub not_placed: Vec<NotPlaced>,
}

/// A container that an entry could not come back to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotPlaced {
    /// The container.
    pub parent: EntryKey,
    /// The reason, for people.
    pub reason: String,
}

/// A place in a container: the container, and the index of the place among its children.
pub(super) type Stood = (EntryKey, usize);

impl Drafts<'_> {
    /// Puts an entry into the trash; with `everywhere`, also takes it out of every container.
    ///
    /// # Errors
    /// [`EntryError::StillUsed`] when others use it: as containers, unless it is taken out everywhere, or by links that
    /// only an author can replace.
    pub fn trash(
        &self,
        draft: &DraftId,
        key: &EntryKey,
        everywhere: bool,
        stamp: &Stamp,
    ) -> Result<Committed, EntryError> {
        self.edit(draft, stamp, &mut |entries| {
            entries.document(key)?;
            let uses = self.repository.where_used(&State::Commit(entries.commit), key)?;
            // A translation stands nowhere by itself.
            let parents = if key.locale().is_none() { entries.parents(key)? } else { Vec::new() };
            let stays = |used: &Use| {
                !everywhere || used.role != Role::Contains || !parents.contains(&used.by)
            };
            let uses: Vec<Use> = uses.into_iter().filter(stays).collect();
            if !uses.is_empty() {
                return Err(EntryError::StillUsed { key: key.clone(), uses });
            }
            for parent in &parents {
                entries.take_out(key, parent)?;
            }
            for (translation, _) in self.live_translations(entries.roots.catalogue, key)? {
                entries.delete(translation);
            }
            entries.delete(key.clone());
            Ok(())
        })
    }

    /// Takes an entry out of the trash, as it was when it was put in, and back to where it stood then, as far as those
    /// containers still exist.
    ///
    /// # Errors
    /// [`EntryError::NotInTrash`] when it is there, [`EntryError::Unknown`] when there is no such entry.
    pub fn untrash(
        &self,
        draft: &DraftId,
        key: &EntryKey,
        stamp: &Stamp,
    ) -> Result<Untrashed, EntryError> {
        let (mut placed, mut not_placed) = (Vec::new(), Vec::new());
        let committed: Committed = self.edit(draft, stamp, &mut |entries| {
            (placed, not_placed) = (Vec::new(), Vec::new());
            let unknown = || EntryError::Unknown { key: key.clone() };
            let row = catalogue::row(&*self.repository.source, entries.roots.catalogue, key)?;
            let row = row.ok_or_else(unknown)?;
            if row.state != RowState::Deleted {
                return Err(EntryError::NotInTrash { key: key.clone() });
            }
            let mut revision = self.repository.revision(row.revision)?;
            let document = loop {
                if let Some(document) = revision.state.document() {
                    break document;
                }
                revision =
                    self.repository.revision(*revision.parents.first().ok_or_else(unknown)?)?;
            };
            entries.put(key.clone(), self.repository.stored_document(document)?);
            let before = self.repository.before_deletion(entries.commit, key, row.revision)?;
            let Some(before) = before else {
                return Ok(());
            };
            // The translations that were put into the trash together with it.
            for (translation, row) in self.live_translations(before.catalogue, key)? {
                let now = catalogue::row(
                    &*self.repository.source,
                    entries.roots.catalogue,
                    &translation,
                )?;
                if now.is_some_and(|row| row.state == RowState::Deleted)
                    && let Some(document) = row.document()
                {
                    entries.put(translation, self.repository.stored_document(document)?);
                }
            }
            for stood in self.stood_at(&before, key)? {
                match put_back(entries, key, &stood) {
                    Ok(()) => placed.push(stood.0),
                    Err(EntryError::Unknown { .. } | EntryError::InTrash { .. }) => {
                        let reason = "it does not exist any more".to_owned();
                        not_placed.push(NotPlaced { parent: stood.0, reason });
                    }
                    Err(
                        refused @ (EntryError::Place { .. }
                        | EntryError::Draft(DraftError::InConflict { .. })),
                    ) => {
                        let reason = refused.to_string();
                        not_placed.push(NotPlaced { parent: stood.0, reason });
                    }
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        })?;
        Ok(Untrashed { commit: committed.commit, placed, not_placed })
    }

    /// The translations of an entry that are not in the trash.
    pub(in crate::repo) fn live_translations(
        &self,
        root: NodeId,
        key: &EntryKey,
    ) -> Result<Vec<(EntryKey, CatalogueRow)>, StoreError> {
        let mut found = Vec::new();
        if key.locale().is_some() {
            return Ok(found);
        }
        for row in
            catalogue::with_prefix(&*self.repository.source, root, &key.translations_prefix())?
        {
            let (name, value) = row?;
            let row = catalogue::decoded_row(&name, &value)?;
            let name = catalogue::decoded_key(&name)?;
            if name.locale().is_some() && row.state != RowState::Deleted {
                found.push((name, row));
            }
        }
        Ok(found)
    }

    /// Where an entry stands in a state, ascending by container.
    pub(super) fn stood_at(
        &self,
        commit: &Commit,
        key: &EntryKey,
    ) -> Result<Vec<Stood>, StoreError> {
        let kinds = Kinds::at(self.repository, commit.catalogue);
        let mut stood = Vec::new();
        for (parent, _) in backlinks::sources(
            &*self.repository.source,
            commit.backlinks,
            key,
            Some(Role::Contains),
        )? {
            let row = catalogue::row(&*self.repository.source, commit.catalogue, &parent)?;
            let (Some(row), Some(kind)) = (row, kinds.get(parent.kind())?) else { continue };
            let Some(document) = self.repository.stand_in(&row)? else { continue };
            let facts = Facts::of(&kind.schema, &self.repository.document(document)?);
            let index = facts.children().position(|child| child == key);
            stood.extend(index.map(|index| (parent, index)));
        }
        Ok(stood)
    }
}

/// Puts an entry back into a container, at the place that it had among its siblings or at the end.
fn put_back(
    entries: &mut DraftEntries<'_>,
    key: &EntryKey,
    (parent, index): &Stood,
) -> Result<(), EntryError> {
    let document = entries.document(parent)?;
    let kind = entries.kinds.get(parent.kind())?;
    let children: Vec<EntryKey> = kind
        .map(|kind| Facts::of(&kind.schema, &document).children().cloned().collect())
        .unwrap_or_default();
    if children.contains(key) {
        return Ok(());
    }
    let index = Some((*index).min(children.len()));
    entries.put_in(key, &PlaceIn { parent: parent.clone(), index })
}
