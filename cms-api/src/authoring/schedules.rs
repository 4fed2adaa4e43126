//! `…/schedules`: publishes, unpublishes, retirements and bringing back at an instant.

use axum::{extract::State, http::HeaderMap, response::Response};
use cms_core::{
    model::{
        key::EntryKey,
        moment::{Moment, MomentError},
        name::ChannelName,
    },
    repo::{ScheduleChange, ScheduleRequest, ScheduleState, ScheduleStep},
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{by, listed, main};
use crate::{
    app::App,
    edge::{
        access::Caller,
        body::JsonBody,
        cache::Tagged,
        extract::{self, PathOf},
        idempotency::{Made, Repeatable, once},
        precondition::IfMatch,
        query::{NoQuery, PageParameters, Paged, parsed},
    },
    ground::{
        form::{KeyText, Message, bounded},
        names::channel_of,
        page::{Order, Page},
    },
    problem::{Code, Problem},
    views::{
        scheduling::{ScheduleRow, Scheduled},
        view,
        words::publishing::{ScheduleStateWord, ScheduleVerbWord},
    },
};

/// What to do at an instant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleBody {
    /// What to do.
    verb: ScheduleVerbWord,
    /// When: a civil time with its zone (`2026-12-01T09:00[Europe/Berlin]`), or with an offset.
    #[schema(example = "2026-12-01T09:00[Europe/Berlin]")]
    at: String,
    /// For a publish, the state whose revisions are named; `main` when left out.
    #[serde(default = "main")]
    #[schema(default = "main")]
    target: String,
    /// The entries; for a publish, an empty list means everything that differs.
    #[serde(default, deserialize_with = "bounded::<_, _, 0, 1000>")]
    #[schema(value_type = Vec<KeyText>, max_items = 1000)]
    keys: Vec<EntryKey>,
    /// For a retirement, the entry that replaces the others.
    #[serde(default)]
    #[schema(value_type = Option<KeyText>)]
    replaced_by: Option<EntryKey>,
    /// What to do after that at the same instant, in this order; a step that fails keeps the later ones from running.
    #[serde(default, deserialize_with = "bounded::<_, _, 0, 9>")]
    #[schema(max_items = 9)]
    then: Vec<StepBody>,
    /// Why, in the writer's words.
    #[serde(default)]
    message: Message,
}

/// One more thing to do at the same instant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ScheduleStepBody)]
struct StepBody {
    /// What to do.
    verb: ScheduleVerbWord,
    /// For a publish or a bringing back, the state whose revisions are named; `main` when left out.
    #[serde(default = "main")]
    #[schema(default = "main")]
    target: String,
    /// The entries; for a publish, an empty list means everything that differs.
    #[serde(default, deserialize_with = "bounded::<_, _, 0, 1000>")]
    #[schema(value_type = Vec<KeyText>, max_items = 1000)]
    keys: Vec<EntryKey>,
    /// For a retirement, the entry that replaces the others.
    #[serde(default)]
    #[schema(value_type = Option<KeyText>)]
    replaced_by: Option<EntryKey>,
}

impl From<StepBody> for ScheduleStep {
    fn from(step: StepBody) -> Self {
        let StepBody { verb, target, keys, replaced_by } = step;
        Self { verb: verb.into(), target, keys, replaced_by }
    }
}

/// How to change a schedule; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleChangeBody {
    /// The new instant.
    #[serde(default)]
    at: Option<String>,
    /// For a publish, a state whose revisions of the same entries are named from now on.
    #[serde(default)]
    target: Option<String>,
    /// Why, in the writer's words.
    #[serde(default)]
    message: Message,
}

fn moment_at(text: &str, pointer: &str) -> Result<Moment, Problem> {
    text.parse().map_err(|error: MomentError| {
        Problem::new(Code::RequestMalformed, error.to_string()).with("pointer", pointer)
    })
}

fn location(channel: &ChannelName, id: &str) -> String {
    format!("/authoring/v1/channels/{channel}/schedules/{id}")
}

