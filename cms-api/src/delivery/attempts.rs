//! Attempts: `POST /v1/score` and `POST /v1/hints`, for documents that were delivered without their answers.
//!
//! Invariants:
//! 1. Nothing is stored: the same attempt gets the same answer on any server, whatever was published since.
//! 2. An attempt in a batch that can't be scored is answered with a problem of its own; the others are scored.
//! 3. No cache keeps an answer.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use cms_core::{
    model::{
        id::{DocumentId, SnapshotId},
        key::Locale,
        snapshot::Snapshot,
    },
    repo::{Delivery, Mentioned, ShownDocument, Shows},
};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Map, Value, json, value::RawValue};
use utoipa::ToSchema;

use super::snapshot_of;
use crate::{
    app::reader::Reader,
    edge::{
        body::{JsonBody, WholeBody, must_be_json},
        client::Client,
        query::NoQuery,
    },
    ground::form::{AnyProblem, IdText, LocaleText, whole},
    problem::{Code, Problem, caching::Caching},
    views::delivered::GivenRef,
};

/// Most attempts in one request.
pub const ATTEMPTS_MAX: usize = 100;

/// A learner's answer to one item.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// The delivered document that the learner saw
    #[schema(value_type = IdText)]
    object: DocumentId,
    /// The item's id
    item: String,
    /// The part of the item that is answered by itself: the way to a graded group by names of widgets, such as
    /// `graded-group 1`, `graded-group-set 1/0` (the set's name, and the group's place in it, from 0) or `group
    /// 1/graded-group 2`; the whole item when left out
    #[schema(example = "graded-group 1", max_length = 300)]
    part: Option<String>,
    /// What was entered, by widget, in Perseus's form; for a part, by its own widgets
    input: Map<String, Value>,
    /// The locale in which numbers are written; when left out, the language of the item that the learner saw: its own
    /// `locale`, or its document's
    #[schema(value_type = Option<LocaleText>)]
    locale: Option<Locale>,
}

/// One attempt, or up to 100 of them under `attempts`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Attempts {
    /// One attempt
    One(Attempt),
    /// Several attempts, for example from a queue that filled without a network
    Many(AttemptBatch),
}

/// Several attempts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttemptBatch {
    /// The attempts, in the order in which they are answered; each is read by itself, so that only a malformed one is
    /// refused
    #[schema(min_items = 1, max_items = 100, value_type = Vec<Attempt>)]
    attempts: Vec<Box<RawValue>>,
}

/// The form of a body, which tells one attempt from several.
#[derive(Deserialize)]
struct Form {
    attempts: Option<IgnoredAny>,
}

/// The score of an attempt, or the scores of several.
#[derive(Debug, serde::Serialize, ToSchema)]
#[serde(untagged)]
pub enum Scored {
    /// The score of one attempt
    One(ScoredAttempt),
    /// The scores of several attempts
    Many(ScoredBatch),
}

/// The scores of several attempts.
#[derive(Debug, serde::Serialize, ToSchema)]
pub struct ScoredBatch {
    /// A score or a problem for each attempt, in the order of the attempts
    #[schema(value_type = Vec<ScoredOrProblem>)]
    results: Vec<Value>,
}

/// The score of one of several attempts, or why it could not be scored.
#[derive(serde::Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "each is written as it is; only its form is told")]
enum ScoredOrProblem {
    /// A score
    Scored(ScoredAttempt),
    /// A problem
    Problem(AnyProblem),
}

/// The score of an attempt.
#[derive(Debug, serde::Serialize, ToSchema)]
pub struct ScoredAttempt {
    /// The item's score
    score: AttemptScore,
    /// The scores of its widgets, by name
    #[schema(value_type = std::collections::BTreeMap<String, AttemptScore>)]
    widgets: Map<String, Value>,
    /// The pictures that the messages show and that come with them, by key, as in the answer to a hint; left out when
    /// there are none
    #[schema(value_type = Option<std::collections::BTreeMap<String, GivenRef>>)]
    refs: Option<Map<String, Value>>,
}

/// A score: points, or no score yet because something is empty or can't be read.
#[derive(Debug, serde::Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum AttemptScore {
    /// This many of this many points
    Points {
        /// Points earned; the answer is right when these are all points, and there are any
        earned: f64,
        /// Points that can be earned. With 0 nothing was scored: such an answer is neither right nor wrong, and counts
        /// in no total
        total: f64,
        /// A message to the learner, if any
        message: Option<String>,
    },
    /// Not a complete attempt yet
    Invalid {
        /// A message to the learner, if any
        message: Option<String>,
    },
}

