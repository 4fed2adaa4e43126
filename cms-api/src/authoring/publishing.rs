//! `POST /authoring/v1/channels/{channel}/…`: what moves a channel, and what it would do.
//!
//! A publish names a plan, which says what it was made from, so it needs no other precondition. Every other move names
//! the publication that its writer saw.

pub mod takedowns;

use axum::{extract::State, response::Response};
use cms_core::model::{id::PublicationId, name::ChannelName};

use super::{by, channels, listed};
use crate::{
    app::App,
    edge::{
        access::Caller,
        body::JsonBody,
        extract::{PathOf, parsed},
        idempotency::{Attempt, Made, Repeatable, once},
        precondition::IfMatch,
        query::NoQuery,
    },
    ground::names::channel_of,
    problem::{Code, Problem},
    store::Store,
    verbs::publishing::{
        of_channel::OfChannel, plan, publish, release, retire, revert_publish, rollback, unpublish,
    },
    views::{
        publishing::{Moved, Plan, Released},
        recorded::recorded,
    },
};

/// Plan a publish
///
/// What exactly would change, what would be held back and why, and what that affects; nothing is written. The plan's
/// `id` publishes exactly this, as long as nobody else moves the channel; it stays valid when the target gets commits.
#[utoipa::path(
    post,
    path = "/authoring/v1/channels/{channel}/plan",
    operation_id = "channel_plan",
    tag = "publishing",
    params(("channel" = String, Path, description = "Its name; a new name would make a new channel")),
    request_body(content = plan::Request),
    responses(
        (status = 200, description = "The plan", body = Plan),
        (status = 409, description = "Where approvals are required, the state was not accepted"),
        (status = 422, description = "It can't be published on this channel"),
        (status = 404, description = "No such state or entry"),
    ),
)]
pub async fn plan(
    State(app): State<App>,
    caller: Caller,
    PathOf(channel): PathOf<String>,
    _: NoQuery,
    JsonBody { value: body, .. }: JsonBody<plan::Request>,
) -> Result<Response, Problem> {
    let request = body.at(&parsed(&channel)?)?;
    let by = by(&app, caller);
    let plan: Plan = app.core(move |store| plan::execute(store, request, &by)).await?;
    Ok(listed(&plan))
}

/// Publish a plan
///
/// Exactly what the plan said, or nothing. For a large publish, start a job.
#[utoipa::path(
    post,
    path = "/authoring/v1/channels/{channel}/publish",
    operation_id = "channel_publish",
    tag = "publishing",
    params(
        ("channel" = String, Path, description = "Its name"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, the same request is done once"),
    ),
    request_body(content = publish::Request),
    responses(
        (status = 200, description = "Nothing would have changed", body = Moved, headers(("Location" = String, description = "The channel"))),
        (status = 201, description = "The channel has moved", body = Moved, headers(("Location" = String, description = "The record of it"))),
        (status = 404, description = "No such state or entry"),
        (status = 409, description = "The channel was moved since the plan was made; `by` says by whom"),
        (status = 422, description = "Refused; `report` says why"),
    ),
)]
pub async fn publish(
    State(app): State<App>,
    caller: Caller,
    PathOf(channel): PathOf<String>,
    _: NoQuery,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<publish::Request>,
) -> Result<Response, Problem> {
    let channel: ChannelName = parsed(&channel)?;
    let request = body.at(&channel)?;
    if request.plan.is_none() {
        let detail = "a publish is of a plan: `plan` is its id";
        return Err(Problem::new(Code::RequestMalformed, detail).with("pointer", ""));
    }
    once(&app, &caller, repeatable, hash, move |store, attempt| {
        moved(store, &attempt, &channel, None, |_| publish::execute(store, request, &attempt.by))
    })
    .await
}

/// Go back
///
/// The channel, or chosen entries of it, goes back to an earlier version; what is taken back is on hold until it is
/// released.
#[utoipa::path(
    post,
    path = "/authoring/v1/channels/{channel}/rollback",
    operation_id = "channel_rollback",
    tag = "publishing",
    params(
        ("channel" = String, Path, description = "Its name"),
        ("If-Match" = String, Header, description = "The channel's `ETag`, or `*`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, the same request is done once"),
    ),
    request_body(content = rollback::Request),
    responses(
        (status = 200, description = "Nothing would have changed", body = Moved, headers(("Location" = String, description = "The channel"))),
        (status = 201, description = "The channel has moved", body = Moved, headers(("Location" = String, description = "The record of it"))),
        (status = 404, description = "No such channel, state or entry"),
        (status = 409, description = "The channel was moved meanwhile"),
        (status = 422, description = "Refused"),
    ),
)]
pub async fn rollback(
    State(app): State<App>,
    caller: Caller,
    PathOf(channel): PathOf<String>,
    _: NoQuery,
    precondition: IfMatch,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<rollback::Request>,
) -> Result<Response, Problem> {
    let channel = channel_of(&channel)?;
    let request = body.at(&channel)?;
    once(&app, &caller, repeatable, hash, move |store, attempt| {
        moved(store, &attempt, &channel, Some(&precondition), |seen| {
            rollback::execute(store, rollback::Request { seen, ..request }, &attempt.by)
        })
    })
    .await
}

