//! `POST /authoring/v1/channels/{channel}/…`: what moves a channel, and what it would do.
//!
//! A publish is of a plan, which says what it was made from: no other precondition is needed. Every
//! other move names the publication that its writer saw.

use axum::{extract::State, response::Response};
use cms_core::repo::{
    Channel, PlanId, PublishError, PublishRequest, Published, ReleaseRequest, RetireRequest,
    RevertRequest, Role, RollbackRequest, Stamp, UnpublishRequest,
};
use cms_core::{
    model::name::ChannelName,
    model::{id::PublicationId, key::EntryKey},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{channels, listed};
use crate::{
    app::App,
    edge::{
        access::Asker,
        body::JsonBody,
        extract::PathOf,
        idempotency::{Attempt, Made, Repeatable, once},
        precondition::IfMatch,
        query::NoQuery,
    },
    ground::{
        attempt::{By, fresh_operation},
        form::{KeyText, Message, bounded, some_whole},
        names::channel_of,
    },
    problem::Problem,
    store::Store,
    views::{
        publishing::{Moved, Plan, Released},
        recorded::recorded,
        view,
    },
};

fn main() -> String {
    super::MAIN.to_owned()
}

/// What to plan.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanBody {
    /// The state to publish: a branch, a commit, another channel's version.
    #[serde(default = "main")]
    #[schema(default = "main")]
    target: String,
    /// Only these entries, with what they need; all when empty.
    #[serde(default, deserialize_with = "bounded::<_, _, 0, 1000>")]
    #[schema(value_type = Vec<KeyText>, max_items = 1000)]
    only: Vec<EntryKey>,
    /// Whether any entry that would be held back refuses the whole.
    #[serde(default)]
    strict: bool,
}

/// A plan's id.
#[derive(ToSchema)]
#[schema(pattern = "^[0-9a-f]{64}-([0-9a-f]{64}|new)-(0|[1-9a-f][0-9a-f]{0,14})-[0-9a-f]{16}$")]
#[expect(dead_code, reason = "the form of what the core parses")]
struct PlanText(String);

/// Which plan to publish.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishBody {
    /// The plan's id.
    #[schema(value_type = PlanText)]
    plan: PlanId,
    /// As in the plan.
    #[serde(default = "main")]
    #[schema(default = "main")]
    target: String,
    /// As in the plan.
    #[serde(default, deserialize_with = "bounded::<_, _, 0, 1000>")]
    #[schema(value_type = Vec<KeyText>, max_items = 1000)]
    only: Vec<EntryKey>,
    /// As in the plan.
    #[serde(default)]
    strict: bool,
    /// Go on even where learners would be left without the home page, or with nothing at all.
    #[serde(default)]
    may_empty: bool,
    /// Why.
    #[serde(default)]
    message: Message,
}

/// Where to go back to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RollbackBody {
    /// The state to go back to: `production@7`, a snapshot, a commit.
    to: String,
    /// The entries to take back; all when empty.
    #[serde(default, deserialize_with = "bounded::<_, _, 0, 1000>")]
    #[schema(value_type = Vec<KeyText>, max_items = 1000)]
    only: Vec<EntryKey>,
    /// Why.
    #[serde(default)]
    message: Message,
}

/// Which entries.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeysBody {
    /// The entries.
    #[serde(deserialize_with = "bounded::<_, _, 1, 1000>")]
    #[schema(value_type = Vec<KeyText>, min_items = 1, max_items = 1000)]
    keys: Vec<EntryKey>,
    /// Why.
    #[serde(default)]
    message: Message,
}

/// Which entries to deliver no more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetireBody {
    /// The entries, with their translations.
    #[serde(deserialize_with = "bounded::<_, _, 1, 1000>")]
    #[schema(value_type = Vec<KeyText>, min_items = 1, max_items = 1000)]
    keys: Vec<EntryKey>,
    /// What replaces them: their routes lead there.
    #[serde(default)]
    #[schema(value_type = Option<KeyText>)]
    replaced_by: Option<EntryKey>,
    /// Why.
    #[serde(default)]
    message: Message,
}

/// Which publication to undo.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevertBody {
    /// Its number in the channel; the newest when left out.
    #[serde(default, deserialize_with = "some_whole")]
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991u64)]
    sequence: Option<u64>,
    /// Why.
    #[serde(default)]
    message: Message,
}

