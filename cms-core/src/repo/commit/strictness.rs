//! How strictly the content of a branch is judged.

use crate::model::name::{Branch, Holds};

/// What a branch demands of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::repo) enum Strictness {
    /// Valid, and the graph around it too.
    Accepted,
    /// JSON of a kind that there is.
    Draft,
}

impl Strictness {
    pub(in crate::repo) const fn of(branch: &Branch) -> Self {
        match branch.holds() {
            Holds::Drafted => Self::Draft,
            // What is no content is never asked about, and would be as it must be.
            Holds::Accepted | Holds::Records => Self::Accepted,
        }
    }
}
