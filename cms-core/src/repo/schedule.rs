//! Schedules: a publish, an unpublish, a retirement or a bringing back at an instant, or several of these in order.
//!
//! A schedule is a cell of its channel's group, `channel/NAME:schedule/ID`, so that running a step of it and moving the
//! channel is one transaction. It therefore runs once, whichever process runs it and however many times that process is
//! killed. A schedule that ran stays listed for a while with its outcome; the reports of what it published always name
//! it.
//!
//! A publish names *revisions*, those that the target had when it was scheduled, and applies them to what is live at
//! its instant. An entry that was meanwhile published in a newer revision stays as it is. Bringing back names revisions
//! too, and lifts the holds that keep its entries off.
//!
//! Invariants:
//! 1. A schedule that names entries runs whole or not at all. It fails when something may not change at its instant (on
//!    hold, embargoed, invalid, needed by others), and stays listed with the reasons until someone retries or cancels
//!    it. A scheduled publish of everything continues without such entries, like a plain publish, and its report names
//!    them; it fails when nothing is left.
//! 2. Schedules run in the order of their instants; those with the same instant run in the order in which they were
//!    made, and the steps of one schedule in the order in which it names them. A step that fails keeps the later ones
//!    from running.
//! 3. A changed or cancelled schedule does not run as it was: its cell's version is swapped against.

mod cell;
mod course;
mod due;
mod embargoes;
mod failure;
mod hand_over;
mod pin;
mod row;
mod sense;
mod steps;
mod verb;

use super::publish::{PublishError, PublishReport};
use crate::{
    access::OnBehalf,
    engine::{Expected, Outcome, Swap, SwapValue, Transaction},
    map::{self, Staging},
    model::{id::NodeId, moment::Moment, name::ChannelName, object::Space},
    repo::{
        channel::Channel,
        ground::{
            error::{StoreError, unless_damaged},
            repository::Repository,
            stamp::Stamp,
        },
    },
};
use cell::StoredSchedule;
pub use due::{DueReport, RanSchedule, ScheduleOutcome};
pub use embargoes::EmbargoEnded;
use pin::Pinning;
pub use row::{
    SCHEDULE_KEYS_MAX, SCHEDULE_STEPS_MAX, ScheduleChange, ScheduleError, ScheduleFailure,
    ScheduleFailureCode, ScheduleReason, ScheduleRequest, ScheduleRow, ScheduleStep, Scheduled,
};
pub use steps::StepDone;
use steps::StoredStep;
pub use verb::{ScheduleState, ScheduleVerb};

