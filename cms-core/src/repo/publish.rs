//! Publishing: a channel moves from one snapshot to the next.
//!
//! What a channel delivers is a function of its *effective catalogue*: the catalogue of the target commit, except that
//! entries that are held back, on hold or not chosen stay as they were. It is a Merkle map with the commit's own
//! values, so it shares the commit's nodes, and the work of a publish is the difference of two maps.
//!
//! Each step has its file: what changes and may change ([`select`]), which entries above that are concerned
//! ([`affected`]), what learners get ([`making::make`]), under which routes ([`making::routes`]), and how the channel
//! moves ([`making::finish`]). Each verb that moves a channel gives these steps a [`Course`] of its own.
//!
//! Invariants:
//! 1. Readers see the channel before or after the publish, never in between: one cell is swapped, as the last step.
//! 2. An incremental publish gives the same delivered map as a publish from scratch.
//! 3. An entry that fails keeps its last published form and is tried again at every publish.
//! 4. A publish reads only what concerns a difference, and pauses nobody's editing.
//! 5. In an effective catalogue, only links of containment may lead to entries that are not in it.

mod affected;
mod course;
mod error;
mod first_published;
pub(in crate::repo) mod making;
pub(in crate::repo) mod newly_held_back;
mod not_public;
mod plan;
mod preview;
mod published;
pub(in crate::repo) mod release;
mod remake;
mod report;
mod request;
mod retire;
mod revert;
pub(in crate::repo) mod rollback;
pub(in crate::repo) mod select;
mod unpublish;
mod worked;

use crate::{
    model::snapshot::PublicationVerb,
    repo::{channel::Channel, content::state::State},
};
pub(in crate::repo) use course::leaving::Leaving;
pub(in crate::repo) use course::{Base, Course, Goal, HoldsAfter, HoldsRespected};
pub use error::{BadReplacement, Need, OtherPlan, PublishError, Takes};
pub use first_published::{FirstPublished, FirstPublishedRequest, Sighting};
pub use making::documents::DocumentChange;
pub use not_public::{NotPublicPage, NotPublicRow, Since, Why};
pub use plan::Plan;
pub use plan::id::{PlanId, PlanIdError};
pub use preview::Preview;
pub use published::Published;
pub use remake::RemakeRequest;
pub use report::{
    Asked, DeliveredCounts, EntryChange, EntryFinding, HeldBack, LeftOut, MovedRoute,
    PublishReport, REPORT_ROWS_MAX, Reason, ShortenedRow,
};
pub use request::PublishRequest;
pub use retire::RetireRequest;
pub use revert::RevertRequest;
pub(in crate::repo) use select::plain_links::without as without_links;
pub use unpublish::UnpublishRequest;

impl Channel {
    /// Publishes: validates and makes what changed, then moves the channel. A channel that does not exist yet begins
    /// with this publish.
    ///
    /// # Errors
    /// [`PublishError`]; the channel has not moved.
    pub fn publish(&self, request: &PublishRequest) -> Result<Published, PublishError> {
        let base = self.base()?;
        let (target, state) = self.target(&base, request)?;
        self.must_be_accepted(&target, &state)?;
        let course = self.course(request, &target, &state)?;
        self.publish_along(&base, &course, &request.stamp)
    }

    fn course(
        &self,
        request: &PublishRequest,
        target: &str,
        state: &State,
    ) -> Result<Course, PublishError> {
        let verb = PublicationVerb::Publish;
        let asked = Asked {
            only: request.only.clone(),
            strict: request.strict,
            ..Asked::of(verb, &self.name, target)
        };
        let repository = &self.repository;
        let commit = repository.commit_behind(state)?;
        let goal = Goal::State(repository.roots(state)?);
        Ok(Course {
            judged_ms: Some(request.plan.map_or(request.stamp.time_ms, |plan| plan.time_ms)),
            plan: request.plan,
            may_empty: request.may_empty,
            ..Course::new(asked, verb, commit, goal)
        })
    }
}
