//! Reviews: the request to merge a draft, what people say about it, and their approvals.
//!
//! Reviews are documents on a branch of their own, `reviews`, so that backup and history cover them and
//! `main`'s catalogue does not. The second map of that branch's commits, which holds back-links elsewhere,
//! is the index by which they are listed; a page costs what is on it, however many there are.
//!
//! An approval is bound, entry by entry, to the pair of documents that was seen: before and after. An edit
//! makes another pair and voids it; bringing the draft up to date voids it only where the pair changed.
//!
//! Invariants:
//! 1. An approval counts for the pair it was given for and no other.
//! 2. What is merged under a policy of approvals is what was approved: the pairs are looked at again, at
//!    the commit that is merged.
//! 3. Nothing said is lost: threads whose text moved on are outdated, not gone.

pub(in crate::repo) mod approve;
pub(in crate::repo) mod bring;
pub(in crate::repo) mod joined;
pub(in crate::repo) mod list;
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
/// Most comments of one review, all threads together.
pub const COMMENTS_MAX: usize = 2000;
/// Longest comment, in bytes.
pub const COMMENT_SIZE_BYTES_MAX: usize = 20_000;
const TITLE_SIZE_BYTES_MAX: usize = 500;
const DESCRIPTION_SIZE_BYTES_MAX: usize = 50_000;

/// The name of a review.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ReviewId(String);

/// Text that names no review.
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
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name that comes of an attempt, so that one that is repeated opens no second review.
    fn of(stamp: &Stamp) -> Self {
        let hash = blake3::derive_key("cms 2026-11-22 v1 review id", &stamp.operation.0);
        Self(blake3::Hash::from_bytes(hash).to_hex()[..12].to_owned())
    }

    fn key(&self) -> EntryKey {
        format!("{KIND_OF_REVIEWS}/{}", self.0).parse().expect("a name is an id")
    }
}

/// What became of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewState {
    /// People look at it.
    Open,
    /// Its draft was merged.
    Merged,
    /// It was closed without a merge; it can be reopened.
    Closed,
}

/// A pair of an entry's documents, before a draft and in it; none for no entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Pair {
    /// Before.
    pub before: Option<DocumentId>,
    /// In the draft.
    pub after: Option<DocumentId>,
}

/// Why something could not be done with a review.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// There is no such review.
    #[error("there is no review {review}")]
    Unknown {
        /// The name.
        review: ReviewId,
    },
    /// It is not open, or not closed.
    #[error("review {review} is {}", state.word())]
    WrongState {
        /// The review.
        review: ReviewId,
        /// What became of it.
        state: ReviewState,
    },
    /// Its draft is under review already.
    #[error("draft {draft} is under review already: {review}")]
    UnderReview {
        /// The draft.
        draft: DraftId,
        /// The open review of it.
        review: ReviewId,
    },
    /// There is no such thread in the review.
    #[error("there is no thread {thread:?}")]
    UnknownThread {
        /// Its name.
        thread: String,
    },
    /// There is no such comment in the review.
    #[error("there is no comment {comment:?}")]
    UnknownComment {
        /// Its name.
        comment: String,
    },
    /// What was asked for can't be in a review.
    #[error("{reason}")]
    Refused {
        /// Where in the request, as a JSON pointer.
        pointer: &'static str,
        /// Why.
        reason: String,
    },
    /// What was approved is not what is there now.
    #[error("{} entries are not as they were seen; look at them again", keys.len())]
    NotAsSeen {
        /// The entries.
        keys: Vec<EntryKey>,
    },
    /// The person may not do this.
    #[error("{reason}")]
    NotAllowed {
        /// Why.
        reason: String,
    },
    /// It was changed again and again meanwhile.
    #[error("review {review} is too busy; try again")]
    Busy {
        /// The review.
        review: ReviewId,
    },
    /// Its draft does not take part.
    #[error(transparent)]
    Draft(#[from] DraftError),
}

impl From<StoreError> for ReviewError {
    fn from(error: StoreError) -> Self {
        Self::Draft(error.into())
    }
}

impl ReviewState {
    /// One word for people and programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Merged => "merged",
            Self::Closed => "closed",
        }
    }
}
