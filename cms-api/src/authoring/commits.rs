//! `…/commits`: the history of a branch, one commit with its changes, and committing to a branch without a draft, which
//! only operators may do.

use std::{fmt, str::FromStr};

use axum::{extract::State, http::HeaderMap, response::Response};
use cms_core::{
    model::{
        document::Document,
        id::{CommitId, ObjectIdError},
        key::EntryKey,
        name::{Branch, Holds},
    },
    repo::{self, Action, Change, CommitRequest, EntryState, LogFrom, State as CoreState},
};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{InState, Pinned, listed, main, pinned_state};
use crate::{
    app::App,
    edge::{
        access::Caller,
        body::JsonBody,
        cache::Tagged,
        extract::{PathOf, parsed},
        idempotency::{Made, Repeatable, once},
        precondition::IfMatch,
        query::{NoQuery, PageParameters, Paged},
    },
    ground::{
        form::{KeyText, Message, bounded},
        names::unknown_branch,
        page::Page,
    },
    problem::{Code, Problem, caching::Caching},
    store::Store,
    views::{
        content::{CommitRow, DifferenceRow},
        view,
    },
};

/// Most lines of a history that a cursor carries. When more lines run in parallel, the next page walks from the newest
/// commit again.
const LINES_MAX: usize = 100;

/// Where a page of a log ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// The commits that come next.
    Before(Vec<CommitId>),
    /// The commit that the page ended with.
    After(CommitId),
}

impl FromStr for Ended {
    type Err = ObjectIdError;

    fn from_str(text: &str) -> Result<Self, ObjectIdError> {
        match text.strip_prefix('>') {
            Some(id) => id.parse().map(Self::After),
            None => text.split(',').map(str::parse).collect::<Result<_, _>>().map(Self::Before),
        }
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::After(id) => write!(f, ">{id}"),
            Self::Before(ids) => {
                let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
                f.write_str(&ids.join(","))
            }
        }
    }
}

/// The commits that led to a state
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/authoring/v1/commits",
    operation_id = "commits_list",
    tag = "commits",
    params(InState, PageParameters),
    responses(
        (status = 200, description = "A page", body = Page<CommitRow>),
        (status = 404, description = "No such state"),
    ),
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Paged { page, query: InState { at } }: Paged<Pinned<Ended>, InState>,
) -> Result<Response, Problem> {
    let found = app
        .core(move |store| {
            let (ended, pin) = page.after.map(|after| (after.row, after.state)).unzip();
            let (state, pin) = pinned_state(&store.repository, &at, pin.as_deref())?;
            let (rows, next) = log(store, state, ended, page.rows_max)?;
            let rows = view(caller.sight(store).commits(rows)?);
            let next = next.map(|row| page.list.after(Pinned { state: pin, row }));
            Ok(Page::<CommitRow> { rows, next })
        })
        .await?;
    Ok(listed(&found))
}

fn log(
    store: &Store,
    state: CoreState,
    ended: Option<Ended>,
    rows_max: usize,
) -> Result<(Vec<repo::CommitRow>, Option<Ended>), Problem> {
    let from = match ended {
        Some(Ended::After(commit)) => {
            let rows = store.repository.history().log(&state, rows_max + 1, Some(commit))?;
            let more = rows.len() > rows_max;
            let last = rows.iter().take(rows_max).next_back().map(|row| Ended::After(row.commit));
            return Ok((rows[..rows.len().min(rows_max)].to_vec(), last.filter(|_| more)));
        }
        Some(Ended::Before(lines)) => LogFrom::Lines(lines),
        None => LogFrom::State(state),
    };
    let (rows, next) = store.repository.history().log_page(&from, rows_max)?;
    let next = next.and_then(|next| match next {
        LogFrom::Lines(lines) if lines.len() <= LINES_MAX => Some(Ended::Before(lines)),
        LogFrom::Lines(_) | LogFrom::State(_) => rows.last().map(|row| Ended::After(row.commit)),
    });
    Ok((rows, next))
}

fn unknown(id: CommitId) -> Problem {
    Problem::new(Code::CommitUnknown, format!("there is no commit {id}"))
}

/// One commit
///
/// Who made it, when, why, and from which commits.
#[utoipa::path(
    get,
    path = "/authoring/v1/commits/{commit}",
    operation_id = "commit_get",
    tag = "commits",
    params(("commit" = String, Path, description = "Its id")),
    responses(
        (status = 200, description = "Who made it, when and why", body = CommitRow, headers(("ETag" = String, description = "Its id"))),
        (status = 304, description = "The client has it"),
        (status = 404, description = "No such commit"),
    ),
)]
pub async fn one(
    State(app): State<App>,
    caller: Caller,
    PathOf(commit): PathOf<String>,
    _: NoQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id: CommitId = parsed(&commit)?;
    app.core(move |store| {
        let found = store.repository.history().commit_shown(id)?;
        let found = found.map(|row| caller.sight(store).commit(row)).transpose()?.flatten();
        let found: CommitRow = view(found.ok_or_else(|| unknown(id))?);
        Ok(Tagged { tag: id.to_string(), ..Tagged::json(Caching::Revalidated, &found) }
            .answer(&headers))
    })
    .await
}

