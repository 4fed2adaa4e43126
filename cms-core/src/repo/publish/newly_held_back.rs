//! Whose entries a publish held back for the first time.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::{
    model::{
        id::{NodeId, PublicationId, RevisionId},
        key::EntryKey,
    },
    repo::{
        content::catalogue,
        ground::{error::StoreError, repository::Repository},
    },
};

/// An entry that a publish held back, and the one before did not, or not as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewlyHeldBack {
    /// The entry or translation.
    pub key: EntryKey,
    /// Who changed it last.
    pub author: String,
    /// The first reason.
    pub reason: String,
}

impl Repository {
    /// What a publish held back that was not held back before, or has changed since.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn newly_held_back(&self, id: PublicationId) -> Result<Vec<NewlyHeldBack>, StoreError> {
        let publication = self.publication(id)?;
        let report = self.report_of(&publication)?;
        let (before, known) = match publication.parent {
            Some(parent) => {
                let parent = self.publication(parent)?;
                let keys = self.report_of(&parent)?.done.held_back.into_iter().map(|row| row.key);
                (Some(self.commit_of(parent.commit)?.catalogue), keys.collect())
            }
            None => (None, BTreeSet::new()),
        };
        let now = self.commit_of(publication.commit)?.catalogue;
        let mut found = Vec::new();
        for row in report.done.held_back {
            let is = self.revision_at(now, &row.key)?;
            let was = match before {
                Some(catalogue) => self.revision_at(catalogue, &row.key)?,
                None => None,
            };
            let is_new = is != was || !known.contains(&row.key);
            let Some(revision) = is.filter(|_| is_new) else { continue };
            let reason = row.reasons.into_iter().next().map(|reason| reason.message);
            let author = self.revision(revision)?.author;
            found.push(NewlyHeldBack { key: row.key, author, reason: reason.unwrap_or_default() });
        }
        Ok(found)
    }

    fn revision_at(
        &self,
        catalogue: NodeId,
        key: &EntryKey,
    ) -> Result<Option<RevisionId>, StoreError> {
        Ok(catalogue::row(&*self.source, catalogue, key)?.map(|row| row.revision))
    }
}
