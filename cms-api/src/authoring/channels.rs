//! `…/channels`: where channels are, where they were, and what is on hold.

pub mod unpublished;

use axum::{extract::State, http::HeaderMap, response::Response};
use cms_core::{
    model::{id::PublicationId, key::EntryKey},
    repo::State as CoreState,
};

use super::listed;
use crate::{
    app::App,
    edge::{
        access::Caller,
        cache::Tagged,
        extract::{PathOf, parsed},
        query::{NoQuery, PageParameters, Paged},
    },
    ground::{
        names::channel_of,
        page::{Order, Page},
    },
    problem::{Code, Problem, caching::Caching},
    store::Store,
    views::{
        publishing::{ChannelRow, HoldRow, SnapshotRow},
        recorded::PublicationView,
        view,
    },
};

pub(super) fn unknown(channel: &str) -> Problem {
    let shown: String = channel.chars().take(80).collect();
    Problem::new(Code::ChannelUnknown, format!("there is no channel {shown:?}"))
}

/// The publication at which a channel is: the tag that writes to the channel name.
pub(super) fn head(store: &Store, channel: &str) -> Result<PublicationId, Problem> {
    match store.repository.resolve(channel) {
        Ok(CoreState::Snapshot { channel: found, publication, .. }) if found == channel => {
            Ok(publication)
        }
        Ok(_) | Err(cms_core::repo::ResolveError::Unknown { .. }) => Err(unknown(channel)),
        Err(error) => Err(error.into()),
    }
}

/// The channels, each with the number of the holds that somebody sees.
fn rows_for(caller: &Caller, store: &Store) -> Result<Vec<ChannelRow>, Problem> {
    let mut rows = store.repository.channels()?;
    let sight = caller.sight(store);
    for row in rows.iter_mut().filter(|_| !sight.is_whole()) {
        let mut count = 0;
        for hold in store.repository.holds(&row.channel, None, usize::MAX)? {
            count += u64::from(sight.sees_on_main(&hold.key)?);
        }
        row.holds_count = count;
    }
    Ok(view(rows))
}

/// The channels
///
/// By name, each with its version, how much it delivers and how much is on hold.
#[utoipa::path(
    get,
    path = "/authoring/v1/channels",
    operation_id = "channels_list",
    tag = "channels",
    params(PageParameters),
    responses((status = 200, description = "A page, by name", body = Page<ChannelRow>)),
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Paged { page, .. }: Paged<String>,
) -> Result<Response, Problem> {
    let rows: Vec<ChannelRow> = app.core(move |store| rows_for(&caller, store)).await?;
    let rows = rows.into_iter().map(|row| (row.channel.clone(), row));
    Ok(listed(&Page::of(rows, &page, Order::Ascending)))
}

/// One channel
///
/// The `ETag` names the channel's newest publication, and `If-Match` of a write to the channel takes it. For somebody who
/// sees a part of the catalogue, it names what they see of the holds as well.
#[utoipa::path(
    get,
    path = "/authoring/v1/channels/{channel}",
    operation_id = "channel_get",
    tag = "channels",
    params(("channel" = String, Path, description = "Its name")),
    responses(
        (status = 200, description = "Where it is", body = ChannelRow, headers(("ETag" = String, description = "Its newest publication"))),
        (status = 304, description = "It has not moved"),
        (status = 404, description = "No such channel"),
    ),
)]
pub async fn one(
    State(app): State<App>,
    caller: Caller,
    PathOf(channel): PathOf<String>,
    _: NoQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    app.core(move |store| {
        let head = head(store, &channel)?.to_string();
        let rows = rows_for(&caller, store)?;
        let found = rows.into_iter().find(|row| row.channel == channel);
        let found = found.ok_or_else(|| unknown(&channel))?;
        // Two people who see different parts are told different numbers.
        let tag = match caller.sight(store).is_whole() {
            true => head,
            false => format!("{head}.{}", found.holds_count),
        };
        Ok(Tagged { tag, ..Tagged::json(Caching::Revalidated, &found) }.answer(&headers))
    })
    .await
}

/// What a channel delivered, and when
///
/// Newest first: publishes, rollbacks and releases of holds.
#[utoipa::path(
    get,
    path = "/authoring/v1/channels/{channel}/publications",
    operation_id = "channel_publications_list",
    tag = "channels",
    params(
        ("channel" = String, Path, description = "Its name"),
        PageParameters,
    ),
    responses(
        (status = 200, description = "A page", body = Page<SnapshotRow>),
        (status = 404, description = "No such channel"),
    ),
)]
pub async fn publications(
    State(app): State<App>,
    PathOf(channel): PathOf<String>,
    Paged { page, .. }: Paged<PublicationId>,
) -> Result<Response, Problem> {
    let channel = channel_of(&channel)?;
    let found = app
        .core(move |store| {
            let rows = store.repository.publications(&channel, page.after, page.rows_max + 1)?;
            let rows: Vec<SnapshotRow> = view(rows);
            Ok(Page::cut(rows, page.list, page.rows_max, |row| row.publication.clone()))
        })
        .await?;
    Ok(listed(&found))
}

/// What is on hold
///
/// Entries that no publish brings live until their hold is released, by key.
#[utoipa::path(
    get,
    path = "/authoring/v1/channels/{channel}/holds",
    operation_id = "channel_holds_list",
    tag = "channels",
    params(
        ("channel" = String, Path, description = "Its name"),
        PageParameters,
    ),
    responses(
        (status = 200, description = "A page", body = Page<HoldRow>),
        (status = 404, description = "No such channel"),
    ),
)]
pub async fn holds(
    State(app): State<App>,
    caller: Caller,
    PathOf(channel): PathOf<String>,
    Paged { page, .. }: Paged<EntryKey>,
) -> Result<Response, Problem> {
    let channel = channel_of(&channel)?;
    let found = app
        .core(move |store| {
            let after = page.after.as_ref();
            let rows = store.repository.holds(&channel, after, page.rows_max + 1)?;
            let page = Page::cut(rows, page.list, page.rows_max, |row| row.key.clone());
            let sight = caller.sight(store);
            let page = page.try_retain(|row| sight.sees_on_main(&row.key))?;
            Ok(page.map(view::<HoldRow>))
        })
        .await?;
    Ok(listed(&found))
}

/// The record of one move of a channel
///
/// Who moved it, why, from which commit, and the report: what was asked for, what was done, and what was held back,
/// with reasons.
#[utoipa::path(
    get,
    path = "/authoring/v1/publications/{publication}",
    operation_id = "publication_get",
    tag = "channels",
    params(("publication" = String, Path, description = "Its id")),
    responses(
        (status = 200, description = "The record", body = PublicationView, headers(("ETag" = String, description = "Its id"))),
        (status = 304, description = "The client has it"),
        (status = 404, description = "No such publication"),
    ),
)]
pub async fn publication(
    State(app): State<App>,
    PathOf(publication): PathOf<String>,
    _: NoQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id: PublicationId = parsed(&publication)?;
    app.core(move |store| {
        let found = store.repository.publication_shown(id)?.ok_or_else(|| {
            Problem::new(Code::PublicationUnknown, format!("there is no publication {id}"))
        })?;
        let found = PublicationView::try_from(found)?;
        Ok(Tagged { tag: id.to_string(), ..Tagged::json(Caching::Revalidated, &found) }
            .answer(&headers))
    })
    .await
}
