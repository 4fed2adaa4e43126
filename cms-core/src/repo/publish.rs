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
pub(in crate::repo) mod unpublish;

use serde::Serialize;

use super::{
    channel::policy::ChannelPolicy,
    content::{graph::Graph, kinds::Kinds, objects::ObjectSink},
};
use crate::{
    map::{Edit, ReadNodes, Staging},
    model::{
        id::{NodeId, PublicationId, SnapshotId},
        key::{EntryKey, Locale},
        snapshot::PublicationVerb,
    },
    repo::{
        content::state::{Roots, State},
        delivered::row::Row,
        ground::{error::StoreError, repository::Repository, stamp::Stamp},
    },
};
pub(in crate::repo) use course::{Base, Course, Goal, HoldsAfter, Minds};
pub use error::{Need, PublishError, Takes};
pub use first_published::{FirstPublished, FirstPublishedRequest, Sighting};
use making::{finish::Finish, make, routes, row_changes::Made, unplaced};
pub use not_public::{NotPublicPage, NotPublicRow, Since, Why};
use plan::Outcome;
pub use plan::{DocumentChange, Plan, PlanId, PlanIdError};
pub use preview::Preview;
pub use remake::RemakeRequest;
pub use report::{
    Asked, DeliveredCounts, EntryChange, EntryFinding, HeldBack, LeftOut, MovedRoute,
    PublishReport, REPORT_ROWS_MAX, Reason, ShortenedRow,
};
use report::{fill, report_of};
pub use revert::RevertRequest;
pub(super) use select::Selection;
pub(super) use spread::{Spread, Standing};
pub use unpublish::{RetireRequest, UnpublishRequest};

/// What to publish.
#[derive(Debug, Clone)]
pub struct PublishRequest {
    /// The channel; a new name makes a new channel.
    pub channel: String,
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

/// Whether anything is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Run {
    Plan,
    Publish,
}

/// What a run came to.
pub(super) enum Ran {
    Planned(Box<Planned>),
    Published(Box<Published>),
}

/// What would be done.
pub(super) struct Planned {
    pub(super) report: PublishReport,
    pub(super) documents: Vec<DocumentChange>,
    pub(super) documents_count: u64,
    /// What learners would be left without.
    pub(super) takes: Option<Takes>,
    outcome: Outcome,
}

impl Planned {
    /// What was found before anything was made.
    fn unmade(base: &Base, report: PublishReport) -> Box<Self> {
        let outcome = Outcome::of(base.roots, &[], &[]);
        Box::new(Self { report, documents: Vec::new(), documents_count: 0, takes: None, outcome })
    }
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

    pub(super) fn publish_along(
        &self,
        base: &Base,
        course: &Course,
        stamp: &Stamp,
    ) -> Result<Published, PublishError> {
        match self.run(base, course, stamp, Run::Publish)? {
            Ran::Published(published) => Ok(*published),
            Ran::Planned(planned) => {
                let report = Box::new(planned.report);
                Err(if course.refuses(&report) {
                    PublishError::Strict { report }
                } else {
                    PublishError::NothingToDo { report }
                })
            }
        }
    }

    /// What moving along a course would do.
    ///
    /// # Errors
    /// [`PublishError::Empties`] where the course may not do that, and others.
    pub(super) fn plan_along(
        &self,
        base: &Base,
        course: &Course,
        stamp: &Stamp,
    ) -> Result<PublishReport, PublishError> {
        match self.run(base, course, stamp, Run::Plan)? {
            Ran::Planned(planned) => match planned.takes.filter(|_| !course.may_empty) {
                Some(takes) => {
                    Err(PublishError::Empties { takes, report: Box::new(planned.report) })
                }
                None => Ok(planned.report),
            },
            Ran::Published(published) => Ok(published.report),
        }
    }

    fn course(&self, request: &PublishRequest, state: &State) -> Result<Course, PublishError> {
        let asked = Asked {
            verb: PublicationVerb::Publish.word(),
            channel: request.channel.clone(),
            target: request.target.clone(),
            only: request.only.clone(),
            strict: request.strict,
            replaced_by: None,
            schedule: None,
        };
        Ok(Course {
            asked,
            verb: PublicationVerb::Publish,
            commit: self.commit_behind(state)?,
            goal: Goal::State(self.roots(state)?),
            minds: Minds::Every,
            holds: HoldsAfter::Unchanged,
            leaving: std::collections::BTreeSet::new(),
            replaced_by: None,
            superseded: Vec::new(),
            judged_ms: Some(request.plan.map_or(request.stamp.time_ms, |plan| plan.time_ms)),
            plan: request.plan,
            whole: false,
            may_empty: request.may_empty,
            swaps: Vec::new(),
        })
    }