/// Schedule a publish, an unpublish, a retirement or a bringing back
///
/// `would_fail` says what would keep it from running as things are now. That does not refuse the request, because it
/// may be put right until then. A civil time that a zone skips or has twice is refused with both readings.
#[utoipa::path(
    post,
    path = "/authoring/v1/channels/{channel}/schedules",
    operation_id = "schedule_create",
    tag = "schedules",
    params(
        ("channel" = String, Path, description = "Its name"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, the same request is done once"),
    ),
    request_body(content = ScheduleBody),
    responses(
        (status = 201, description = "Scheduled", body = Scheduled, headers(("Location" = String, description = "Where it is"))),
        (status = 404, description = "No such channel, state or entry"),
        (status = 409, description = "The channel was changed meanwhile"),
        (status = 422, description = "Past, or without entries"),
    ),
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    PathOf(channel): PathOf<String>,
    _: NoQuery,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<ScheduleBody>,
) -> Result<Response, Problem> {
    let channel: ChannelName = extract::parsed(&channel)?;
    let at = moment_at(&body.at, "/at")?;
    let ScheduleBody { verb, target, keys, replaced_by, then, message, .. } = body;
    let step = ScheduleStep { verb: verb.into(), target, keys, replaced_by };
    let then = then.into_iter().map(ScheduleStep::from).collect();
    once(&app, &caller, repeatable, hash, move |store, attempt| {
        if let Some(id) = attempt.id_before::<String>("schedule")? {
            let schedule = store.repository.schedule_of(&channel, &id)?;
            let schedule: ScheduleRow = view(attempt.by.sight(store).schedule_done(schedule)?);
            let version = schedule.version;
            let view = Scheduled { schedule, report: None, would_fail: None };
            return Ok(Made::at(location(&channel, &id), &view).tagged(version));
        }
        let stamp = attempt.by.stamp(&message);
        let request = ScheduleRequest { channel: channel.clone(), step, then, at, stamp };
        let done = store.repository.schedule(&request)?;
        let done: Scheduled = view(attempt.by.sight(store).scheduled(done)?);
        let version = done.schedule.version;
        Ok(Made::at(location(&channel, &done.schedule.id), &done).tagged(version))
    })
    .await
}

/// Which schedules.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SchedulesQuery {
    /// Only this channel's.
    #[param(value_type = Option<String>)]
    channel: Option<ChannelName>,
    /// Only those in this state.
    #[serde(default, deserialize_with = "parsed")]
    state: Option<ScheduleStateWord>,
}

/// Schedules
///
/// In the order in which they were made, which never changes, so that a list that is read page by page has each once;
/// `due_ms` says when each runs. Failed schedules stay until they are retried or cancelled, and those that ran stay for
/// 90 days.
#[utoipa::path(
    get,
    path = "/authoring/v1/schedules",
    operation_id = "schedules_list",
    tag = "schedules",
    params(SchedulesQuery, PageParameters),
    responses((status = 200, description = "A page", body = Page<ScheduleRow>)),
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Paged { page, query: SchedulesQuery { channel, state } }: Paged<String, SchedulesQuery>,
) -> Result<Response, Problem> {
    let rows: Vec<ScheduleRow> = app
        .core(move |store| {
            let mut rows = store.repository.schedules(channel.as_ref())?;
            rows.retain(|row| state.is_none_or(|word| ScheduleState::from(word) == row.state));
            rows.sort_by(|a, b| (a.made, &a.id).cmp(&(b.made, &b.id)));
            let sight = caller.sight(store);
            let seen = rows.into_iter().filter_map(|row| sight.schedule(row).transpose());
            Ok(view(seen.collect::<Result<Vec<_>, _>>()?))
        })
        .await?;
    // Neither the place nor the id changes while the list is read.
    let placed = rows.into_iter().map(|row| (format!("{:020} {}", row.made, row.id), row));
    Ok(listed(&Page::of(placed, &page, Order::Ascending)))
}

/// One schedule
///
/// What it does and when; once it has run, the outcome.
#[utoipa::path(
    get,
    path = "/authoring/v1/channels/{channel}/schedules/{schedule}",
    operation_id = "schedule_get",
    tag = "schedules",
    params(
        ("channel" = String, Path, description = "Its channel"),
        ("schedule" = String, Path, description = "Its id"),
    ),
    responses(
        (status = 200, description = "The schedule", body = ScheduleRow, headers(("ETag" = String, description = "Its version"))),
        (status = 304, description = "It has not changed"),
        (status = 404, description = "No such schedule; it may have run"),
    ),
)]
pub async fn one(
    State(app): State<App>,
    caller: Caller,
    PathOf((channel, id)): PathOf<(String, String)>,
    _: NoQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let channel = channel_of(&channel)?;
    app.core(move |store| {
        let row: ScheduleRow = view(caller.sight(store).schedule_of(&channel, &id)?);
        Ok(Tagged::version(row.version, &row).answer(&headers))
    })
    .await
}

