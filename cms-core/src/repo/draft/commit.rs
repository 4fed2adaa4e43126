//! Committing a draft: its working copies become revisions on its branch.

use super::{
    DraftError, DraftId, EDIT_PREFIX,
    working::{StoredContent, StoredWorking, edited_key},
};
use crate::repo::{
    branch::{BranchHead, branch_head},
    commit::{
        Action, Change, CommitError, Committed, Refusal, Strictness,
        land::Landing,
        prepared::{After, NewDocument, Prepared},
    },
    content::{catalogue::RowState, kinds::Kinds, objects::StoreError},
    open::Repository,
    stamp::Stamp,
};
use crate::{
    engine::{Cell, CellName, Expected, Swap, SwapValue},
    model::{canonical, commit::Commit, key::EntryKey, revision::Terms},
};

/// A lost race is run again so often before it is told.
const ATTEMPTS_MAX: usize = 32;

/// Why a draft was not committed.
#[derive(Debug, thiserror::Error)]
pub enum DraftCommitError {
    /// The draft is closed, or not the writer's.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// Every working copy is as what is committed.
    #[error("there is nothing to commit")]
    NothingToCommit,
    /// Working copies can't be committed, not even to a draft.
    #[error("{} of the working copies are refused: {}", refusals.len(), crate::repo::commit::first(.refusals))]
    Refused {
        /// Which, and why.
        refusals: Vec<Refusal>,
    },
}

impl From<StoreError> for DraftCommitError {
    fn from(error: StoreError) -> Self {
        Self::Draft(error.into())
    }
}

impl Repository {
    /// Commits a draft's working copies, all or chosen ones, to its branch. They may be invalid.
    ///
    /// A copy that was begun from an older revision than the branch has is merged with what is there.
    ///
    /// # Errors
    /// [`DraftCommitError`]; the working copies are as they were then.
    pub fn commit_draft(
        &self,
        draft: &DraftId,
        only: Option<&[EntryKey]>,
        stamp: &Stamp,
    ) -> Result<Committed, DraftCommitError> {
        self.record_for(draft, &stamp.author)?;
        self.commit_working(draft, only, stamp)
    }

    /// As [`Repository::commit_draft`], for what the draft does by itself.
    pub(in crate::repo) fn commit_working(
        &self,
        draft: &DraftId,
        only: Option<&[EntryKey]>,
        stamp: &Stamp,
    ) -> Result<Committed, DraftCommitError> {
        let branch = draft.branch();
        let turn = self.turns.of(&branch);
        for _ in 0..ATTEMPTS_MAX {
            let _turn = turn.lock();
            let unknown = || DraftError::Unknown { draft: draft.clone() };
            let head = branch_head(self, &branch)?.ok_or_else(unknown)?;
            let cells = self.draft_cells(draft)?;
            let chosen = |name: &CellName| {
                let key = edited_key(name).filter(|_| name.name().starts_with(EDIT_PREFIX));
                key.filter(|key| only.is_none_or(|only| only.contains(key)))
            };
            let edits: Vec<(EntryKey, &CellName, &Cell)> =
                cells.iter().filter_map(|(name, cell)| Some((chosen(name)?, name, cell))).collect();
            if let Some(committed) = self.commit_edits(&branch, &head, &edits, stamp)? {
                return Ok(committed);
            }
        }
        Err(DraftError::Refused { reason: format!("draft {draft} is too busy; try again") }.into())
    }

