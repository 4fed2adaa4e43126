//! What was in the trash before it was put there.

use super::catalogue::{self, RowState};
use crate::{
    model::{
        commit::Commit,
        id::{CommitId, RevisionId},
        key::EntryKey,
    },
    repo::ground::{error::StoreError, repository::Repository},
};

/// How many commits are searched for where an entry stood before it was put into the trash.
const COMMITS_LOOKED_MAX: usize = 20_000;

impl Repository {
    /// The commit before an entry was put into the trash: the parent of the first commit that has this deletion.
    pub(in crate::repo) fn before_deletion(
        &self,
        mut commit: CommitId,
        key: &EntryKey,
        deleted: RevisionId,
    ) -> Result<Option<Commit>, StoreError> {
        for _ in 0..COMMITS_LOOKED_MAX {
            let mut before = None;
            let mut next = None;
            for parent in self.commit_of(commit)?.parents {
                let known = self.commit_of(parent)?;
                match catalogue::row(&*self.source, known.catalogue, key)? {
                    Some(row) if row.revision == deleted => next = Some(parent),
                    Some(row) if row.state != RowState::Deleted => before = Some(known),
                    _ => {}
                }
            }
            match (next, before) {
                (Some(parent), _) => commit = parent,
                (None, Some(before)) => return Ok(Some(before)),
                (None, None) => break,
            }
        }
        Ok(None)
    }
}
