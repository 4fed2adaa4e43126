//! Committing a draft: its working copies become revisions on its branch.

pub(in crate::repo) mod error;

use super::{
    DraftError, DraftId,
    working::{StoredContent, StoredWorking},
};
use crate::repo::{
    branch::{BranchHead, branch_head},
    commit::{
        land::{LandError, Landing},
        prepared::{After, NewDocument, Prepared},
        request::{Action, Change, Committed},
        strictness::Strictness,
    },
    content::{catalogue::RowState, kinds::Kinds},
    draft::working::typed::{Gathered, entries_of},
    ground::{
        error::StoreError,
        stamp::{ENTRIES, Stamp},
    },
};
use crate::{
    document::Sides,
    engine::Transaction,
    model::{commit::Commit, document::Document, id::DocumentId, key::EntryKey, object::Space},
    repo::{
        commit::refusal::Refusal,
        draft::{Drafts, commit::error::DraftCommitError},
    },
};

/// The change that leaves an entry in conflict.
pub(in crate::repo) fn conflict_of(terms: Sides<Option<Document>>) -> After {
    After::Conflict(terms.map(|term| term.map(NewDocument::Unwritten)))
}

impl Drafts<'_> {
    /// Commits a draft's working copies, all or chosen ones, to its branch. They may be invalid.
    ///
    /// A copy that was begun from an older revision than the branch has is merged with the branch's document.
    ///
    /// # Errors
    /// [`DraftCommitError`]; the working copies are unchanged.
    pub fn commit(
        &self,
        draft: &DraftId,
        only: Option<&[EntryKey]>,
        stamp: &Stamp,
    ) -> Result<Committed, DraftCommitError> {
        self.record_for(draft, &stamp.author)?;
        self.commit_working(draft, only, stamp)
    }

    /// Like [`Drafts::commit`], for commits that the draft makes by itself.
    pub(in crate::repo) fn commit_working(
        &self,
        draft: &DraftId,
        only: Option<&[EntryKey]>,
        stamp: &Stamp,
    ) -> Result<Committed, DraftCommitError> {
        let branch = draft.branch();
        let committed = self.repository.on_branch(&branch, |_| {
            let head =
                branch_head(self.repository, &branch)?.ok_or_else(|| self.not_open(draft))?;
            self.commit_gathered(draft, &head, only, stamp)
        })?;
        committed.ok_or_else(|| DraftError::busy(draft).into())
    }

    /// One attempt; `None` when the branch moved or a copy was saved meanwhile.
    fn commit_gathered(
        &self,
        draft: &DraftId,
        head: &BranchHead,
        only: Option<&[EntryKey]>,
        stamp: &Stamp,
    ) -> Result<Option<Committed>, DraftCommitError> {
        let branch = draft.branch();
        let base = self.repository.commit_of(head.commit)?;
        let kinds = Kinds::at(self.repository, base.catalogue);
        let Gathered { prepared, swaps, objects } = self.gathered(&kinds, &base, draft, only)?;
        if prepared.is_empty() {
            if !swaps.is_empty() {
                let operation = stamp.operation;
                let names = [("draft", draft.as_str()), (ENTRIES, &*entries_of(&swaps))];
                let audit = stamp.audit("drop-working", &names);
                let objects = objects.into_iter().map(|object| (Space::Source, object)).collect();
                let drop = Transaction { operation, objects, swaps, audit: Some(audit) };
                self.repository.engine.commit(vec![drop]).map_err(StoreError::from)?;
            }
            return Err(DraftCommitError::NothingToCommit);
        }
        let mut landing = Landing::new(&branch, head, &base, &kinds, "commit-draft");
        (landing.swaps, landing.objects) = (swaps, objects);
        match self.repository.land(landing, prepared, stamp) {
            Ok(landed) => Ok(landed),
            Err(LandError::Store(error)) => Err(error.into()),
            Err(LandError::Refused { refusals }) => Err(DraftCommitError::Refused { refusals }),
        }
    }

    /// A working copy as a change of what the branch has, under its writer's name.
    pub(super) fn prepare_working(
        &self,
        kinds: &Kinds<'_>,
        base: &Commit,
        key: &EntryKey,
        stored: &StoredWorking,
    ) -> Result<Result<Prepared, Refusal>, StoreError> {
        // What was typed under a field's earlier name is committed under its present name.
        let typed = self.working_document(&stored.content)?;
        let document = self.repository.under_names_of_today(kinds, key, typed)?;
        let action = match &document {
            Some(document) => Action::Put(Ok(document.clone())),
            None => Action::Delete,
        };
        let change = Change { key: key.clone(), action };
        let mut prepared = match self.repository.prepare(kinds, base, &change, Strictness::Draft)? {
            Ok(prepared) => prepared,
            Err(violations) => return Ok(Err(Refusal { key: key.clone(), violations })),
        };
        prepared.written = Some((stored.author.clone(), stored.saved_ms));
        let here = prepared.before;
        let sides = if here.map(|row| row.revision) == stored.base {
            match self.working_terms(kinds, key, stored)? {
                Some(terms) => terms,
                None => return Ok(Ok(prepared)),
            }
        } else {
            if prepared.changes_nothing() {
                return Ok(Ok(prepared));
            }
            // The branch has moved on since the copy was begun: what was typed is merged with what the branch has.
            let Some(here) = here else { return Ok(Ok(prepared)) };
            let began = match stored.base {
                Some(revision) => self.revision_document(kinds, key, revision)?,
                None => None,
            };
            prepared.merged.extend(stored.base);
            match self.conflict_terms(kinds, key, here.revision)? {
                // The entry has come into conflict since. What was typed replaces our side, from which it began.
                Some(terms) if terms.ours == began => Sides { ours: document, ..terms },
                Some(terms) => {
                    let joined =
                        self.repository.merge_documents(kinds, key, terms.clone())?.document;
                    let sides = Sides { base: began, ours: document, theirs: joined };
                    let typed = self.repository.merge_documents(kinds, key, sides)?.document;
                    let carried = self.repository.carry_document(kinds, key, &terms, &[], typed)?;
                    carried.expect("no place is named as settled").terms
                }
                None => Sides {
                    base: began,
                    ours: self.revision_document(kinds, key, here.revision)?,
                    theirs: document,
                },
            }
        };
        let joined = self.repository.merge_documents(kinds, key, sides.clone())?;
        prepared.after = match joined.document {
            _ if !joined.conflicts.is_empty() => conflict_of(sides),
            Some(document) => After::Document(NewDocument::Unwritten(document)),
            None => After::Deleted,
        };
        self.repository.know_facts(kinds, &mut prepared)?;
        Ok(Ok(prepared))
    }

    /// Whether a working copy differs from what the branch has.
    pub(in crate::repo) fn says_more(
        &self,
        stored: &StoredWorking,
        state: Option<RowState>,
    ) -> Result<bool, StoreError> {
        Ok(match (&stored.content, state) {
            (StoredContent::Deleted, state) => !matches!(state, None | Some(RowState::Deleted)),
            (StoredContent::Beside(id), Some(RowState::Resolved(known))) => *id != known,
            (StoredContent::Document(text), Some(RowState::Resolved(known))) => {
                DocumentId::of(text.get().as_bytes()) != known
            }
            _ => true,
        })
    }
}
