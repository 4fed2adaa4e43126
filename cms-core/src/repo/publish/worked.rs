//! A publish in two halves: what a course changes is worked out; then it is either reported as a plan, or written and
//! shown.
//!
//! Invariants:
//! 1. Both halves meet in [`Worked`]: a plan reports what a publish writes.
//! 2. A publish that would change nothing, or that its course refuses, ends with the report before the channel moves.

use super::{
    affected,
    course::{Base, Course},
    error::{BadReplacement, PublishError, Takes},
    making::{
        finish::{Finish, NewRoots},
        make, routes,
        row_changes::Made,
        unplaced,
    },
    published::Published,
    report::PublishReport,
    select::{self, selection::Selection},
};
use crate::{
    map::{Edit, Staging},
    repo::{
        channel::Channel,
        content::{graph::Graph, kinds::Kinds, objects::ObjectSink, state::Roots},
        ground::{repository::Repository, stamp::Stamp},
        publish::{
            making::documents::{self as document_change, DocumentChange},
            plan::id::Outcome,
            report::filled::{fill, report_of},
        },
    },
};

/// What changes along a course, before anything is made of it.
pub(super) struct Found<'r> {
    kinds: Kinds<'r>,
    selection: Selection,
    report: PublishReport,
}

/// What a course changes, made but neither written nor shown.
pub(super) struct Worked<'r> {
    pub(super) report: PublishReport,
    selection: Selection,
    pub(super) made: Made,
    pub(super) moved: routes::RouteEdits,
    pub(super) source: Staging<'r>,
    pub(super) effective: Roots,
    unplaced: Vec<Edit>,
    /// Where the made objects are written, or wait to be written.
    pub(super) sink: ObjectSink<'r>,
}

/// What would be done.
pub(super) struct Planned {
    pub(super) report: PublishReport,
    pub(super) documents: Vec<DocumentChange>,
    pub(super) documents_count: u64,
    /// What learners would lose.
    pub(super) takes: Option<Takes>,
    pub(super) outcome: Outcome,
}

impl Found<'_> {
    /// Refuses what the course does not allow, and a course that changes nothing.
    fn must_go_on(self, course: &Course) -> Result<Self, PublishError> {
        if course.refuses(&self.report) {
            return Err(PublishError::Strict { report: Box::new(self.report) });
        }
        if self.selection.accepted.is_empty() && course.leaving.is_empty() {
            return Err(PublishError::NothingToDo { report: Box::new(self.report) });
        }
        Ok(self)
    }
}

impl Course {
    /// Whether the report has something because of which the course refuses the whole publish.
    fn refuses(&self, report: &PublishReport) -> bool {
        (self.asked.strict && report.held_back_count > 0)
            || (self.whole && report.left_alone_count() > 0)
    }
}

impl Worked<'_> {
    fn outcome(&self) -> Outcome {
        Outcome::of(self.effective, &self.made.edits(), &self.moved.edits)
    }

    fn plan(self, base: &Base) -> Planned {
        let (documents, documents_count) = document_change::documents(&self.made);
        let takes = self.made.takes(base.snapshot.as_ref());
        let outcome = self.outcome();
        Planned { report: self.report, documents, documents_count, takes, outcome }
    }

    /// Refuses an outcome that differs from the plan, and one that would leave learners with too little.
    fn must_be_meant(self, base: &Base, course: &Course) -> Result<Self, PublishError> {
        let outcome = self.outcome();
        if course.plan.is_some_and(|plan| !plan.is_outcome(outcome)) {
            return Err(PublishError::NotAsPlanned { report: Box::new(self.report) });
        }
        match self.made.takes(base.snapshot.as_ref()).filter(|_| !course.may_empty) {
            Some(takes) => Err(PublishError::Empties { takes, report: Box::new(self.report) }),
            None => Ok(self),
        }
    }
}

impl Repository {
    /// What changes along a course, before anything is made of it.
    pub(super) fn found(&self, base: &Base, course: &Course) -> Result<Found<'_>, PublishError> {
        let (kinds, selection) = select::select(self, base, course)?;
        let report = report_of(base, course, &selection);
        Ok(Found { kinds, selection, report })
    }

    /// Makes what changes; delivered documents go into the sink.
    pub(super) fn work_out<'r>(
        &'r self,
        base: &Base,
        course: &Course,
        found: Found<'r>,
        mut sink: ObjectSink<'r>,
    ) -> Result<Worked<'r>, PublishError> {
        let Found { kinds, selection, mut report } = found;
        let mut source = Staging::over(&*self.source);
        let effective = select::effective(self, &mut source, base, course, &selection)?;
        let (affected, made, moved, unplaced) = {
            let graph = Graph::new(self, &source, effective, &kinds);
            let affected = affected::affected(self, &graph, base, &selection)?;
            if let Some(key) =
                course.replaced_by.as_ref().filter(|key| affected.withdrawn.contains(key))
            {
                let reason = BadReplacement::Withdrawn;
                return Err(PublishError::BadReplacement { key: key.clone(), reason });
            }
            let made = make::make(self, &graph, base, course, &affected, &mut sink)?;
            let moved = routes::route_edits(self, &graph, base, &selection, &affected)?;
            let unplaced = unplaced::edits(&graph, base, &selection, &affected)?;
            (affected, made, moved, unplaced)
        };
        fill(&mut report, course, &selection, &affected, &made, &moved);
        Ok(Worked { report, selection, made, moved, source, effective, unplaced, sink })
    }

    /// What moving along a course would do, and the documents that it would change; nothing is written.
    pub(super) fn planned(&self, base: &Base, course: &Course) -> Result<Planned, PublishError> {
        let found = self.found(base, course)?;
        Ok(self.work_out(base, course, found, ObjectSink::dry(self))?.plan(base))
    }

    /// The report of what moving along a course would do.
    ///
    /// # Errors
    /// [`PublishError::Empties`] where the course may not do that, and other errors.
    pub(in crate::repo) fn plan_along(
        &self,
        base: &Base,
        course: &Course,
    ) -> Result<PublishReport, PublishError> {
        let Planned { report, takes, .. } = self.planned(base, course)?;
        match takes.filter(|_| !course.may_empty) {
            Some(takes) => Err(PublishError::Empties { takes, report: Box::new(report) }),
            None => Ok(report),
        }
    }
}

impl Channel {
    /// Moves the channel along a course.
    pub(in crate::repo) fn publish_along(
        &self,
        base: &Base,
        course: &Course,
        stamp: &Stamp,
    ) -> Result<Published, PublishError> {
        let repository = &self.repository;
        let found = repository.found(base, course)?.must_go_on(course)?;
        let sink = ObjectSink::new(repository);
        let worked = repository.work_out(base, course, found, sink)?;
        let Worked { report, selection, made, moved, mut source, effective, unplaced, sink } =
            worked.must_be_meant(base, course)?;
        self.require_changes_of(stamp, selection.accepted.keys())?;
        let holds = select::holds(repository, &mut source, base, course, &selection)?;
        if selection.keeps_all() && made.changes.is_empty() && holds == base.holds {
            return Err(PublishError::NothingToDo { report: Box::new(report) });
        }
        let unplaced = unplaced::after(repository, &mut source, base, unplaced)?;
        let roots = NewRoots { effective, holds, unplaced };
        let finish = Finish { report, made, moved, source, roots, sink };
        self.finish_publish(base, course, stamp, finish)
    }
}
