//! The entries that a publish held back for the first time, and who changed them.

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

/// An entry that a publish held back, and that the publish before did not hold back, or held back in another revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewlyHeldBack {
    /// The entry or translation.
    pub key: EntryKey,
    /// Who last changed it.
    pub author: String,
    /// The first of the reasons.
    pub reason: String,
}

/// What the previous publish held back.
struct Before {
    catalogue: NodeId,
    /// The entries that its report names.
    named: BTreeSet<EntryKey>,
    /// Whether it held back more than its report names.
    is_cut: bool,
}

impl Before {
    /// Whether an entry was held back then. An entry that a cut report may have left out counts as held back: nobody is
    /// notified twice about what they did not touch since.
    fn held_back(&self, key: &EntryKey) -> bool {
        self.is_cut || self.named.contains(key)
    }
}

impl Repository {
    /// The entries that a publish held back and that were not held back before, or have changed since.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn newly_held_back(&self, id: PublicationId) -> Result<Vec<NewlyHeldBack>, StoreError> {
        let publication = self.publication(id)?;
        let report = self.report_of(&publication)?;
        let before = publication.parent.map(|parent| self.held_back_by(parent)).transpose()?;
        let now = self.commit_of(publication.commit)?.catalogue;
        let mut found = Vec::new();
        for row in report.done.held_back {
            let is = self.revision_at(now, &row.key)?;
            let is_new = match &before {
                None => true,
                Some(before) => {
                    let was = self.revision_at(before.catalogue, &row.key)?;
                    is != was || !before.held_back(&row.key)
                }
            };
            let Some(revision) = is.filter(|_| is_new) else { continue };
            let reason = row.reasons.into_iter().next().map(|reason| reason.message);
            let author = self.revision(revision)?.author;
            found.push(NewlyHeldBack { key: row.key, author, reason: reason.unwrap_or_default() });
        }
        Ok(found)
    }

    fn held_back_by(&self, id: PublicationId) -> Result<Before, StoreError> {
        let publication = self.publication(id)?;
        let done = self.report_of(&publication)?.done;
        let is_cut = done.held_back_count > done.held_back.len() as u64;
        let named = done.held_back.into_iter().map(|row| row.key).collect();
        Ok(Before { catalogue: self.commit_of(publication.commit)?.catalogue, named, is_cut })
    }

    fn revision_at(
        &self,
        catalogue: NodeId,
        key: &EntryKey,
    ) -> Result<Option<RevisionId>, StoreError> {
        Ok(catalogue::row(&*self.source, catalogue, key)?.map(|row| row.revision))
    }
}