/// Change a schedule
///
/// Its instant, or the revisions that it names. A failed schedule waits again.
#[utoipa::path(
    patch,
    path = "/authoring/v1/channels/{channel}/schedules/{schedule}",
    operation_id = "schedule_change",
    tag = "schedules",
    params(
        ("channel" = String, Path, description = "Its channel"),
        ("schedule" = String, Path, description = "Its id"),
        ("If-Match" = String, Header, description = "The schedule's `ETag`"),
    ),
    request_body(content = ScheduleChangeBody),
    responses(
        (status = 200, description = "The schedule as it is now", body = Scheduled, headers(("ETag" = String, description = "Its version"))),
        (status = 404, description = "No such schedule or state"),
        (status = 409, description = "It was changed meanwhile"),
        (status = 422, description = "Past"),
    ),
)]
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    PathOf((channel, id)): PathOf<(String, String)>,
    _: NoQuery,
    precondition: IfMatch,
    JsonBody { value: body, .. }: JsonBody<ScheduleChangeBody>,
) -> Result<Response, Problem> {
    let channel = channel_of(&channel)?;
    let at = body.at.map(|at| moment_at(&at, "/at")).transpose()?;
    let by = by(&app, caller);
    app.core(move |store| {
        let version = by.sight(store).schedule_of(&channel, &id)?.version;
        precondition.check(&version.to_string())?;
        let stamp = by.stamp(&body.message);
        let target = body.target;
        let change = ScheduleChange { channel, id, expected: Some(version), at, target, stamp };
        let done = store.repository.change_schedule(&change)?;
        let done: Scheduled = view(by.sight(store).scheduled(done)?);
        Ok(Tagged::version(done.schedule.version, &done).answer(&HeaderMap::new()))
    })
    .await
}

/// Cancel a schedule
///
/// It will not run. What it has already done stays done.
#[utoipa::path(
    delete,
    path = "/authoring/v1/channels/{channel}/schedules/{schedule}",
    operation_id = "schedule_cancel",
    tag = "schedules",
    params(
        ("channel" = String, Path, description = "Its channel"),
        ("schedule" = String, Path, description = "Its id"),
        ("If-Match" = String, Header, description = "The schedule's `ETag`"),
    ),
    responses(
        (status = 200, description = "The schedule as it was", body = ScheduleRow),
        (status = 404, description = "No such schedule; it may have run"),
        (status = 409, description = "It was changed meanwhile"),
    ),
)]
pub async fn cancel(
    State(app): State<App>,
    caller: Caller,
    PathOf((channel, id)): PathOf<(String, String)>,
    _: NoQuery,
    precondition: IfMatch,
) -> Result<Response, Problem> {
    let channel = channel_of(&channel)?;
    let by = by(&app, caller);
    let row: ScheduleRow = app
        .core(move |store| {
            let version = by.sight(store).schedule_of(&channel, &id)?.version;
            precondition.check(&version.to_string())?;
            let stamp = by.stamp("");
            let row = store.repository.cancel_schedule(&channel, &id, Some(version), &stamp)?;
            Ok(view(by.sight(store).schedule_done(row)?))
        })
        .await?;
    Ok(listed(&row))
}

/// Retry a failed schedule
///
/// It runs the next time that due schedules are run, with the revisions that it names.
#[utoipa::path(
    post,
    path = "/authoring/v1/channels/{channel}/schedules/{schedule}/retry",
    operation_id = "schedule_retry",
    tag = "schedules",
    params(
        ("channel" = String, Path, description = "Its channel"),
        ("schedule" = String, Path, description = "Its id"),
        ("If-Match" = String, Header, description = "The schedule's `ETag`"),
    ),
    responses(
        (status = 200, description = "The schedule as it is now", body = ScheduleRow, headers(("ETag" = String, description = "Its version"))),
        (status = 404, description = "No such schedule; it may have run"),
        (status = 409, description = "It was changed meanwhile"),
        (status = 422, description = "It has not failed"),
    ),
)]
pub async fn retry(
    State(app): State<App>,
    caller: Caller,
    PathOf((channel, id)): PathOf<(String, String)>,
    _: NoQuery,
    precondition: IfMatch,
) -> Result<Response, Problem> {
    let channel = channel_of(&channel)?;
    let by = by(&app, caller);
    app.core(move |store| {
        let version = by.sight(store).schedule_of(&channel, &id)?.version;
        precondition.check(&version.to_string())?;
        let stamp = by.stamp("");
        let row = store.repository.retry_schedule(&channel, &id, Some(version), &stamp)?;
        let row: ScheduleRow = view(by.sight(store).schedule_done(row)?);
        Ok(Tagged::version(row.version, &row).answer(&HeaderMap::new()))
    })
    .await
}