impl Repository {
    /// Schedules a publish, an unpublish, a retirement or a bringing back, or several of these.
    ///
    /// Anything that would keep it from running now is reported but does not refuse it, because it may be put right
    /// until then. A request that can never be fulfilled is refused.
    ///
    /// # Errors
    /// [`ScheduleError`]; nothing is scheduled.
    pub fn schedule(&self, request: &ScheduleRequest) -> Result<Scheduled, ScheduleError> {
        ahead(&request.at, request.stamp.time_ms)?;
        request.must_make_sense()?;
        let channel = self.channel(&request.channel)?;
        let steps = std::iter::once(&request.step).chain(&request.then);
        channel.require_changes_of(&request.stamp, steps.flat_map(|step| &step.keys))?;
        let mut staged = Staging::over(&*self.source);
        let stamp = &request.stamp;
        let pinned = |step: &ScheduleStep, staged: &mut Staging<'_>| {
            let ScheduleStep { verb, target, keys, .. } = step;
            channel.pin(&Pinning { verb: *verb, target, keys }, staged, stamp)
        };
        let (revisions, commit) = pinned(&request.step, &mut staged)?;
        let mut brought = Vec::from_iter(revisions);
        let mut then = Vec::new();
        for step in &request.then {
            let (revisions, commit) = pinned(step, &mut staged)?;
            channel.has_what_leaves(step, &brought, &staged, stamp)?;
            brought.extend(revisions);
            let (verb, keys, replaced_by) =
                (step.verb, step.keys.clone(), step.replaced_by.clone());
            then.push(StoredStep { verb, keys, revisions, commit, replaced_by });
        }
        let stored = StoredSchedule {
            format: cell::FORMAT,
            verb: request.step.verb,
            at: request.at.to_string(),
            state: ScheduleState::Pending,
            keys: request.step.keys.clone(),
            revisions,
            commit,
            replaced_by: request.step.replaced_by.clone(),
            author: request.stamp.author.to_string(),
            message: request.stamp.message.clone(),
            created_ms: request.stamp.time_ms,
            failure: None,
            made: None,
            on_behalf: OnBehalf::of(&stamp.holder),
            then,
            done: Vec::new(),
        };
        let id = id_of(&request.stamp);
        let forecast = channel.forecast(&id, &stored, &staged, stamp)?;
        let write = Write { channel: &request.channel, id: &id, verb: "schedule", staged };
        let version = self.put_schedule(write, &stored, Expected::Absent, stamp)?;
        Ok(forecast.of(self.schedule_row(&request.channel, &id, stored, version)?))
    }

    /// Changes a schedule: its instant, or the revisions that it names. A failed one waits again.
    ///
    /// # Errors
    /// [`ScheduleError`]; nothing is changed.
    pub fn change_schedule(&self, change: &ScheduleChange) -> Result<Scheduled, ScheduleError> {
        let (mut stored, version) = self.stored(&change.channel, &change.id, change.expected)?;
        if let Some(at) = &change.at {
            stored.at = at.to_string();
        }
        let at = stored.moment(&change.id)?;
        ahead(&at, change.stamp.time_ms)?;
        stored.waits_again(&change.id, version)?;
        let channel = self.channel(&change.channel)?;
        channel.require_changes_of(&change.stamp, stored.all_keys())?;
        stored.on_behalf.asked_again_by(&change.stamp.holder);
        let mut staged = Staging::over(&*self.source);
        if let (Some(target), Some(_)) = (&change.target, stored.revisions) {
            let pinning = Pinning { verb: stored.verb, target, keys: &stored.keys };
            let pinned = channel.pin(&pinning, &mut staged, &change.stamp)?;
            (stored.revisions, stored.commit) = pinned;
        }
        let forecast = channel.forecast(&change.id, &stored, &staged, &change.stamp)?;
        let write =
            Write { channel: &change.channel, id: &change.id, verb: "change-schedule", staged };
        let expected = Expected::Version(version);
        let version = self.put_schedule(write, &stored, expected, &change.stamp)?;
        let schedule = self.schedule_row(&change.channel, &change.id, stored, version)?;
        Ok(forecast.of(schedule))
    }

    /// Makes a failed schedule run again the next time that due schedules are run.
    ///
    /// # Errors
    /// [`ScheduleError`]; nothing is changed.
    pub fn retry_schedule(
        &self,
        channel: &ChannelName,
        id: &str,
        expected: Option<u64>,
        stamp: &Stamp,
    ) -> Result<ScheduleRow, ScheduleError> {
        let (mut stored, version) = self.stored(channel, id, expected)?;
        if stored.state == ScheduleState::Pending {
            return Err(ScheduleError::NotFailed { id: id.to_owned() });
        }
        self.channel(channel)?.require_changes_of(stamp, stored.all_keys())?;
        stored.on_behalf.asked_again_by(&stamp.holder);
        stored.waits_again(id, version)?;
        let staged = Staging::over(&*self.source);
        let write = Write { channel, id, verb: "retry-schedule", staged };
        let version = self.put_schedule(write, &stored, Expected::Version(version), stamp)?;
        self.schedule_row(channel, id, stored, version)
    }

    /// Cancels a schedule: it is removed, and will not run.
    ///
    /// # Errors
    /// [`ScheduleError`]; nothing is changed.
    pub fn cancel_schedule(
        &self,
        channel: &ChannelName,
        id: &str,
        expected: Option<u64>,
        stamp: &Stamp,
    ) -> Result<ScheduleRow, ScheduleError> {
        let (stored, version) = self.stored(channel, id, expected)?;
        if stored.state == ScheduleState::Done {
            return Err(ScheduleError::Over { id: id.to_owned() });
        }
        self.channel(channel)?.require_changes_of(stamp, stored.all_keys())?;
        let swap = Swap {
            cell: cell::name(channel, id)?,
            expected: Expected::Version(version),
            value: SwapValue::Delete,
        };
        let transaction = Transaction {
            operation: stamp.operation,
            objects: Vec::new(),
            swaps: vec![swap],
            audit: Some(
                stamp.audit("cancel-schedule", &[("channel", channel.as_str()), ("schedule", id)]),
            ),
        };
        match self.engine.commit(vec![transaction]).map_err(StoreError::from)?.first() {
            Some(Outcome::Applied(_)) => self.schedule_row(channel, id, stored, version),
            _ => Err(ScheduleError::Moved { id: id.to_owned() }),
        }
    }

    /// One schedule.
    ///
    /// # Errors
    /// [`ScheduleError::Unknown`], or the store can't be read.
    pub fn schedule_of(
        &self,
        channel: &ChannelName,
        id: &str,
    ) -> Result<ScheduleRow, ScheduleError> {
        let (stored, version) = self.stored(channel, id, None)?;
        self.schedule_row(channel, id, stored, version)
    }

    /// The schedules of one channel or of all channels, the earliest due first, recently run ones included.
    ///
    /// # Errors
    /// [`ScheduleError`] when the store can't be read.
    pub fn schedules(
        &self,
        channel: Option<&ChannelName>,
    ) -> Result<Vec<ScheduleRow>, ScheduleError> {
        let mut rows = Vec::new();
        for found in self.schedule_cells(channel)? {
            rows.push(self.schedule_row(&found.channel, &found.id, found.stored, found.version)?);
        }
        rows.sort_by(|a, b| (a.due_ms, a.made, &a.id).cmp(&(b.due_ms, b.made, &b.id)));
        Ok(rows)
    }
}

