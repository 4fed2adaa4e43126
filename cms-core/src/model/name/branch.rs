//! Names of branches, and what a branch may hold.
//!
//! Invariants:
//! 1. `parse(display(branch)) == branch`.
//! 2. A branch that is neither a draft nor one of the store's own holds accepted work.

use std::{fmt, str::FromStr, sync::Arc};

use super::{DraftId, shown};
use crate::model::key::is_name;

const MAIN: &str = "main";
const REVIEWS: &str = "reviews";
/// The prefix of the names of draft branches, for code that goes through all of them.
pub const DRAFTS: &str = "draft/";

/// A branch.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Branch {
    /// The accepted content.
    Main,
    /// Another line of accepted work.
    Named(BranchName),
    /// Content that people work on together before it is accepted.
    Draft(DraftId),
    /// The branch that holds reviews, which is the store's own.
    Reviews,
}

/// What a branch may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Valid content, with a valid graph around it.
    Accepted,
    /// Content that need not be valid yet, or is in conflict.
    Drafted,
    /// No content: it is the store's own, and no name that comes from outside leads to it.
    Records,
}

/// The name of a branch that is neither `main` nor a draft's: `[a-z0-9][a-z0-9_-]{0,63}`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BranchName(Arc<str>);

/// Text that names no branch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not the name of a branch: `main`, a name or `draft/NAME` is expected")]
pub struct BranchError {
    text: String,
}

impl Branch {
    /// What this branch may hold.
    pub const fn holds(&self) -> Holds {
        match self {
            Self::Main | Self::Named(_) => Holds::Accepted,
            Self::Draft(_) => Holds::Drafted,
            Self::Reviews => Holds::Records,
        }
    }

    /// The draft that this branch belongs to.
    pub const fn draft(&self) -> Option<&DraftId> {
        match self {
            Self::Draft(draft) => Some(draft),
            Self::Main | Self::Named(_) | Self::Reviews => None,
        }
    }
}

impl fmt::Display for Branch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Main => f.write_str(MAIN),
            Self::Named(name) => f.write_str(&name.0),
            Self::Draft(draft) => write!(f, "{DRAFTS}{draft}"),
            Self::Reviews => f.write_str(REVIEWS),
        }
    }
}

impl fmt::Debug for Branch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_string(), f)
    }
}

impl FromStr for Branch {
    type Err = BranchError;

    fn from_str(text: &str) -> Result<Self, BranchError> {
        let error = || BranchError { text: shown(text) };
        match (text, text.strip_prefix(DRAFTS)) {
            (MAIN, _) => Ok(Self::Main),
            (REVIEWS, _) => Ok(Self::Reviews),
            (_, Some(draft)) => draft.parse().map(Self::Draft).map_err(|_| error()),
            (name, None) if is_name(name) => Ok(Self::Named(BranchName(name.into()))),
            _ => Err(error()),
        }
    }
}

impl serde::Serialize for Branch {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Branch {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_branch_may_hold_follows_from_what_it_is() {
        let holds = |text: &str| {
            let branch: Branch = text.parse().unwrap();
            assert_eq!(branch.to_string(), text);
            branch.holds()
        };
        assert_eq!(holds("main"), Holds::Accepted);
        // A name that only begins like a draft's branch is not one.
        assert_eq!(holds("draft"), Holds::Accepted);
        assert_eq!(holds("draft-1"), Holds::Accepted);
        assert_eq!(holds("draft/0123456789ab"), Holds::Drafted);
        assert_eq!(holds("reviews"), Holds::Records);
        for text in ["", "Main", "draft/", "draft/a/b", "a/b", &"a".repeat(65)] {
            assert!(text.parse::<Branch>().is_err(), "{text}");
        }
    }
}
