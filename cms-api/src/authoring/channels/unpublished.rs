//! `GET /authoring/v1/channels/{channel}/…`: what learners do not get, and when they first got it.

use axum::{extract::State, response::Response};
use cms_core::{
    access::{Right, Subject},
    model::key::{EntryKey, Locale},
    repo::FirstPublishedRequest,
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    app::App,
    authoring::{InState, Pinned, listed, pinned_state},
    edge::{
        access::Caller,
        extract::PathOf,
        needs::seen::no_entry,
        query::{PageParameters, Paged, Query, malformed},
    },
    ground::{names::channel_of, page::Page},
    problem::Problem,
    views::{
        scheduling::{FirstPublished, NotPublicRow},
        view,
    },
};

/// Longest text to look for, in bytes.
const TEXT_SIZE_BYTES_MAX: usize = 1000;

/// What is not public, and why
///
/// Entries and translations that learners do not get as a state has them, ascending by key. On a channel that nothing was
/// published on yet, that is all of them. The cost follows what differs, not what exists.
#[utoipa::path(
    get,
    path = "/authoring/v1/channels/{channel}/not-public",
    operation_id = "channel_not_public_list",
    tag = "channels",
    params(
        ("channel" = String, Path, description = "Its name"),
        InState,
        PageParameters,
    ),
    responses(
        (status = 200, description = "A page", body = Page<NotPublicRow>),
        (status = 404, description = "No such state"),
    ),
)]
pub async fn not_public(
    State(app): State<App>,
    caller: Caller,
    PathOf(channel): PathOf<String>,
    Paged { page, query: InState { at } }: Paged<Pinned<EntryKey>, InState>,
) -> Result<Response, Problem> {
    let channel = channel_of(&channel)?;
    let now_ms = app.now_ms();
    let found = app
        .core(move |store| {
            let (row, pin) = page.after.map(|after| (after.row, after.state)).unzip();
            let (state, pin) = pinned_state(&store.repository, &at, pin.as_deref())?;
            let rows_max = page.rows_max;
            let channel = store.repository.channel(&channel)?;
            let found = channel.not_public(&state, row.as_ref(), rows_max, now_ms)?;
            let last = found.rows.last().filter(|_| found.more);
            let next =
                last.map(|last| page.list.after(Pinned { state: pin, row: last.key.clone() }));
            let rows = caller.sight(store).seen(&state, found.rows, |row| &row.key)?;
            Ok(Page::<NotPublicRow> { rows: view(rows), next })
        })
        .await?;
    Ok(listed(&found))
}

/// The text that is looked for, and where.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FirstPublishedQuery {
    /// The text, as it appears within one value of a delivered document.
    text: String,
    /// Only documents of this locale.
    #[param(value_type = Option<String>)]
    locale: Option<Locale>,
    /// Only this entry's documents.
    #[param(value_type = Option<String>)]
    key: Option<EntryKey>,
}

/// Which publish first showed a text
///
/// Searches what the channel delivered. For a text that many documents show, name the entry or the language.
#[utoipa::path(
    get,
    path = "/authoring/v1/channels/{channel}/first-published",
    operation_id = "channel_first_published",
    tag = "channels",
    params(
        ("channel" = String, Path, description = "Its name"),
        FirstPublishedQuery,
    ),
    responses(
        (status = 200, description = "The publish, and where it shows the text", body = FirstPublished),
        (status = 404, description = "No such channel"),
    ),
)]
pub async fn first_published(
    State(app): State<App>,
    caller: Caller,
    PathOf(channel): PathOf<String>,
    Query(query): Query<FirstPublishedQuery>,
) -> Result<Response, Problem> {
    let channel = channel_of(&channel)?;
    let FirstPublishedQuery { text, locale, key } = query;
    if text.is_empty() || text.len() > TEXT_SIZE_BYTES_MAX {
        let detail = format!("`text` must be 1 to {TEXT_SIZE_BYTES_MAX} bytes");
        return Err(malformed("text", detail));
    }
    let request = FirstPublishedRequest { text, locale, key };
    let found: FirstPublished = app
        .core(move |store| {
            match &request.key {
                Some(key) if !caller.sight(store).sees_on_main(key)? => {
                    return Err(no_entry(key, channel.as_str()));
                }
                Some(_) => {}
                // What is looked for may stand anywhere.
                None => caller.must(Right::Read, &Subject::WHOLE)?,
            }
            let channel = store.repository.channel(&channel)?;
            Ok(view(channel.first_published(&request)?))
        })
        .await?;
    Ok(listed(&found))
}
