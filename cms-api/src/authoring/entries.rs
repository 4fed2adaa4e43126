//! `GET /authoring/v1/entries`: which entries a state has.

use axum::{extract::State, response::Response};
use cms_core::{
    model::key::{EntryKey, Kind},
    repo::ListRequest,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Pinned, listed, main, pinned_state};
use crate::{
    app::App,
    edge::{
        access::Caller,
        query::{PageParameters, Paged, malformed, parsed},
    },
    ground::page::Page,
    problem::Problem,
    views::{content::ListedEntry, view},
};

/// Longest text to look for in titles, in bytes.
const TITLE_SIZE_BYTES_MAX: usize = 200;

/// Which entries of which state.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EntriesQuery {
    /// The state: `main` when left out.
    #[serde(default = "main")]
    at: String,
    /// Only this kind.
    #[param(value_type = Option<String>)]
    kind: Option<Kind>,
    /// Only ids that begin with this; needs `kind`.
    #[serde(default)]
    id_prefix: String,
    /// Only titles that have this text, whatever its case.
    title: Option<String>,
    /// `true`: list what is in the trash instead.
    #[serde(default, deserialize_with = "parsed")]
    trash: Option<bool>,
}

/// Entries of a state
///
/// Ascending by key; each row names the translations of its entry. A page searches at most 2,000 titles, so with
/// `title` it may be short or empty and still have a `next`. All pages show the state that the first one found.
#[utoipa::path(
    get,
    path = "/authoring/v1/entries",
    operation_id = "entries_list",
    tag = "entries",
    params(EntriesQuery, PageParameters),
    responses(
        (status = 200, description = "A page", body = Page<ListedEntry>),
        (status = 404, description = "No such state"),
    ),
)]
pub async fn handler(
    State(app): State<App>,
    caller: Caller,
    Paged { page, query }: Paged<Pinned<EntryKey>, EntriesQuery>,
) -> Result<Response, Problem> {
    let EntriesQuery { at, kind, id_prefix, title, trash } = query;
    let mut request = ListRequest {
        kind,
        id_prefix,
        title: title.filter(|title| !title.is_empty()),
        trash: trash.unwrap_or_default(),
        after: None,
        rows_max: page.rows_max,
    };
    check(&request)?;
    let found = app
        .core(move |store| {
            let (row, pin) = page.after.map(|after| (after.row, after.state)).unzip();
            let (state, pin) = pinned_state(&store.repository, &at, pin.as_deref())?;
            request.after = row;
            let found = caller.sight(store).at(&at)?.list(&state, &request)?;
            let next = found.next.map(|row| page.list.after(Pinned { state: pin, row }));
            Ok(Page::<ListedEntry> { rows: view(found.rows), next })
        })
        .await?;
    Ok(listed(&found))
}

fn check(request: &ListRequest) -> Result<(), Problem> {
    let refused = |name: &str, detail: &str| Err(malformed(name, format!("`{name}` {detail}")));
    if !request.id_prefix.is_empty() && request.kind.is_none() {
        return refused("id_prefix", "goes with `kind`");
    }
    // A separator in it would reach into another part of the key.
    let is_id = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
    if !request.id_prefix.bytes().all(is_id) {
        return refused(
            "id_prefix",
            "is not the beginning of an id: a-z, 0-9, `-` and `_` are expected",
        );
    }
    if request.title.as_ref().is_some_and(|title| title.len() > TITLE_SIZE_BYTES_MAX) {
        return refused("title", "is longer than 200 bytes");
    }
    Ok(())
}
