//! `GET /authoring/v1/diff`: what differs between any two states.

use std::{fmt, str::FromStr};

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::Response,
};
use cms_core::model::key::EntryKey;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{key_of, listed, pinned_state, unknown_entry};
use crate::{
    app::App,
    edge::{
        access::Caller,
        extract::PathOf,
        query::{PageParameters, Paged, Query, parsed},
    },
    ground::page::Page,
    problem::Problem,
    views::{
        content::{DifferenceRow, EntryDifference},
        view,
        words::content::PatchVerb,
    },
};

/// Two states as the first page found them, and a row.
pub struct Between {
    from: String,
    to: String,
    row: EntryKey,
}

impl FromStr for Between {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split(' ');
        let mut next = || parts.next().ok_or(());
        let (from, to, row) = (next()?.to_owned(), next()?.to_owned(), next()?);
        Ok(Self { from, to, row: row.parse().map_err(|_| ())? })
    }
}

impl fmt::Display for Between {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.from, self.to, self.row)
    }
}

/// The form in which an entry's difference is returned.
#[derive(Debug, Clone, Copy, ToSchema)]
#[schema(rename_all = "kebab-case")]
pub enum DifferenceForm {
    /// Changes with their places, for people.
    Changes,
    /// A JSON Patch (RFC 6902), for programs.
    JsonPatch,
}

impl FromStr for DifferenceForm {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "changes" => Ok(Self::Changes),
            "json-patch" => Ok(Self::JsonPatch),
            _ => Err("`changes` or `json-patch` is expected"),
        }
    }
}

/// One operation of a JSON Patch (RFC 6902), as the core writes it.
#[derive(Serialize, ToSchema)]
struct PatchOperation {
    /// What the operation does.
    op: PatchVerb,
    /// The place, as a JSON pointer.
    path: String,
    /// For a move or copy, the place that it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// The value that is put there.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<serde_json::Value>,
}

/// The two states.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DiffQuery {
    /// The state before: `production`, `main~3`, `production@7`, an id.
    from: String,
    /// The state after.
    to: String,
}

/// What differs between two states
///
/// Entries and translations whose documents differ, ascending by key; equal documents are no difference, whatever their
/// history. The cost follows what differs, not what exists.
#[utoipa::path(
    get,
    path = "/authoring/v1/diff",
    operation_id = "diff_list",
    tag = "commits",
    params(DiffQuery, PageParameters),
    responses(
        (status = 200, description = "A page", body = Page<DifferenceRow>),
        (status = 404, description = "No such state"),
    ),
)]
pub async fn handler(
    State(app): State<App>,
    caller: Caller,
    Paged { page, query: DiffQuery { from, to } }: Paged<Between, DiffQuery>,
) -> Result<Response, Problem> {
    let found = app
        .core(move |store| {
            let repository = &store.repository;
            let pin = page.after.as_ref();
            let sight = caller.sight(store).at(&from)?.at(&to)?;
            let (before, from) =
                pinned_state(repository, &from, pin.map(|after| after.from.as_str()))?;
            let (after, to) = pinned_state(repository, &to, pin.map(|after| after.to.as_str()))?;
            let row = pin.map(|after| &after.row);
            let found = repository.differences(&before, &after, row, page.rows_max)?;
            let last = found.rows.last().filter(|_| found.more);
            let next =
                last.map(|last| page.list.after(Between { from, to, row: last.key.clone() }));
            let rows = sight.differences([&before, &after], found.rows)?;
            Ok(Page::<DifferenceRow> { rows: view(rows), next })
        })
        .await?;
    Ok(listed(&found))
}

/// The two versions, and how their difference is told.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EntryDiffQuery {
    /// The version before: a revision from the history, a draft, or a state such as `main~3`, `production@7`, a commit.
    from: String,
    /// The version after.
    to: String,
    /// `changes` when left out; `json-patch` for RFC 6902, which leads from the first document to the second.
    #[serde(default, rename = "as", deserialize_with = "parsed")]
    form: Option<DifferenceForm>,
}

/// What changed within one entry
///
/// Between any two versions: by field, by element, and in prose by word, as the entry's kind says.
#[utoipa::path(
    get,
    path = "/authoring/v1/entries/{kind}/{id}/diff",
    operation_id = "entry_diff_get",
    tag = "entries",
    params(
        ("kind" = String, Path, description = "The entry's kind"),
        ("id" = String, Path, description = "The entry's id, with `@` and a locale for a translation"),
        EntryDiffQuery,
    ),
    responses(
        (status = 200, description = "The changes", content((EntryDifference = "application/json"), (Vec<PatchOperation> = "application/json-patch+json"))),
        (status = 404, description = "No such state, or neither has the entry"),
    ),
)]
pub async fn entry(
    State(app): State<App>,
    PathOf((kind, id)): PathOf<(String, String)>,
    Query(EntryDiffQuery { from, to, form }): Query<EntryDiffQuery>,
) -> Result<Response, Problem> {
    let key = key_of(&kind, &id)?;
    app.core(move |store| {
        let repository = &store.repository;
        let before = repository.version_of(&key, &from)?;
        let after = repository.version_of(&key, &to)?;
        let unknown = || unknown_entry(&key, &to);
        match form.unwrap_or(DifferenceForm::Changes) {
            DifferenceForm::Changes => {
                let found = repository.entry_difference(&before, &after, &key)?;
                Ok(listed(&view::<EntryDifference>(found.ok_or_else(unknown)?)))
            }
            DifferenceForm::JsonPatch => {
                let found = repository.entry_patch(&before, &after, &key)?;
                let mut response = listed(&found.ok_or_else(unknown)?);
                let media_type = HeaderValue::from_static("application/json-patch+json");
                response.headers_mut().insert(header::CONTENT_TYPE, media_type);
                Ok(response)
            }
        }
    })
    .await
}
