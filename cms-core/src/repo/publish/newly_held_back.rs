//! Whose entries a publish held back for the first time.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use crate::{
    model::{
        id::{CommitId, PublicationId, RevisionId},
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
        let report = self.document(publication.report)?;
        let (before, known) = match publication.parent {
            Some(parent) => {
                let parent = self.publication(parent)?;
                let report = self.document(parent.report)?;
                let keys = rows(&report).filter_map(|row| row["key"].as_str());
                (Some(parent.commit), keys.map(str::to_owned).collect::<BTreeSet<_>>())
            }
            None => (None, BTreeSet::new()),
        };
        let mut found = Vec::new();
        for row in rows(&report) {
            let name = row["key"].as_str().unwrap_or_default();
            let Ok(key) = name.parse::<EntryKey>() else { continue };
            let is = self.revision_at(publication.commit, &key)?;
            let was = match before {
                Some(commit) => self.revision_at(commit, &key)?,
                None => None,
            };
            let is_new = is != was || !known.contains(name);
            let Some(revision) = is.filter(|_| is_new) else { continue };
            let reason = row["reasons"][0]["message"].as_str().unwrap_or_default().to_owned();
            let author = self.revision(revision)?.author;
            found.push(NewlyHeldBack { key, author, reason });
        }
        Ok(found)
    }

    fn revision_at(
        &self,
        commit: CommitId,
        key: &EntryKey,
    ) -> Result<Option<RevisionId>, StoreError> {
        let catalogue = self.commit_of(commit)?.catalogue;
        Ok(catalogue::row(&*self.source, catalogue, key)?.map(|row| row.revision))
    }
}

fn rows(report: &Value) -> impl Iterator<Item = &Value> {
    report["held_back"].as_array().into_iter().flatten()
}
