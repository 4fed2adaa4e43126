//! Notices about jobs: the person who asked for a job learns how it ended.

use cms_core::repo::{Job, JobState, NoticeKind};

use super::message::Message;
use crate::{problem::Problem, store::Store};

/// A job that took at least this long, in milliseconds, notifies its person when it ends.
const NOTICED_AFTER_MS: u64 = 10_000;

/// The notice that a job has ended.
pub(super) fn ended(store: &Store, id: &str) -> Result<Vec<Message>, Problem> {
    let Some(job) = store.repository.job(id)?.map(|record| record.job) else {
        return Ok(Vec::new());
    };
    if !is_worth_a_notice(&job) {
        return Ok(Vec::new());
    }
    let text = format!("Your {} is {}", job.verb, job.state.word());
    Ok(vec![(job.person, NoticeKind::JobEnded, format!("jobs/{id}"), text)])
}

/// A person who waited has seen the job end, unless its process ended first.
fn is_worth_a_notice(job: &Job) -> bool {
    let took_ms = job.ended_ms.zip(job.started_ms).map(|(end, start)| end.saturating_sub(start));
    job.state == JobState::Interrupted || took_ms.is_some_and(|took_ms| took_ms >= NOTICED_AFTER_MS)
}
