//! `POST /authoring/v1/commands/import`: an import whose lines are in the body.

use std::io::{self, Read};

use axum::{
    Json,
    body::{Body, Bytes},
    extract::State,
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt;
use hyper::body::Frame;
use serde_json::Value;
use tokio::sync::mpsc;

use crate::{
    app::App,
    edge::{
        access::Caller, body::broken_off, idempotency::must_be_new, needs::seen, query::NoQuery,
    },
    ground::authorship::Authorship,
    problem::{Code, Problem, caching::Caching},
    store::Store,
    verbs::import::{self, frames::Receiver},
    views::import::ImportReport,
};

/// How many pieces of a body wait for the importer.
const PIECES_MAX: usize = 16;

/// Import lines as one commit
///
/// The body is newline-delimited JSON, gzip'd or not: `{"cms":"import","author":…,"request":{…}}`, then
/// `{"cms":"media","name":…,"base64":…}` pieces, then the lines, then `{"cms":"end"}`. Nothing of it can be seen before
/// everything was accepted.
#[utoipa::path(
    post,
    path = "/authoring/v1/commands/import",
    operation_id = "command_import",
    tag = "commands",
    request_body(content = String, content_type = "application/x-ndjson"),
    responses(
        (status = 200, description = "Imported", body = ImportReport),
        (status = 400, description = "The body is malformed or ended early"),
        (status = 401, description = "No token, or a wrong one"),
        (status = 403, description = "Only operators may"),
        (status = 404, description = "No such branch"),
        (status = 409, description = "The branch moved meanwhile"),
        (status = 422, description = "Lines were refused; `report` lists them"),
        (status = 503, description = "The store is not available"),
        (status = 507, description = "The disk is full"),
    ),
)]
pub async fn handler(
    State(app): State<App>,
    caller: Caller,
    _: NoQuery,
    body: Body,
) -> Result<Response, Problem> {
    let _place = app.streaming().await?;
    let (sender, pieces) = mpsc::channel(PIECES_MAX);
    let settings = app.settings().clone();
    let importing = app.core(move |store| {
        let raw = Box::new(Pieces { pieces, current: Bytes::new() });
        let mut opened = Receiver::open(raw, &settings.spool).map_err(input_problem)?;
        let author = caller.author(&opened.call.author)?;
        let by = opened.call.by_author(author, caller.holder.clone(), (settings.clock)())?;
        let by = by.coming(caller.origin.clone());
        if opened.call.operation.is_some() {
            must_be_new(store, by.operation)?;
        }
        let (request, media) = (&opened.request, &opened.media);
        let lines = &mut opened.lines;
        let report = import::execute(store, request, &by, lines, media, &mut |_| {});
        let report = serde_json::to_value(report.map_err(of_body)?).map_err(Problem::internal)?;
        told(store, &by, report)
    });
    let (report, broken_off) = tokio::join!(importing, forward(body, sender));
    // The reason why the body ended says more than the importer's error.
    let report = report.map_err(|problem| match problem.code {
        Code::RequestMalformed => broken_off.unwrap_or(problem),
        _ => problem,
    });
    Ok(([Caching::NoStore.header()], Json(report?)).into_response())
}

/// What somebody is told of their import: of a slug that an entry has which they do not see, that it is taken.
fn told(store: &Store, by: &Authorship, report: Value) -> Result<Value, Problem> {
    let sight = by.sight(store);
    if sight.is_whole() {
        return Ok(report);
    }
    seen::retold(report, &sight)
}

/// The problem of a body that could not be read: cut short, not really gzip, or without a line.
pub(super) fn of_body(problem: Problem) -> Problem {
    let is_body = matches!(problem.code, Code::InputOutput | Code::OutputClosed);
    if is_body { Problem { code: Code::RequestMalformed, ..problem } } else { problem }
}

pub(super) fn input_problem(error: io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            Problem::new(Code::RequestMalformed, error.to_string())
        }
        _ => Problem::io("the body", &error),
    }
}

/// Passes the body on until the importer has seen enough; returns why it ended early, if it did.
async fn forward(mut body: Body, sender: mpsc::Sender<io::Result<Bytes>>) -> Option<Problem> {
    while let Some(frame) = body.frame().await {
        match frame.map(Frame::into_data) {
            Ok(Ok(data)) => {
                if sender.send(Ok(data)).await.is_err() {
                    return None;
                }
            }
            Ok(Err(_)) => {}
            Err(error) => {
                let cut = io::Error::new(io::ErrorKind::UnexpectedEof, error.to_string());
                let _ = sender.send(Err(cut)).await;
                return Some(broken_off(&error));
            }
        }
    }
    None
}

/// A body, read by a blocking reader.
struct Pieces {
    pieces: mpsc::Receiver<io::Result<Bytes>>,
    current: Bytes,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() {
            match self.pieces.blocking_recv() {
                Some(piece) => self.current = piece?,
                None => return Ok(0),
            }
        }
        let count = self.current.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.current.split_to(count));
        Ok(count)
    }
}
