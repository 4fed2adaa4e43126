//! Reviews: the request to merge a draft, what people say about it, and their approvals.
//!
//! Reviews are documents on a branch of their own, `reviews`, so that backup and history cover them and `main`'s
//! catalogue does not. The second map of that branch's commits, which holds back-links on other branches, is the index
//! by which reviews are listed; the cost of a page follows its rows, however many reviews there are.
//!
//! An approval is bound, entry by entry, to the pair of documents that was seen, before and after. An edit makes
//! another pair and voids the approval; bringing the draft up to date voids it only where the pair changed.
//!
//! Invariants:
//! 1. An approval counts for the pair for which it was given, and for no other.
//! 2. Under a policy of approvals only what was approved is merged: the pairs are checked again at the commit that is
//!    merged.
//! 3. A review is its opener's and its draft's members'. Others change what it says of itself only if they approve an entry
//!    of it, or make the rules.
//! 4. No comment is lost: a thread whose text changed is outdated, not gone.

pub(in crate::repo) mod approve;
pub(in crate::repo) mod bring;
pub(in crate::repo) mod joined;
pub(in crate::repo) mod list;
pub(in crate::repo) mod needed;
pub(in crate::repo) mod news;
pub(in crate::repo) mod open;
pub(in crate::repo) mod policy;
pub(in crate::repo) mod stored;
pub(in crate::repo) mod talk;
pub(in crate::repo) mod view;
pub(in crate::repo) mod voided;
pub(in crate::repo) mod written;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{
    content::own::KIND_OF_REVIEWS,
    draft::{DraftError, DraftId},
};
use crate::{
    model::{
        id::DocumentId,
        key::{EntryKey, is_name},
    },
    repo::ground::{error::StoreError, repository::Repository, stamp::Stamp},
};

/// The reviews of a repository: people open them, comment and approve in them, and merge by them.
#[derive(Clone, Copy)]
pub struct Reviews<'r> {
    repository: &'r Repository,
}

impl Repository {
    /// What can be asked of reviews and done in them.
    pub const fn reviews(&self) -> Reviews<'_> {
        Reviews { repository: self }
    }
}

/// Most reviewers of one review.
pub const REVIEWERS_MAX: usize = 50;
/// Most comments of one review, in all threads together.
pub const COMMENTS_MAX: usize = 2000;
/// Longest comment, in bytes.
pub const COMMENT_SIZE_BYTES_MAX: usize = 20_000;
const TITLE_SIZE_BYTES_MAX: usize = 500;
const DESCRIPTION_SIZE_BYTES_MAX: usize = 50_000;

/// The name of a review.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ReviewId(String);

/// The error for a text that names no review.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not the name of a review")]
pub struct ReviewIdError {
    text: String,
}

impl FromStr for ReviewId {
    type Err = ReviewIdError;

    fn from_str(text: &str) -> Result<Self, ReviewIdError> {
        let fits = is_name(text) && text.len() <= 32;
        if fits { Ok(Self(text.to_owned())) } else { Err(ReviewIdError { text: text.to_owned() }) }
    }
}

impl<'de> Deserialize<'de> for ReviewId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for ReviewId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ReviewId {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A name that is derived from the attempt, so that a repeated attempt opens no second review.
    fn of(stamp: &Stamp) -> Self {
        let hash = blake3::derive_key("cms 2026-11-22 v1 review id", &stamp.operation.0);
        Self(blake3::Hash::from_bytes(hash).to_hex()[..12].to_owned())
    }

    fn key(&self) -> EntryKey {
        format!("{KIND_OF_REVIEWS}/{}", self.0).parse().expect("a name is an id")
    }
}

/// The state of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewState {
    /// People review it.
    Open,
    /// Its draft was merged.
    Merged,
    /// It was closed without a merge; it can be reopened.
    Closed,
}

/// An entry's documents before a draft and in it; `None` for no entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Pair {
    /// The document before the draft.
    pub before: Option<DocumentId>,
    /// The document in the draft.
    pub after: Option<DocumentId>,
}

/// Why a review did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// There is no such review.
    #[error("there is no review {review}")]
    Unknown {
        /// The name that was asked for.
        review: ReviewId,
    },
    /// The review is not open, or not closed.
    #[error("review {review} is {}", state.word())]
    WrongState {
        /// The review.
        review: ReviewId,
        /// The state that it is in.
        state: ReviewState,
    },
    /// The draft is under review already.
    #[error("draft {draft} is under review already: {review}")]
    UnderReview {
        /// The draft.
        draft: DraftId,
        /// The draft's open review.
        review: ReviewId,
    },
    /// There is no such thread in the review.
    #[error("there is no thread {thread:?}")]
    UnknownThread {
        /// The thread's name.
        thread: String,
    },
    /// There is no such comment in the review.
    #[error("there is no comment {comment:?}")]
    UnknownComment {
        /// The comment's name.
        comment: String,
    },
    /// A review can't hold what was asked for.
    #[error("{reason}")]
    Refused {
        /// Where in the request, as a JSON pointer.
        pointer: &'static str,
        /// Why it can't, for people.
        reason: String,
    },
    /// What was approved is not what is there now.
    #[error("{} changed since you looked; look again", crate::repo::ground::counted::counted(keys.len(), "entry has", "entries have"))]
    NotAsSeen {
        /// The entries that are not as they were seen.
        keys: Vec<EntryKey>,
    },
    /// The person may not do this.
    #[error("{reason}")]
    NotAllowed {
        /// Why they may not, for people.
        reason: String,
    },
    /// Others changed the review before every attempt.
    #[error("review {review} is too busy; try again")]
    Busy {
        /// The review.
        review: ReviewId,
    },
    /// The draft can't be shown or changed.
    #[error(transparent)]
    Draft(#[from] DraftError),
}

impl From<StoreError> for ReviewError {
    fn from(error: StoreError) -> Self {
        Self::Draft(error.into())
    }
}

impl ReviewState {
    /// The state as one word, for people and programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Merged => "merged",
            Self::Closed => "closed",
        }
    }
}
