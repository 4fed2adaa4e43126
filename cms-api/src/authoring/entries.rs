//! `GET /authoring/v1/entries`: which entries a state has.

use axum::{extract::State, response::Response};
use cms_core::{
    model::key::{EntryKey, Kind},
    repo::{ListRequest, Role},
};

use super::{Pinned, at, listed, pinned_state};
use crate::{
    app::App,
    edge::{access::Caller, query::Parameters},
    ground::page::Page,
    problem::{Code, Problem},
    views::{content::ListedEntry, view},
};

const KNOWN: &[&str] = &["at", "cursor", "id_prefix", "kind", "limit", "title", "trash"];
/// Longest text to look for in titles, in bytes.
const TITLE_SIZE_BYTES_MAX: usize = 200;

/// Entries of a state
///
/// Ascending by key; each row names the translations of its entry. A page searches at most 2,000 titles, so with
/// `title` it may be short or empty and still have a `next`. All pages show the state that the first one found.
#[utoipa::path(
    get,
    path = "/authoring/v1/entries",
    operation_id = "entries_list",
    tag = "entries",
    params(
        ("at" = Option<String>, Query, description = "The state: `main` when left out"),
        ("kind" = Option<String>, Query, description = "Only this kind"),
        ("id_prefix" = Option<String>, Query, description = "Only ids that begin with this; needs `kind`"),
        ("title" = Option<String>, Query, description = "Only titles that have this text, whatever its case"),
        ("trash" = Option<bool>, Query, description = "`true`: list what is in the trash instead"),
        ("cursor" = Option<String>, Query, description = "`next` of the previous page"),
        ("limit" = Option<u32>, Query, description = "Rows of the page, 1 to 500; 100 when left out"),
    ),
    responses(
        (status = 200, description = "A page", body = Page<ListedEntry>),
        (status = 404, description = "No such state"),
    ),
)]
pub async fn handler(
    State(app): State<App>,
    caller: Caller,
    mut parameters: Parameters,
) -> Result<Response, Problem> {
    caller.must_be(Role::Viewer)?;
    let at = at(&mut parameters)?;
    let page = parameters.page::<Pinned<EntryKey>>()?;
    let mut request = ListRequest {
        kind: parameters.one::<Kind>("kind")?,
        id_prefix: parameters.one::<String>("id_prefix")?.unwrap_or_default(),
        title: parameters.one::<String>("title")?.filter(|title| !title.is_empty()),
        trash: parameters.one::<bool>("trash")?.unwrap_or_default(),
        after: None,
        rows_max: page.rows_max,
    };
    parameters.finish(KNOWN)?;
    check(&request)?;
    let found = app
        .core(move |store| {
            let (row, pin) = page.after.map(|after| (after.row, after.state)).unzip();
            let (state, pin) = pinned_state(&store.repository, &at, pin.as_deref())?;
            request.after = row;
            let found = store.repository.list(&state, &request)?;
            let next = found.next.map(|row| page.list.after(Pinned { state: pin, row }));
            Ok(Page::<ListedEntry> { rows: view(found.rows), next })
        })
        .await?;
    Ok(listed(&found))
}

fn check(request: &ListRequest) -> Result<(), Problem> {
    let malformed = |name: &str, detail: &str| {
        Err(Problem::new(Code::ParameterMalformed, format!("`{name}` {detail}"))
            .with("parameter", name))
    };
    if !request.id_prefix.is_empty() && request.kind.is_none() {
        return malformed("id_prefix", "goes with `kind`");
    }
    // A separator in it would reach into another part of the key.
    let is_id = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
    if !request.id_prefix.bytes().all(is_id) {
        return malformed(
            "id_prefix",
            "is not the beginning of an id: a-z, 0-9, `-` and `_` are expected",
        );
    }
    if request.title.as_ref().is_some_and(|title| title.len() > TITLE_SIZE_BYTES_MAX) {
        return malformed("title", "is longer than 200 bytes");
    }
    Ok(())
}
