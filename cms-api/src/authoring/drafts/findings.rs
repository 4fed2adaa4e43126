//! `…/entries/{kind}/{id}/findings`: what could be better about an entry, and which of these findings need no mending.

pub mod policy;

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use cms_core::{access::Right, model::key::EntryKey, repo::DraftId};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    app::App,
    authoring::{by, drafts::entries::not_there, key_of, listed},
    edge::{
        access::Caller,
        body::JsonBody,
        extract::{PathOf, parsed},
        query::NoQuery,
    },
    ground::page::Page,
    problem::Problem,
    views::{
        findings::{DismissalView, FindingView},
        view,
    },
};

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
/// Whether its questions can be answered, which formulas can't be typeset, and what Perseus's linter recommends, such
/// as alternative texts and headings. A finding refuses no save; the rules about findings say which ones keep an entry
/// from going live. Dismissed findings are listed with the reason.
#[utoipa::path(
    get,
    path = "/authoring/v1/drafts/{draft}/entries/{kind}/{id}/findings",
    operation_id = "draft_entry_findings_list",
    tag = "findings",
    params(
        ("draft" = String, Path, description = "The draft's name"),
        ("kind" = String, Path, description = "The entry's kind"),
        ("id" = String, Path, description = "The entry's id"),
    ),
    responses(
        (status = 200, description = "All of them, in the order of the document", body = Page<FindingView>),
        (status = 404, description = "No such draft, or no such entry in it"),
        (status = 409, description = "`draft-state`: the draft is no longer open; `in-trash`: the entry is in the trash"),
    ),
)]
pub async fn list(
    State(app): State<App>,
    PathOf((draft, kind, id)): PathOf<(String, String, String)>,
    _: NoQuery,
) -> Result<Response, Problem> {
    let (draft, key): (DraftId, EntryKey) = (parsed(&draft)?, key_of(&kind, &id)?);
    let rows: Vec<FindingView> = app
        .core(move |store| {
            let found = store.repository.drafts().findings(&draft, &key)?;
            match found {
                Some(found) => Ok(view(found)),
                None => Err(not_there(store, &draft, &key)?),
            }
        })
        .await?;
    Ok(listed(&Page { rows, next: None }))
}

/// Dismiss a finding with a reason
///
/// It stays dismissed in every draft, until its message changes. When it is dismissed again, the newer reason stands.
/// An entry that no learner can get right (`impossible`) goes live by this only when a reviewer dismisses the finding.
#[utoipa::path(
    put,
    path = "/authoring/v1/entries/{kind}/{id}/dismissals/{finding}",
    operation_id = "finding_dismiss",
    tag = "findings",
    params(
        ("kind" = String, Path, description = "The entry's kind"),
        ("id" = String, Path, description = "The entry's id"),
        ("finding" = String, Path, description = "The finding's id"),
    ),
    request_body = DismissBody,
    responses(
        (status = 200, description = "It is dismissed", body = DismissalView),
        (status = 404, description = "That is not the id of a finding"),
        (status = 409, description = "Somebody else changed it meanwhile"),
        (status = 422, description = "Without a reason, or with one that is too long"),
    ),
)]
pub async fn dismiss(
    State(app): State<App>,
    caller: Caller,
    PathOf((kind, id, finding)): PathOf<(String, String, String)>,
    _: NoQuery,
    JsonBody { value: DismissBody { reason }, .. }: JsonBody<DismissBody>,
) -> Result<Response, Problem> {
    let key = key_of(&kind, &id)?;
    let stamp = by(&app, caller).stamp("");
    let dismissed: DismissalView = app
        .core(move |store| {
            let repository = &store.repository;
            // Only a reviewer of this entry lets it go live with the finding.
            let is_reviewer = repository.may_for_entry(&stamp.holder, Right::Approve, &key)?;
            Ok(view(repository.dismiss_finding(&key, &finding, &reason, is_reviewer, &stamp)?))
        })
        .await?;
    Ok(axum::Json(dismissed).into_response())
}

/// Take a dismissal back
///
/// The finding counts again, for everybody.
#[utoipa::path(
    delete,
    path = "/authoring/v1/entries/{kind}/{id}/dismissals/{finding}",
    operation_id = "finding_raise",
    tag = "findings",
    params(
        ("kind" = String, Path, description = "The entry's kind"),
        ("id" = String, Path, description = "The entry's id"),
        ("finding" = String, Path, description = "The finding's id"),
    ),
    responses(
        (status = 204, description = "The finding counts again"),
        (status = 404, description = "That is not the id of a finding"),
        (status = 409, description = "Somebody else changed it meanwhile"),
    ),
)]
pub async fn raise(
    State(app): State<App>,
    caller: Caller,
    PathOf((kind, id, finding)): PathOf<(String, String, String)>,
    _: NoQuery,
) -> Result<Response, Problem> {
    let key = key_of(&kind, &id)?;
    let stamp = by(&app, caller).stamp("");
    app.core(move |store| Ok(store.repository.raise_finding(&key, &finding, &stamp)?)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
