//! Drafts: named sets of changes that people work on together before they are accepted.
//!
//! A draft is a branch with a record and with *working copies*: what people type is saved without a commit, in one cell
//! for each entry, and may be any JSON. Committing turns working copies into revisions on the draft's branch; merging
//! brings these to `main`.
//!
//! All cells of a draft are one group, so that a commit and the working copies that went into it change together. When
//! a draft is closed, its cells are removed and its record moves to another group, so that the cost of listing open
//! drafts follows the number of open drafts.
//!
//! Invariants:
//! 1. A save never overwrites what its writer has not seen.
//! 2. A working copy is removed only when it is committed or dropped by name. A save that was answered is in an open
//!    draft: closing and the first save of an entry exclude each other.
//! 3. What one person typed is a revision under their name, also when somebody else continues it or commits it.
//! 4. A conflict stays until somebody settles it: a save settles the places that it names.
//! 5. A refused verb has changed nothing: what was typed is committed together with what the verb does, or not at all.

pub(in crate::repo) mod batch;
pub(in crate::repo) mod bring;
pub(in crate::repo) mod changes;
pub(in crate::repo) mod close;
pub(in crate::repo) mod commit;
pub(in crate::repo) mod entries;
pub(in crate::repo) mod findings;
pub(in crate::repo) mod merge;
pub(in crate::repo) mod record;
pub(in crate::repo) mod restore;
pub(in crate::repo) mod revert;
pub(in crate::repo) mod save;
pub(in crate::repo) mod schemas;
pub(in crate::repo) mod settle;
pub(in crate::repo) mod share;
pub(in crate::repo) mod standing;
pub(in crate::repo) mod state;
pub(in crate::repo) mod template;
pub(in crate::repo) mod trash;
pub(in crate::repo) mod working;

use super::branch::{BRANCH_GROUP, branch_cell};
pub use crate::model::name::{DraftId, DraftIdError};
use crate::repo::draft::state::DraftState;
use crate::{
    engine::CellName,
    model::{
        key::EntryKey,
        name::{DRAFTS, Person},
    },
    repo::{
        commit::refusal::Refusal,
        ground::{error::StoreError, repository::Repository},
    },
};

/// The drafts of a repository: people save what they type in them, commit it and merge it.
#[derive(Clone, Copy)]
pub struct Drafts<'r> {
    repository: &'r Repository,
}

impl Repository {
    /// What can be asked of drafts and done in them.
    pub const fn drafts(&self) -> Drafts<'_> {
        Drafts { repository: self }
    }
}

/// Most members of a draft.
pub const DRAFT_MEMBERS_MAX: usize = 100;
const RECORD_CELL: &str = "draft";
const EDIT_PREFIX: &str = "edit/";
/// The prefix of the names of the cells that say what entries were before they were committed. They sort between the
/// record and the head of the group, as all cells of a draft do, because lists go from head to head.
const READ_PREFIX: &str = "edit-read/";
/// Names the entry of which a working copy was begun last. It changes with every new working copy, so that a verb that
/// closes the draft notices one that it did not see.
const BEGUN_CELL: &str = "edit-begun";

impl DraftId {
    fn cell(&self, name: &str) -> Result<CellName, StoreError> {
        branch_cell(&self.branch(), name)
            .map_err(|_| StoreError::Row { what: format!("the cell {name} of draft {self}") })
    }
}

impl DraftError {
    /// The error of a verb that lost every race for a draft.
    fn busy(draft: &DraftId) -> Self {
        Self::Busy { draft: draft.clone() }
    }
}

/// The group prefix of all open drafts.
fn drafts_prefix() -> String {
    format!("{BRANCH_GROUP}{DRAFTS}")
}

/// Why a draft did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// There is no such draft, and never was.
    #[error("there is no draft {draft}")]
    Unknown {
        /// The name that was asked for.
        draft: DraftId,
    },
    /// The person is neither its owner nor one of its members.
    #[error("{person} is not a member of draft {draft}")]
    NotAMember {
        /// The draft.
        draft: DraftId,
        /// The person who asked.
        person: Person,
    },
    /// The record is not as the writer saw it.
    #[error("draft {draft} was changed meanwhile")]
    Changed {
        /// The draft.
        draft: DraftId,
        /// The record's version now.
        version: u64,
    },
    /// Others changed the draft so often meanwhile that every attempt was lost; another attempt may succeed.
    #[error("draft {draft} is too busy; try again")]
    Busy {
        /// The draft.
        draft: DraftId,
    },
    /// The draft is not in a state in which this can be done.
    #[error("draft {draft} is {}", state.word())]
    WrongState {
        /// The draft.
        draft: DraftId,
        /// The state that it is in.
        state: DraftState,
    },
    /// Where approvals are required, only a review brings changes to `main`.
    #[error("changes come to `main` through a review here: open one of draft {draft}")]
    ReviewRequired {
        /// The draft.
        draft: DraftId,
    },
    /// The entry is in conflict, and this would settle the conflict without anybody having chosen.
    #[error("{key} is in conflict: settle that first")]
    InConflict {
        /// The entry.
        key: EntryKey,
    },
    /// What was typed was committed meanwhile, so its steps can't be taken back one by one.
    #[error("what was typed of {key} was committed meanwhile: restore an earlier version instead")]
    CommittedMeanwhile {
        /// The entry.
        key: EntryKey,
    },
    /// What was typed, or what would come of this, is not acceptable even in a draft.
    #[error("{} refused: {}", crate::repo::ground::counted::counted(refusals.len(), "of the changes is", "of the changes are"), crate::repo::commit::refusal::first(.refusals))]
    Changes {
        /// Which entries, and why.
        refusals: Vec<Refusal>,
    },
    /// A draft's record can't hold what was asked for.
    #[error("{reason}")]
    Refused {
        /// Where in the request, as a JSON pointer.
        pointer: &'static str,
        /// Why it can't, for people.
        reason: String,
    },
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}
