//! What became of a draft.

use serde::{Deserialize, Serialize};

/// What became of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DraftState {
    /// People work on the draft.
    Open,
    /// The draft was merged.
    Merged,
    /// The draft was discarded; it can be reopened.
    Discarded,
}

impl DraftState {
    /// The state as one word, for people and programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Merged => "merged",
            Self::Discarded => "discarded",
        }
    }
}
