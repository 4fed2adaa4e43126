//! Jobs: records of long work, from the request to the report.
//!
//! The core keeps the records; the caller runs the work. A record is true after any crash: work whose process is gone
//! is *interrupted*. Since every verb ends in one transaction, interrupted work has done either nothing or everything,
//! and never half.
//!
//! Invariants:
//! 1. A job ends once: the states `done`, `failed`, `cancelled` and `interrupted` are final.
//! 2. A record is changed against the version that was read.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::put_record;
use crate::{
    access::OnBehalf,
    engine::{CellName, Expected, Group, OperationId},
    repo::ground::{error::StoreError, repository::Repository, stamp::Stamp},
};

const GROUP_PREFIX: &str = "job/";
const CELL: &str = "job";
/// The length of a job's id, in hex digits.
const ID_DIGITS: usize = 24;

/// The state of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JobState {
    /// The job waits for its turn.
    Queued,
    /// The job is running.
    Running,
    /// The job is done; its report says what it did.
    Done,
    /// The job was refused or went wrong; its problem says why. Nothing was changed.
    Failed,
    /// The job was cancelled before it changed anything.
    Cancelled,
    /// The process that ran the job ended.
    Interrupted,
}

impl JobState {
    /// Whether the state is final.
    pub const fn is_over(self) -> bool {
        match self {
            Self::Queued | Self::Running => false,
            Self::Done | Self::Failed | Self::Cancelled | Self::Interrupted => true,
        }
    }

    /// The state as one word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
        }
    }
}

/// A job and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// The job's id.
    pub id: String,
    /// The verb that it runs.
    pub verb: String,
    /// The request, as the caller's JSON.
    pub request: Value,
    /// Who asked for it.
    pub person: String,
    /// Who asked for it, as far as rights go. What was asked for before this was recorded runs as the machine's.
    #[serde(default, skip_serializing_if = "OnBehalf::is_machine")]
    pub on_behalf: OnBehalf,
    /// The job's state.
    pub state: JobState,
    /// When it was asked for, in milliseconds since 1970-01-01T00:00:00Z.
    pub created_ms: u64,
    /// When it began, in milliseconds since 1970-01-01T00:00:00Z.
    pub started_ms: Option<u64>,
    /// When it ended, in milliseconds since 1970-01-01T00:00:00Z.
    pub ended_ms: Option<u64>,
    /// What it did, once it is done.
    pub report: Option<Value>,
    /// What was wrong, if it failed.
    pub problem: Option<Value>,
}

/// A job with the version of its record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRecord {
    /// The job.
    pub job: Job,
    /// The version of the record, against which it is changed.
    pub version: u64,
}

/// The id of the job that an operation asks for: the same operation has the same job.
pub fn job_id(operation: OperationId) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("cms 2026-11-22 v1 job id");
    hasher.update(&operation.0);
    hasher.finalize().to_hex()[..ID_DIGITS].to_owned()
}

fn cell(id: &str) -> Option<CellName> {
    let is_id = id.len() == ID_DIGITS
        && id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let group: Option<Group> =
        is_id.then(|| format!("{GROUP_PREFIX}{id}").parse().expect("a group"));
    group.map(|group| group.cell(CELL).expect("a cell"))
}

impl Repository {
    /// Records a job that was asked for. A repeated request under the same operation returns the job that exists.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read or written.
    pub fn add_job(
        &self,
        verb: &str,
        request: Value,
        stamp: &Stamp,
    ) -> Result<JobRecord, StoreError> {
        let id = job_id(stamp.operation);
        let job = Job {
            id: id.clone(),
            verb: verb.to_owned(),
            request,
            person: stamp.author.to_string(),
            on_behalf: OnBehalf::of(&stamp.holder),
            state: JobState::Queued,
            created_ms: stamp.time_ms,
            started_ms: None,
            ended_ms: None,
            report: None,
            problem: None,
        };
        let name = cell(&id).expect("job ids name cells");
        let swap = put_record(name, Expected::Absent, &job);
        let audit = audit(&job, stamp);
        let applied = self.swap_records(stamp.operation, vec![swap], Some(audit))?;
        // The same operation may have been applied before; then the record has changed since.
        match self.job(&id)? {
            Some(record) => Ok(record),
            None => Ok(JobRecord { job, version: applied.unwrap_or_default() }),
        }
    }

    /// The job with this id.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn job(&self, id: &str) -> Result<Option<JobRecord>, StoreError> {
        let Some(cell) = cell(id) else { return Ok(None) };
        let record = self.stored_record::<Job>(cell)?;
        Ok(record.map(|record| JobRecord { job: record.value, version: record.version }))
    }

    /// Changes a job's record; `None` when it was changed meanwhile, or the job has ended.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be written.
    pub fn change_job(
        &self,
        record: &JobRecord,
        change: impl FnOnce(&mut Job),
        stamp: &Stamp,
    ) -> Result<Option<JobRecord>, StoreError> {
        if record.job.state.is_over() {
            return Ok(None);
        }
        let mut job = record.job.clone();
        change(&mut job);
        let Some(name) = cell(&job.id) else { return Ok(None) };
        let swap = put_record(name, Expected::Version(record.version), &job);
        let audit = audit(&job, stamp);
        let version = self.swap_records(stamp.operation, vec![swap], Some(audit))?;
        Ok(version.map(|version| JobRecord { job, version }))
    }

    /// Every job that is kept, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn jobs(&self) -> Result<Vec<Job>, StoreError> {
        let mut jobs: Vec<Job> = self
            .stored_records::<Job>(GROUP_PREFIX)?
            .into_iter()
            .map(|record| record.value)
            .collect();
        jobs.sort_by(|a, b| (b.created_ms, &b.id).cmp(&(a.created_ms, &a.id)));
        Ok(jobs)
    }

    /// Records of every job that has not ended that its process is gone. The one process that runs jobs calls this
    /// before it runs any.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read or written.
    pub fn interrupt_jobs(&self, stamp: &mut dyn FnMut() -> Stamp) -> Result<Vec<Job>, StoreError> {
        let mut interrupted = Vec::new();
        for record in self.stored_records::<Job>(GROUP_PREFIX)? {
            let record = JobRecord { job: record.value, version: record.version };
            let stamp = stamp();
            let end = |job: &mut Job| {
                job.state = JobState::Interrupted;
                job.ended_ms = Some(stamp.time_ms);
            };
            interrupted.extend(self.change_job(&record, end, &stamp)?.map(|record| record.job));
        }
        Ok(interrupted)
    }

    /// Forgets the jobs that ended before a time; returns how many.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read or written.
    pub fn forget_jobs(
        &self,
        before_ms: u64,
        operation: &mut dyn FnMut() -> OperationId,
    ) -> Result<usize, StoreError> {
        let is_old = |job: &Job| job.ended_ms.is_some_and(|ended| ended < before_ms);
        self.forget_records(GROUP_PREFIX, is_old, operation)
    }
}

fn audit(job: &Job, stamp: &Stamp) -> bytes::Bytes {
    let fields = [("job", &*job.id), ("state", job.state.word()), ("person", &job.person)];
    stamp.audit("job", &fields)
}
