//! Whoever asked for a job is told how it ended.

use cms_core::repo::{Job, JobState, NoticeKind};

use super::message::Message;
use crate::{problem::Problem, store::Store};

/// A job that took so long, in milliseconds, is told to its person when it ends.
const NOTICED_AFTER_MS: u64 = 10_000;

/// What it tells that a job is over.
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

/// Whoever waited has seen it end, unless the process ended under it.
fn is_worth_a_notice(job: &Job) -> bool {
    let took_ms = job.ended_ms.zip(job.started_ms).map(|(end, start)| end.saturating_sub(start));
    job.state == JobState::Interrupted || took_ms.is_some_and(|took_ms| took_ms >= NOTICED_AFTER_MS)
}
