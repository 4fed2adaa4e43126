//! Why nothing was imported.

use std::io;

use super::{prune_at_most::PruneAtMost, report::ImportReport};
use crate::{
    map,
    model::{key::EntryKey, name::Branch},
    repo::ground::error::StoreError,
};

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Lines were refused, or entries that no line names are no longer valid under one of the new schemas.
    #[error("{} refused; nothing was imported", crate::repo::ground::counted::counted(.report.refused_count as usize, "line, file or entry is", "lines, files or entries are"))]
    Refused {
        /// The report, which says which and why.
        report: Box<ImportReport>,
    },
    /// There is no such branch.
    #[error("there is no branch {branch:?}")]
    UnknownBranch {
        /// The name that was asked for.
        branch: Branch,
    },
    /// More would be removed than was allowed.
    #[error(
        "{removed} of {of} entries and translations would be removed, and at most {at_most} may be; nothing was imported"
    )]
    PrunesTooMuch {
        /// How many entries and translations would be removed.
        removed: u64,
        /// How many there are.
        of: u64,
        /// How many may be removed.
        at_most: PruneAtMost,
        /// The first keys that would be removed.
        keys: Vec<EntryKey>,
    },
    /// The branch moved while the lines were read; a new import starts from where it is now.
    #[error("branch {branch:?} moved meanwhile; nothing was imported")]
    Moved {
        /// The branch.
        branch: Branch,
    },
    /// The lines or media could not be read.
    #[error("the input could not be read")]
    Input(#[from] io::Error),
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<map::MapError> for ImportError {
    fn from(error: map::MapError) -> Self {
        Self::Store(error.into())
    }
}