/// Plan a publish
///
/// What exactly would change, what would be held back and why, and what that affects; nothing is
/// written. The plan's `id` publishes exactly this, as long as nobody else moves the channel; commits
/// to the target do not spoil it.
#[utoipa::path(
    post,
    path = "/authoring/v1/channels/{channel}/plan",
    operation_id = "channel_plan",
    tag = "publishing",
    params(("channel" = String, Path, description = "Its name; a new name would make a new channel")),
    request_body(content = PlanBody),
    responses(
        (status = 200, description = "The plan", body = Plan),
        (status = 409, description = "Where approvals are required, the state was not accepted"),
        (status = 422, description = "It can't be published on this channel"),
        (status = 404, description = "No such state or entry"),
    ),
)]
pub async fn plan(
    State(app): State<App>,
    asker: Asker,
    PathOf(channel): PathOf<String>,
    _: NoQuery,
    JsonBody { value: body, .. }: JsonBody<PlanBody>,
) -> Result<Response, Problem> {
    asker.must_be(Role::Viewer)?;
    let channel: ChannelName = channel.parse()?;
    let by = By { author: asker.person, time_ms: app.now_ms(), operation: fresh_operation() };
    let request = PublishRequest {
        target: body.target,
        only: body.only,
        strict: body.strict,
        may_empty: true,
        plan: None,
        stamp: by.stamp(""),
    };
    let plan = move |store: &Store| Ok(view(store.repository.channel(&channel)?.plan(&request)?));
    let plan: Plan = app.core(plan).await?;
    Ok(listed(&plan))
}

/// Publish a plan
///
/// Exactly what the plan said, or nothing. For a publish of much, start a job.
#[utoipa::path(
    post,
    path = "/authoring/v1/channels/{channel}/publish",
    operation_id = "channel_publish",
    tag = "publishing",
    params(
        ("channel" = String, Path, description = "Its name"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, the same request is done once"),
    ),
    request_body(content = PublishBody),
    responses(
        (status = 200, description = "Nothing would have changed", body = Moved),
        (status = 201, description = "The channel has moved", body = Moved, headers(("Location" = String, description = "The record of it"))),
        (status = 404, description = "No such state or entry"),
        (status = 409, description = "The channel was moved since the plan was made; `by` says by whom"),
        (status = 422, description = "Refused; `report` says why"),
    ),
)]
pub async fn publish(
    State(app): State<App>,
    asker: Asker,
    PathOf(channel): PathOf<String>,
    _: NoQuery,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<PublishBody>,
) -> Result<Response, Problem> {
    asker.must_be(Role::Publisher)?;
    let channel: ChannelName = channel.parse()?;
    once(&app, &asker, repeatable, hash, move |store, attempt| {
        moved(store, &attempt, &channel, None, |channel, _| {
            channel.publish(&PublishRequest {
                target: body.target,
                only: body.only,
                strict: body.strict,
                may_empty: body.may_empty,
                plan: Some(body.plan),
                stamp: attempt.by.stamp(&body.message),
            })
        })
    })
    .await
}

/// Go back
///
/// The channel, or chosen entries of it, as it was; what is taken back is on hold until it is released.
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
    request_body(content = RollbackBody),
    responses(
        (status = 200, description = "Nothing would have changed", body = Moved),
        (status = 201, description = "The channel has moved", body = Moved, headers(("Location" = String, description = "The record of it"))),
        (status = 404, description = "No such channel, state or entry"),
        (status = 409, description = "The channel was moved meanwhile"),
        (status = 422, description = "Refused"),
    ),
)]
pub async fn rollback(
    State(app): State<App>,
    asker: Asker,
    PathOf(channel): PathOf<String>,
    _: NoQuery,
    precondition: IfMatch,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<RollbackBody>,
) -> Result<Response, Problem> {
    asker.must_be(Role::Publisher)?;
    let channel = channel_of(&channel)?;
    once(&app, &asker, repeatable, hash, move |store, attempt| {
        moved(store, &attempt, &channel, Some(&precondition), |channel, seen| {
            let stamp = attempt.by.stamp(&body.message);
            channel.rollback(&RollbackRequest { seen, to: body.to, only: body.only, stamp })
        })
    })
    .await
}

/// Take entries off
///
/// They leave what is live, and stay off until their hold is released. Refused while live entries need
/// them otherwise than as their children; `needs` lists those.
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
    request_body(content = KeysBody),
    responses(
        (status = 200, description = "Nothing would have changed", body = Moved),
        (status = 201, description = "The channel has moved", body = Moved, headers(("Location" = String, description = "The record of it"))),
        (status = 404, description = "No such channel or entry"),
        (status = 409, description = "The channel was moved meanwhile"),
        (status = 422, description = "Live entries need them"),
    ),
)]
pub async fn unpublish(
    State(app): State<App>,
    asker: Asker,
    PathOf(channel): PathOf<String>,
    _: NoQuery,
    precondition: IfMatch,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<KeysBody>,
) -> Result<Response, Problem> {
    asker.must_be(Role::Publisher)?;
    let channel = channel_of(&channel)?;
    once(&app, &asker, repeatable, hash, move |store, attempt| {
        moved(store, &attempt, &channel, Some(&precondition), |channel, seen| {
            let stamp = attempt.by.stamp(&body.message);
            channel.unpublish(&UnpublishRequest { seen, keys: body.keys, stamp })
        })
    })
    .await
}

