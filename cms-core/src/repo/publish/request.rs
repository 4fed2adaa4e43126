//! The request for a publish.

use crate::{
    model::key::EntryKey,
    repo::{ground::stamp::Stamp, publish::plan::id::PlanId},
};

/// What to publish.
#[derive(Debug, Clone)]
pub struct PublishRequest {
    /// The state to publish; `None` for `main`, or for what the plan was made for.
    pub target: Option<String>,
    /// The entries to publish, with what they need; empty for all.
    pub only: Vec<EntryKey>,
    /// Whether to refuse the whole publish when any entry is held back.
    pub strict: bool,
    /// Whether to go on even if learners would be left without the home page, or with nothing at all.
    pub may_empty: bool,
    /// The plan to publish exactly, for the target from which it was made.
    pub plan: Option<PlanId>,
    /// Who publishes, when and why.
    pub stamp: Stamp,
}
