//! Channels and their versions, as the admin page lists them.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use cms_core::{
    model::name::ChannelName,
    repo::{DeliveredVersion, Delivery},
};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::{
    app::reader::Reader,
    edge::{
        extract::{PathOf, parsed},
        query::{self, NoQuery, Query},
    },
    ground::{
        moment,
        names::channel_of,
        page::{Cursor, List},
    },
    problem::{Code, Problem, caching::Caching},
};

pub(crate) const VERSIONS_A_PAGE: usize = 100;

/// A version of a channel.
#[derive(Serialize)]
pub(crate) struct Version {
    pub(crate) channel: String,
    pub(crate) sequence: u64,
    pub(crate) snapshot: String,
    pub(crate) published_at: String,
    pub(crate) entries_count: u64,
    pub(crate) changes_count: u64,
    /// The verb: `publish`, `rollback` and so on.
    pub(crate) verb: &'static str,
}

/// Versions, and where the next page begins.
#[derive(Serialize)]
pub(crate) struct Versions {
    pub(crate) versions: Vec<Version>,
    next: Option<Cursor>,
}

impl Versions {
    /// A page, cut from one row more than fits. It ends at the last row of a number: a release has the number of the
    /// version before it, and the next page begins below the last number.
    pub(crate) fn page(mut versions: Vec<Version>, list: List) -> Self {
        let last = versions.get(VERSIONS_A_PAGE - 1).map(|version| version.sequence);
        let end = versions.iter().rposition(|version| Some(version.sequence) == last);
        let more = end.is_some_and(|end| end + 1 < versions.len());
        versions.truncate(end.map_or(versions.len(), |end| end + 1));
        let last = versions.last().map(|version| list.after(version.sequence));
        Self { versions, next: last.filter(|_| more) }
    }
}

impl Version {
    fn of(channel: &ChannelName, row: &DeliveredVersion) -> Self {
        Self {
            channel: channel.to_string(),
            sequence: row.sequence,
            snapshot: row.snapshot.to_string(),
            published_at: moment::iso(row.time_ms),
            entries_count: row.entries_count,
            changes_count: row.changes_count,
            verb: row.verb.word(),
        }
    }
}

/// A channel's versions, newest first.
pub(crate) fn rows(
    delivery: &Delivery,
    channel: &ChannelName,
    before: Option<u64>,
    rows_max: usize,
) -> Result<Vec<Version>, Problem> {
    let rows = delivery.versions(channel, before, rows_max)?;
    Ok(rows.iter().map(|row| Version::of(channel, row)).collect())
}

/// Every channel with its newest version.
pub async fn channels(State(reader): State<Reader>, _: NoQuery) -> Result<Response, Problem> {
    let newest = reader
        .deliver(|delivery| {
            let mut newest = Vec::new();
            for channel in delivery.channels()? {
                newest.extend(rows(delivery, &channel, None, 1)?.into_iter().next());
            }
            Ok(newest)
        })
        .await?;
    Ok(private(&newest))
}

/// Which page of versions.
#[derive(Deserialize, IntoParams)]
pub struct VersionsQuery {
    /// `next` of the previous page.
    #[serde(default, deserialize_with = "query::parsed")]
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// A channel's versions, newest first.
pub async fn list(
    State(reader): State<Reader>,
    PathOf(channel): PathOf<String>,
    Query(query): Query<VersionsQuery>,
    of: List,
) -> Result<Response, Problem> {
    let channel = channel_of(&channel)?;
    let before = query.before(of)?;
    let versions = reader
        .deliver(move |delivery| rows(delivery, &channel, before, VERSIONS_A_PAGE + 1))
        .await?;
    Ok(private(&Versions::page(versions, of)))
}

impl VersionsQuery {
    /// The version below which a page begins.
    pub(crate) fn before(self, list: List) -> Result<Option<u64>, Problem> {
        let before = self.cursor.map(|cursor| cursor.row_in::<u64>(list)).transpose();
        before.map_err(|error| query::malformed("cursor", format!("`cursor`: {error}")))
    }
}

/// One version of a channel.
pub async fn one(
    State(reader): State<Reader>,
    PathOf((channel, sequence)): PathOf<(String, String)>,
    _: NoQuery,
) -> Result<Response, Problem> {
    let (channel, sequence) = (channel_of(&channel)?, parsed::<u64>(&sequence)?);
    let found = reader
        .deliver(move |delivery| {
            let found = rows(delivery, &channel, sequence.checked_add(1), 1)?;
            found.into_iter().find(|version| version.sequence == sequence).ok_or_else(|| {
                let detail = format!("{channel} has no version {sequence}");
                Problem::new(Code::SnapshotUnknown, detail)
            })
        })
        .await?;
    Ok(private(&found))
}

pub(crate) fn private(view: &impl Serialize) -> Response {
    ([Caching::NoStore.header()], Json(serde_json::to_value(view).expect("views serialise")))
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_ends_where_a_number_does() {
        let version = |sequence: u64| Version {
            channel: "production".into(),
            sequence,
            snapshot: String::new(),
            published_at: String::new(),
            entries_count: 0,
            changes_count: 0,
            verb: "publish",
        };
        let all = |top: u64| (1..=top).rev().map(version);
        let rows = VERSIONS_A_PAGE as u64;
        let list = List::of("/versions", []);
        let page = Versions::page(all(rows).collect(), list);
        assert_eq!((page.versions.len(), page.next.is_some()), (VERSIONS_A_PAGE, false));
        let page = Versions::page(all(rows + 1).collect(), list);
        assert_eq!((page.versions.len(), page.next.is_some()), (VERSIONS_A_PAGE, true));
        // A release has the number of the version before it, so that is asked for too.
        let page =
            Versions::page(all(rows + 5).take(VERSIONS_A_PAGE).chain(all(6)).collect(), list);
        assert_eq!(page.versions.len(), VERSIONS_A_PAGE + 1);
        assert_eq!(page.versions.last().unwrap().sequence, 6);
        assert!(page.next.is_some());
        assert!(Versions::page(Vec::new(), list).next.is_none());
    }
}
