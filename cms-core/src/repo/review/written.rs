//! The people who wrote what a draft changes, and so may not approve it.

use std::collections::{BTreeSet, HashSet};

use crate::{
    model::{commit::Commit, id::CommitId, name::Branch},
    repo::{
        branch::branch_head, content::catalogue::changed_rows, draft::DraftId,
        ground::error::StoreError, review::Reviews,
    },
};

impl Reviews<'_> {
    /// The people who may not approve a draft's changes: its owner, the people who wrote a part of it, in it or in a
    /// draft that it was begun from, and the people who committed that. Bringing a draft up to date does not count as
    /// writing.
    pub(super) fn changed_by(&self, draft: &DraftId) -> Result<BTreeSet<String>, StoreError> {
        let Ok(record) = self.repository.drafts().one(draft) else { return Ok(BTreeSet::new()) };
        let mut people = BTreeSet::from([record.owner]);
        let mut seen = HashSet::from([record.head]);
        let mut queue = vec![record.head];
        while let Some(id) = queue.pop() {
            if self.is_on_main(id)? {
                continue;
            }
            let commit = self.repository.commit_of(id)?;
            self.written_in(&commit, &mut people)?;
            queue.extend(commit.parents.into_iter().filter(|parent| seen.insert(*parent)));
        }
        Ok(people)
    }

    /// Adds the people who wrote the revisions that a commit brought. A commit that joins two lines brings only what
    /// others wrote before.
    fn written_in(&self, commit: &Commit, people: &mut BTreeSet<String>) -> Result<(), StoreError> {
        let [parent] = commit.parents[..] else { return Ok(()) };
        let before = self.repository.commit_of(parent)?.catalogue;
        for (_, [_, after]) in changed_rows(self.repository, before, commit.catalogue)? {
            if let Some(row) = after {
                people.insert(self.repository.revision(row.revision)?.author);
            }
        }
        Ok(())
    }

    fn is_on_main(&self, commit: CommitId) -> Result<bool, StoreError> {
        match branch_head(self.repository, &Branch::Main)? {
            Some(main) => self.repository.is_ancestor(commit, main.commit),
            None => Ok(false),
        }
    }
}
