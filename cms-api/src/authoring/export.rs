//! `POST /authoring/v1/commands/export`: a state, streamed while it is read.

use std::{
    convert::Infallible,
    io,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use tokio::sync::mpsc;

use super::commands;
use crate::{
    app::App,
    edge::{body::WholeBody, query::NoQuery},
    ground::reading,
    problem::{Problem, caching::Caching},
    verbs::{
        Call,
        export::{self, LastLine, Request},
    },
};

/// How many bytes are sent together.
pub(super) const PIECE_SIZE_BYTES: usize = 64 << 10;
/// How many pieces wait for a slow reader before the export waits.
pub(super) const PIECES_MAX: usize = 8;

/// Export a state
///
/// The answer is newline-delimited JSON: one line for each entry or translation, as importing reads them, and at the
/// end `{"cms":"report",…}`, or `{"cms":"problem",…}` when the export ended early.
#[utoipa::path(
    post,
    path = "/authoring/v1/commands/export",
    operation_id = "command_export",
    tag = "commands",
    request_body(content = Call),
    responses(
        (status = 200, description = "The lines", content_type = "application/x-ndjson", body = String),
        (status = 400, description = "The request is malformed"),
        (status = 401, description = "No token, or a wrong one"),
        (status = 404, description = "No such state"),
        (status = 413, description = "The body is larger than the limit"),
        (status = 503, description = "The store is not available"),
    ),
)]
pub async fn handler(
    State(app): State<App>,
    _: NoQuery,
    body: Result<WholeBody, Problem>,
) -> Result<Response, Problem> {
    let request: Request = reading::request(commands::call(&body?)?.request)?;
    // The state is resolved before streaming begins, so that an unknown state can still be a 404.
    let state = request.state.clone();
    app.core(move |store| Ok(store.repository.resolve(&state)?)).await?;
    let (sender, pieces) = mpsc::channel(PIECES_MAX);
    let working = app.clone();
    let place = app.streaming().await?;
    tokio::task::spawn_blocking(move || {
        stream(&working, &request, &sender);
        drop(place);
    });
    let headers = [(header::CONTENT_TYPE, "application/x-ndjson"), Caching::NoStore.header()];
    Ok((headers, Body::from_stream(Lines(pieces))).into_response())
}

fn stream(app: &App, request: &Request, sender: &mpsc::Sender<Bytes>) {
    let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
    let mut piece = Vec::with_capacity(PIECE_SIZE_BYTES * 2);
    let outcome = export::execute(app.store(), request, &mut |line| {
        piece.extend_from_slice(line);
        if piece.len() < PIECE_SIZE_BYTES {
            return Ok(());
        }
        sender.blocking_send(std::mem::take(&mut piece).into()).map_err(gone)
    });
    let last = match outcome {
        Ok(report) => LastLine::Report(report),
        Err(problem) => {
            tracing::warn!(
                code = problem.code.word(),
                detail = problem.detail,
                "export ended early"
            );
            LastLine::Problem { problem: problem.to_json() }
        }
    };
    piece.extend(serde_json::to_vec(&last).expect("reports serialise"));
    piece.push(b'\n');
    let _ = sender.blocking_send(piece.into());
}

/// The body of an answer whose pieces come from a thread of their own.
pub(super) struct Lines(pub(super) mpsc::Receiver<Bytes>);

impl futures_core::Stream for Lines {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|piece| piece.map(Ok))
    }
}
