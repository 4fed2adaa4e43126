//! Running what is due.

use serde::Serialize;

use super::cell::{self, Found, StoredSchedule};
use crate::{
    engine::{Expected, Outcome, Swap, SwapValue, Transaction},
    map::MapError,
    model::{
        id::{PublicationId, SnapshotId},
        name::Person,
    },
    repo::{
        channel::{Channel, error::ChannelError},
        ground::{
            error::StoreError,
            origin::{Origin, Via},
            repository::Repository,
            stamp::Stamp,
        },
        publish::PublishError,
        schedule::{
            embargoes::EmbargoEnded,
            failure::failure_of,
            row::{SCHEDULE_STEPS_MAX, ScheduleError, ScheduleFailure, ScheduleRow},
            verb::ScheduleState,
        },
    },
};

/// How long a schedule that ran stays listed, in milliseconds: 90 days.
const DONE_KEPT_MS: u64 = 90 * 24 * 60 * 60 * 1000;
/// The numbers of the steps that forget schedules begin here, above those of the steps that run them.
const FORGETTING: u64 = 1 << 32;
/// How many times a lost race for the channel is retried before the schedule is left for the next run.
const ATTEMPTS_MAX: usize = 16;

/// The result of running what is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DueReport {
    /// The steps of schedules that were run, in the order in which they ran.
    pub ran: Vec<RanSchedule>,
    /// The embargoes that ended, each with its outcome.
    pub embargoes: Vec<EmbargoEnded>,
    /// When the next schedule is due or the next embargo ends, in milliseconds since 1970-01-01T00:00:00Z.
    pub next_due_ms: Option<u64>,
}

/// A schedule that was run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RanSchedule {
    /// The schedule as it was before it ran.
    pub schedule: ScheduleRow,
    /// The outcome of its step.
    pub outcome: ScheduleOutcome,
}

/// The outcome of a schedule's step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleOutcome {
    /// The channel moved.
    Published {
        /// The new snapshot.
        snapshot: SnapshotId,
        /// Its place in the channel's line.
        sequence: u64,
        /// The publication that records it.
        publication: PublicationId,
        /// For a publish of everything, how many changes it continued without; its report names them.
        left_alone_count: u64,
    },
    /// The channel was already as the schedule wanted it.
    NothingToDo,
    /// It could not run, and stays listed.
    Failed(ScheduleFailure),
}

/// The result of one attempt.
enum Attempt {
    Ended(ScheduleOutcome),
    /// Someone else ran, changed or cancelled the schedule.
    Gone,
    /// Someone else moved the channel.
    Lost,
}

impl Repository {
    /// When the next schedule is due or the next embargo ends by itself, whichever is earlier, in milliseconds since
    /// 1970-01-01T00:00:00Z; embargoes are judged at `now_ms`.
    ///
    /// # Errors
    /// [`ScheduleError`] when the store can't be read.
    pub fn next_due(&self, now_ms: u64) -> Result<Option<u64>, ScheduleError> {
        let mut next = self.next_embargo(now_ms)?;
        for found in self.schedule_cells(None)? {
            if found.stored.state == ScheduleState::Pending {
                let due_ms = found.stored.moment(&found.id)?.time_ms();
                next = Some(next.map_or(due_ms, |next| next.min(due_ms)));
            }
        }
        Ok(next)
    }

