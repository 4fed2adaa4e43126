//! Going back: a publish whose target is an earlier effective catalogue.
//!
//! What it takes back is put on hold: no later publish brings it live again until someone releases the hold.

use super::{Asked, Base, Course, Goal, HoldsAfter, Minds, PublishError, PublishReport, Published};
use crate::{
    model::{id::PublicationId, key::EntryKey, name::ChannelName, snapshot::PublicationVerb},
    repo::{
        channel::holds::hold_of,
        ground::{repository::Repository, stamp::Stamp},
    },
};

/// Where to go back to.
#[derive(Debug, Clone)]
pub struct RollbackRequest {
    /// The channel.
    pub channel: ChannelName,
    /// The publication at which the channel must still be; wherever it is when none.
    pub seen: Option<PublicationId>,
    /// The state to go back to, `production@7`, say.
    pub to: String,
    /// The entries to take back; all when empty.
    pub only: Vec<EntryKey>,
    /// Who, when, why.
    pub stamp: Stamp,
}

impl Repository {
    /// Takes a channel, or chosen entries of it, back to an earlier state, and holds what it took back.
    ///
    /// What was taken off by `unpublish` or `retire` stays off unless it is chosen.
    ///
    /// # Errors
    /// [`PublishError`]; the channel has not moved then.
    pub fn rollback(&self, request: &RollbackRequest) -> Result<Published, PublishError> {
        let this = self.at_channel(&request.channel)?;
        let (base, course) = this.rollback_course(request)?;
        this.publish_along(&base, &course, &request.stamp)
    }

    /// What a rollback would do; nothing is written.
    ///
    /// # Errors
    /// [`PublishError`] when the request makes no sense or the store can't be read.
    pub fn plan_rollback(&self, request: &RollbackRequest) -> Result<PublishReport, PublishError> {
        let this = self.at_channel(&request.channel)?;
        let (base, course) = this.rollback_course(request)?;
        this.plan_along(&base, &course)
    }

    fn rollback_course(&self, request: &RollbackRequest) -> Result<(Base, Course), PublishError> {
        let (base, _) = self.live_base(&request.channel, request.seen)?;
        let state = self.resolve(&request.to)?;
        self.must_be_accepted(&request.channel, &request.to, &state)?;
        let verb = PublicationVerb::Rollback;
        let mut asked = Asked::of(verb, &request.channel, &request.to);
        asked.only.clone_from(&request.only);
        let (commit, goal) = (self.commit_behind(&state)?, Goal::State(self.roots(&state)?));
        let course = Course {
            minds: Minds::TakenOff,
            holds: HoldsAfter::OnAccepted(hold_of(verb, &request.stamp, None)),
            judged_ms: Some(request.stamp.time_ms),
            ..Course::new(asked, verb, commit, goal)
        };
        Ok((base, course))
    }
}