/// Take entries off
///
/// They are no longer live, and stay off until their hold is released. Refused while live entries need them other than
/// as their children; `needs` lists those.
#[utoipa::path(
    post,
    path = "/authoring/v1/channels/{channel}/unpublish",
    operation_id = "channel_unpublish",
    tag = "publishing",
    params(
        ("channel" = String, Path, description = "Its name"),
        ("If-Match" = String, Header, description = "The channel's `ETag`, or `*`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, the same request is done once"),
    ),
    request_body(content = unpublish::Request),
    responses(
        (status = 200, description = "Nothing would have changed, or it is a dry run", body = Moved, headers(("Location" = String, description = "The channel"))),
        (status = 201, description = "The channel has moved", body = Moved, headers(("Location" = String, description = "The record of it"))),
        (status = 404, description = "No such channel or entry"),
        (status = 409, description = "The channel was moved meanwhile"),
        (status = 422, description = "Live entries need them"),
    ),
)]
pub async fn unpublish(
    State(app): State<App>,
    caller: Caller,
    PathOf(channel): PathOf<String>,
    _: NoQuery,
    precondition: IfMatch,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<unpublish::Request>,
) -> Result<Response, Problem> {
    let channel = channel_of(&channel)?;
    let request = body.at(&channel)?;
    once(&app, &caller, repeatable, hash, move |store, attempt| {
        moved(store, &attempt, &channel, Some(&precondition), |seen| {
            unpublish::execute(store, unpublish::Request { seen, ..request }, &attempt.by)
        })
    })
    .await
}

/// Retire entries
///
/// They are no longer delivered and leave a tombstone, so that learners' progress still resolves; their routes lead to
/// what replaces them.
#[utoipa::path(
    post,
    path = "/authoring/v1/channels/{channel}/retire",
    operation_id = "channel_retire",
    tag = "publishing",
    params(
        ("channel" = String, Path, description = "Its name"),
        ("If-Match" = String, Header, description = "The channel's `ETag`, or `*`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, the same request is done once"),
    ),
    request_body(content = retire::Request),
    responses(
        (status = 200, description = "Nothing would have changed, or it is a dry run", body = Moved, headers(("Location" = String, description = "The channel"))),
        (status = 201, description = "The channel has moved", body = Moved, headers(("Location" = String, description = "The record of it"))),
        (status = 404, description = "No such channel or entry"),
        (status = 409, description = "The channel was moved meanwhile"),
        (status = 422, description = "Live entries need them, or the replacement can't be one"),
    ),
)]
pub async fn retire(
    State(app): State<App>,
    caller: Caller,
    PathOf(channel): PathOf<String>,
    _: NoQuery,
    precondition: IfMatch,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<retire::Request>,
) -> Result<Response, Problem> {
    let channel = channel_of(&channel)?;
    let request = body.at(&channel)?;
    once(&app, &caller, repeatable, hash, move |store, attempt| {
        moved(store, &attempt, &channel, Some(&precondition), |seen| {
            retire::execute(store, retire::Request { seen, ..request }, &attempt.by)
        })
    })
    .await
}

