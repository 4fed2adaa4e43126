//! A difference between what is live and what is to be live, before and after it is judged.

use crate::{
    map,
    model::key::EntryKey,
    repo::{
        commit::check::Touched,
        content::{
            catalogue::{self, CatalogueRow},
            findings::FindingRow,
        },
        ground::error::StoreError,
        publish::report::EntryFinding,
    },
};

/// A key, its live row, and the row that is to be live.
pub(in crate::repo) type Difference = (EntryKey, Option<CatalogueRow>, Option<CatalogueRow>);

/// A difference of two catalogues.
pub(in crate::repo) fn decoded(difference: &map::Difference) -> Result<Difference, StoreError> {
    let row = |value: &Option<bytes::Bytes>| {
        value.as_ref().map(|value| catalogue::decoded_row(&difference.key, value)).transpose()
    };
    let key = catalogue::decoded_key(&difference.key)?;
    Ok((key, row(&difference.left)?, row(&difference.right)?))
}

/// A difference between what is live and the target.
#[derive(Clone)]
pub(in crate::repo) struct Candidate {
    pub(in crate::repo) key: EntryKey,
    pub(in crate::repo) before: Option<CatalogueRow>,
    pub(in crate::repo) after: Option<CatalogueRow>,
    /// What the graph knows about the documents; empty for translations.
    pub(in crate::repo) facts: Touched,
    pub(in crate::repo::publish) title: Option<String>,
    /// What could be better about what goes live, without what was dismissed.
    pub(in crate::repo::publish) findings: Vec<FindingRow>,
}

impl Candidate {
    pub(in crate::repo::publish) fn findings(
        &self,
    ) -> impl Iterator<Item = (&EntryKey, &FindingRow)> {
        self.findings.iter().map(|row| (&self.key, row))
    }

    pub(in crate::repo::publish) fn is_live_after(&self) -> bool {
        self.after.is_some_and(|row| row.document().is_some())
    }
}

impl Candidate {
    pub(in crate::repo::publish) fn new(
        key: EntryKey,
        before: Option<CatalogueRow>,
        after: Option<CatalogueRow>,
    ) -> Self {
        Self { key, before, after, facts: Touched::default(), title: None, findings: Vec::new() }
    }
}

impl EntryFinding {
    pub(super) fn of(candidate: &Candidate) -> impl Iterator<Item = Self> + '_ {
        candidate.findings().map(|(key, row)| Self { key: key.clone(), finding: row.clone() })
    }
}
