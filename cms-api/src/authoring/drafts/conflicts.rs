//! `…/drafts/{draft}/conflicts`: what a merge could not join, place by place, and settling it.

use axum::{extract::State, response::Response};
use cms_core::{
    document::Choice,
    model::key::EntryKey,
    repo::{DraftId, Settling},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::steps::committed_view;
use crate::{
    app::App,
    authoring::{by, listed},
    edge::{
        access::Caller,
        body::JsonBody,
        extract::{PathOf, parsed},
        query::NoQuery,
    },
    ground::form::KeyText,
    problem::{Code, Problem},
    views::{
        drafts::{CommittedView, DraftConflictsView},
        view,
    },
};

/// How to settle one conflict: a place of an entry, or an entry that both sides moved.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettleBody {
    /// The entry in conflict; needs `pointer`.
    #[serde(default)]
    #[schema(value_type = Option<KeyText>)]
    key: Option<EntryKey>,
    /// The conflict's pointer; empty for the whole document.
    #[serde(default)]
    pointer: Option<String>,
    /// The name of a conflict around entries; used without `key`.
    #[serde(default)]
    conflict: Option<String>,
    /// What the place becomes.
    choice: ChoiceWord,
    /// The value, when `choice` is `value`.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    value: Option<serde_json::Value>,
}

/// What a conflict becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum ChoiceWord {
    /// What both sides had before.
    Base,
    /// What the draft has.
    Ours,
    /// What `main` has.
    Theirs,
    /// Both, one after the other.
    Both,
    /// Another value.
    Value,
}

impl SettleBody {
    fn settling(self) -> Result<Settling, Problem> {
        let refused = |detail: &str, pointer: &str| {
            Problem::new(Code::ChoiceRefused, detail).with("pointer", pointer)
        };
        let choice = match (self.choice, self.value) {
            (ChoiceWord::Value, Some(value)) => Choice::Value(value),
            (ChoiceWord::Value, None) => return Err(refused("`value` is needed", "/value")),
            (_, Some(_)) => return Err(refused("only `value` takes a value", "/value")),
            (ChoiceWord::Base, None) => Choice::Base,
            (ChoiceWord::Ours, None) => Choice::Ours,
            (ChoiceWord::Theirs, None) => Choice::Theirs,
            (ChoiceWord::Both, None) => Choice::Both,
        };
        match (self.key, self.pointer, self.conflict) {
            (Some(key), pointer, None) => {
                Ok(Settling::Place { key, pointer: pointer.unwrap_or_default(), choice })
            }
            (None, None, Some(id)) => Ok(Settling::Moved { id, choice }),
            _ => Err(refused("`key` with `pointer`, or `conflict`, is expected", "")),
        }
    }
}

/// Conflicts of a draft
///
/// Entries in conflict, with the base, ours and theirs of each place; and what does not fit together around entries.
#[utoipa::path(
    get,
    path = "/authoring/v1/drafts/{draft}/conflicts",
    operation_id = "draft_conflicts_get",
    tag = "drafts",
    params(("draft" = String, Path, description = "The draft's name")),
    responses(
        (status = 200, description = "The conflicts", body = DraftConflictsView),
        (status = 404, description = "No such draft"),
        (status = 409, description = "`draft-state`: the draft is no longer open"),
    ),
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    PathOf(draft): PathOf<String>,
    _: NoQuery,
) -> Result<Response, Problem> {
    let draft: DraftId = parsed(&draft)?;
    let found: DraftConflictsView = app
        .core(move |store| {
            let found = store.repository.drafts().conflicts(&draft)?;
            Ok(view(caller.sight(store).draft_conflicts(&draft, found)?))
        })
        .await?;
    Ok(listed(&found))
}

/// Settle a conflict
///
/// One place at a time, each as a commit of the draft; the entry's working copy is committed too, under its writer's
/// name. `conflicted` in the answer names what is still in conflict. Settling the same place again is refused with 409,
/// because it is no longer in conflict.
#[utoipa::path(
    post,
    path = "/authoring/v1/drafts/{draft}/resolve",
    operation_id = "draft_resolve",
    tag = "drafts",
    params(("draft" = String, Path, description = "The draft's name")),
    request_body(content = SettleBody),
    responses(
        (status = 200, description = "Settled", body = CommittedView),
        (status = 404, description = "No such draft"),
        (status = 409, description = "`draft-state`: the draft is no longer open. There is no such conflict"),
        (status = 422, description = "The choice does not fit the conflict"),
    ),
)]
pub async fn resolve(
    State(app): State<App>,
    caller: Caller,
    PathOf(draft): PathOf<String>,
    _: NoQuery,
    JsonBody { value: body, .. }: JsonBody<SettleBody>,
) -> Result<Response, Problem> {
    let draft: DraftId = parsed(&draft)?;
    let settling = body.settling()?;
    let by = by(&app, caller);
    let settled = app
        .core(move |store| {
            if let Settling::Place { key, .. } = &settling {
                by.must_see(store, &draft, [key])?;
            }
            let done = store.repository.drafts().settle(&draft, &settling, &by.stamp(""))?;
            committed_view(store, &by, &draft, done.commit, done.changed_count as u64)
        })
        .await?;
    Ok(listed(&settled))
}
