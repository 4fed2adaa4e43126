//! Conflicts of the catalogue: what does not fit together around entries that are each fine.
//!
//! Two people may each leave the content whole, and their changes may still break it together: each moved one of two
//! units under the other, or one linked to what the other deleted. Such a conflict is a value in the commit of a draft.
//! Its name is made of what it is about, so it has the same name every time it is found.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::repo::{
    commit::{
        check::{Touched, check},
        refusal::Refusal,
    },
    content::graph::Graph,
    ground::{error::StoreError, repository::Repository},
};
use crate::{
    model::{canonical, commit::Commit, document::Document, key::EntryKey},
    schema::ViolationCode,
};

/// One thing that does not fit together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogueConflict {
    /// Its name within the draft.
    pub id: String,
    /// The entries that it is about, ascending.
    pub entries: Vec<EntryKey>,
    /// What is wrong, for people.
    pub message: String,
    /// What is wrong, for programs.
    pub reason: CatalogueReason,
}

/// Why entries do not fit together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum CatalogueReason {
    /// One contains the other and is contained by it, or each builds on the other.
    Circle,
    /// One is deleted, and another still uses it.
    DeletedButUsed,
    /// Two siblings would have the same address.
    SlugTaken,
    /// The canonical parent of an entry no longer contains it.
    NotAParent,
    /// Both sides moved the entry, each to other containers.
    MovedApart {
        /// The entry that was moved.
        child: EntryKey,
        /// The containers that our side moved it to.
        ours: Vec<EntryKey>,
        /// The containers that the other side moved it to.
        theirs: Vec<EntryKey>,
    },
}

impl CatalogueReason {
    fn of(code: ViolationCode) -> Option<Self> {
        match code {
            ViolationCode::Circle => Some(Self::Circle),
            ViolationCode::DanglingLink | ViolationCode::StillUsed => Some(Self::DeletedButUsed),
            ViolationCode::SlugTaken => Some(Self::SlugTaken),
            ViolationCode::NotAParent => Some(Self::NotAParent),
            _ => None,
        }
    }
}

impl CatalogueConflict {
    pub(in crate::repo) fn new(
        reason: CatalogueReason,
        entries: impl IntoIterator<Item = EntryKey>,
        message: String,
    ) -> Self {
        let entries: Vec<EntryKey> =
            entries.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        let named = serde_json::json!({ "entries": entries, "reason": reason });
        let hash = blake3::hash(&canonical::to_bytes(&named)).to_hex();
        Self { id: hash[..12].to_owned(), entries, message, reason }
    }

    /// The conflicts that a check of the graph found.
    pub(in crate::repo) fn from_refusals(refusals: &[Refusal]) -> Vec<Self> {
        let mut found = BTreeMap::new();
        for refusal in refusals {
            for violation in &refusal.violations {
                let Some(reason) = CatalogueReason::of(violation.code) else { continue };
                let conflict = Self::new(reason, [refusal.key.clone()], violation.message.clone());
                found.entry(conflict.id.clone()).or_insert(conflict);
            }
        }
        found.into_values().collect()
    }

    /// The document that holds a list of conflicts; `None` for an empty list.
    pub(in crate::repo) fn document(conflicts: &[Self]) -> Option<Document> {
        let list = serde_json::to_value(conflicts).expect("conflicts are JSON");
        (!conflicts.is_empty()).then(|| Document::of(list))
    }

    /// Whether a state still has this conflict.
    pub(in crate::repo) fn still_there(&self, graph: &Graph<'_>) -> Result<bool, StoreError> {
        if let CatalogueReason::MovedApart { child, ours, theirs } = &self.reason {
            let parents = graph.parents(child)?;
            let both = ours.iter().chain(theirs).all(|parent| parents.contains(parent));
            return Ok(both && graph.exists(child)?);
        }
        // Every link of the entries counts as new, so that everything wrong with them shows.
        let mut touched = BTreeMap::new();
        for key in &self.entries {
            touched.insert(key.clone(), Touched { before: None, after: graph.facts(key)? });
        }
        let found = Self::from_refusals(&check(graph, &touched)?);
        Ok(found.iter().any(|conflict| conflict.reason == self.reason))
    }
}

impl Repository {
    /// What does not fit together at a commit.
    pub(in crate::repo) fn catalogue_conflicts(
        &self,
        commit: &Commit,
    ) -> Result<Vec<CatalogueConflict>, StoreError> {
        let Some(id) = commit.conflicts else { return Ok(Vec::new()) };
        serde_json::from_value(self.document(id)?)
            .map_err(|_| StoreError::Row { what: "the conflicts of a commit".to_owned() })
    }
}