/// Undo one publication
///
/// What it changed goes back, unless somebody published it since; later publications stay.
#[utoipa::path(
    post,
    path = "/authoring/v1/channels/{channel}/revert",
    operation_id = "channel_revert",
    tag = "publishing",
    params(
        ("channel" = String, Path, description = "Its name"),
        ("If-Match" = String, Header, description = "The channel's `ETag`, or `*`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, the same request is done once"),
    ),
    request_body(content = revert_publish::Request),
    responses(
        (status = 200, description = "Nothing would have changed, or it is a dry run", body = Moved, headers(("Location" = String, description = "The channel"))),
        (status = 201, description = "The channel has moved", body = Moved, headers(("Location" = String, description = "The record of it"))),
        (status = 404, description = "No such channel or publication"),
        (status = 409, description = "The channel was moved meanwhile"),
        (status = 422, description = "Refused"),
    ),
)]
pub async fn revert(
    State(app): State<App>,
    caller: Caller,
    PathOf(channel): PathOf<String>,
    _: NoQuery,
    precondition: IfMatch,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<revert_publish::Request>,
) -> Result<Response, Problem> {
    let channel = channel_of(&channel)?;
    let request = body.at(&channel)?;
    once(&app, &caller, repeatable, hash, move |store, attempt| {
        moved(store, &attempt, &channel, Some(&precondition), |seen| {
            revert_publish::execute(store, revert_publish::Request { seen, ..request }, &attempt.by)
        })
    })
    .await
}

/// Release holds
///
/// The next publish may bring the entries live again; nothing that is delivered changes now.
#[utoipa::path(
    post,
    path = "/authoring/v1/channels/{channel}/release",
    operation_id = "channel_release",
    tag = "publishing",
    params(
        ("channel" = String, Path, description = "Its name"),
        ("If-Match" = String, Header, description = "The channel's `ETag`, or `*`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, the same request is done once"),
    ),
    request_body(content = release::Request),
    responses(
        (status = 200, description = "They are released", body = Released),
        (status = 404, description = "No such channel, or an entry is not on hold"),
        (status = 409, description = "The channel was moved meanwhile"),
    ),
)]
pub async fn release(
    State(app): State<App>,
    caller: Caller,
    PathOf(channel): PathOf<String>,
    _: NoQuery,
    precondition: IfMatch,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<release::Request>,
) -> Result<Response, Problem> {
    let channel = channel_of(&channel)?;
    let request = body.at(&channel)?;
    if request.keys.is_empty() {
        let detail = "at least one element is expected";
        return Err(Problem::new(Code::RequestMalformed, detail).with("pointer", "/keys"));
    }
    once(&app, &caller, repeatable, hash, move |store, attempt| {
        attempt.must_be_new(store)?;
        let seen = unmoved(store, &channel, &precondition)?;
        let request = release::Request { seen, ..request };
        let release::Report { channel, released } = release::execute(store, request, &attempt.by)?;
        Ok(Made::answer(&Released { channel, released }))
    })
    .await
}

/// Where a channel must still be when it is moved; `None` if its writer accepts any place. Refuses a write if the
/// channel has moved since its writer looked.
fn unmoved(
    store: &Store,
    channel: &ChannelName,
    precondition: &IfMatch,
) -> Result<Option<PublicationId>, Problem> {
    let head = channels::head(store, channel.as_str())?;
    let tag = head.to_string();
    precondition.check_version(&tag).map_err(|problem| problem.with("current", head))?;
    Ok((!precondition.is_any()).then_some(head))
}

/// Moves a channel, once. A move that would change nothing counts as done and is not refused.
fn moved(
    store: &Store,
    attempt: &Attempt,
    channel: &ChannelName,
    precondition: Option<&IfMatch>,
    work: impl FnOnce(Option<PublicationId>) -> Result<Moved, Problem>,
) -> Result<Made, Problem> {
    if let Some(id) = attempt.id_before::<PublicationId>("publication")? {
        return made_before(store, id);
    }
    let seen = match precondition {
        Some(precondition) => unmoved(store, channel, precondition)?,
        None => None,
    };
    match work(seen)? {
        Moved { publication: Some(id), snapshot, sequence, report } => {
            let view = Moved { publication: Some(id.clone()), snapshot, sequence, report };
            Ok(Made::at(format!("/authoring/v1/publications/{id}"), &view).tagged(id))
        }
        nothing => {
            let made = Made::at(format!("/authoring/v1/channels/{channel}"), &nothing);
            Ok(Made { status: 200, ..made })
        }
    }
}

fn made_before(store: &Store, id: PublicationId) -> Result<Made, Problem> {
    let missing = || Problem::internal(format!("publication {id} is missing"));
    let found = store.repository.publication_shown(id)?.ok_or_else(missing)?;
    let snapshot = store.repository.any_snapshot(found.snapshot)?.ok_or_else(missing)?;
    let view = Moved {
        snapshot: Some(found.snapshot.to_string()),
        sequence: Some(snapshot.sequence),
        publication: Some(id.to_string()),
        report: recorded(found.report, &found.commit.to_string(), found.verb.into())?,
    };
    Ok(Made::at(format!("/authoring/v1/publications/{id}"), &view).tagged(id))
}