/// Retire entries
///
/// They are delivered no more and leave a tombstone, so that learners' progress still resolves; their
/// routes lead to what replaces them.
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
    request_body(content = RetireBody),
    responses(
        (status = 200, description = "Nothing would have changed", body = Moved),
        (status = 201, description = "The channel has moved", body = Moved, headers(("Location" = String, description = "The record of it"))),
        (status = 404, description = "No such channel or entry"),
        (status = 409, description = "The channel was moved meanwhile"),
        (status = 422, description = "Live entries need them, or the replacement can't be one"),
    ),
)]
pub async fn retire(
    State(app): State<App>,
    asker: Asker,
    PathOf(channel): PathOf<String>,
    _: NoQuery,
    precondition: IfMatch,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<RetireBody>,
) -> Result<Response, Problem> {
    asker.must_be(Role::Publisher)?;
    let channel = channel_of(&channel)?;
    once(&app, &asker, repeatable, hash, move |store, attempt| {
        moved(store, &attempt, &channel, Some(&precondition), |channel, seen| {
            let stamp = attempt.by.stamp(&body.message);
            channel.retire(&RetireRequest {
                seen,
                keys: body.keys,
                replaced_by: body.replaced_by,
                stamp,
            })
        })
    })
    .await
}

/// Undo one publication
///
/// What it changed goes back, where nobody published it since; later publications stay.
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
    request_body(content = RevertBody),
    responses(
        (status = 200, description = "Nothing would have changed", body = Moved),
        (status = 201, description = "The channel has moved", body = Moved, headers(("Location" = String, description = "The record of it"))),
        (status = 404, description = "No such channel or publication"),
        (status = 409, description = "The channel was moved meanwhile"),
        (status = 422, description = "Refused"),
    ),
)]
pub async fn revert(
    State(app): State<App>,
    asker: Asker,
    PathOf(channel): PathOf<String>,
    _: NoQuery,
    precondition: IfMatch,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<RevertBody>,
) -> Result<Response, Problem> {
    asker.must_be(Role::Publisher)?;
    let channel = channel_of(&channel)?;
    once(&app, &asker, repeatable, hash, move |store, attempt| {
        moved(store, &attempt, &channel, Some(&precondition), |channel, seen| {
            let (sequence, stamp) = (body.sequence, attempt.by.stamp(&body.message));
            channel.revert_publish(&RevertRequest { seen, sequence, stamp })
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
    request_body(content = KeysBody),
    responses(
        (status = 200, description = "They are released", body = Released),
        (status = 404, description = "No such channel, or an entry is not on hold"),
        (status = 409, description = "The channel was moved meanwhile"),
    ),
)]
pub async fn release(
    State(app): State<App>,
    asker: Asker,
    PathOf(channel): PathOf<String>,
    _: NoQuery,
    precondition: IfMatch,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<KeysBody>,
) -> Result<Response, Problem> {
    asker.must_be(Role::Publisher)?;
    let channel = channel_of(&channel)?;
    once(&app, &asker, repeatable, hash, move |store, attempt| {
        attempt.must_be_new(store)?;
        let seen = unmoved(store, &channel, &precondition)?;
        let stamp: Stamp = attempt.by.stamp(&body.message);
        let request = ReleaseRequest { seen, keys: body.keys, stamp };
        let released = store.repository.channel(&channel)?.release(&request)?;
        let released = released.iter().map(ToString::to_string).collect();
        Ok(Made::answer(&Released { channel: channel.to_string(), released }))
    })
    .await
}

/// Where a channel must still be when it is moved: none where its writer takes any place. Refuses a write
/// when it has moved since its writer looked.
fn unmoved(
    store: &Store,
    channel: &ChannelName,
    precondition: &IfMatch,
) -> Result<Option<PublicationId>, Problem> {
    let head = channels::head(store, channel.as_str())?;
    let tag = head.to_string();
    precondition.check(&tag).map_err(|problem| problem.with("current", head))?;
    Ok((!precondition.is_any()).then_some(head))
}

/// Moves a channel, once; that nothing would change is done, not refused.
fn moved(
    store: &Store,
    attempt: &Attempt,
    channel: &ChannelName,
    precondition: Option<&IfMatch>,
    work: impl FnOnce(&Channel, Option<PublicationId>) -> Result<Published, PublishError>,
) -> Result<Made, Problem> {
    if let Some(id) = attempt.id_before::<PublicationId>("publication")? {
        return made_before(store, id);
    }
    let seen = match precondition {
        Some(precondition) => unmoved(store, channel, precondition)?,
        None => None,
    };
    let done = work(&store.repository.channel(channel)?, seen);
    match crate::verbs::publishing::publish::moved(done)? {
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