    pub(super) fn run(
        &self,
        base: &Base,
        course: &Course,
        stamp: &Stamp,
        run: Run,
    ) -> Result<Ran, PublishError> {
        // What is made with answers must never be written where the public reads: the policy may have been settled since
        // this repository was chosen by it.
        let policy = ChannelPolicy { answers: base.answers, ..ChannelPolicy::default() };
        let space = policy.space(&course.asked.channel);
        if run == Run::Publish && space != self.delivered {
            return Err(self.moved(&course.asked.channel)?.into());
        }
        let (kinds, selection, report) = self.found(base, course)?;
        let is_idle = selection.accepted.is_empty() && course.leaving.is_empty();
        if run == Run::Publish && (course.refuses(&report) || is_idle) {
            return Ok(Ran::Planned(Planned::unmade(base, report)));
        }
        let mut sink = match run {
            Run::Plan => ObjectSink::dry(self),
            Run::Publish => ObjectSink::new(self),
        };
        let worked_out = self.work_out(base, course, &kinds, selection, report, &mut sink)?;
        let WorkedOut { report, selection, made, moved, mut source, effective, nowhere } =
            worked_out;
        let outcome = plan::outcome(effective, &made, &moved);
        let takes = made.takes(base.snapshot.as_ref());
        if run == Run::Plan {
            let (documents, documents_count) = plan::documents(&made);
            let planned = Planned { report, documents, documents_count, takes, outcome };
            return Ok(Ran::Planned(Box::new(planned)));
        }
        if course.plan.is_some_and(|plan| !plan.is_outcome(outcome)) {
            return Err(PublishError::NotAsPlanned { report: Box::new(report) });
        }
        if let Some(takes) = takes.filter(|_| !course.may_empty) {
            return Err(PublishError::Empties { takes, report: Box::new(report) });
        }
        let holds = select::holds(self, &mut source, base, course, &selection)?;
        if selection.keeps_all() && made.changes.is_empty() && holds == base.holds {
            return Ok(Ran::Planned(Planned::unmade(base, report)));
        }
        let nowhere = unplaced::after(self, &mut source, base, nowhere)?;
        let roots = NewRoots { effective, holds, nowhere };
        let finish = Finish { report, made, moved, source, roots, sink };
        let published = self.finish_publish(base, course, stamp, finish)?;
        Ok(Ran::Published(Box::new(published)))
    }

    /// What changes along a course, before anything is made of it.
    fn found(
        &self,
        base: &Base,
        course: &Course,
    ) -> Result<(Kinds<'_>, Selection, PublishReport), PublishError> {
        let (kinds, selection) = select::select(self, base, course)?;
        let report = report_of(base, course, &selection);
        Ok((kinds, selection, report))
    }

    /// Makes what changes; delivered documents go into the sink.
    fn work_out(
        &self,
        base: &Base,
        course: &Course,
        kinds: &Kinds<'_>,
        selection: Selection,
        mut report: PublishReport,
        sink: &mut ObjectSink<'_>,
    ) -> Result<WorkedOut<'_>, PublishError> {
        let mut source = Staging::over(&*self.source);
        let effective = select::effective(self, &mut source, base, course, &selection)?;
        let (spread, made, moved, nowhere) = {
            let graph = Graph::new(self, &source, effective, kinds);
            let spread = spread::spread(self, &graph, base, &selection)?;
            if let Some(key) = course.replaced_by.as_ref().filter(|key| spread.fallen.contains(key))
            {
                let reason = "it stands only in what is taken off";
                return Err(PublishError::BadReplacement { key: key.clone(), reason });
            }
            let made = make::make(self, &graph, base, course, &spread, sink)?;
            let moved = routes::moves(self, &graph, base, &selection, &spread)?;
            let nowhere = unplaced::edits(&graph, base, &selection, &spread)?;
            (spread, made, moved, nowhere)
        };
        fill(&mut report, &selection, &spread, &made, &moved);
        Ok(WorkedOut { report, selection, made, moved, source, effective, nowhere })
    }
}

/// What a publish changes, made but not written.
struct WorkedOut<'a> {
    report: PublishReport,
    selection: Selection,
    made: Made,
    moved: routes::Moves,
    source: Staging<'a>,
    effective: Roots,
    nowhere: Vec<Edit>,
}

impl Course {
    /// Whether what was found keeps the whole from going live.
    fn refuses(&self, report: &PublishReport) -> bool {
        (self.asked.strict && report.held_back_count > 0)
            || (self.whole && report.left_alone_count() > 0)
    }
}

/// The maps of authors that a publish leaves behind.
struct NewRoots {
    effective: Roots,
    holds: NodeId,
    nowhere: NodeId,
}

/// The rows of a delivered map that belong to one entry: the source's first, then by locale.
pub(super) fn delivered_rows(
    nodes: &(impl ReadNodes + ?Sized),
    delivered: NodeId,
    key: &EntryKey,
) -> Result<Vec<(Option<Locale>, Row)>, StoreError> {
    let prefix = key.source().encode();
    let mut rows = Vec::new();
    for entry in super::content::catalogue::with_prefix(nodes, delivered, &prefix)? {
        let (found, value) = entry?;
        let found = super::content::catalogue::decoded_key(&found)?;
        if found.source() != *key {
            break;
        }
        rows.push((found.locale().cloned(), Row::decode(&value)?));
    }
    Ok(rows)
}
