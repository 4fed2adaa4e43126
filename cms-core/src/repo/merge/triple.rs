//! One entry at the three states of a merge.

use crate::{
    document::Sides,
    model::key::EntryKey,
    repo::content::catalogue::{CatalogueRow, RowState},
};

/// One entry at the three states of a merge.
#[derive(Debug, Clone)]
pub(in crate::repo) struct Triple {
    pub(in crate::repo) key: EntryKey,
    pub(in crate::repo) base: Option<RowState>,
    pub(in crate::repo) ours: Option<CatalogueRow>,
    pub(in crate::repo) theirs: Option<CatalogueRow>,
}

impl Triple {
    /// What the entry is at each state.
    pub(super) fn states(&self) -> Sides<Option<RowState>> {
        let state = |row: Option<CatalogueRow>| row.map(|row| row.state);
        Sides { base: self.base, ours: state(self.ours), theirs: state(self.theirs) }
    }
}
