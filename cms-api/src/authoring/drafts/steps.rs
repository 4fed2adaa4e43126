//! `POST …/drafts/{draft}/…`: commit, bring up to date, merge, take back, restore.

use axum::{extract::State, response::Response};
use cms_core::{
    model::{
        id::{CommitId, RevisionId},
        key::EntryKey,
    },
    repo::{DraftError, DraftId, Merged, State as CoreState},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    app::App,
    edge::{
        access::Caller,
        body::JsonBody,
        extract::{PathOf, parsed},
        idempotency::{Attempt, Made, Repeatable, once},
        query::NoQuery,
    },
    ground::{
        authorship::Authorship,
        form::{IdText, KeyText, Message},
    },
    problem::{Code, Problem},
    store::Store,
    views::{
        drafts::{CommittedView, MergedView},
        view,
    },
};

/// Which working copies to commit.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommitDraftBody {
    /// Only these entries; all when left out.
    #[serde(default)]
    #[schema(value_type = Option<Vec<KeyText>>)]
    only: Option<Vec<EntryKey>>,
    /// Why, in the writer's words.
    #[serde(default)]
    message: Message,
}

/// A reason for a step.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepBody {
    /// Why, in the writer's words.
    #[serde(default)]
    message: Message,
}

/// The commit to take back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevertCommitBody {
    /// The commit. If it is a merge, what the other line brought is taken back.
    #[schema(value_type = IdText)]
    commit: CommitId,
    /// Why, in the writer's words.
    #[serde(default)]
    message: Message,
}

/// The version to restore.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RestoreBody {
    /// The entry or translation.
    #[schema(value_type = KeyText)]
    key: EntryKey,
    /// One of its revisions.
    #[schema(value_type = IdText)]
    revision: RevisionId,
    /// Why, in the writer's words.
    #[serde(default)]
    message: Message,
}

/// A commit that the verb made, or that an earlier try of it made.
pub(super) fn committed(
    store: &Store,
    attempt: &Attempt,
    draft: &DraftId,
    work: impl FnOnce() -> Result<CommitId, Problem>,
) -> Result<Made, Problem> {
    let id = match attempt.id_before::<CommitId>("commit")? {
        Some(id) => id,
        None => work()?,
    };
    let missing = || Problem::internal(format!("commit {id} is missing"));
    let row = store.repository.history().commit_shown(id)?.ok_or_else(missing)?;
    let view = committed_view(store, &attempt.by, draft, id, row.changes_count)?;
    Ok(Made::at(format!("/authoring/v1/commits/{id}"), &view).tagged(id))
}