/// What a commit changed
///
/// The differences from its first parent, ascending by key.
#[utoipa::path(
    get,
    path = "/authoring/v1/commits/{commit}/changes",
    operation_id = "commit_changes_list",
    tag = "commits",
    params(
        ("commit" = String, Path, description = "Its id"),
        PageParameters,
    ),
    responses(
        (status = 200, description = "A page; empty for the first commit of all", body = Page<DifferenceRow>),
        (status = 404, description = "No such commit"),
    ),
)]
pub async fn changes(
    State(app): State<App>,
    caller: Caller,
    PathOf(commit): PathOf<String>,
    Paged { page, .. }: Paged<EntryKey>,
) -> Result<Response, Problem> {
    let id: CommitId = parsed(&commit)?;
    let found = app
        .core(move |store| {
            let shown = store.repository.history().commit_shown(id)?.ok_or_else(|| unknown(id))?;
            let Some(parent) = shown.parents.first() else { return Ok(Page::default()) };
            let (before, after) = (CoreState::Commit(*parent), CoreState::Commit(id));
            let row = page.after.as_ref();
            let found = store.repository.differences(&before, &after, row, page.rows_max)?;
            let last = found.rows.last().filter(|_| found.more);
            let next = last.map(|last| page.list.after(&last.key));
            let rows = caller.sight(store).differences([&before, &after], found.rows)?;
            Ok(Page::<DifferenceRow> { rows: view(rows), next })
        })
        .await?;
    Ok(listed(&found))
}

/// Changes to commit.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommitBody {
    /// The branch to commit to.
    #[serde(default = "main")]
    #[schema(default = "main", pattern = "^[a-z0-9][a-z0-9_-]{0,63}$")]
    branch: String,
    /// Why, in the writer's words.
    #[serde(default)]
    message: Message,
    /// The changes, at most one for each entry.
    #[serde(deserialize_with = "bounded::<_, _, 1, 1000>")]
    #[schema(min_items = 1, max_items = 1000)]
    changes: Vec<ChangeBody>,
}

/// One entry's change: its new document, or that it goes into the trash.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeBody {
    /// The entry or translation.
    #[schema(value_type = KeyText)]
    key: EntryKey,
    /// The document; when it is left out or null, the entry goes into the trash.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    document: Option<Box<RawValue>>,
}

/// Commit to a branch
///
/// For operators; everybody else works in a draft. `If-Match` takes the branch's `ETag`, which
/// `/authoring/v1/states/{state}` returns, or `*` for wherever the branch is.
#[utoipa::path(
    post,
    path = "/authoring/v1/commits",
    operation_id = "commit_create",
    tag = "commits",
    params(
        ("If-Match" = String, Header, description = "The commit that the branch is at, as an entity tag, or `*`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, the same request is done once"),
    ),
    request_body(content = CommitBody),
    responses(
        (status = 201, description = "The commit", body = CommitRow, headers(("Location" = String, description = "Where it is"))),
        (status = 404, description = "No such branch"),
        (status = 409, description = "Others moved the branch before every attempt"),
        (status = 412, description = "The branch has moved; `current` says where to"),
        (status = 422, description = "Refused; `refusals` has all that is wrong, with pointers"),
    ),
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    _: NoQuery,
    precondition: IfMatch,
    request: Repeatable,
    body: JsonBody<CommitBody>,
) -> Result<Response, Problem> {
    let JsonBody { value: body, hash } = body;
    let any = precondition.holds("");
    // A draft belongs to its members, and has verbs of its own.
    let branch = body.branch.parse::<Branch>().ok();
    let Some(branch) = branch.filter(|branch| branch.holds() == Holds::Accepted) else {
        return Err(unknown_branch(&body.branch));
    };
    once(&app, &caller, request, hash, move |store, attempt| {
        let id = match attempt.id_before::<CommitId>("commit")? {
            Some(id) => id,
            None => {
                let expected = if any {
                    None
                } else {
                    let CoreState::Commit(head) = store.repository.resolve(&body.branch)? else {
                        let detail = format!("{} is not a branch", body.branch);
                        return Err(Problem::new(Code::StateUnknown, detail));
                    };
                    precondition
                        .check(&head.to_string())
                        .map_err(|problem| problem.with("current", head))?;
                    Some(head)
                };
                let changes = changes_of(body.changes);
                refuse_in_trash(store, &body.branch, &changes)?;
                let stamp = attempt.by.stamp(&body.message);
                let request = CommitRequest { branch, expected, changes, stamp };
                store.repository.commit(request)?.commit
            }
        };
        let row: CommitRow =
            view(store.repository.history().commit_shown(id)?.ok_or_else(|| unknown(id))?);
        Ok(Made::at(format!("/authoring/v1/commits/{id}"), &row).tagged(id))
    })
    .await
}

/// Refuses to make an entry under an id that is in the trash: it would have the old entry's history instead of its own.
fn refuse_in_trash(store: &Store, branch: &str, changes: &[Change]) -> Result<(), Problem> {
    let state = store.repository.resolve(branch)?;
    for change in changes {
        let Action::Put(_) = &change.action else { continue };
        let shown = store.repository.history().show(&state, &change.key)?;
        if shown.is_some_and(|shown| shown.revision.state == EntryState::Deleted) {
            let key = &change.key;
            let detail =
                format!("{key} is in the trash: take it out in a draft, or use another id");
            return Err(Problem::new(Code::InTrash, detail).with("key", key));
        }
    }
    Ok(())
}

fn changes_of(changes: Vec<ChangeBody>) -> Vec<Change> {
    let change = |change: ChangeBody| Change {
        key: change.key,
        action: match change.document {
            Some(document) => Action::Put(Document::parse(document.get().as_bytes())),
            None => Action::Delete,
        },
    };
    changes.into_iter().map(change).collect()
}
