//! Drafts: whoever works on a draft sees that it is there, as does who sees one of the entries that it changes.

use crate::{
    model::name::Branch,
    repo::{
        access::sight::Sight,
        commit::conflict::CatalogueConflict,
        content::state::State,
        draft::{
            DraftError, DraftId, changes::DraftChanges, record::Draft, settle::DraftConflicts,
            state::DraftState, working::edited_key,
        },
        ground::error::StoreError,
        merge::Merged,
    },
};

impl Sight<'_> {
    /// Whether they see a draft.
    ///
    /// # Errors
    /// [`DraftError`] when the store can't be read.
    pub fn sees_draft(&self, draft: &Draft) -> Result<bool, DraftError> {
        if self.is_whole() {
            return Ok(true);
        }
        if self.is_one_of(draft.members.iter().chain([&draft.owner])) {
            self.works_in(self.repository.commit_of(draft.head)?.catalogue);
            return Ok(true);
        }
        let drafts = self.repository.drafts();
        let head = State::Commit(draft.head);
        let mut keys = drafts.changed_by(draft)?;
        if draft.state == DraftState::Open {
            keys.extend(
                drafts.cells(&draft.draft)?.iter().filter_map(|(name, _)| edited_key(name)),
            );
        }
        for key in &keys {
            if self.sees(&head, key)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The draft; an error as of a draft that is not there when they do not see it.
    ///
    /// # Errors
    /// [`DraftError::Unknown`], or the store can't be read.
    pub fn draft(&self, draft: &DraftId) -> Result<Draft, DraftError> {
        let found = self.repository.drafts().one(draft)?;
        if self.sees_draft(&found)? {
            return Ok(found);
        }
        Err(DraftError::Unknown { draft: draft.clone() })
    }

    /// Looks from the state with this name on: if it is a draft that they work in, what only the draft has is theirs.
    ///
    /// # Errors
    /// [`DraftError`] when the store can't be read.
    pub fn at(self, state: &str) -> Result<Self, DraftError> {
        self.look_from(state)?;
        Ok(self)
    }

    /// As [`Sight::at`], where the sight is needed afterwards.
    ///
    /// # Errors
    /// [`DraftError`] when the store can't be read.
    pub fn look_from(&self, state: &str) -> Result<(), DraftError> {
        let name = state.split(['~', '@']).next().unwrap_or_default();
        let branch = if self.is_whole() { None } else { name.parse::<Branch>().ok() };
        match branch.as_ref().and_then(Branch::draft).map(|draft| self.draft(draft)) {
            Some(Err(DraftError::Unknown { .. })) | None => Ok(()),
            Some(found) => found.map(|_| ()),
        }
    }

    /// What they see of a draft's changes.
    ///
    /// # Errors
    /// [`DraftError`] when the store can't be read.
    pub fn draft_changes(
        &self,
        draft: &DraftId,
        changes: DraftChanges,
    ) -> Result<DraftChanges, DraftError> {
        if self.is_whole() {
            return Ok(changes);
        }
        self.draft(draft)?;
        let state = State::Commit(changes.head);
        Ok(DraftChanges {
            rows: self.seen(&state, changes.rows, |row| &row.key)?,
            conflicts: self.conflicts(&state, changes.conflicts)?,
            conflicted: self.keys(&state, changes.conflicted)?,
            ..changes
        })
    }

    /// What they see of a draft's conflicts.
    ///
    /// # Errors
    /// [`DraftError`] when the store can't be read.
    pub fn draft_conflicts(
        &self,
        draft: &DraftId,
        conflicts: DraftConflicts,
    ) -> Result<DraftConflicts, DraftError> {
        if self.is_whole() {
            return Ok(conflicts);
        }
        let state = State::Commit(self.draft(draft)?.head);
        Ok(DraftConflicts {
            entries: self.seen(&state, conflicts.entries, |row| &row.key)?,
            catalogue: self.conflicts(&state, conflicts.catalogue)?,
        })
    }

    /// What they see of the conflicts of a merge that they have made. It is answered as done, even if it left nothing in
    /// the draft that they see.
    ///
    /// # Errors
    /// [`DraftError`] when the store can't be read.
    pub fn merged(&self, draft: &DraftId, merged: Merged) -> Result<Merged, DraftError> {
        if self.is_whole() {
            return Ok(merged);
        }
        // If they work in the draft, what only the draft has is theirs.
        self.look_from(&draft.branch().to_string())?;
        let state = State::Commit(merged.commit);
        Ok(Merged {
            conflicted: self.keys(&state, merged.conflicted)?,
            conflicts: self.conflicts(&state, merged.conflicts)?,
            ..merged
        })
    }

    /// The conflicts between entries all of which they see. The sentence that tells of one may name still others.
    pub(super) fn conflicts(
        &self,
        state: &State,
        conflicts: Vec<CatalogueConflict>,
    ) -> Result<Vec<CatalogueConflict>, StoreError> {
        let mut seen = Vec::with_capacity(conflicts.len());
        for conflict in conflicts {
            if self.sees_all(state, &conflict.entries)? {
                let message = self.words(state, &conflict.message)?;
                seen.push(CatalogueConflict { message, ..conflict });
            }
        }
        Ok(seen)
    }
}