    /// Runs the schedules that are due at the stamp's time, in the order of their instants.
    ///
    /// Each step is one transaction with its channel. Several processes may run this at once; each schedule is run by
    /// one of them. A schedule acts in the name of the person who scheduled it.
    ///
    /// # Errors
    /// [`ScheduleError::Store`] when the store can't be read or written; what has not run by then stays due. A schedule
    /// that can't run is not an error here: it fails and is reported.
    pub fn run_due(&self, stamp: &Stamp) -> Result<DueReport, ScheduleError> {
        let mut due = Vec::new();
        for found in self.schedule_cells(None)? {
            let due_ms = found.stored.moment(&found.id)?.time_ms();
            if found.stored.state == ScheduleState::Pending && due_ms <= stamp.time_ms {
                due.push((due_ms, found.stored.made.unwrap_or(found.version), found));
            }
        }
        due.sort_by(|(a_ms, a, _), (b_ms, b, _)| (a_ms, a).cmp(&(b_ms, b)));
        let (mut ran, mut failed) = (Vec::new(), None);
        for (number, (_, _, found)) in (1..).zip(due) {
            let run = Stamp { operation: stamp.step(number), ..stamp.clone() };
            // A schedule that can't be dealt with must not keep the others from running.
            if let Err(error) = self.run_steps(found, &run, &mut ran) {
                failed = failed.or(Some(error));
            }
        }
        let embargoes = match self.publish_embargoed(stamp) {
            Ok(embargoes) => embargoes,
            Err(error) => {
                failed = failed.or(Some(error));
                Vec::new()
            }
        };
        self.forget_done(stamp)?;
        match failed {
            Some(error) if ran.is_empty() && embargoes.is_empty() => Err(error),
            // What ran is reported; what did not run is still due, and its error comes again.
            _ => Ok(DueReport { ran, embargoes, next_due_ms: self.next_due(stamp.time_ms)? }),
        }
    }

    /// Runs the steps of a due schedule in order, until one fails or none is left.
    fn run_steps(
        &self,
        mut found: Found,
        stamp: &Stamp,
        ran: &mut Vec<RanSchedule>,
    ) -> Result<(), ScheduleError> {
        let at = self.channel(&found.channel)?;
        for number in 1..=SCHEDULE_STEPS_MAX as u64 {
            let run = Stamp {
                author: Person::recorded(&found.stored.author),
                time_ms: stamp.time_ms,
                message: found.stored.message.clone(),
                operation: stamp.step(number),
                holder: self.holder_on_behalf(&found.stored.on_behalf)?,
                origin: Origin::by(Via::Schedule(found.id.clone())),
            };
            let Found { channel, id, stored, version } = found.clone();
            let schedule = self.schedule_row(&channel, &id, stored, version)?;
            let Some(outcome) = at.run_schedule(&found, &run)? else { return Ok(()) };
            ran.push(RanSchedule { schedule, outcome });
            let (stored, version) = match self.stored(&channel, &id, None) {
                Err(ScheduleError::Unknown { .. }) => return Ok(()),
                other => other?,
            };
            let is_due = stored.moment(&id)?.time_ms() <= stamp.time_ms;
            if stored.state != ScheduleState::Pending || !is_due {
                return Ok(());
            }
            found = Found { channel, id, stored, version };
        }
        Ok(())
    }

    /// Forgets the schedules that ran long ago.
    fn forget_done(&self, stamp: &Stamp) -> Result<(), ScheduleError> {
        for (number, found) in (0..).zip(self.schedule_cells(None)?) {
            let done_ms = found.stored.done_ms();
            if done_ms.is_none_or(|done_ms| done_ms.saturating_add(DONE_KEPT_MS) > stamp.time_ms) {
                continue;
            }
            let swap = Swap {
                cell: cell::name(&found.channel, &found.id)?,
                expected: Expected::Version(found.version),
                value: SwapValue::Delete,
            };
            let transaction = Transaction {
                operation: stamp.step(FORGETTING + number),
                objects: Vec::new(),
                swaps: vec![swap],
                audit: None,
            };
            // If another process forgot it first, the result is the same.
            self.engine.commit(vec![transaction]).map_err(StoreError::from)?;
        }
        Ok(())
    }
}

impl Channel {
    /// Runs one step; `None` when another process did, or when the schedule was changed or cancelled meanwhile.
    fn run_schedule(
        &self,
        found: &Found,
        stamp: &Stamp,
    ) -> Result<Option<ScheduleOutcome>, ScheduleError> {
        for number in 1..=ATTEMPTS_MAX as u64 {
            let stamp = Stamp { operation: stamp.step(number), ..stamp.clone() };
            match self.attempt(found, &stamp)? {
                Attempt::Ended(outcome) => return Ok(Some(outcome)),
                Attempt::Gone => return Ok(None),
                Attempt::Lost => {}
            }
        }
        // The schedule is still due, and the channel will not stay so busy.
        Ok(None)
    }