/// A commit of a draft, with what it leaves in conflict.
pub(super) fn committed_view(
    store: &Store,
    by: &Authorship,
    draft: &DraftId,
    commit: CommitId,
    changed_count: u64,
) -> Result<CommittedView, Problem> {
    let conflicted = match store.repository.drafts().conflicted(draft) {
        Ok(keys) => {
            let sight = by.sight(store).at(&draft.branch().to_string())?;
            sight.seen(&CoreState::Commit(commit), keys, |key| key)?
        }
        // The draft was merged or discarded since.
        Err(DraftError::WrongState { .. }) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let conflicted = conflicted.iter().map(ToString::to_string).collect();
    Ok(CommittedView { commit: commit.to_string(), changed_count, conflicted })
}

fn merged(
    store: &Store,
    by: &Authorship,
    draft: &DraftId,
    merged: Merged,
) -> Result<Made, Problem> {
    let commit = merged.commit;
    let view: MergedView = view(&by.sight(store).merged(draft, merged)?);
    Ok(Made::at(format!("/authoring/v1/commits/{commit}"), &view).tagged(commit))
}

/// What an earlier try merged, as far as its record says.
fn merged_before(
    store: &Store,
    attempt: &Attempt,
    draft: &DraftId,
) -> Result<Option<Made>, Problem> {
    let Some(commit) = attempt.id_before::<CommitId>("commit")? else { return Ok(None) };
    let missing = || Problem::internal(format!("commit {commit} is missing"));
    let row = store.repository.history().commit_shown(commit)?.ok_or_else(missing)?;
    let before = Merged {
        commit,
        changed_count: row.changes_count,
        conflicted: Vec::new(),
        conflicts: Vec::new(),
        computed_count: 0,
    };
    merged(store, &attempt.by, draft, before).map(Some)
}

/// Commit a draft
///
/// Its working copies, all or chosen ones, become revisions on its branch. They may be invalid, but they must be
/// documents of a kind.
#[utoipa::path(
    post,
    path = "/authoring/v1/drafts/{draft}/commit",
    operation_id = "draft_commit",
    tag = "drafts",
    params(
        ("draft" = String, Path, description = "The draft's name"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, the same request is done once"),
    ),
    request_body(content = CommitDraftBody),
    responses(
        (status = 201, description = "The commit", body = CommittedView, headers(("Location" = String, description = "Where it is"))),
        (status = 404, description = "No such draft"),
        (status = 409, description = "`draft-state`: the draft is no longer open. There is nothing to commit"),
        (status = 422, description = "Refused; `refusals` says why"),
    ),
)]
pub async fn commit(
    State(app): State<App>,
    caller: Caller,
    PathOf(draft): PathOf<String>,
    _: NoQuery,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<CommitDraftBody>,
) -> Result<Response, Problem> {
    let draft: DraftId = parsed(&draft)?;
    once(&app, &caller, repeatable, hash, move |store, attempt| {
        committed(store, &attempt, &draft, || {
            let stamp = attempt.by.stamp(&body.message);
            Ok(store.repository.drafts().commit(&draft, body.only.as_deref(), &stamp)?.commit)
        })
    })
    .await
}

/// Bring a draft up to date
///
/// Merges in what `main` has gained since. What can't be joined becomes a conflict in the draft, to be settled there.
#[utoipa::path(
    post,
    path = "/authoring/v1/drafts/{draft}/rebase",
    operation_id = "draft_rebase",
    tag = "drafts",
    params(
        ("draft" = String, Path, description = "The draft's name"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, the same request is done once"),
    ),
    request_body(content = StepBody),
    responses(
        (status = 201, description = "Merged; `conflicted` and `conflicts` are to be settled", body = MergedView, headers(("Location" = String, description = "The commit"))),
        (status = 404, description = "No such draft"),
        (status = 409, description = "`draft-state`: the draft is no longer open. There is nothing to merge, or conflicts of an earlier merge are only partly settled"),
        (status = 422, description = "Refused; `refusals` says why"),
    ),
)]
pub async fn rebase(
    State(app): State<App>,
    caller: Caller,
    PathOf(draft): PathOf<String>,
    _: NoQuery,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<StepBody>,
) -> Result<Response, Problem> {
    let draft: DraftId = parsed(&draft)?;
    once(&app, &caller, repeatable, hash, move |store, attempt| {
        if let Some(made) = merged_before(store, &attempt, &draft)? {
            return Ok(made);
        }
        let done = store.repository.drafts().rebase(&draft, &attempt.by.stamp(&body.message))?;
        merged(store, &attempt.by, &draft, done)
    })
    .await
}

/// Merge a draft
///
/// Into `main`, and close it; if more was typed during the merge, the draft stays open with that. If the two can't be
/// joined, `main` stays as it is: bring the draft up to date, settle the conflicts, and merge again.
#[utoipa::path(
    post,
    path = "/authoring/v1/drafts/{draft}/merge",
    operation_id = "draft_merge",
    tag = "drafts",
    params(
        ("draft" = String, Path, description = "The draft's name"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, the same request is done once"),
    ),
    request_body(content = StepBody),
    responses(
        (status = 201, description = "Merged", body = MergedView, headers(("Location" = String, description = "The commit"))),
        (status = 404, description = "No such draft"),
        (status = 409, description = "`draft-state`: the draft is no longer open. Conflicts, or nothing to merge"),
        (status = 422, description = "Entries are not as they must be; `refusals` says why"),
    ),
)]
pub async fn merge(
    State(app): State<App>,
    caller: Caller,
    PathOf(draft): PathOf<String>,
    _: NoQuery,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<StepBody>,
) -> Result<Response, Problem> {
    let draft: DraftId = parsed(&draft)?;
    once(&app, &caller, repeatable, hash, move |store, attempt| {
        if let Some(made) = merged_before(store, &attempt, &draft)? {
            return Ok(made);
        }
        let done = store.repository.drafts().merge(&draft, &attempt.by.stamp(&body.message))?;
        merged(store, &attempt.by, &draft, done)
    })
    .await
}

