//! `…/audit`: who did what, when and from where; found, exported, and sealed.

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use cms_core::{
    model::{moment::Moment, name::ChannelName},
    repo::{AuditOrder, AuditQuery},
};
use serde::Deserialize;
use tokio::sync::mpsc;
use utoipa::IntoParams;

use super::super::{
    export::{Lines, PIECE_SIZE_BYTES, PIECES_MAX},
    listed,
};
use crate::{
    app::App,
    edge::query::{NoQuery, Paged, Query, parsed},
    ground::limits::ROWS_MAX,
    problem::{Code, Problem, caching::Caching},
    store::Store,
    views::{
        audit::{AuditHead, AuditLine, AuditPage},
        view,
        words::audit::AuditOrderWord,
    },
};

/// Which lines of the audit.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditFilter {
    /// By this person, on their behalf, or about them.
    person: Option<String>,
    /// Of this verb: `publish`, `role-give`, `refused`, …
    verb: Option<String>,
    /// Naming this entry.
    entry: Option<String>,
    /// Naming this channel.
    #[serde(default, deserialize_with = "parsed")]
    #[param(value_type = Option<String>)]
    channel: Option<ChannelName>,
    /// From this instant on.
    #[serde(default, deserialize_with = "parsed")]
    #[param(value_type = Option<String>, example = "2026-11-30T08:00:00Z")]
    from: Option<Moment>,
    /// Before this instant.
    #[serde(default, deserialize_with = "parsed")]
    #[param(value_type = Option<String>, example = "2026-12-01T00:00:00Z")]
    to: Option<Moment>,
    /// With this text somewhere, in whatever case.
    text: Option<String>,
    /// Which lines come first: `newest` when left out.
    #[serde(default, deserialize_with = "parsed")]
    #[param(value_type = Option<AuditOrderWord>)]
    order: Option<AuditOrderWord>,
}

impl AuditFilter {
    fn asked(self) -> (AuditQuery, AuditOrder) {
        let Self { person, verb, entry, channel, from, to, text, order } = self;
        let time_ms = |moment: Option<Moment>| moment.map(|moment| moment.time_ms());
        let (from_ms, to_ms) = (time_ms(from), time_ms(to));
        let channel = channel.map(|channel| channel.to_string());
        let order = match order {
            None | Some(AuditOrderWord::Newest) => AuditOrder::NewestFirst,
            Some(AuditOrderWord::Oldest) => AuditOrder::OldestFirst,
        };
        (AuditQuery { person, verb, entry, channel, from_ms, to_ms, text }, order)
    }
}

/// Who did what
///
/// A page looks through at most 50,000 lines, so it may hold fewer rows than were asked for, or none, although more
/// follow: `next` says so, and `looked_to_ms` how far it got.
#[utoipa::path(
    get,
    path = "/authoring/v1/audit",
    operation_id = "audit_list",
    tag = "audit",
    params(AuditFilter, crate::edge::query::PageParameters),
    responses((status = 200, description = "A page", body = AuditPage)),
)]
pub async fn list(
    State(app): State<App>,
    Paged { query, page }: Paged<u64, AuditFilter>,
) -> Result<Response, Problem> {
    let (query, order) = query.asked();
    let found = app
        .look(move |store| {
            let audit = store.repository.audit();
            let found = audit.search(&query, order, page.after, page.rows_max)?;
            Ok(AuditPage {
                rows: lines(store, found.rows)?,
                next: found.next.map(|position| page.list.after(position).to_string()),
                looked_to_ms: found.looked_to_ms,
            })
        })
        .await?;
    Ok(listed(&found))
}

fn lines(store: &Store, rows: Vec<cms_core::repo::AuditRow>) -> Result<Vec<AuditLine>, Problem> {
    rows.into_iter().map(|row| AuditLine::of(row, &store.repository)).collect()
}

/// Export who did what
///
/// Newline-delimited JSON: one line of the audit a line, as the list has them, and at the end
/// `{"cms":"report","lines_count":…}`, or `{"cms":"problem",…}` when the export ended early.
#[utoipa::path(
    get,
    path = "/authoring/v1/audit/export",
    operation_id = "audit_export",
    tag = "audit",
    params(AuditFilter),
    responses(
        (status = 200, description = "The lines", content_type = "application/x-ndjson", body = String),
        (status = 429, description = "Too many imports and exports"),
    ),
)]
pub async fn export(
    State(app): State<App>,
    Query(filter): Query<AuditFilter>,
) -> Result<Response, Problem> {
    let (query, order) = filter.asked();
    let (sender, pieces) = mpsc::channel(PIECES_MAX);
    let place = app.streaming().await?;
    let working = app.clone();
    tokio::task::spawn_blocking(move || {
        let last = match stream(working.store(), &query, order, &sender) {
            Ok(count) => serde_json::json!({ "cms": "report", "lines_count": count }),
            Err(problem) => {
                let (code, detail) = (problem.code.word(), &problem.detail);
                tracing::warn!(code, detail, "the export of the audit ended early");
                serde_json::json!({ "cms": "problem", "problem": problem.outward() })
            }
        };
        let _ = sender.blocking_send(format!("{last}\n").into());
        drop(place);
    });
    let headers = [(header::CONTENT_TYPE, "application/x-ndjson"), Caching::NoStore.header()];
    Ok((headers, Body::from_stream(Lines(pieces))).into_response())
}

fn stream(
    store: &Store,
    query: &AuditQuery,
    order: AuditOrder,
    sender: &mpsc::Sender<Bytes>,
) -> Result<u64, Problem> {
    let (mut after, mut count) = (None, 0);
    let mut piece = Vec::new();
    let send = |piece: &mut Vec<u8>| {
        let sent = sender.blocking_send(std::mem::take(piece).into());
        sent.map_err(|_| Problem::new(Code::Stopped, "nobody reads the export any more"))
    };
    loop {
        let page = store.repository.audit().search(query, order, after, ROWS_MAX)?;
        for line in lines(store, page.rows)? {
            count += 1;
            serde_json::to_writer(&mut piece, &line).map_err(Problem::internal)?;
            piece.push(b'\n');
            if piece.len() >= PIECE_SIZE_BYTES {
                send(&mut piece)?;
            }
        }
        if sender.is_closed() {
            return Err(Problem::new(Code::Stopped, "nobody reads the export any more"));
        }
        let Some(next) = page.next else { break };
        after = Some(next);
    }
    if !piece.is_empty() {
        send(&mut piece)?;
    }
    Ok(count)
}

/// The head of the audit
///
/// What was recorded until the newest seal, as one hash, signed. Keep it elsewhere: `cms audit verify --head` shows later
/// that nothing before it was changed or cut off. The server seals by itself every few minutes.
#[utoipa::path(
    get,
    path = "/authoring/v1/audit/head",
    operation_id = "audit_head",
    tag = "audit",
    responses(
        (status = 200, description = "The newest head; null before the first seal", body = Option<AuditHead>),
    ),
)]
pub async fn head(State(app): State<App>, _: NoQuery) -> Result<Response, Problem> {
    let found: Option<AuditHead> =
        app.core(|store| Ok(view(store.repository.audit().head()?))).await?;
    Ok(listed(&found))
}