/// A request for a hint.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HintRequest {
    /// The delivered document that the learner sees
    #[schema(value_type = IdText)]
    object: DocumentId,
    /// The item's id
    item: String,
    /// The part whose hint it is, as in an attempt; the item itself when left out
    #[schema(example = "graded-group 1", max_length = 300)]
    part: Option<String>,
    /// The number of the hint, from 0
    #[serde(deserialize_with = "whole")]
    #[schema(maximum = 4_294_967_295u32)]
    n: u32,
    /// The snapshot in which those pictures in the hint are looked up that everybody has
    #[schema(value_type = Option<IdText>)]
    snapshot: Option<SnapshotId>,
    /// The locale of those pictures; when left out, the language of the item that the learner saw
    #[schema(value_type = Option<LocaleText>)]
    locale: Option<Locale>,
}

/// A hint.
#[derive(Debug, serde::Serialize, ToSchema)]
pub struct HintAnswer {
    /// The delivered document
    #[schema(value_type = String)]
    object: DocumentId,
    /// The item's id
    item: String,
    /// The number of the hint, from 0
    n: u32,
    /// How many hints the item has
    count: usize,
    /// What to show, in Perseus's form
    #[schema(value_type = Object)]
    hint: Value,
    /// The pictures of this hint, by key, with their `summary` and, under `media`, the address of each file; with their
    /// `object` when everybody has them, or with their `document` when they come with the hint. Without a snapshot only
    /// the latter are here
    #[schema(value_type = std::collections::BTreeMap<String, GivenRef>)]
    refs: Map<String, Value>,
}

/// Score an attempt
///
/// Scores what a learner entered into an item that was delivered without its answers, by exactly the document that the
/// learner saw, whatever was published since. Up to 100 attempts can be sent together as `{"attempts": […]}`; they are
/// answered as `{"results": […]}` in the same order, each with a score or a problem.
#[utoipa::path(
    post,
    path = "/v1/score",
    operation_id = "score",
    tag = "attempts",
    request_body(content = Attempts, description = "An attempt, or several"),
    responses(
        (status = 200, description = "Its score; for several attempts, `results`", body = Scored),
        (status = 308, description = "To the one spelling of this address"),
        (status = 400, description = "A malformed body"),
        (status = 404, description = "No such delivered document, or no such item in it"),
        (status = 408, description = "The body came too slowly"),
        (status = 413, description = "The body is too large"),
        (status = 415, description = "The body is not JSON"),
        (status = 422, description = "The input does not fit the item, or the item can't be scored"),
        (status = 429, description = "Too many attempts from this client; `Retry-After` says when"),
        (status = 503, description = "The store is not available"),
    ),
)]
pub async fn score(
    State(reader): State<Reader>,
    _: NoQuery,
    client: Client,
    request: Request,
) -> Result<Response, Problem> {
    must_be_json(request.headers())?;
    let bytes = body(request).await?;
    let form = JsonBody::<Form>::read(&bytes)?;
    if form.attempts.is_none() {
        let attempt = JsonBody::<Attempt>::of(&bytes)?.value;
        reader.attempts().admit(client, 1)?;
        let place = reader.scoring().await?;
        let scored = reader.deliver(move |delivery| {
            let _place = place;
            scored(delivery, &attempt)
        });
        return Ok(unkept(&scored.await?));
    }
    let AttemptBatch { attempts } = JsonBody::<AttemptBatch>::read(&bytes)?;
    if attempts.is_empty() || attempts.len() > ATTEMPTS_MAX {
        let detail = format!("1 to {ATTEMPTS_MAX} attempts go together, not {}", attempts.len());
        return Err(Problem::new(Code::RequestMalformed, detail).with("pointer", "/attempts"));
    }
    reader.attempts().admit(client, attempts.len())?;
    let place = reader.scoring().await?;
    let waited_for = Arc::new(());
    let is_waited_for = Arc::downgrade(&waited_for);
    let results = reader.deliver(move |delivery| {
        let _place = place;
        // Nobody reads the answer when the client has gone.
        let wanted = attempts.iter().take_while(|_| is_waited_for.strong_count() > 0);
        let each =
            wanted.enumerate().map(|(index, attempt)| match one_of(delivery, index, attempt) {
                Ok(scored) => scored,
                Err(problem) => problem.outward(),
            });
        Ok(json!({ "results": each.collect::<Vec<_>>() }))
    });
    let results = results.await?;
    drop(waited_for);
    Ok(unkept(&results))
}

