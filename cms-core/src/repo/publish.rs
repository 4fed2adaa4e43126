//! Publishing: a channel moves from one snapshot to the next.
//!
//! What a channel delivers is a function of its *effective catalogue*: the catalogue of the target
//! commit, except where an entry is held back, on hold or not chosen and stays as it was. Since it
//! is a Merkle map with the commit's own values, it shares the commit's nodes, and what a publish has
//! to do is the difference of two maps.
//!
//! The steps, each in its file: what changes and may ([`select`]), whom that concerns upward
//! ([`spread`]), what learners get ([`make`]), under which routes ([`super::routes`]), and how the
//! channel moves ([`finish`]). Each verb that moves a channel gives them a [`Course`] of its own.
//!
//! Invariants:
//! 1. Readers see the channel before or after, never between: one cell is swapped, last.
//! 2. An incremental publish gives the same delivered map as one from nothing would.
//! 3. An entry that fails keeps its last published form and is tried again at every publish.
//! 4. Nothing is read that does not concern a difference; nobody's editing is paused.
//! 5. In an effective catalogue no link but of containment leads to what is not in it.

mod accepted;
mod course;
mod error;
mod first_published;
pub(in crate::repo) mod making;
pub(in crate::repo) mod newly_held_back;
mod not_public;
mod plan;
mod preview;
pub(in crate::repo) mod release;
mod remake;
mod report;
mod revert;
pub(in crate::repo) mod rollback;
pub(in crate::repo) mod select;
mod spread;
mod stored;
pub(in crate::repo) mod unpublish;
mod worked;

use serde::Serialize;

use crate::{
    model::{
        id::{PublicationId, SnapshotId},
        key::EntryKey,
        name::ChannelName,
        snapshot::PublicationVerb,
    },
    repo::{
        content::state::State,
        ground::{repository::Repository, stamp::Stamp},
    },
};
pub(in crate::repo) use course::{Base, Course, Goal, HoldsAfter, Minds};
pub use error::{Need, PublishError, Takes};
pub use first_published::{FirstPublished, FirstPublishedRequest, Sighting};
pub use not_public::{NotPublicPage, NotPublicRow, Since, Why};
pub use plan::{DocumentChange, Plan, PlanId, PlanIdError};
pub use preview::Preview;
pub use remake::RemakeRequest;
pub use report::{
    Asked, DeliveredCounts, EntryChange, EntryFinding, HeldBack, LeftOut, MovedRoute,
    PublishReport, REPORT_ROWS_MAX, Reason, ShortenedRow,
};
pub use revert::RevertRequest;
pub(super) use select::Selection;
pub(super) use spread::{Spread, Standing};
pub use unpublish::{RetireRequest, UnpublishRequest};

/// What to publish.
#[derive(Debug, Clone)]
pub struct PublishRequest {
    /// The channel; a new name makes a new channel.
    pub channel: ChannelName,
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

/// A publish that took place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Published {
    /// The new snapshot.
    pub snapshot: SnapshotId,
    /// Its place in the channel's line.
    pub sequence: u64,
    /// The authors' record of it.
    pub publication: PublicationId,
    /// What was done.
    pub report: PublishReport,
}

impl Repository {
    /// Publishes: validates and makes what changed, then moves the channel.
    ///
    /// # Errors
    /// [`PublishError`]; the channel has not moved then.
    pub fn publish(&self, request: &PublishRequest) -> Result<Published, PublishError> {
        let this = self.at_channel(&request.channel)?;
        let base = this.base(&request.channel)?;
        let state = this.target(&base, request)?;
        this.must_be_accepted(&request.channel, &request.target, &state)?;
        let course = this.course(request, &state)?;
        this.publish_along(&base, &course, &request.stamp)
    }

    fn course(&self, request: &PublishRequest, state: &State) -> Result<Course, PublishError> {
        let verb = PublicationVerb::Publish;
        let asked = Asked {
            only: request.only.clone(),
            strict: request.strict,
            ..Asked::of(verb, &request.channel, &request.target)
        };
        let (commit, goal) = (self.commit_behind(state)?, Goal::State(self.roots(state)?));
        Ok(Course {
            judged_ms: Some(request.plan.map_or(request.stamp.time_ms, |plan| plan.time_ms)),
            plan: request.plan,
            may_empty: request.may_empty,
            ..Course::new(asked, verb, commit, goal)
        })
    }
}
