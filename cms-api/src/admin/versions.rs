//! Channels and their versions, as the admin page lists them.

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use cms_core::repo::SnapshotRow;
use serde::Serialize;

use crate::{
    app::App,
    edge::{
        cache::PRIVATE,
        extract::{PathOf, parsed},
        page::Cursor,
        problem::{Code, Problem},
        query::{NoQuery, Parameters},
    },
    moment,
    store::Store,
};

const VERSIONS_A_PAGE: usize = 100;

#[derive(Serialize)]
struct Version {
    channel: String,
    sequence: u64,
    snapshot: String,
    published_at: String,
    entries_count: u64,
    changes_count: u64,
    /// `publish` or `rollback`.
    verb: &'static str,
}

#[derive(Serialize)]
struct Versions {
    versions: Vec<Version>,
    next: Option<Cursor>,
}

impl Version {
    fn of(channel: &str, row: &SnapshotRow) -> Self {
        Self {
            channel: channel.to_owned(),
            sequence: row.sequence,
            snapshot: row.snapshot.to_string(),
            published_at: moment::iso(row.time_ms),
            entries_count: row.entries_count,
            changes_count: row.changes_count,
            verb: row.verb,
        }
    }
}

fn rows(
    store: &Store,
    channel: &str,
    before: Option<u64>,
    rows_max: usize,
) -> Result<Vec<Version>, Problem> {
    let rows = store.repository.snapshots(channel, before, rows_max)?;
    Ok(rows.iter().map(|row| Version::of(channel, row)).collect())
}

/// Every channel with its newest version.
pub async fn channels(State(app): State<App>, _: NoQuery) -> Result<Response, Problem> {
    let newest = app
        .core(|store| {
            let mut newest = Vec::new();
            for row in store.repository.channels()? {
                newest.extend(rows(store, &row.channel, None, 1)?);
            }
            Ok(newest)
        })
        .await?;
    Ok(private(&newest))
}

/// A channel's versions, newest first.
pub async fn list(
    State(app): State<App>,
    PathOf(channel): PathOf<String>,
    mut parameters: Parameters,
) -> Result<Response, Problem> {
    let cursor = parameters.one::<Cursor>("cursor")?;
    parameters.finish(&["cursor"])?;
    let before = cursor
        .map(|cursor| cursor.row::<u64>())
        .transpose()
        .map_err(|error| Problem::new(Code::ParameterMalformed, format!("`cursor`: {error}")))?;
    let mut versions =
        app.core(move |store| rows(store, &channel, before, VERSIONS_A_PAGE + 1)).await?;
    let more = versions.len() > VERSIONS_A_PAGE;
    versions.truncate(VERSIONS_A_PAGE);
    let last = versions.last().map(|version| Cursor::after(version.sequence));
    Ok(private(&Versions { versions, next: last.filter(|_| more) }))
}

/// One version of a channel.
pub async fn one(
    State(app): State<App>,
    PathOf((channel, sequence)): PathOf<(String, String)>,
    _: NoQuery,
) -> Result<Response, Problem> {
    let sequence: u64 = parsed(&sequence)?;
    let found = app
        .core(move |store| {
            let found = rows(store, &channel, sequence.checked_add(1), 1)?;
            found.into_iter().find(|version| version.sequence == sequence).ok_or_else(|| {
                let detail = format!("{channel} has no version {sequence}");
                Problem::new(Code::SnapshotUnknown, detail)
            })
        })
        .await?;
    Ok(private(&found))
}

pub(super) fn private(view: &impl Serialize) -> Response {
    ([(header::CACHE_CONTROL, PRIVATE)], Json(serde_json::to_value(view).expect("views serialise")))
        .into_response()
}
