//! What became of an entry between two states of it.

use serde::{Deserialize, Serialize};

/// How an entry of one state differs from that of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Alteration {
    /// It does not exist in the earlier state.
    Added,
    /// It exists in both states, but differs.
    Changed,
    /// It does not exist in the later state.
    Removed,
}

impl Alteration {
    /// One word for people and programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
        }
    }
}
