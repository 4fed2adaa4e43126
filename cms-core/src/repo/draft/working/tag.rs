//! Tags: what the writer of a save had read. An entry of a draft has a tag even before it has a working copy.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};

use crate::model::id::RevisionId;

/// What somebody had read of an entry of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryTag {
    /// That the entry does not exist.
    Absent,
    /// What the draft's commits have: this revision.
    Committed(RevisionId),
    /// The working copy of this version.
    Working(u64),
    /// Something that this store never gave as a tag. It names no version, so a save that is based on it is always late.
    Unknown,
}

/// The error for a text that is not a tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not the tag of an entry: a version, a revision or `none`")]
pub struct EntryTagError {
    text: String,
}

impl fmt::Display for EntryTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("none"),
            Self::Committed(revision) => revision.fmt(f),
            Self::Working(version) => version.fmt(f),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

impl FromStr for EntryTag {
    type Err = EntryTagError;

    fn from_str(text: &str) -> Result<Self, EntryTagError> {
        if text == "none" {
            return Ok(Self::Absent);
        }
        // A version has at most 20 digits and a revision has 64, so neither is taken for the other.
        let version = text.parse().ok().map(Self::Working);
        let revision = || text.parse().ok().map(Self::Committed);
        version
            .or_else(revision)
            .ok_or_else(|| EntryTagError { text: text.chars().take(80).collect() })
    }
}

impl Serialize for EntryTag {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