/// Take a commit back
///
/// Takes back in the draft what one commit changed, and nothing that came after it; where later changes are in the way,
/// there is a conflict in the draft. Working copies of those entries are committed too, under their writers' names.
#[utoipa::path(
    post,
    path = "/authoring/v1/drafts/{draft}/revert",
    operation_id = "draft_revert",
    tag = "drafts",
    params(
        ("draft" = String, Path, description = "The draft's name"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, the same request is done once"),
    ),
    request_body(content = RevertCommitBody),
    responses(
        (status = 201, description = "Taken back; `conflicted` and `conflicts` are to be settled", body = MergedView, headers(("Location" = String, description = "The commit"))),
        (status = 404, description = "No such draft or commit"),
        (status = 409, description = "`draft-state`: the draft is no longer open. There is nothing to take back"),
        (status = 422, description = "Refused; `refusals` says why"),
    ),
)]
pub async fn revert(
    State(app): State<App>,
    caller: Caller,
    PathOf(draft): PathOf<String>,
    _: NoQuery,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<RevertCommitBody>,
) -> Result<Response, Problem> {
    let draft: DraftId = parsed(&draft)?;
    let commit = body.commit;
    once(&app, &caller, repeatable, hash, move |store, attempt| {
        if let Some(made) = merged_before(store, &attempt, &draft)? {
            return Ok(made);
        }
        let shown = store.repository.history().commit_shown(commit)?;
        let seen = shown.map(|row| attempt.by.sight(store).commit(row)).transpose()?.flatten();
        if seen.is_none() {
            return Err(Problem::new(Code::CommitUnknown, format!("there is no commit {commit}")));
        }
        let stamp = attempt.by.stamp(&body.message);
        let done = store.repository.drafts().revert(&draft, commit, &stamp)?;
        merged(store, &attempt.by, &draft, done)
    })
    .await
}

/// Restore a version
///
/// An old revision of an entry becomes what the draft has; a deleted entry comes back. The entry's working copy is
/// committed too, under its writer's name, so that the restored version is shown.
#[utoipa::path(
    post,
    path = "/authoring/v1/drafts/{draft}/restore",
    operation_id = "draft_restore",
    tag = "drafts",
    params(
        ("draft" = String, Path, description = "The draft's name"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, the same request is done once"),
    ),
    request_body(content = RestoreBody),
    responses(
        (status = 201, description = "Restored", body = CommittedView, headers(("Location" = String, description = "The commit"))),
        (status = 404, description = "No such draft, or the entry has no such revision"),
        (status = 409, description = "`draft-state`: the draft is no longer open; `in-conflict`: the entry has a conflict to settle first"),
        (status = 422, description = "Refused; `refusals` says why"),
    ),
)]
pub async fn restore(
    State(app): State<App>,
    caller: Caller,
    PathOf(draft): PathOf<String>,
    _: NoQuery,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<RestoreBody>,
) -> Result<Response, Problem> {
    let draft: DraftId = parsed(&draft)?;
    once(&app, &caller, repeatable, hash, move |store, attempt| {
        committed(store, &attempt, &draft, || {
            attempt.by.must_see(store, &draft, [&body.key])?;
            let stamp = attempt.by.stamp(&body.message);
            Ok(store.repository.drafts().restore(&draft, &body.key, body.revision, &stamp)?.commit)
        })
    })
    .await
}
