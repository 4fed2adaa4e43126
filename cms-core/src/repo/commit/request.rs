//! What is asked of a commit, and what came of it.

use crate::{
    model::{
        canonical::DocumentError, document::Document, id::CommitId, key::EntryKey, name::Branch,
    },
    repo::ground::stamp::Stamp,
};

/// What to commit.
#[derive(Debug, Clone)]
pub struct CommitRequest {
    /// The branch, `main` as a rule.
    pub branch: Branch,
    /// What the branch must point at; whatever it points at when none is given.
    pub expected: Option<CommitId>,
    /// The changes, each entry at most once.
    pub changes: Vec<Change>,
    /// Who, when, why.
    pub stamp: Stamp,
}

/// One entry's change.
#[derive(Debug, Clone)]
pub struct Change {
    /// The entry or translation.
    pub key: EntryKey,
    /// What to do.
    pub action: Action,
}

/// What to do with an entry.
#[derive(Debug, Clone)]
pub enum Action {
    /// Make it this document. What came and is none is refused together with whatever else is wrong.
    Put(Result<Document, DocumentError>),
    /// Put it into the trash.
    Delete,
}

/// A made commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The commit.
    pub commit: CommitId,
    /// How many entries it changed.
    pub changed_count: usize,
}
