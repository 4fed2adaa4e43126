//! Going back: a publish whose target is an earlier effective catalogue.
//!
//! What it takes back is put on hold: no later publish brings it live again until someone releases the hold.

use super::{
    Asked, Base, Course, Goal, HoldsAfter, HoldsRespected, PublishError, PublishReport, Published,
};
use crate::{
    model::{id::PublicationId, key::EntryKey, snapshot::PublicationVerb},
    repo::{
        channel::{Channel, holds::hold_of},
        ground::stamp::Stamp,
    },
};

/// The request for a rollback.
#[derive(Debug, Clone)]
pub struct RollbackRequest {
    /// The publication at which the channel must still be; `None` for wherever it is.
    pub seen: Option<PublicationId>,
    /// The state to go back to, such as `production@7`.
    pub to: String,
    /// The entries to take back; empty for all.
    pub only: Vec<EntryKey>,
    /// Who goes back, when and why.
    pub stamp: Stamp,
}

impl Channel {
    /// Takes a channel, or chosen entries of it, back to an earlier state, and holds what it took back.
    ///
    /// What was taken off by `unpublish` or `retire` stays off unless it is chosen.
    ///
    /// # Errors
    /// [`PublishError`]; the channel has not moved.
    pub fn rollback(&self, request: &RollbackRequest) -> Result<Published, PublishError> {
        let (base, course) = self.rollback_course(request)?;
        self.publish_along(&base, &course, &request.stamp)
    }

    /// What a rollback would do; nothing is written.
    ///
    /// # Errors
    /// [`PublishError`] when the request can't be fulfilled or the store can't be read.
    pub fn plan_rollback(&self, request: &RollbackRequest) -> Result<PublishReport, PublishError> {
        let (base, course) = self.rollback_course(request)?;
        self.repository.plan_along(&base, &course)
    }

    fn rollback_course(&self, request: &RollbackRequest) -> Result<(Base, Course), PublishError> {
        let (base, _) = self.live_base(request.seen)?;
        let repository = &self.repository;
        let state = repository.resolve(&request.to)?;
        self.must_be_accepted(&request.to, &state)?;
        let verb = PublicationVerb::Rollback;
        let mut asked = Asked::of(verb, &self.name, &request.to);
        asked.only.clone_from(&request.only);
        let commit = repository.commit_behind(&state)?;
        let goal = Goal::State(repository.roots(&state)?);
        let course = Course {
            holds_respected: HoldsRespected::TakenOff,
            holds: HoldsAfter::OnAccepted(hold_of(verb, &request.stamp, None)),
            judged_ms: Some(request.stamp.time_ms),
            ..Course::new(asked, verb, commit, goal)
        };
        Ok((base, course))
    }
}
