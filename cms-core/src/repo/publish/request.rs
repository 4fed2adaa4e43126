//! What a publish is asked for.

use crate::{
    model::key::EntryKey,
    repo::{ground::stamp::Stamp, publish::plan::id::PlanId},
};

/// What to publish.
#[derive(Debug, Clone)]
pub struct PublishRequest {
    /// The state to publish, `main` as a rule.
    pub target: String,
    /// The entries to publish with what they need; all when empty.
    pub only: Vec<EntryKey>,
    /// Refuse the whole publish when any entry is held back.
    pub strict: bool,
    /// Go on even where learners would be left without the home page, or with nothing at all.
    pub may_empty: bool,
    /// Publish exactly what this plan said, of the target that it was made from.
    pub plan: Option<PlanId>,
    /// Who, when, why.
    pub stamp: Stamp,
}
