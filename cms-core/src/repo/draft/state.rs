//! What became of a draft.

use serde::{Deserialize, Serialize};

/// What became of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DraftState {
    /// People work on it.
    Open,
    /// It was merged.
    Merged,
    /// It was given up; it can be reopened.
    Discarded,
}

impl DraftState {
    /// One word for people and programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Merged => "merged",
            Self::Discarded => "discarded",
        }
    }
}