    fn attempt(&self, found: &Found, stamp: &Stamp) -> Result<Attempt, ScheduleError> {
        let Found { channel, id, stored, version } = found;
        let repository = &self.repository;
        let course = self.schedule_course(id, stored, &*repository.source, stamp, true);
        let ended = course.and_then(|(base, mut course)| {
            if course.is_idle() {
                return Ok(None);
            }
            let sequence = base.head.as_ref().map_or(0, |head| head.sequence) + 1;
            let after = stored.after_step(stamp.time_ms, Some(sequence)).made_at(*version);
            course.swaps.push(Swap {
                cell: cell::name(channel, id).map_err(|_| unnamed(id))?,
                expected: Expected::Version(*version),
                value: SwapValue::Put(after.encode()),
            });
            self.publish_along(&base, &course, stamp).map(Some)
        });
        let failure = match ended {
            Ok(Some(published)) => {
                let (snapshot, sequence) = (published.snapshot, published.sequence);
                return Ok(Attempt::Ended(ScheduleOutcome::Published {
                    snapshot,
                    sequence,
                    publication: published.publication,
                    left_alone_count: published.report.left_alone_count(),
                }));
            }
            Ok(None) => return repository.end_idle(found, stamp),
            Err(PublishError::NothingToDo { report }) if report.left_alone_count() == 0 => {
                return repository.end_idle(found, stamp);
            }
            Err(PublishError::Channel(ChannelError::Moved { .. })) => {
                return Ok(match repository.stored(channel, id, Some(*version)) {
                    Ok(_) => Attempt::Lost,
                    Err(ScheduleError::Unknown { .. } | ScheduleError::Moved { .. }) => {
                        Attempt::Gone
                    }
                    Err(error) => return Err(error),
                });
            }
            // The engine does not answer, which is not the schedule's fault.
            Err(PublishError::Store(error)) if !is_about_content(&error) => {
                return Err(error.into());
            }
            Err(error) => failure_of(&error, stamp.time_ms),
        };
        let mut failed = stored.clone();
        (failed.state, failed.failure) = (ScheduleState::Failed, Some(failure.clone()));
        repository.end(
            found,
            failed.made_at(*version),
            "schedule-failed",
            stamp,
            ScheduleOutcome::Failed(failure),
        )
    }
}

impl Repository {
    fn end_idle(&self, found: &Found, stamp: &Stamp) -> Result<Attempt, ScheduleError> {
        let after = found.stored.after_step(stamp.time_ms, None).made_at(found.version);
        self.end(found, after, "schedule-idle", stamp, ScheduleOutcome::NothingToDo)
    }

    /// Writes a schedule as it is after a step that does not move the channel.
    fn end(
        &self,
        found: &Found,
        after: StoredSchedule,
        verb: &str,
        stamp: &Stamp,
        outcome: ScheduleOutcome,
    ) -> Result<Attempt, ScheduleError> {
        let swap = Swap {
            cell: cell::name(&found.channel, &found.id)?,
            expected: Expected::Version(found.version),
            value: SwapValue::Put(after.encode()),
        };
        let transaction = Transaction {
            // The attempt's own id may already name the transaction that was refused.
            operation: stamp.step(0),
            objects: Vec::new(),
            swaps: vec![swap],
            audit: Some(
                stamp.audit(verb, &[("channel", found.channel.as_str()), ("schedule", &found.id)]),
            ),
        };
        match self.engine.commit(vec![transaction]).map_err(StoreError::from)?.first() {
            Some(Outcome::Applied(_)) => Ok(Attempt::Ended(outcome)),
            _ => Ok(Attempt::Gone),
        }
    }
}

fn unnamed(id: &str) -> PublishError {
    PublishError::Store(StoreError::Row { what: format!("the name of schedule {id}") })
}

/// Whether an error is about stored content, and not about the engine's availability.
fn is_about_content(error: &StoreError) -> bool {
    match error {
        StoreError::Undeliverable { .. } | StoreError::Schema(_) | StoreError::Denied(_) => true,
        StoreError::Map(MapError::TooLarge { .. }) => true,
        error => error.is_damage(),
    }
}
