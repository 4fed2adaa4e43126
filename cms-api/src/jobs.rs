//! Long work that a request starts and does not wait for.
//!
//! A job runs a verb over an engine of its own ([`attended`]), which counts what goes through it and refuses everything
//! once the job is cancelled. So every verb can be watched and cancelled at any moment without knowing about jobs. A
//! verb's effect is one transaction at its end, so cancelling leaves nothing half-done.
//!
//! Invariants:
//! 1. An accepted job has a record before anyone learns of it.
//! 2. A record that says `queued` or `running` belongs to a task of this process, or to a process that is gone; opening
//!    the store marks the latter as `interrupted`.
//! 3. Cancelling after the verb's own transaction was accepted changes nothing: the job is `done`.

mod attended;
pub mod task;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use cms_core::{
    engine::ReadError,
    model::name::Person,
    repo::{Job, JobRecord, JobState, Origin, Repository, Stamp, Via},
};
use serde_json::Value;
use tokio::sync::{AcquireError, Semaphore};

use crate::{
    ground::authorship::{Authorship, fresh_operation},
    problem::{Code, Problem},
    store::{Store, worker::Worker},
};
use task::Task;

/// Most jobs that run at a time; others wait.
pub const RUNNING_MAX: usize = 2;
/// Most jobs of one person that run or wait. A person's jobs run one at a time, so somebody who starts many waits only
/// for their own jobs, and nobody else does.
pub const JOBS_OF_PERSON_MAX: usize = 8;
/// Most jobs that run or wait.
pub const JOBS_MAX: usize = 256;
/// How long the record of an ended job is kept, in milliseconds: 30 days.
pub const KEPT_MS: u64 = 30 * 24 * 60 * 60 * 1000;
/// Most rows of each list in a report; the counts next to the lists are complete.
const REPORT_ROWS_MAX: usize = 100;
/// The largest report in a record, in bytes of JSON; a cell holds twice that.
const REPORT_SIZE_BYTES_MAX: usize = 512 << 10;
/// The work itself.
pub type Work = Box<dyn FnOnce(&Store, &Authorship, &Task) -> Result<Value, Problem> + Send>;

/// The jobs of this process.
#[derive(Debug, Clone)]
pub struct Jobs {
    tasks: Arc<Mutex<HashMap<String, Arc<Task>>>>,
    places: Arc<Semaphore>,
    turns: Arc<Mutex<HashMap<String, Arc<Semaphore>>>>,
}

impl Default for Jobs {
    fn default() -> Self {
        let places = Arc::new(Semaphore::new(RUNNING_MAX));
        Self { tasks: Arc::default(), places, turns: Arc::default() }
    }
}

impl Jobs {
    fn tasks(&self) -> MutexGuard<'_, HashMap<String, Arc<Task>>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The task of a job that waits or runs.
    pub fn task(&self, id: &str) -> Option<Arc<Task>> {
        self.tasks().get(id).cloned()
    }

    /// Refuses one more job when there are too many.
    ///
    /// # Errors
    /// [`Code::TooMany`].
    pub fn has_room(&self, person: &str) -> Result<(), Problem> {
        let tasks = self.tasks();
        let own = tasks.values().filter(|task| task.person() == person).count();
        let detail = if own >= JOBS_OF_PERSON_MAX {
            format!("{own} jobs of yours are waiting or running; ask again when one is over")
        } else if tasks.len() >= JOBS_MAX {
            format!("{JOBS_MAX} jobs are waiting or running; ask again later")
        } else {
            return Ok(());
        };
        Err(Problem::new(Code::TooMany, detail))
    }

    /// The turns of a person, whose jobs run one after the other.
    fn turn_of(&self, person: &str) -> Arc<Semaphore> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, turn| Arc::strong_count(turn) > 1);
        let turn = turns.entry(person.to_owned());
        Arc::clone(turn.or_insert_with(|| Arc::new(Semaphore::new(1))))
    }

    /// Ends every job, because the server stops.
    pub fn stop(&self) {
        for task in self.tasks().values() {
            task.stop();
        }
    }

    /// Waits until no job is left.
    pub async fn drained(&self) {
        loop {
            let Some(task) = self.tasks().values().next().cloned() else { return };
            task.over().await;
        }
    }

    /// Begins a job that has its record. If the job already has a task, that task continues.
    pub fn begin(&self, worker: &Worker, record: JobRecord, work: Work) {
        if record.job.state.is_over() {
            return;
        }
        let task = Arc::new(Task::of(&record.job.person));
        {
            let mut tasks = self.tasks();
            if tasks.contains_key(&record.job.id) {
                return;
            }
            tasks.insert(record.job.id.clone(), Arc::clone(&task));
        }
        let (jobs, worker) = (self.clone(), worker.clone());
        tokio::spawn(async move {
            let id = record.job.id.clone();
            if let Err(problem) = jobs.run(&worker, record, &task, work).await {
                tracing::error!(
                    job = id,
                    code = problem.code.word(),
                    detail = problem.detail,
                    "job"
                );
            }
            jobs.tasks().remove(&id);
            task.end();
        });
    }

    async fn run(
        &self,
        worker: &Worker,
        record: JobRecord,
        task: &Arc<Task>,
        work: Work,
    ) -> Result<(), Problem> {
        // A waiting job is cancelled at once, and not only when its turn comes.
        let turn = self.turn_of(task.person());
        let both = async {
            let turn = turn.acquire().await?;
            Ok::<_, AcquireError>((turn, self.places.acquire().await?))
        };
        let place = tokio::select! {
            place = both => place.map_err(Problem::internal)?,
            () = task.cancelled() => {
                return end(worker, record, task, Err(ReadError::Cancelled.into())).await;
            }
        };
        let started_ms = worker.now_ms();
        let stamp = stamp(&record.job, started_ms);
        let begin = move |job: &mut Job| {
            job.state = JobState::Running;
            job.started_ms = Some(started_ms);
        };
        let running = worker
            .call(move |store| Ok(store.repository.change_job(&record, begin, &stamp)?))
            .await?;
        let Some(running) = running else { return Ok(()) };
        let (person, on_behalf) =
            (Person::recorded(&running.job.person), running.job.on_behalf.clone());
        let origin = Origin::by(Via::Job(running.job.id.clone()));
        let attended = Arc::clone(task);
        let outcome = worker
            .call(move |store| {
                // What a person may do is judged when their job runs.
                let holder = store.repository.holder_on_behalf(&on_behalf)?;
                let by = Authorship::fresh(person, holder, started_ms).coming(origin);
                work(&attended::store(store, &attended)?, &by, &attended)
            })
            .await;
        drop(place);
        end(worker, running, task, outcome).await
    }
}

