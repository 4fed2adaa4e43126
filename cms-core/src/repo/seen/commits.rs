//! Commits: whoever sees one of the entries that a commit changes sees the commit, as does who wrote it.

use crate::{
    map,
    model::id::CommitId,
    repo::{
        access::sight::Sight,
        content::{
            catalogue,
            state::{Roots, State},
        },
        ground::error::StoreError,
        history::{CHANGES_COUNTED_MAX, CommitRow},
    },
};

impl Sight<'_> {
    /// A commit with the number of changes that they see; `None` when they see none of its changes. Of a commit of very
    /// many changes only the first are looked at.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn commit(&self, row: CommitRow) -> Result<Option<CommitRow>, StoreError> {
        if self.is_whole() {
            return Ok(Some(row));
        }
        // What somebody wrote themselves is no secret to them.
        if self.is_one_of([&row.author]) {
            return Ok(Some(row));
        }
        let changes_count = self.changes_seen(row.commit, row.parents.first().copied())?;
        Ok((changes_count > 0).then_some(CommitRow { changes_count, ..row }))
    }

    /// The commits of a page of which they see a change.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn commits(&self, rows: Vec<CommitRow>) -> Result<Vec<CommitRow>, StoreError> {
        rows.into_iter().filter_map(|row| self.commit(row).transpose()).collect()
    }

    fn changes_seen(&self, commit: CommitId, parent: Option<CommitId>) -> Result<u64, StoreError> {
        let source = &*self.repository.source;
        let roots = self.repository.roots(&State::Commit(commit))?;
        let before = parent.map(|parent| self.repository.commit_of(parent)).transpose()?;
        let looked_max = usize::try_from(CHANGES_COUNTED_MAX).unwrap_or(usize::MAX);
        let mut count = 0;
        let mut look = |key: &[u8]| -> Result<(), StoreError> {
            count += u64::from(self.sees_change(roots, key)?);
            Ok(())
        };
        match before {
            Some(before) => {
                let differences = map::diff(source, before.catalogue, roots.catalogue)?;
                differences.take(looked_max).try_for_each(|found| look(&found?.key))?;
            }
            None => {
                let entries = map::entries(source, roots.catalogue, &[])?;
                entries.take(looked_max).try_for_each(|found| look(&found?.0))?;
            }
        }
        Ok(count)
    }

    fn sees_change(&self, roots: Roots, key: &[u8]) -> Result<bool, StoreError> {
        self.sees_at(roots, &catalogue::decoded_key(key)?)
    }
}
