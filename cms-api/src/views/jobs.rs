//! Jobs, as people see them.

use cms_core::repo::Job;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::words::operation::JobStateWord;
use crate::{
    ground::form::AnyProblem,
    jobs::task::{Progress, Task},
};

/// A job and its progress.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct JobView {
    /// The job's id.
    pub id: String,
    /// The verb that it runs.
    pub verb: String,
    /// The request, as the verb takes it.
    pub request: Value,
    /// Who asked for it.
    pub person: String,
    /// The job's state.
    pub state: JobStateWord,
    /// When it was asked for, in milliseconds since 1970-01-01T00:00:00Z.
    pub created_ms: u64,
    /// When it began, in milliseconds since 1970-01-01T00:00:00Z.
    pub started_ms: Option<u64>,
    /// When it ended, in milliseconds since 1970-01-01T00:00:00Z.
    pub ended_ms: Option<u64>,
    /// What it did, once it is done. Lists in it are cut at 100 rows, and counts are complete. Null when even that is
    /// too long, and for somebody who sees only a part of what the report tells of.
    pub report: Option<Value>,
    /// What was wrong, if it failed.
    #[schema(value_type = Option<AnyProblem>)]
    pub problem: Option<Value>,
    /// Whether it was asked to end.
    pub is_cancelled: bool,
    /// How far it has come; null when it has ended.
    pub progress: Option<Progress>,
}

impl JobView {
    /// The view of a job, with its task if it has one.
    pub(crate) fn of(job: &Job, task: Option<&Task>) -> Self {
        let Job {
            on_behalf: _,
            id,
            verb,
            request,
            person,
            state,
            created_ms,
            started_ms,
            ended_ms,
            report,
            problem,
        } = job.clone();
        let is_over = state.is_over();
        Self {
            id,
            verb,
            request,
            person,
            state: state.into(),
            created_ms,
            started_ms,
            ended_ms,
            report,
            problem,
            is_cancelled: task.is_some_and(|task| task.is_cancelled()),
            progress: task.filter(|_| !is_over).map(|task| task.progress()),
        }
    }
}
