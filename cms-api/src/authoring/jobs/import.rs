//! `POST /authoring/v1/jobs/import`: an import that no client waits for. Its lines are first stored in a file, so that
//! the work does not depend on the connection.

use std::path::{Path, PathBuf};

use axum::{
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt;
use serde_json::json;
use tokio::io::AsyncWriteExt;

use super::{IMPORT, viewed};
use crate::{
    app::App,
    authoring::import::{input_problem, of_body},
    edge::{access::Caller, body::broken_off, idempotency::Made, query::NoQuery},
    jobs::Work,
    problem::{Code, Problem},
    verbs::import::{self, frames::Receiver},
    views::jobs::JobView,
};

/// Largest body, in bytes: a whole repository's content with its media.
const SIZE_BYTES_MAX: u64 = 64 << 30;

/// Import lines as a job
///
/// The body is that of the command of this name. It is stored in a file first; `Location` is the job's address. A job
/// that is cancelled or interrupted has imported nothing.
#[utoipa::path(
    post,
    path = "/authoring/v1/jobs/import",
    operation_id = "job_import_create",
    tag = "jobs",
    request_body(content = String, content_type = "application/x-ndjson"),
    responses(
        (status = 202, description = "The job", body = JobView, headers(("Location" = String, description = "Where it is"))),
        (status = 429, description = "Too many jobs wait"),
    ),
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    _: NoQuery,
    body: Body,
) -> Result<Response, Problem> {
    app.jobs().has_room(caller.person.as_str())?;
    let by = caller.authors(app.now_ms());
    let name: String = by.operation.0.iter().map(|byte| format!("{byte:02x}")).collect();
    let aside = Aside(app.settings().spool.join(format!("job-{name}")));
    put_aside(body, &aside.0).await?;
    let work = work(aside, app.settings().spool.clone());
    let record =
        app.core(move |store| Ok(store.repository.add_job(IMPORT, json!({}), &by.stamp(""))?));
    let record = record.await?;
    let view = viewed(&app, &record.job);
    let made = Made::at(format!("/authoring/v1/jobs/{}", record.job.id), &view);
    app.jobs().begin(app.worker(), record, work);
    Ok(made.accepted().into_response())
}

/// A file that is removed when nothing needs it any more.
struct Aside(PathBuf);

impl Drop for Aside {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

async fn put_aside(mut body: Body, path: &Path) -> Result<(), Problem> {
    let failed = |error: std::io::Error| Problem::io(path.display(), &error);
    let mut file = tokio::fs::File::create(path).await.map_err(failed)?;
    let mut size_bytes = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|error| broken_off(&error))?.into_data() else { continue };
        size_bytes += data.len() as u64;
        if size_bytes > SIZE_BYTES_MAX {
            return Err(Problem::new(Code::BodyTooLarge, "an import is at most 64 GiB"));
        }
        file.write_all(&data).await.map_err(failed)?;
    }
    file.flush().await.map_err(failed)
}

fn work(aside: Aside, spool: PathBuf) -> Work {
    Box::new(move |store, by, task| {
        let file = std::fs::File::open(&aside.0).map_err(input_problem)?;
        let mut opened = Receiver::open(Box::new(file), &spool).map_err(input_problem)?;
        let (request, media) = (&opened.request, &opened.media);
        let lines = &mut opened.lines;
        let report = import::execute(store, request, by, lines, media, &mut |progress| {
            task.tell(progress.lines, 0);
        });
        let report = report.map_err(of_body)?;
        serde_json::to_value(report).map_err(Problem::internal)
    })
}
