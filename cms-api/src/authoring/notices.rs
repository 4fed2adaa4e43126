//! `…/notices`: what the person should know about.

use axum::{extract::State, response::Response};
use cms_core::repo::{Notice, NoticeRow, ReadExtent};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{by, listed};
use crate::{
    app::App,
    edge::{
        access::Caller,
        extract::PathOf,
        query::{PageParameters, Paged, Query, parsed},
    },
    ground::page::Page,
    problem::{Code, Problem},
    views::{OnWire, view, words::operation::NoticeWord},
};

/// Something that the person should know about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NoticeView {
    /// The notice's id among this person's notices.
    pub id: String,
    /// What happened.
    pub kind: NoticeWord,
    /// What it is about, as a path below `/authoring/v1/`.
    pub subject: String,
    /// A sentence for the person.
    pub text: String,
    /// When it happened, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// When the person read it, in milliseconds since 1970-01-01T00:00:00Z.
    pub read_ms: Option<u64>,
}

/// How many notices are newly read.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticesRead {
    /// How many notices were unread before.
    pub count: u64,
}

/// The person's notices
///
/// Newest first. The newest 500 are kept.
#[utoipa::path(
    get,
    path = "/authoring/v1/notices",
    operation_id = "notices_list",
    tag = "notices",
    params(PageParameters),
    responses((status = 200, description = "A page", body = Page<NoticeView>)),
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Paged { page, .. }: Paged<String>,
) -> Result<Response, Problem> {
    let found = app
        .core(move |store| {
            let after = page.after.as_deref();
            let found = store.repository.notices(&caller.person, after, page.rows_max)?;
            let last = found.rows.last().filter(|_| found.more);
            let next = last.map(|row| page.list.after(&row.id));
            let sight = caller.sight(store);
            let page = Page { rows: found.rows, next };
            let page = page.try_retain(|row| sight.sees_notice(&row.notice))?;
            Ok(page.map(view::<NoticeView>))
        })
        .await?;
    Ok(listed(&found))
}

/// How many notices are read.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NoticeReadQuery {
    /// `true`: also all older ones.
    #[serde(default, deserialize_with = "parsed")]
    older: Option<bool>,
}

/// Mark a notice as read
///
/// Doing it again changes nothing.
#[utoipa::path(
    put,
    path = "/authoring/v1/notices/{notice}/read",
    operation_id = "notice_read",
    tag = "notices",
    params(
        ("notice" = String, Path, description = "The notice's id"),
        NoticeReadQuery,
    ),
    responses(
        (status = 200, description = "It is read", body = NoticesRead),
        (status = 404, description = "The person has no such notice"),
    ),
)]
pub async fn read(
    State(app): State<App>,
    caller: Caller,
    PathOf(notice): PathOf<String>,
    Query(NoticeReadQuery { older }): Query<NoticeReadQuery>,
) -> Result<Response, Problem> {
    let extent = match older {
        Some(true) => ReadExtent::AndOlder,
        Some(false) | None => ReadExtent::One,
    };
    let by = by(&app, caller);
    let count = app
        .core(move |store| {
            let stamp = by.stamp("");
            let count = store.repository.read_notices(&by.author, &notice, extent, &stamp)?;
            count.ok_or_else(|| Problem::new(Code::NoticeUnknown, "you have no such notice"))
        })
        .await?;
    Ok(listed(&NoticesRead { count: count as u64 }))
}

impl OnWire<NoticeView> for NoticeRow {
    fn on_wire(self) -> NoticeView {
        let Self { id, notice, read_ms } = self;
        let Notice { kind, subject, text, time_ms } = notice;
        NoticeView { id, kind: kind.into(), subject, text, time_ms, read_ms }
    }
}
