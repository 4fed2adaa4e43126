//! `GET /authoring/v1/states`: branches and channels, and what any name stands for.

use axum::{extract::State, http::HeaderMap, response::Response};
use cms_core::{
    model::name::Branch,
    repo::{DraftError, Sight, State as CoreState},
};

use super::listed;
use crate::{
    app::App,
    edge::{
        access::Caller,
        cache::Tagged,
        extract::PathOf,
        query::{NoQuery, PageParameters, Paged},
    },
    ground::page::{Order, Page},
    problem::{Code, Problem, caching::Caching},
    store::Store,
    views::content::StateView,
};

fn view_of(store: &Store, name: String, state: CoreState) -> Result<StateView, Problem> {
    let commit = store.repository.commit_behind(&state)?.to_string();
    let mut view = StateView {
        name,
        commit,
        channel: None,
        sequence: None,
        snapshot: None,
        publication: None,
    };
    if let CoreState::Snapshot { channel, sequence, snapshot, publication } = state {
        view.channel = Some(channel.to_string());
        view.sequence = Some(sequence);
        view.snapshot = Some(snapshot.to_string());
        view.publication = Some(publication.to_string());
    }
    Ok(view)
}

/// Whether somebody sees what has a name: all but the branches of drafts that they do not see.
fn is_seen(sight: &Sight<'_>, name: &str) -> Result<bool, Problem> {
    let branch = name.split(['~', '@']).next().and_then(|branch| branch.parse::<Branch>().ok());
    match branch.as_ref().and_then(Branch::draft) {
        Some(draft) => match sight.draft(draft) {
            Ok(_) => Ok(true),
            Err(DraftError::Unknown { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        },
        None => Ok(true),
    }
}

/// Branches and channels
///
/// Every name that moves, and where it is now: branches first, then channels, each by name.
#[utoipa::path(
    get,
    path = "/authoring/v1/states",
    operation_id = "states_list",
    tag = "states",
    params(PageParameters),
    responses((status = 200, description = "A page", body = Page<StateView>)),
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Paged { page, .. }: Paged<String>,
) -> Result<Response, Problem> {
    let found = app
        .core(move |store| {
            let sight = caller.sight(store);
            let mut states = Vec::new();
            for (name, state) in store.repository.states()? {
                if is_seen(&sight, &name)? {
                    states.push((name, state));
                }
            }
            let placed = states.into_iter().map(|(name, state)| {
                let sort = if matches!(state, CoreState::Commit(_)) { "branch" } else { "channel" };
                (format!("{sort} {name}"), (name, state))
            });
            let page = Page::of(placed, &page, Order::Ascending);
            page.try_map(|(name, state)| view_of(store, name, state))
        })
        .await?;
    Ok(listed(&found))
}

/// What a name stands for
///
/// `main`, `main~3`, a commit id or its first 8 digits or more, `production`, `production@7`, a snapshot id. The `ETag`
/// is the commit or the publication, which `If-Match` of a write to it takes.
#[utoipa::path(
    get,
    path = "/authoring/v1/states/{state}",
    operation_id = "state_get",
    tag = "states",
    params(("state" = String, Path, description = "The name; a slash in it is written `%2F`")),
    responses(
        (status = 200, description = "The state", body = StateView, headers(("ETag" = String, description = "The commit or publication"))),
        (status = 304, description = "It has not moved"),
        (status = 404, description = "No such state"),
    ),
)]
pub async fn one(
    State(app): State<App>,
    caller: Caller,
    PathOf(name): PathOf<String>,
    _: NoQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    app.core(move |store| {
        let state = store.repository.resolve(&name)?;
        if !is_seen(&caller.sight(store), &name)? {
            return Err(Problem::new(Code::StateUnknown, format!("there is no state {name}")));
        }
        let view = view_of(store, name, state)?;
        let tag = view.publication.as_ref().unwrap_or(&view.commit).clone();
        Ok(Tagged { tag, ..Tagged::json(Caching::Revalidated, &view) }.answer(&headers))
    })
    .await
}
