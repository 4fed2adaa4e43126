//! Jobs.

use cms_core::repo::Job;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::words::operation::JobStateWord;
use crate::{
    ground::form::AnyProblem,
    jobs::task::{Progress, Task},
};

/// A job.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct JobView {
    /// Its id.
    pub id: String,
    /// The verb that it does.
    pub verb: String,
    /// What was asked of it.
    pub request: Value,
    /// Who asked.
    pub person: String,
    /// How it stands.
    pub state: JobStateWord,
    /// When it was asked for.
    pub created_ms: u64,
    /// When it began.
    pub started_ms: Option<u64>,
    /// When it ended.
    pub ended_ms: Option<u64>,
    /// What it did, once it is done; lists in it are cut at 100, counts are whole. Null where even that is too long.
    pub report: Option<Value>,
    /// Where it failed, why.
    #[schema(value_type = Option<AnyProblem>)]
    pub problem: Option<Value>,
    /// Whether it was asked to end.
    pub is_cancelled: bool,
    /// How far it is; null when it is over.
    pub progress: Option<Progress>,
}

impl JobView {
    /// Of a job, with its task where it has one.
    pub(crate) fn of(job: &Job, task: Option<&Task>) -> Self {
        let Job {
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
