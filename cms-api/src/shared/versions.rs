//! The versions that the page lists below a link: the draft first, then the published versions.

use axum::{Extension, extract::State, response::Response};
use cms_core::{model::name::ChannelName, repo::Delivery};

use super::opened::Opened;
use crate::{
    app::reader::Reader,
    edge::{
        extract::{PathOf, parsed},
        query::{NoQuery, Query},
    },
    ground::{moment, page::List},
    pages::admin::versions::{VERSIONS_A_PAGE, Version, Versions, VersionsQuery, private, rows},
    problem::{Code, Problem},
};

/// The word in place of a verb.
const DRAFT: &str = "draft";

/// The draft as a version; `None` when learners already have all of it.
fn drafted(delivery: &Delivery, opened: &Opened) -> Result<Option<Version>, Problem> {
    let shown = opened.shown(delivery)?;
    if shown.is_live(delivery)? {
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

/// The link's only channel, with the draft.
pub async fn newest(
    State(reader): State<Reader>,
    Extension(opened): Extension<Opened>,
    _: NoQuery,
) -> Result<Response, Problem> {
    let newest = reader
        .deliver(move |delivery| match drafted(delivery, &opened)? {
            Some(version) => Ok(vec![version]),
            None => rows(delivery, &opened.0.share.channel, None, 1),
        })
        .await?;
    Ok(private(&newest))
}

/// The draft and the published versions, newest first.
pub async fn list(
    State(reader): State<Reader>,
    Extension(opened): Extension<Opened>,
    PathOf(channel): PathOf<String>,
    Query(query): Query<VersionsQuery>,
    of: List,
) -> Result<Response, Problem> {
    let channel = opened.must_be(&channel)?;
    let before = query.before(of)?;
    let page = reader
        .deliver(move |delivery| {
            let found = published(delivery, &channel, before, VERSIONS_A_PAGE + 1)?;
            let mut page = Versions::page(found, of);
            if before.is_none() {
                page.versions.splice(0..0, drafted(delivery, &opened)?);
            }
            Ok(page)
        })
        .await?;
    Ok(private(&page))
}

/// One version.
pub async fn one(
    State(reader): State<Reader>,
    Extension(opened): Extension<Opened>,
    PathOf((channel, sequence)): PathOf<(String, String)>,
    _: NoQuery,
) -> Result<Response, Problem> {
    let channel = opened.must_be(&channel)?;
    let sequence: u64 = parsed(&sequence)?;
    let found = reader
        .deliver(move |delivery| {
            let drafted =
                drafted(delivery, &opened)?.filter(|version| version.sequence == sequence);
            let found = match drafted {
                Some(version) => Some(version),
                None => {
                    published(delivery, &channel, sequence.checked_add(1), 1)?.into_iter().next()
                }
            };
            found.filter(|version| version.sequence == sequence).ok_or_else(|| {
                let detail = format!("{channel} has no version {sequence}");
                Problem::new(Code::SnapshotUnknown, detail)
            })
        })
        .await?;
    Ok(private(&found))
}

/// The published versions; empty when the channel is new.
fn published(
    delivery: &Delivery,
    channel: &ChannelName,
    before: Option<u64>,
    rows_max: usize,
) -> Result<Vec<Version>, Problem> {
    match delivery.channel_head(channel)? {
        Some(_) => rows(delivery, channel, before, rows_max),
        None => Ok(Vec::new()),
    }
}
