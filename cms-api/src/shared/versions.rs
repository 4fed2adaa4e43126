//! The versions that the page lists below a link: the draft first, then what is published.

use axum::{Extension, extract::State, response::Response};
use cms_core::model::name::ChannelName;

use super::opened::Opened;
use crate::{
    app::App,
    edge::{
        extract::{PathOf, parsed},
        query::{NoQuery, Parameters},
    },
    ground::moment,
    pages::admin::versions::{VERSIONS_A_PAGE, Version, Versions, before, private, rows},
    problem::{Code, Problem},
    store::Store,
};

/// What stands in the place of a verb.
const DRAFT: &str = "draft";

/// The draft as a version; none where learners have all of it already.
fn drafted(store: &Store, opened: &Opened) -> Result<Option<Version>, Problem> {
    let shown = opened.shown(store)?;
    if shown.is_live(store)? {
        return Ok(None);
    }
    Ok(Some(Version {
        channel: shown.preview.channel.to_string(),
        sequence: shown.snapshot.sequence,
        snapshot: shown.preview.snapshot.to_string(),
        published_at: moment::iso(shown.time_ms),
        entries_count: shown.snapshot.kinds.iter().map(|(_, count)| count).sum(),
        changes_count: shown.preview.report.changes_count,
        verb: DRAFT,
    }))
}

/// The one channel of the link, with the draft.
pub async fn newest(
    State(app): State<App>,
    Extension(opened): Extension<Opened>,
    _: NoQuery,
) -> Result<Response, Problem> {
    let newest = app
        .core(move |store| match drafted(store, &opened)? {
            Some(version) => Ok(vec![version]),
            None => rows(store, &opened.0.share.channel, None, 1),
        })
        .await?;
    Ok(private(&newest))
}

/// The draft and what is published, newest first.
pub async fn list(
    State(app): State<App>,
    Extension(opened): Extension<Opened>,
    PathOf(channel): PathOf<String>,
    parameters: Parameters,
) -> Result<Response, Problem> {
    let channel = opened.must_be(&channel)?;
    let of = parameters.list();
    let before = before(parameters)?;
    let page = app
        .core(move |store| {
            let found = published(store, &channel, before, VERSIONS_A_PAGE + 1)?;
            let mut page = Versions::page(found, of);
            if before.is_none() {
                page.versions.splice(0..0, drafted(store, &opened)?);
            }
            Ok(page)
        })
        .await?;
    Ok(private(&page))
}

/// One version.
pub async fn one(
    State(app): State<App>,
    Extension(opened): Extension<Opened>,
    PathOf((channel, sequence)): PathOf<(String, String)>,
    _: NoQuery,
) -> Result<Response, Problem> {
    let channel = opened.must_be(&channel)?;
    let sequence: u64 = parsed(&sequence)?;
    let found = app
        .core(move |store| {
            let drafted = drafted(store, &opened)?.filter(|version| version.sequence == sequence);
            let found = match drafted {
                Some(version) => Some(version),
                None => published(store, &channel, sequence.checked_add(1), 1)?.into_iter().next(),
            };
            found.filter(|version| version.sequence == sequence).ok_or_else(|| {
                let detail = format!("{channel} has no version {sequence}");
                Problem::new(Code::SnapshotUnknown, detail)
            })
        })
        .await?;
    Ok(private(&found))
}

/// What is published; nothing where the channel is new.
fn published(
    store: &Store,
    channel: &ChannelName,
    before: Option<u64>,
    rows_max: usize,
) -> Result<Vec<Version>, Problem> {
    match store.repository.channel_head(channel)? {
        Some(_) => rows(store, channel, before, rows_max),
        None => Ok(Vec::new()),
    }
}