impl Channel {
    /// What a schedule would do if it ran now, whatever the clock says.
    fn forecast(
        &self,
        id: &str,
        stored: &StoredSchedule,
        staged: &Staging<'_>,
        stamp: &Stamp,
    ) -> Result<Forecast, ScheduleError> {
        let time_ms = stored.moment(id)?.time_ms();
        let then = Stamp { time_ms, ..stamp.clone() };
        let course = self.schedule_course(id, stored, staged, &then, false);
        match course.and_then(|(base, course)| self.repository.plan_along(&base, &course)) {
            Ok(report) => {
                let is_held = report.left_alone_count() > 0;
                let fails = is_held && (stored.is_whole() || report.changes_count == 0);
                let would_fail = fails.then(|| failure::failure_in(&report, time_ms));
                Ok(Forecast { report: Some(report), would_fail })
            }
            Err(error) if may_be_mended(stored.verb, &error) => Ok(Forecast {
                report: None,
                would_fail: Some(failure::failure_of(&error, time_ms)),
            }),
            Err(error) => Err(error.into()),
        }
    }
}

/// Whether what keeps a step from running now may be put right until its time.
fn may_be_mended(verb: ScheduleVerb, error: &PublishError) -> bool {
    match error {
        PublishError::Needed { .. } | PublishError::NotAccepted { .. } => true,
        PublishError::BadReplacement { reason, .. } => reason.may_be_mended(),
        // What takes the home page off by its name does so at any time.
        PublishError::Empties { .. } => {
            matches!(verb, ScheduleVerb::Publish | ScheduleVerb::BringBack)
        }
        _ => false,
    }
}

fn ahead(at: &Moment, now_ms: u64) -> Result<(), ScheduleError> {
    if at.time_ms() > now_ms { Ok(()) } else { Err(ScheduleError::Past { at: at.clone() }) }
}

/// The id of the schedule that an attempt makes.
fn id_of(stamp: &Stamp) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("cms 2026-11-22 v1 schedule");
    hasher.update(&stamp.operation.0);
    hasher.finalize().to_hex()[..16].to_owned()
}

/// What a schedule would do.
struct Forecast {
    report: Option<PublishReport>,
    would_fail: Option<ScheduleFailure>,
}

impl Forecast {
    fn of(self, schedule: ScheduleRow) -> Scheduled {
        Scheduled { schedule, report: self.report, would_fail: self.would_fail }
    }
}

/// Where and how a schedule's cell is written.
struct Write<'w> {
    channel: &'w ChannelName,
    id: &'w str,
    verb: &'static str,
    staged: Staging<'w>,
}

impl Repository {
    fn put_schedule(
        &self,
        write: Write<'_>,
        stored: &StoredSchedule,
        expected: Expected,
        stamp: &Stamp,
    ) -> Result<u64, ScheduleError> {
        let Write { channel, id, verb, staged } = write;
        let nodes = staged.into_reachable(stored.maps());
        let swap = Swap {
            cell: cell::name(channel, id)?,
            expected,
            value: SwapValue::Put(stored.encode()),
        };
        let transaction = Transaction {
            operation: stamp.operation,
            objects: nodes.into_iter().map(|node| (Space::Source, node.object)).collect(),
            swaps: vec![swap],
            audit: Some(stamp.audit(verb, &[("channel", channel.as_str()), ("schedule", id)])),
        };
        match self.engine.commit(vec![transaction]).map_err(StoreError::from)?.first() {
            Some(Outcome::Applied(applied)) => Ok(applied.position.0),
            _ => Err(ScheduleError::Moved { id: id.to_owned() }),
        }
    }

    fn schedule_row(
        &self,
        channel: &ChannelName,
        id: &str,
        stored: StoredSchedule,
        version: u64,
    ) -> Result<ScheduleRow, ScheduleError> {
        let at = stored.moment(id)?;
        let count = |root: NodeId| map::count(&*self.source, root);
        let counted = stored.revisions.map(count).transpose().map_err(StoreError::from);
        let (revisions_count, failure) = match unless_damaged(counted)? {
            Ok(counted) => (counted.unwrap_or(0), stored.failure),
            // The schedule will report that itself when it is due.
            Err(damaged) => {
                (0, stored.failure.or_else(|| Some(failure::damaged(&damaged, at.time_ms()))))
            }
        };
        Ok(ScheduleRow {
            id: id.to_owned(),
            channel: channel.clone(),
            verb: stored.verb,
            due_ms: at.time_ms(),
            at,
            state: stored.state,
            keys: stored.keys,
            revisions_count,
            commit: stored.commit,
            replaced_by: stored.replaced_by,
            author: stored.author,
            message: stored.message,
            created_ms: stored.created_ms,
            failure,
            then: stored.then.into_iter().map(ScheduleStep::from).collect(),
            done: stored.done,
            made: stored.made.unwrap_or(version),
            version,
        })
    }
}
