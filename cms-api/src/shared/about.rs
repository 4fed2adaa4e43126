//! `/shared/{secret}/about`: what the link shows, for the page and for someone who tests an app.

use axum::{
    Extension, Json,
    extract::State,
    response::{IntoResponse, Response},
};
use cms_core::repo::DraftState;
use serde::Serialize;

use super::opened::Opened;
use crate::{app::reader::Reader, edge::query::NoQuery, ground::moment, problem::Problem};

/// What a link shows.
#[derive(Debug, Serialize)]
pub struct About {
    /// The draft's title.
    title: String,
    /// `open` or `merged`.
    state: DraftState,
    /// The channel on which it is shown.
    channel: String,
    /// The commit that is shown.
    commit: String,
    /// When that commit was made: UTC, ISO 8601.
    changed_at: String,
    /// When the link ends: UTC, ISO 8601.
    expires_at: String,
    /// How many entries have uncommitted edits, which are not shown.
    uncommitted_count: usize,
    /// How many entries and translations the draft would change.
    changes_count: u64,
    /// Entries that can't be shown as the draft has them, and why.
    held_back: Vec<HeldBack>,
    /// How many entries can't be shown so.
    held_back_count: u64,
}

#[derive(Debug, Serialize)]
struct HeldBack {
    key: String,
    reasons: Vec<String>,
}

/// What the link shows.
pub async fn handler(
    State(reader): State<Reader>,
    Extension(opened): Extension<Opened>,
    _: NoQuery,
) -> Result<Response, Problem> {
    let about = reader
        .deliver(move |delivery| {
            let shown = opened.shown(delivery)?;
            let (share, draft) = (&opened.0.share, &opened.0.draft);
            let report = &shown.preview.report;
            let held_back = report.held_back.iter().map(|row| HeldBack {
                key: row.key.to_string(),
                reasons: row.reasons.iter().map(|reason| reason.message.clone()).collect(),
            });
            Ok(About {
                title: draft.title.clone(),
                state: draft.state,
                channel: share.channel.to_string(),
                commit: draft.head.to_string(),
                changed_at: moment::iso(shown.time_ms),
                expires_at: moment::iso(share.expires_ms),
                uncommitted_count: opened.0.uncommitted()?,
                changes_count: report.changes_count,
                held_back: held_back.collect(),
                held_back_count: report.held_back_count,
            })
        })
        .await?;
    Ok(Json(about).into_response())
}
