//! `…/entries/{kind}/{id}/findings`: what could be better about an entry, and what of that needs no mending.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use cms_core::{
    model::key::EntryKey,
    repo::{DraftId, Role},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::by;
use crate::{
    app::App,
    authoring::{key_of, listed, unknown_entry},
    command::view,
    edge::{
        access::Asker,
        body::JsonBody,
        extract::{PathOf, parsed},
        page::Page,
        problem::{Problem, ProblemSchema},
        query::NoQuery,
    },
};

/// Something that could be better.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct FindingView {
    /// What it is dismissed by.
    #[schema(min_length = 32, max_length = 32)]
    id: String,
    /// The item or section that it is of.
    item: String,
    /// Where, as a JSON pointer into the document.
    pointer: String,
    /// The rule, such as `image-alt-text`.
    rule: String,
    /// `error`, `warning` or `guideline`.
    severity: String,
    /// What could be better.
    message: String,
    /// Where in that text, in UTF-16 code units: the first, and past the last.
    span: Option<(u32, u32)>,
    /// Why it needs no mending; null while nobody said so.
    dismissed: Option<DismissalView>,
}

/// Why a finding needs no mending.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct DismissalView {
    /// Who says so.
    author: String,
    /// Why.
    reason: String,
    /// When, in milliseconds since 1970.
    time_ms: u64,
}

/// Why a finding is dismissed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DismissBody {
    /// Why it needs no mending
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// What could be better about an entry
///
/// What Perseus's linter would have otherwise: alternative texts, headings, formulas. It refuses nothing. What was dismissed is
/// told with its reason.
#[utoipa::path(
    get,
    path = "/authoring/v1/drafts/{draft}/entries/{kind}/{id}/findings",
    tag = "authoring",
    security(("token" = [])),
    params(
        ("draft" = String, Path, description = "The draft's name"),
        ("kind" = String, Path, description = "The entry's kind"),
        ("id" = String, Path, description = "The entry's id"),
    ),
    responses(
        (status = 200, description = "All of them, in the order of the document", body = Page<FindingView>),
        (status = 404, description = "No such open draft, or no such entry in it", content_type = "application/problem+json", body = ProblemSchema),
    ),
)]
pub async fn list(
    State(app): State<App>,
    asker: Asker,
    PathOf((draft, kind, id)): PathOf<(String, String, String)>,
    _: NoQuery,
) -> Result<Response, Problem> {
    asker.must_be(Role::Viewer)?;
    let (draft, key): (DraftId, EntryKey) = (parsed(&draft)?, key_of(&kind, &id)?);
    let rows: Vec<FindingView> = app
        .core(move |store| {
            let found = store.repository.findings(&draft, &key)?;
            Ok(view(&found.ok_or_else(|| unknown_entry(&key, &draft.branch()))?))
        })
        .await?;
    Ok(listed(&Page { rows, next: None }))
}

/// Say why a finding needs no mending
///
/// It stays dismissed, in every draft, until it says something else. Said again, the newer reason stands.
#[utoipa::path(
    put,
    path = "/authoring/v1/entries/{kind}/{id}/dismissals/{finding}",
    tag = "authoring",
    security(("token" = [])),
    params(
        ("kind" = String, Path, description = "The entry's kind"),
        ("id" = String, Path, description = "The entry's id"),
        ("finding" = String, Path, description = "The finding's id"),
    ),
    request_body = DismissBody,
    responses(
        (status = 200, description = "It is dismissed", body = DismissalView),
        (status = 404, description = "That is no id of a finding", content_type = "application/problem+json", body = ProblemSchema),
        (status = 409, description = "Somebody else changed it meanwhile", content_type = "application/problem+json", body = ProblemSchema),
        (status = 422, description = "Without a reason", content_type = "application/problem+json", body = ProblemSchema),
    ),
)]
pub async fn dismiss(
    State(app): State<App>,
    asker: Asker,
    PathOf((kind, id, finding)): PathOf<(String, String, String)>,
    _: NoQuery,
    JsonBody { value: DismissBody { reason }, .. }: JsonBody<DismissBody>,
) -> Result<Response, Problem> {
    asker.must_be(Role::Author)?;
    let key = key_of(&kind, &id)?;
    let stamp = by(&app, asker).stamp("");
    let dismissed: DismissalView = app
        .core(move |store| {
            Ok(view(&store.repository.dismiss_finding(&key, &finding, &reason, &stamp)?))
        })
        .await?;
    Ok(axum::Json(dismissed).into_response())
}

/// Take a dismissal back
#[utoipa::path(
    delete,
    path = "/authoring/v1/entries/{kind}/{id}/dismissals/{finding}",
    tag = "authoring",
    security(("token" = [])),
    params(
        ("kind" = String, Path, description = "The entry's kind"),
        ("id" = String, Path, description = "The entry's id"),
        ("finding" = String, Path, description = "The finding's id"),
    ),
    responses(
        (status = 204, description = "It is told again"),
        (status = 404, description = "That is no id of a finding", content_type = "application/problem+json", body = ProblemSchema),
        (status = 409, description = "Somebody else changed it meanwhile", content_type = "application/problem+json", body = ProblemSchema),
    ),
)]
pub async fn raise(
    State(app): State<App>,
    asker: Asker,
    PathOf((kind, id, finding)): PathOf<(String, String, String)>,
    _: NoQuery,
) -> Result<Response, Problem> {
    asker.must_be(Role::Author)?;
    let key = key_of(&kind, &id)?;
    let stamp = by(&app, asker).stamp("");
    app.core(move |store| Ok(store.repository.raise_finding(&key, &finding, &stamp)?)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
