//! `POST …/drafts/{draft}/…`: entries are placed, put into the trash, copied, and edited many at a time. Each verb
//! makes one commit of the draft, which one step takes back.

use axum::{extract, response::Response};
use cms_core::{
    model::{id::CommitId, key::EntryKey},
    repo::{BatchStep, CopyDepth, DraftError, DraftId, PlaceIn, State, Untrashed},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::steps::committed;
use crate::{
    app::App,
    edge::{
        access::Caller,
        body::JsonBody,
        extract::{PathOf, parsed},
        idempotency::{Made, Repeatable, once},
        query::NoQuery,
    },
    ground::{
        form::{KeyText, Message, bounded, some_whole},
        reading::Object,
    },
    problem::Problem,
    store::Store,
    views::{
        drafts::{BatchView, CommittedView, CopiedView, UntrashedView},
        view,
    },
};

/// Where to put an entry.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceBody {
    /// The entry to place.
    #[schema(value_type = KeyText)]
    key: EntryKey,
    /// The containers to take it out of; with an empty list it also stays where it stands.
    #[serde(default, deserialize_with = "bounded::<_, _, 0, 100>")]
    #[schema(value_type = Vec<KeyText>, max_items = 100)]
    from: Vec<EntryKey>,
    /// The container to put it into.
    #[schema(value_type = KeyText)]
    parent: EntryKey,
    /// The index of the child to stand before; last when left out.
    #[serde(default, deserialize_with = "some_whole")]
    #[schema(maximum = 4_294_967_295u32)]
    index: Option<u32>,
}

/// What to put into the trash.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrashBody {
    /// The entry.
    #[schema(value_type = KeyText)]
    key: EntryKey,
    /// Whether to take it out of every container first.
    #[serde(default)]
    everywhere: bool,
}

/// An entry.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyBody {
    /// The entry.
    #[schema(value_type = KeyText)]
    key: EntryKey,
}

/// What to copy.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DuplicateBody {
    /// The entry.
    #[schema(value_type = KeyText)]
    key: EntryKey,
    /// Whether to copy everything that it contains too; links among the copied entries lead to the copies.
    #[serde(default)]
    deep: bool,
    /// The container for the copy; when left out, the copy is put into no container.
    #[serde(default)]
    #[schema(value_type = Option<KeyText>)]
    parent: Option<EntryKey>,
    /// The index of the child to stand before; last when left out.
    #[serde(default, deserialize_with = "some_whole")]
    #[schema(maximum = 4_294_967_295u32)]
    index: Option<u32>,
}

/// Steps to do to many entries.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchBody {
    /// The entries.
    #[serde(deserialize_with = "bounded::<_, _, 1, 5000>")]
    #[schema(value_type = Vec<KeyText>, min_items = 1, max_items = 5000)]
    keys: Vec<EntryKey>,
    /// What to do to each entry, in order.
    #[serde(deserialize_with = "bounded::<_, _, 1, 100>")]
    #[schema(value_type = Vec<BatchStepBody>, min_items = 1, max_items = 100)]
    steps: Vec<Object<BatchStep>>,
    /// Whether to only report what the steps would do.
    #[serde(default)]
    trial: bool,
    /// Why, in the writer's words.
    #[serde(default)]
    message: Message,
}

/// One step of a batch, done to each entry; the form of what the core reads.
#[derive(ToSchema, serde::Serialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
#[expect(dead_code, reason = "the form of what the core reads")]
enum BatchStepBody {
    /// Gives the value at a JSON pointer.
    Set {
        /// The JSON pointer.
        pointer: String,
        /// The new value.
        value: serde_json::Value,
    },
    /// Removes the value at a JSON pointer, if there is one.
    Remove {
        /// The JSON pointer.
        pointer: String,
    },
    /// Renames a field, if it exists.
    Rename {
        /// The field's JSON pointer.
        pointer: String,
        /// The field's new name.
        to: String,
    },
    /// Replaces a text everywhere.
    ReplaceText {
        /// The text to find, exactly.
        find: String,
        /// The text that replaces it.
        replace: String,
    },
    /// Brings exercises' items and articles' sections into the form of today's Perseus.
    Migrate,
}

pub(super) fn place_in(parent: EntryKey, index: Option<u32>) -> PlaceIn {
    PlaceIn { parent, index: index.map(|index| index as usize) }
}