/// Records how a job ended.
async fn end(
    worker: &Worker,
    record: JobRecord,
    task: &Task,
    outcome: Result<Value, Problem>,
) -> Result<(), Problem> {
    let (is_stopping, is_cancelled) = (task.is_stopping(), task.is_cancelled());
    let ended_ms = worker.now_ms();
    let stamp = stamp(&record.job, ended_ms);
    let end = move |job: &mut Job| {
        job.ended_ms = Some(ended_ms);
        (job.state, job.report, job.problem) = match outcome {
            Ok(report) => (JobState::Done, Some(fitting(&report)), None),
            Err(_) if is_stopping => (JobState::Interrupted, None, None),
            Err(_) if is_cancelled => (JobState::Cancelled, None, None),
            Err(problem) => (JobState::Failed, None, Some(fitting(&problem.outward()))),
        };
    };
    worker.call(move |store| Ok(store.repository.change_job(&record, end, &stamp)?)).await?;
    Ok(())
}

fn stamp(job: &Job, time_ms: u64) -> Stamp {
    let author = Person::recorded(&job.person);
    Stamp {
        author,
        time_ms,
        message: String::new(),
        operation: fresh_operation(),
        holder: cms_core::access::Holder::Machine,
        origin: cms_core::repo::Origin::default(),
    }
}

/// A report that fits into a record: with the first rows of each list, and fewer rows when lists contain lists.
fn fitting(report: &Value) -> Value {
    let lengths = [REPORT_ROWS_MAX, 30, 10, 3, 0].into_iter();
    let mut all = lengths.map(|rows_max| cut(report, rows_max));
    all.find(|cut| cut.to_string().len() <= REPORT_SIZE_BYTES_MAX).unwrap_or_default()
}

fn cut(report: &Value, rows_max: usize) -> Value {
    match report {
        Value::Array(rows) => rows.iter().take(rows_max).map(|row| cut(row, rows_max)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), cut(value, rows_max))).collect()
        }
        other => other.clone(),
    }
}

/// Marks the jobs that an earlier process left as interrupted. Call this before any job begins.
///
/// # Errors
/// A problem when the store can't be read or written.
pub fn interrupt_left(repository: &Repository, time_ms: u64) -> Result<usize, Problem> {
    let mut stamp = || Stamp {
        author: Person::recorded("server"),
        time_ms,
        message: String::new(),
        operation: fresh_operation(),
        holder: cms_core::access::Holder::Machine,
        origin: cms_core::repo::Origin::default(),
    };
    Ok(repository.interrupt_jobs(&mut stamp)?.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reports_fit_their_record() {
        let rows: Vec<u32> = (0..5000).collect();
        let report =
            fitting(&json!({ "rows_count": 5000, "rows": rows, "deep": { "rows": rows } }));
        assert_eq!(report["rows_count"], 5000);
        assert_eq!(report["rows"].as_array().unwrap().len(), REPORT_ROWS_MAX);
        assert_eq!(report["deep"]["rows"].as_array().unwrap().len(), REPORT_ROWS_MAX);
    }

    #[test]
    fn lists_within_lists_fit_as_well() {
        let reasons = vec![json!({ "message": "m".repeat(300) }); 200];
        let rows = vec![json!({ "key": "exercise/x", "reasons": reasons }); 200];
        let report = fitting(&json!({ "held_back_count": 200, "held_back": rows }));
        assert_eq!(report["held_back_count"], 200);
        assert!(!report["held_back"].as_array().unwrap().is_empty());
        assert!(report.to_string().len() <= REPORT_SIZE_BYTES_MAX);
        assert_eq!(fitting(&json!("m".repeat(1 << 20))), Value::Null);
    }
}