/// Scores one of several attempts; a fault is reported with its place in the whole body.
fn one_of(delivery: &Delivery, index: usize, attempt: &RawValue) -> Result<Value, Problem> {
    let bytes = Bytes::copy_from_slice(attempt.get().as_bytes());
    let read = JsonBody::<Attempt>::of(&bytes).map_err(|problem| {
        let within = problem.members.get("pointer").and_then(Value::as_str).unwrap_or_default();
        let pointer = format!("/attempts/{index}{within}");
        problem.with("pointer", pointer)
    })?;
    scored(delivery, &read.value)
}

fn scored(delivery: &Delivery, attempt: &Attempt) -> Result<Value, Problem> {
    let Attempt { object, item, part, input, locale } = attempt;
    let input = Value::Object(input.clone());
    let scored = delivery.scored(*object, item, part.as_deref(), &input, locale.as_ref())?;
    let refs = references(delivery, &scored.shows, None, None)?;
    let mut score = scored.score;
    if let (Value::Object(score), false) = (&mut score, refs.is_empty()) {
        score.insert("refs".to_owned(), refs.into());
    }
    Ok(score)
}

/// Ask for a hint
///
/// The hints of an item that was delivered without its answers are given one by one; the delivered item has an empty
/// place for each.
#[utoipa::path(
    post,
    path = "/v1/hints",
    operation_id = "hint_get",
    tag = "attempts",
    request_body(content = HintRequest, description = "Which hint"),
    responses(
        (status = 200, description = "The hint", body = HintAnswer),
        (status = 308, description = "To the one spelling of this address"),
        (status = 400, description = "A malformed body"),
        (status = 404, description = "No such delivered document, item, hint or snapshot"),
        (status = 408, description = "The body came too slowly"),
        (status = 413, description = "The body is too large"),
        (status = 415, description = "The body is not JSON"),
        (status = 422, description = "The item's engine gives no hints"),
        (status = 429, description = "Too many requests from this client; `Retry-After` says when"),
        (status = 503, description = "The store is not available"),
    ),
)]
pub async fn hint(
    State(reader): State<Reader>,
    _: NoQuery,
    client: Client,
    JsonBody { value: asked, .. }: JsonBody<HintRequest>,
) -> Result<Response, Problem> {
    reader.attempts().admit(client, 1)?;
    let place = reader.scoring().await?;
    let answer = reader.deliver(move |delivery| {
        let _place = place;
        let HintRequest { object, item, part, n, snapshot, locale } = asked;
        let found = delivery.hint(object, &item, part.as_deref(), n as usize)?;
        let snapshot = snapshot.map(|id| snapshot_of(delivery, id)).transpose()?;
        let locale = locale.as_ref().unwrap_or(&found.seen_in);
        let refs = references(delivery, &found.shows, snapshot.as_ref(), Some(locale))?;
        Ok(HintAnswer { object, item, n, count: found.count, hint: found.hint, refs })
    });
    Ok(unkept(&answer.await?))
}

/// The entries that something given shows, by key.
fn references(
    delivery: &Delivery,
    mentioned: &Mentioned,
    snapshot: Option<&Snapshot>,
    locale: Option<&Locale>,
) -> Result<Map<String, Value>, Problem> {
    let shown = delivery.shown(mentioned, snapshot, locale)?;
    Ok(shown.into_iter().map(reference).collect())
}

fn reference(Shows { key, document, summary, media }: Shows) -> (String, Value) {
    let media: Map<String, Value> = media
        .into_iter()
        .map(|(id, token)| {
            let address = match token {
                None => format!("/v1/media/{id}"),
                Some(token) => format!("/v1/given/{token}/{id}"),
            };
            (id.to_string(), address.into())
        })
        .collect();
    let mut row = json!({ "summary": summary, "media": media });
    match document {
        ShownDocument::Delivered(object) => row["object"] = json!(object),
        ShownDocument::Kept(document) => row["document"] = document,
    }
    (key.to_string(), row)
}

async fn body(request: Request) -> Result<Bytes, Problem> {
    use axum::extract::FromRequest as _;
    WholeBody::from_request(request, &()).await.map(|body| body.0)
}

fn unkept(value: &impl serde::Serialize) -> Response {
    ([Caching::Unkept.header()], axum::Json(value)).into_response()
}
