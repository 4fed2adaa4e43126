//! `…/jobs`: long work that one request starts, and that others watch and cancel.

pub mod import;

use std::{sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response, sse::Event},
};
use cms_core::{
    access::{Right, Subject},
    engine::ReadError,
    repo::{DraftId, Job, JobRecord},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{events, listed};
use crate::{
    app::App,
    edge::{
        access::{Caller, Proof},
        body::JsonBody,
        cache::Tagged,
        extract::PathOf,
        idempotency::{Made, Repeatable, once},
        needs::seen,
        query::{NoQuery, PageParameters, Paged},
        tickets::{TicketParameter, Watcher},
    },
    ground::{
        form::DraftText,
        page::{Order, Page},
        reading,
    },
    jobs::Work,
    problem::{Code, Problem, caching::Caching},
    store::Store,
    verbs::Command,
    views::jobs::JobView,
};

/// The verb of jobs that import lines.
const IMPORT: &str = "import";
/// The shortest time between two reports of progress on a stream.
const TICK: Duration = Duration::from_millis(250);

/// A job to start.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JobBody {
    /// The verb to run.
    verb: JobVerb,
    /// The verb's arguments, as the command of the same name takes them.
    #[serde(default)]
    #[schema(value_type = Object)]
    request: serde_json::Map<String, Value>,
}

/// The verbs that may take long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum JobVerb {
    /// Moves a channel to what is ready.
    Publish,
    /// Shows what a publish would do.
    Plan,
    /// Reads every stored byte back and checks it.
    Verify,
    /// Judges every entry of the kinds whose schema a draft changes: `{"draft": …}`.
    SchemaCheck,
}

impl JobVerb {
    const fn word(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Plan => "plan",
            Self::Verify => "verify",
            Self::SchemaCheck => "schema-check",
        }
    }
}

/// The draft whose schemas are checked.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SchemaCheckRequest {
    /// The draft.
    #[schema(value_type = DraftText)]
    draft: DraftId,
}

/// The work of a job, and the least role that its verb takes.
fn work_of(
    verb: JobVerb,
    request: &serde_json::Map<String, Value>,
) -> Result<(Right, Work), Problem> {
    let request = Value::Object(request.clone());
    if verb == JobVerb::SchemaCheck {
        let asked: SchemaCheckRequest = reading::request(request)?;
        let work: Work = Box::new(move |store, _, task| {
            let report =
                store.repository.drafts().check_schemas(&asked.draft, &mut |done, total| {
                    task.tell(done, total);
                    !task.is_cancelled()
                })?;
            if report.is_cancelled {
                return Err(ReadError::Cancelled.into());
            }
            serde_json::to_value(report).map_err(Problem::internal)
        });
        return Ok((Right::Propose, work));
    }
    let unknown = || Problem::internal(format!("no verb is called {:?}", verb.word()));
    let command = Command::read(verb.word(), request)?.ok_or_else(unknown)?;
    let right = command.right();
    Ok((right, Box::new(move |store, by, _| Ok(command.execute(store, by)?.to_json()))))
}

/// A job as it is shown, with its progress.
fn viewed(app: &App, job: &Job) -> JobView {
    JobView::of(job, app.jobs().task(&job.id).as_deref())
}

fn unknown(id: &str) -> Problem {
    let shown: String = id.chars().take(40).collect();
    Problem::new(Code::JobUnknown, format!("there is no job {shown:?}"))
}

/// A job that this person may see, as they see it: their own jobs, and for an administrator every job.
fn visible(store: &Store, caller: &Caller, id: &str) -> Result<JobRecord, Problem> {
    let found = store.repository.job(id)?;
    let record = found
        .filter(|record| record.job.person == caller.person || caller.may_somewhere(Right::Operate))
        .ok_or_else(|| unknown(id))?;
    Ok(JobRecord { job: told(store, caller, record.job)?, ..record })
}

