//! How strictly the content of a branch is judged.

use crate::model::name::{Branch, Holds};

/// What a branch demands of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::repo) enum Strictness {
    /// The content is valid, and so is the graph around it.
    Accepted,
    /// The content is JSON of a kind that exists.
    Draft,
}

impl Strictness {
    pub(in crate::repo) const fn of(branch: &Branch) -> Self {
        match branch.holds() {
            Holds::Drafted => Self::Draft,
            // Records are not content: they are never judged, and count as accepted.
            Holds::Accepted | Holds::Records => Self::Accepted,
        }
    }
}