/// Place an entry in a container
///
/// Put it into a container, move it from others, or give it another place among its siblings.
#[utoipa::path(
    post,
    path = "/authoring/v1/drafts/{draft}/place",
    operation_id = "draft_place",
    tag = "drafts",
    params(
        ("draft" = String, Path, description = "The draft's name"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, the same request is done once"),
    ),
    request_body(content = PlaceBody),
    responses(
        (status = 201, description = "Placed", body = CommittedView, headers(("Location" = String, description = "The commit"))),
        (status = 404, description = "No such draft or entry"),
        (status = 409, description = "`draft-state`: the draft is no longer open; `in-trash`: the entry is in the trash. It stands there already"),
        (status = 422, description = "Refused"),
    ),
)]
pub async fn place(
    extract::State(app): extract::State<App>,
    caller: Caller,
    PathOf(draft): PathOf<String>,
    _: NoQuery,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<PlaceBody>,
) -> Result<Response, Problem> {
    let draft: DraftId = parsed(&draft)?;
    let to = place_in(body.parent, body.index);
    once(&app, &caller, repeatable, hash, move |store, attempt| {
        committed(store, &attempt, &draft, || {
            let named = body.from.iter().chain([&body.key, &to.parent]);
            attempt.by.must_see(store, &draft, named)?;
            Ok(store
                .repository
                .drafts()
                .place(&draft, &body.key, &body.from, &to, &attempt.by.stamp(""))?
                .commit)
        })
    })
    .await
}

/// Put an entry into the trash
///
/// Refused while others use it. Containers count as well, unless it is to be taken out everywhere. `uses` lists the
/// places.
#[utoipa::path(
    post,
    path = "/authoring/v1/drafts/{draft}/trash",
    operation_id = "draft_trash",
    tag = "drafts",
    params(
        ("draft" = String, Path, description = "The draft's name"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, the same request is done once"),
    ),
    request_body(content = TrashBody),
    responses(
        (status = 201, description = "It is in the trash", body = CommittedView, headers(("Location" = String, description = "The commit"))),
        (status = 404, description = "No such draft or entry"),
        (status = 409, description = "`draft-state`: the draft is no longer open; `in-trash`: the entry is in the trash. Others use it"),
        (status = 422, description = "Refused"),
    ),
)]
pub async fn trash(
    extract::State(app): extract::State<App>,
    caller: Caller,
    PathOf(draft): PathOf<String>,
    _: NoQuery,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<TrashBody>,
) -> Result<Response, Problem> {
    let draft: DraftId = parsed(&draft)?;
    once(&app, &caller, repeatable, hash, move |store, attempt| {
        committed(store, &attempt, &draft, || {
            attempt.by.must_see(store, &draft, [&body.key])?;
            let stamp = attempt.by.stamp("");
            Ok(store.repository.drafts().trash(&draft, &body.key, body.everywhere, &stamp)?.commit)
        })
    })
    .await
}

/// Take an entry out of the trash
///
/// It comes back as it was when it was put in, and to where it stood then: `placed` names the containers in which it
/// stands again, `not_placed` those in which it does not, with the reasons.
#[utoipa::path(
    post,
    path = "/authoring/v1/drafts/{draft}/untrash",
    operation_id = "draft_untrash",
    tag = "drafts",
    params(
        ("draft" = String, Path, description = "The draft's name"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, the same request is done once"),
    ),
    request_body(content = KeyBody),
    responses(
        (status = 201, description = "It is back", body = UntrashedView, headers(("Location" = String, description = "The commit"))),
        (status = 404, description = "No such draft or entry"),
        (status = 409, description = "`draft-state`: the draft is no longer open; `nothing-to-do`: the entry is not in the trash"),
        (status = 422, description = "Refused"),
    ),
)]
pub async fn untrash(
    extract::State(app): extract::State<App>,
    caller: Caller,
    PathOf(draft): PathOf<String>,
    _: NoQuery,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<KeyBody>,
) -> Result<Response, Problem> {
    let draft: DraftId = parsed(&draft)?;
    once(&app, &caller, repeatable, hash, move |store, attempt| {
        attempt.by.must_see(store, &draft, [&body.key])?;
        let back = match attempt.id_before::<CommitId>("commit")? {
            // The record of an earlier try does not say what kept the entry from its former places.
            Some(commit) => {
                let state = State::Commit(commit);
                let shown = store.repository.history().show(&state, &body.key)?;
                let placed = shown.map(|shown| shown.parents).unwrap_or_default();
                Untrashed { commit, placed, not_placed: Vec::new() }
            }
            None => store.repository.drafts().untrash(&draft, &body.key, &attempt.by.stamp(""))?,
        };
        let seen: UntrashedView = view(&back);
        Ok(Made::at(format!("/authoring/v1/commits/{}", back.commit), &seen).tagged(back.commit))
    })
    .await
}

