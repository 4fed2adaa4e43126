//! Plans: what a publish would do, and a name by which exactly that can be done.
//!
//! Nothing is stored for a plan. Its id says what it was made from (the target, where the channel was, the instant for
//! which embargoes were judged), what it was made for and what came out. Publishing a plan means making it again from the
//! same, and comparing what comes out before the channel moves.
//!
//! Invariants:
//! 1. A publish of a plan does what the plan said, or nothing.
//! 2. A plan stays valid when the target's branch gets commits, and not when the channel moves.
//! 3. A plan is published on the channel, of the target and with the choice of entries that it was made for. A request
//!    that names others is refused as such, and not as if something had moved.

pub(super) mod id;

use serde::Serialize;

use super::{
    course::Base,
    error::{OtherPlan, PublishError, Takes},
    report::PublishReport,
    request::PublishRequest,
    worked::Planned,
};
use crate::{
    model::{
        id::{CommitId, PublicationId, SnapshotId},
        name::ChannelName,
        object::{ObjectKind, Space},
    },
    repo::{
        channel::Channel,
        content::state::State,
        ground::{
            error::StoreError,
            repository::{MAIN, Repository},
        },
        publish::{
            making::documents::DocumentChange,
            plan::id::{MadeFor, PlanId},
        },
        state::ResolveError,
    },
};

/// What a publish would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// The name by which exactly this can be published.
    pub id: PlanId,
    /// What would be done and what would not, and why.
    pub report: PublishReport,
    /// The delivered documents that would change, ascending by key; cut at [`REPORT_ROWS_MAX`](super::REPORT_ROWS_MAX).
    pub documents: Vec<DocumentChange>,
    /// How many documents would change.
    pub documents_count: u64,
    /// What learners would lose: such a publish needs an explicit request.
    pub takes: Option<Takes>,
}

impl Channel {
    /// What a publish would do, and the id with which exactly that can be done; nothing is written.
    ///
    /// # Errors
    /// [`PublishError`] when the request can't be fulfilled or the store can't be read.
    pub fn plan(&self, request: &PublishRequest) -> Result<Plan, PublishError> {
        let base = self.base()?;
        let (text, state) = self.target(&base, request)?;
        self.must_be_accepted(&text, &state)?;
        let course = self.course(request, &text, &state)?;
        let publication = base.publication();
        let made_for = Some(MadeFor::of(&self.name, &text, &request.only));
        let planned = self.repository.planned(&base, &course)?;
        let target = match &state {
            State::Commit(commit) => commit.object_id(),
            State::Snapshot { publication, .. } => publication.object_id(),
        };
        let time_ms = course.judged_ms.unwrap_or(request.stamp.time_ms);
        let id = PlanId { target, publication, time_ms, outcome: planned.outcome, made_for };
        let Planned { report, documents, documents_count, takes, .. } = planned;
        Ok(Plan { id, report, documents, documents_count, takes })
    }

    /// The state that a request is for, with its name; with a plan, the state from which the plan was made.
    pub(super) fn target(
        &self,
        base: &Base,
        request: &PublishRequest,
    ) -> Result<(String, State), PublishError> {
        let Some(plan) = &request.plan else {
            let text = request.target.as_deref().unwrap_or(MAIN);
            return Ok((text.to_owned(), self.repository.resolve(text)?));
        };
        if !plan.is_for_channel(&self.name) {
            return Err(PublishError::OtherPlan { of: OtherPlan::Channel });
        }
        if plan.publication != base.publication() {
            return Err(self.moved_error()?.into());
        }
        if !plan.is_for_only(&request.only) {
            return Err(PublishError::OtherPlan { of: OtherPlan::Only });
        }
        let state = self.planned_state(plan)?;
        let Some(text) = &request.target else {
            let text = if plan.is_for_target(MAIN) { MAIN.into() } else { plan.target.to_string() };
            return Ok((text, state));
        };
        // Another name of the same state is as good.
        if !plan.is_for_target(text) && self.repository.resolve(text)? != state {
            return Err(PublishError::OtherPlan { of: OtherPlan::Target });
        }
        Ok((text.clone(), state))
    }

    /// The state that a plan was made from.
    fn planned_state(&self, plan: &PlanId) -> Result<State, PublishError> {
        let repository = &self.repository;
        let unknown = || ResolveError::Unknown { text: plan.target.to_string() };
        let object = repository.engine.object(&Space::Source, plan.target);
        let object = object.map_err(StoreError::from)?;
        match object.map(|object| object.kind()) {
            Some(ObjectKind::Commit) => {
                let commit = CommitId::from_object_id(plan.target);
                repository.content_commit(commit)?.ok_or_else(unknown)?;
                Ok(State::Commit(commit))
            }
            Some(ObjectKind::Publication) => {
                let publication = PublicationId::from_object_id(plan.target);
                let snapshot = repository.publication(publication)?.snapshot;
                let (channel, sequence) = repository.place_of(snapshot)?;
                Ok(State::Snapshot { channel, sequence, snapshot, publication })
            }
            _ => Err(unknown().into()),
        }
    }
}

impl Repository {
    fn place_of(&self, id: SnapshotId) -> Result<(ChannelName, u64), PublishError> {
        let unknown = || ResolveError::Unknown { text: id.to_string() };
        let snapshot = self.any_snapshot(id)?.ok_or_else(unknown)?;
        Ok((snapshot.channel, snapshot.sequence))
    }
}
