//! What became of an entry between two states of it.

use serde::{Deserialize, Serialize};

/// How an entry of one state differs from that of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Alteration {
    /// It was not there.
    Added,
    /// It is another.
    Changed,
    /// It is not there any more.
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