/// What somebody is told of a job now, whatever they saw when it ran. A report tells of the whole catalogue, except that
/// of an import, which tells of its own lines.
fn told(store: &Store, caller: &Caller, job: Job) -> Result<Job, Problem> {
    let sight = caller.sight(store);
    if sight.is_whole() {
        return Ok(job);
    }
    let retold = |kept: Value| seen::retold(kept, &sight);
    let is_own = job.person == caller.person;
    Ok(Job {
        report: job.report.filter(|_| job.verb == IMPORT).map(retold).transpose()?,
        problem: job.problem.map(retold).transpose()?,
        // What they wrote themselves is no secret to them.
        request: if is_own { job.request } else { retold(job.request)? },
        ..job
    })
}

/// Start a job
///
/// Answers at once; `Location` is the job's address. A role that is too low and a malformed request are refused at
/// once; the job reports everything else.
#[utoipa::path(
    post,
    path = "/authoring/v1/jobs",
    operation_id = "job_create",
    tag = "jobs",
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, the same request is done once")),
    request_body(content = JobBody),
    responses(
        (status = 202, description = "The job", body = JobView, headers(("Location" = String, description = "Where it is"))),
        (status = 422, description = "The key was used for another request"),
        (status = 429, description = "Too many jobs wait"),
    ),
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    _: NoQuery,
    request: Repeatable,
    body: JsonBody<JobBody>,
) -> Result<Response, Problem> {
    let JsonBody { value: body, hash } = body;
    let (right, work) = work_of(body.verb, &body.request)?;
    caller.must_somewhere(right)?;
    // A report tells of the whole catalogue.
    caller.must(Right::Read, &Subject::WHOLE)?;
    app.jobs().has_room(caller.person.as_str())?;
    let jobs = app.clone();
    let runtime = tokio::runtime::Handle::current();
    once(&app, &caller, request, hash, move |store, attempt| {
        let stamp = attempt.by.stamp("");
        let record =
            store.repository.add_job(body.verb.word(), Value::Object(body.request), &stamp)?;
        let made =
            Made::at(format!("/authoring/v1/jobs/{}", record.job.id), &viewed(&jobs, &record.job));
        let _entered = runtime.enter();
        jobs.jobs().begin(jobs.worker(), record, work);
        Ok(made.accepted())
    })
    .await
}

/// The person's jobs
///
/// Newest first; an administrator sees everybody's jobs. Jobs that have ended are kept for 30 days.
#[utoipa::path(
    get,
    path = "/authoring/v1/jobs",
    operation_id = "jobs_list",
    tag = "jobs",
    params(PageParameters),
    responses((status = 200, description = "A page", body = Page<JobView>)),
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Paged { page, .. }: Paged<String>,
) -> Result<Response, Problem> {
    let of = app.clone();
    let found = app
        .core(move |store| {
            let jobs = store.repository.jobs()?.into_iter();
            let seen = jobs
                .filter(|job| job.person == caller.person || caller.may_somewhere(Right::Operate))
                .map(|job| (format!("{:020} {}", job.created_ms, job.id), job));
            let page = Page::of(seen, &page, Order::Descending);
            page.try_map(|job| Ok(viewed(&of, &told(store, &caller, job)?)))
        })
        .await?;
    Ok(listed(&found))
}

/// One job
///
/// What was asked for and the job's state; once it has ended, what it did.
#[utoipa::path(
    get,
    path = "/authoring/v1/jobs/{job}",
    operation_id = "job_get",
    tag = "jobs",
    params(("job" = String, Path, description = "Its id")),
    responses(
        (status = 200, description = "The job", body = JobView, headers(("ETag" = String, description = "Names these bytes"))),
        (status = 304, description = "Nothing has changed"),
        (status = 404, description = "No such job, or another person's"),
    ),
)]
pub async fn one(
    State(app): State<App>,
    caller: Caller,
    PathOf(job): PathOf<String>,
    _: NoQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let of = app.clone();
    app.core(move |store| {
        let record = visible(store, &caller, &job)?;
        Ok(Tagged::json(Caching::Revalidated, &viewed(&of, &record.job)).answer(&headers))
    })
    .await
}