/// Copy an entry
///
/// Alone or with everything that it contains.
#[utoipa::path(
    post,
    path = "/authoring/v1/drafts/{draft}/duplicate",
    operation_id = "draft_duplicate",
    tag = "drafts",
    params(
        ("draft" = String, Path, description = "The draft's name"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, the same request is done once"),
    ),
    request_body(content = DuplicateBody),
    responses(
        (status = 201, description = "The copies, by what they are copies of", body = CopiedView, headers(("Location" = String, description = "The copy in the draft"))),
        (status = 404, description = "No such draft or entry"),
        (status = 409, description = "`draft-state`: the draft is no longer open; `in-trash`: the entry is in the trash"),
        (status = 422, description = "Refused"),
    ),
)]
pub async fn duplicate(
    extract::State(app): extract::State<App>,
    caller: Caller,
    PathOf(draft): PathOf<String>,
    _: NoQuery,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<DuplicateBody>,
) -> Result<Response, Problem> {
    let draft: DraftId = parsed(&draft)?;
    let depth = if body.deep { CopyDepth::Deep } else { CopyDepth::Shallow };
    let into = body.parent.map(|parent| place_in(parent, body.index));
    let key = body.key;
    once(&app, &caller, repeatable, hash, move |store, attempt| {
        let parent = into.as_ref().map(|into| &into.parent);
        attempt.by.must_see(store, &draft, [&key].into_iter().chain(parent))?;
        let stamp = attempt.by.stamp("");
        if let Some(commit) = attempt.id_before::<CommitId>("commit")? {
            // A copy's key is derived from the attempt, so the first try's copy can be named again.
            let copy: EntryKey = store.repository.drafts().fresh_key(key.kind(), &stamp, 0);
            let copies = [(key.to_string(), copy.to_string())].into();
            let view = CopiedView {
                commit: commit.to_string(),
                key: copy.to_string(),
                copies,
                translations: Vec::new(),
            };
            return copy_made(store, &draft, &copy, &view);
        }
        let copied =
            store.repository.drafts().duplicate(&draft, &key, depth, into.as_ref(), &stamp)?;
        copy_made(store, &draft, &copied.key, &view(&copied))
    })
    .await
}

/// A copy that was made in a draft, with the tag that a save of the copy names.
pub(super) fn copy_made(
    store: &Store,
    draft: &DraftId,
    copy: &EntryKey,
    view: &CopiedView,
) -> Result<Made, Problem> {
    let made = Made::at(format!("/authoring/v1/drafts/{draft}/entries/{copy}"), view);
    // If the draft has ended since, or a later commit removed the entry, there is nothing to save.
    Ok(match store.repository.drafts().entry(draft, copy) {
        Ok(Some(entry)) => made.tagged(entry.tag),
        Ok(None) | Err(DraftError::WrongState { .. }) => made,
        Err(error) => return Err(error.into()),
    })
}

/// Edit many entries at once
///
/// The same steps for each entry, as one commit; a trial only reports what they would do.
#[utoipa::path(
    post,
    path = "/authoring/v1/drafts/{draft}/batch",
    operation_id = "draft_batch",
    tag = "drafts",
    params(
        ("draft" = String, Path, description = "The draft's name"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, the same request is done once"),
    ),
    request_body(content = BatchBody),
    responses(
        (status = 200, description = "What was done, or would be done", body = BatchView),
        (status = 404, description = "No such draft or entry"),
        (status = 409, description = "`draft-state`: the draft is no longer open; `in-trash`: the entry is in the trash"),
        (status = 422, description = "A step does not fit an entry"),
    ),
)]
pub async fn batch(
    extract::State(app): extract::State<App>,
    caller: Caller,
    PathOf(draft): PathOf<String>,
    _: NoQuery,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<BatchBody>,
) -> Result<Response, Problem> {
    let draft: DraftId = parsed(&draft)?;
    once(&app, &caller, repeatable, hash, move |store, attempt| {
        attempt.must_be_new(store)?;
        attempt.by.must_see(store, &draft, &body.keys)?;
        let stamp = attempt.by.stamp(&body.message);
        let steps: Vec<BatchStep> = body.steps.into_iter().map(|step| step.0).collect();
        let (keys, steps) = (&body.keys, &steps);
        let done = store.repository.drafts().batch(&draft, keys, steps, body.trial, &stamp)?;
        Ok(Made::answer(&view::<BatchView>(done)))
    })
    .await
}