    /// One attempt; none when the branch moved or a copy was saved meanwhile.
    fn commit_edits(
        &self,
        branch: &str,
        head: &BranchHead,
        edits: &[(EntryKey, &CellName, &Cell)],
        stamp: &Stamp,
    ) -> Result<Option<Committed>, DraftCommitError> {
        let base = self.commit_of(head.commit)?;
        let kinds = Kinds::at(self, base.catalogue);
        let mut landing = Landing::new(branch, head, &base, &kinds, "commit-draft");
        let (mut prepared, mut refusals) = (Vec::new(), Vec::new());
        for (key, name, cell) in edits {
            let stored = StoredWorking::of(name, cell)?;
            match self.prepare_working(&kinds, &base, key, &stored)? {
                Ok(change) => {
                    landing.swaps.push(Swap {
                        cell: (*name).clone(),
                        expected: Expected::Version(cell.version),
                        value: SwapValue::Delete,
                    });
                    if !change.changes_nothing() {
                        prepared.push(change);
                    }
                }
                Err(refusal) => refusals.push(refusal),
            }
        }
        if !refusals.is_empty() {
            return Err(DraftCommitError::Refused { refusals });
        }
        if prepared.is_empty() {
            if !landing.swaps.is_empty() {
                let draft = branch.trim_start_matches(crate::repo::branch::DRAFT_PREFIX);
                if let Ok(draft) = draft.parse() {
                    self.swap_draft("drop-working", &draft, landing.swaps, stamp)?;
                }
            }
            return Err(DraftCommitError::NothingToCommit);
        }
        match self.land(landing, prepared, stamp) {
            Ok(landed) => Ok(landed),
            Err(CommitError::Store(error)) => Err(error.into()),
            Err(CommitError::Refused { refusals }) => Err(DraftCommitError::Refused { refusals }),
            Err(_) => Ok(None),
        }
    }

    /// A working copy as a change of what the branch has.
    fn prepare_working(
        &self,
        kinds: &Kinds<'_>,
        base: &Commit,
        key: &EntryKey,
        stored: &StoredWorking,
    ) -> Result<Result<Prepared, Refusal>, StoreError> {
        // What was typed under a field's earlier name is committed under the one that it has now.
        let typed = self.working_document(&stored.content)?;
        let [document, ..] = self.under_names_of_today(kinds, key, [typed, None, None])?;
        let action = match &document {
            Some(document) => Action::Put(canonical::to_bytes(document)),
            None => Action::Delete,
        };
        let change = Change { key: key.clone(), action };
        let mut prepared = match self.prepare(kinds, base, &change, Strictness::Draft)? {
            Ok(prepared) => prepared,
            Err(violations) => return Ok(Err(Refusal { key: key.clone(), violations })),
        };
        let here = prepared.before;
        if here.map(|row| row.revision) == stored.base || prepared.changes_nothing() {
            return Ok(Ok(prepared));
        }
        // The branch has moved on below the copy: what was typed is merged with what is there.
        let Some(RowState::Resolved(ours)) = here.map(|row| row.state) else {
            return Ok(Ok(prepared));
        };
        let began = match stored.base {
            Some(revision) => self.revision(revision)?.state.document(),
            None => None,
        };
        let read = |id| self.document(id);
        let sides = [Some(read(ours)?), began.map(read).transpose()?, document.clone()];
        let joined = self.merge_documents(kinds, key, sides)?;
        prepared.merged.extend(stored.base);
        prepared.after = if joined.conflicts.is_empty() {
            joined
                .document
                .as_ref()
                .map_or(After::Deleted, |document| After::Document(NewDocument::of(document)))
        } else {
            let typed = document.as_ref().map(NewDocument::of);
            let terms = vec![Some(ours), began, typed.as_ref().map(|typed| typed.id)];
            let objects = typed.into_iter().filter_map(|typed| typed.unwritten).collect();
            After::Conflict(Terms::new(terms).expect("three terms"), objects)
        };
        self.know_facts(kinds, &mut prepared)?;
        Ok(Ok(prepared))
    }

    /// Whether a working copy says anything that the branch does not.
    pub(in crate::repo) fn says_more(
        &self,
        stored: &StoredWorking,
        state: Option<RowState>,
    ) -> Result<bool, StoreError> {
        Ok(match (&stored.content, state) {
            (StoredContent::Deleted, state) => !matches!(state, None | Some(RowState::Deleted)),
            (StoredContent::Beside(id), Some(RowState::Resolved(known))) => *id != known,
            (StoredContent::Document(document), Some(RowState::Resolved(known))) => {
                NewDocument::of(document).id != known
            }
            _ => true,
        })
    }
}
