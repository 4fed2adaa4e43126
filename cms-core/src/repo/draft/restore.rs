//! Restoring: an old revision of an entry becomes its newest.

use serde_json::Value;

use super::{DraftError, DraftId, Drafts, revert::RevertError};
use crate::{
    model::{
        document::Document, id::RevisionId, key::EntryKey, name::Branch, revision::RevisionState,
    },
    repo::{
        branch::branch_head,
        commit::request::{Action, Change, CommitRequest, Committed},
        content::{
            catalogue::{self, RowState},
            kinds::Kinds,
        },
        ground::{error::StoreError, repository::Repository, stamp::Stamp},
        merge::MergeError,
    },
    schema::Modernised,
};

impl Drafts<'_> {
    /// Like [`Repository::restore`], in a draft: the entry's working copy is committed first, under its writer's name,
    /// so that what is shown is what was restored and nothing typed is lost.
    ///
    /// # Errors
    /// [`RevertError`]; the draft is unchanged.
    pub fn restore(
        &self,
        draft: &DraftId,
        key: &EntryKey,
        revision: RevisionId,
        stamp: &Stamp,
    ) -> Result<Committed, RevertError> {
        self.record_for(draft, &stamp.author)?;
        let branch = draft.branch();
        let request = self.restoring(&branch, key, revision, stamp)?;
        let committed = self.repository.on_branch::<_, RevertError>(&branch, |_| {
            let only = Some(std::slice::from_ref(key));
            let tip = self.typed_tip(draft, only, stamp).map_err(|error| match error {
                MergeError::UnknownBranch { .. } => self.not_open(draft).into(),
                other => RevertError::Merge(other),
            })?;
            let root = self.repository.commit_of(tip.head.commit)?.catalogue;
            let row = catalogue::row(&*self.repository.source, root, key)?;
            if row.is_some_and(|row| row.state == RowState::Conflicted) {
                // The other side's text would be lost without anybody having chosen.
                return Err(DraftError::InConflict { key: key.clone() }.into());
            }
            Ok(self.repository.commit_onto(&tip.head, &request, Some(&tip))?)
        })?;
        committed.ok_or_else(|| DraftError::busy(draft).into())
    }

    /// The commit that restores a revision.
    fn restoring(
        &self,
        branch: &Branch,
        key: &EntryKey,
        revision: RevisionId,
        stamp: &Stamp,
    ) -> Result<CommitRequest, RevertError> {
        let unknown = || RevertError::UnknownRevision { key: key.clone(), revision };
        let found = match self.repository.revision(revision) {
            Err(StoreError::Missing { .. }) => return Err(unknown()),
            other => other?,
        };
        if found.key != *key {
            return Err(unknown());
        }
        let mut stamp = stamp.clone();
        let action = match found.state {
            RevisionState::Resolved(document) => {
                let mut document = self.repository.document(document)?;
                for done in self.modernise(branch, key, &mut document)? {
                    let gap = if stamp.message.is_empty() { "" } else { "; " };
                    stamp.message.push_str(&format!("{gap}{done}"));
                }
                Action::Put(Ok(Document::of(document)))
            }
            RevisionState::Deleted => Action::Delete,
            RevisionState::Conflicted(_) => return Err(unknown()),
        };
        Ok(CommitRequest {
            branch: branch.clone(),
            expected: None,
            changes: vec![Change { key: key.clone(), action }],
            stamp,
        })
    }

    /// Brings a document to the schema that a branch has for it; translations are kept by segment, and stay as they
    /// are.
    fn modernise(
        &self,
        branch: &Branch,
        key: &EntryKey,
        document: &mut Value,
    ) -> Result<Vec<Modernised>, StoreError> {
        let head = branch_head(self.repository, branch)?;
        let Some(head) = head.filter(|_| key.locale().is_none()) else { return Ok(Vec::new()) };
        let kinds = Kinds::at(self.repository, self.repository.commit_of(head.commit)?.catalogue);
        let kind = kinds.get(key.kind())?;
        Ok(kind.map(|kind| kind.schema.modernise(document)).unwrap_or_default())
    }
}

impl Repository {
    /// Restores an old revision of an entry on a branch, as a new revision. It is brought to today's schema where the
    /// schema says how; the new revision's note says what was done. If the schema asks for more than that, only a draft
    /// takes the result, with its violations.
    ///
    /// # Errors
    /// [`RevertError`]; the branch is unchanged.
    pub fn restore(
        &self,
        branch: &Branch,
        key: &EntryKey,
        revision: RevisionId,
        stamp: &Stamp,
    ) -> Result<Committed, RevertError> {
        Ok(self.commit(self.drafts().restoring(branch, key, revision, stamp)?)?)
    }
}