/// Cancel a job
///
/// It ends soon as `cancelled` and has changed nothing, or it was faster and is `done`.
#[utoipa::path(
    delete,
    path = "/authoring/v1/jobs/{job}",
    operation_id = "job_cancel",
    tag = "jobs",
    params(("job" = String, Path, description = "Its id")),
    responses(
        (status = 202, description = "It was asked to end", body = JobView),
        (status = 404, description = "No such job, or another person's"),
        (status = 409, description = "It has ended; `state` says how"),
    ),
)]
pub async fn cancel(
    State(app): State<App>,
    caller: Caller,
    PathOf(job): PathOf<String>,
    _: NoQuery,
) -> Result<Response, Problem> {
    let record = app.core(move |store| visible(store, &caller, &job)).await?;
    let task = app.jobs().task(&record.job.id);
    let (Some(task), false) = (task, record.job.state.is_over()) else {
        let detail = format!("the job is over: {}", record.job.state.word());
        let state = record.job.state.word();
        return Err(Problem::new(Code::JobOver, detail).with("state", state));
    };
    task.cancel();
    let body = serde_json::to_value(viewed(&app, &record.job)).map_err(Problem::internal)?;
    let headers = [Caching::NoStore.header()];
    Ok((StatusCode::ACCEPTED, headers, axum::Json(body)).into_response())
}

/// Follow a job
///
/// `progress` at most four times a second, and `over` at the end, each with the job as data; then the stream ends.
#[utoipa::path(
    get,
    path = "/authoring/v1/jobs/{job}/events",
    operation_id = "job_stream",
    tag = "jobs",
    params(
        ("job" = String, Path, description = "Its id"),
        TicketParameter,
    ),
    responses(
        (status = 200, description = "Server-sent events", content_type = "text/event-stream", body = crate::views::events::StreamEvent),
        (status = 404, description = "No such job, or another person's"),
        (status = 429, description = "Too many streams"),
    ),
)]
pub async fn follow(
    State(app): State<App>,
    Watcher { caller, proof, .. }: Watcher,
    PathOf(job): PathOf<String>,
) -> Result<Response, Problem> {
    let id = job.clone();
    let seer = caller.clone();
    app.core(move |store| visible(store, &seer, &id).map(drop)).await?;
    let (sender, response) = events::stream(&app, caller.person.as_str())?;
    tokio::spawn(async move {
        let _ = tell(&app, caller, &proof, job, &sender).await;
    });
    Ok(response)
}

async fn tell(
    app: &App,
    caller: Caller,
    proof: &Proof,
    id: String,
    sender: &events::Sender,
) -> Result<(), events::Gone> {
    let caller = Arc::new(caller);
    let mut told = None;
    loop {
        if !proof.holds(app, app.signing()).await.map_err(|_| events::Gone)? {
            return Ok(());
        }
        let task = app.jobs().task(&id);
        let (seer, asked) = (Arc::clone(&caller), id.clone());
        let found = app.core(move |store| visible(store, &seer, &asked)).await;
        let record = found.map_err(|_| events::Gone)?;
        let view = viewed(app, &record.job);
        // A record that has not ended and has no task is about to be ended, or belongs to a restart.
        let is_over = record.job.state.is_over() || task.is_none();
        if is_over || told.as_ref() != Some(&view) {
            let event = Event::default().event(if is_over { "over" } else { "progress" });
            let data = serde_json::to_string(&view).map_err(|_| events::Gone)?;
            sender.send(event.data(data)).await?;
            told = Some(view);
        }
        let (false, Some(task)) = (is_over, task) else { return Ok(()) };
        tokio::select! {
            () = tokio::time::sleep(TICK) => {}
            () = task.over() => {}
            () = sender.gone() => return Err(events::Gone),
        }
    }
}
