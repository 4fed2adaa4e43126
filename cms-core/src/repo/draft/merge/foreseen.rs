//! What would keep a draft from merging, reported as soon as it exists and not only by the merge.

use serde::Serialize;

use crate::repo::draft::{DraftError, DraftId, merge::into_main};
use crate::{
    model::{id::CommitId, key::EntryKey, name::Person},
    repo::{
        branch::branch_head,
        commit::{
            conflict::CatalogueConflict,
            land::{LandError, Landing},
            refusal::Refusal,
        },
        content::kinds::Kinds,
        draft::{
            Drafts, commit::error::DraftCommitError, state::DraftState, working::typed::Gathered,
        },
        ground::{error::StoreError, stamp::Stamp},
        merge::MergeError,
    },
};

/// What keeps a commit of a draft from merging into `main` as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Obstacles {
    /// Entries that both sides changed in ways that can't be joined, or that are already in conflict.
    pub conflicted: Vec<EntryKey>,
    /// What would not fit together around entries.
    pub conflicts: Vec<CatalogueConflict>,
    /// Entries that are not as they must be.
    pub refusals: Vec<Refusal>,
    /// What became of the draft, where it can't be merged any more: it was discarded, and may be reopened.
    pub draft_state: Option<DraftState>,
    /// Reviewers of a review who want changes first, ascending, where approvals are required.
    pub changes_wanted_by: Vec<String>,
}

impl Obstacles {
    /// Whether nothing keeps it from merging.
    pub fn is_empty(&self) -> bool {
        let Self { conflicted, conflicts, refusals, draft_state, changes_wanted_by } = self;
        conflicted.is_empty()
            && conflicts.is_empty()
            && refusals.is_empty()
            && draft_state.is_none()
            && changes_wanted_by.is_empty()
    }
}

impl Drafts<'_> {
    /// What would make `main` refuse a merge of this commit of a draft now.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub(in crate::repo) fn obstacles(&self, line: CommitId) -> Result<Obstacles, StoreError> {
        Ok(match self.repository.try_merge(&into_main(line, &nobody())) {
            Err(MergeError::Conflicts { conflicted, conflicts }) => {
                Obstacles { conflicted, conflicts, ..Obstacles::default() }
            }
            Err(MergeError::Refused { refusals }) => Obstacles { refusals, ..Obstacles::default() },
            Err(MergeError::Unfinished { keys }) => {
                Obstacles { conflicted: keys, ..Obstacles::default() }
            }
            Err(MergeError::Store(error)) => return Err(error),
            Ok(())
            | Err(
                MergeError::NothingToMerge { .. }
                | MergeError::UnknownBranch { .. }
                | MergeError::Moved { .. },
            ) => Obstacles::default(),
        })
    }

    /// What does not fit together in a draft, what people typed included.
    pub(in crate::repo) fn typed_conflicts(
        &self,
        draft: &DraftId,
    ) -> Result<Vec<CatalogueConflict>, DraftError> {
        let branch = draft.branch();
        let head = branch_head(self.repository, &branch)?.ok_or_else(|| self.not_open(draft))?;
        let base = self.repository.commit_of(head.commit)?;
        let kinds = Kinds::at(self.repository, base.catalogue);
        let prepared = match self.gathered(&kinds, &base, draft, None) {
            Ok(Gathered { prepared, .. }) => prepared,
            Err(DraftCommitError::Draft(error)) => return Err(error),
            // What was typed can't be committed; the violations of its entries say so.
            Err(_) => Vec::new(),
        };
        if prepared.is_empty() {
            return Ok(self.repository.catalogue_conflicts(&base)?);
        }
        let landing = Landing::new(&branch, &head, &base, &kinds, "commit-draft");
        match self.repository.landing(landing, prepared, &nobody()) {
            Ok(landed) => Ok(landed.conflicts),
            Err(LandError::Store(error)) => Err(error.into()),
            Err(LandError::Refused { .. }) => Ok(self.repository.catalogue_conflicts(&base)?),
        }
    }
}

/// The stamp of a trial.
fn nobody() -> Stamp {
    let operation = crate::engine::OperationId([0; 16]);
    Stamp {
        author: Person::recorded("nobody"),
        time_ms: 0,
        message: String::new(),
        operation,
        holder: crate::access::Holder::Machine,
        origin: crate::repo::ground::origin::Origin::default(),
    }
}
