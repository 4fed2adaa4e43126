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
    /// The branch, usually `main`.
    pub branch: Branch,
    /// The commit that the branch must point at; `None` accepts any.
    pub expected: Option<CommitId>,
    /// The changes, at most one for each entry.
    pub changes: Vec<Change>,
    /// Who commits, when and why.
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
    /// Make it this document. A text that is not a document is refused together with everything else that is wrong.
    Put(Result<Document, DocumentError>),
    /// Put it into the trash.
    Delete,
}

/// A commit that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The new commit.
    pub commit: CommitId,
    /// How many entries it changed.
    pub changed_count: usize,
}
