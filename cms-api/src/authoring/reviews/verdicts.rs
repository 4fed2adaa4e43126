//! Approving, asking for changes, and merging what was approved.

use axum::{extract::State, response::Response};
use cms_core::{
    model::{
        id::{CommitId, DocumentId},
        key::EntryKey,
    },
    repo::{Merged, Pair, Review, ReviewId, Seen, Sight},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::answered;
use crate::{
    app::App,
    authoring::by,
    edge::{
        access::Caller,
        body::JsonBody,
        extract::{PathOf, parsed},
        idempotency::{Attempt, Made, Repeatable, once},
        query::NoQuery,
    },
    ground::form::{IdText, KeyText, Message, bounded},
    problem::Problem,
    store::Store,
    views::{
        reviews::{ReviewMerged, ReviewView},
        view,
    },
};

/// What to approve: each entry for the pair that was seen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveBody {
    /// The entries, with the documents of their `pair` in the review.
    #[serde(deserialize_with = "bounded::<_, _, 1, 5000>")]
    #[schema(min_items = 1, max_items = 5000)]
    entries: Vec<SeenBody>,
    /// A message with the approval.
    #[serde(default)]
    message: Message,
}

/// An entry and the pair of documents that was seen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SeenBody {
    /// The entry.
    #[schema(value_type = KeyText)]
    key: EntryKey,
    /// The document before the draft; null for no entry.
    #[schema(value_type = Option<IdText>)]
    before: Option<DocumentId>,
    /// The document in the draft; null for no entry.
    #[schema(value_type = Option<IdText>)]
    after: Option<DocumentId>,
}

/// The reason for a verdict or a merge.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WordBody {
    /// Why, in the person's words.
    #[serde(default)]
    message: Message,
}

/// The state to merge, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeReviewBody {
    /// The draft's commit that the person looked at, `head` in the review; when left out, the review's present one.
    #[serde(default)]
    #[schema(value_type = Option<IdText>)]
    head: Option<CommitId>,
    /// Why, in the person's words.
    #[serde(default)]
    message: Message,
}

/// Which entries to accept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptBody {
    /// The entries.
    #[serde(deserialize_with = "bounded::<_, _, 1, 1000>")]
    #[schema(value_type = Vec<KeyText>, min_items = 1, max_items = 1000)]
    keys: Vec<EntryKey>,
    /// The draft's commit that the person looked at, `head` in the review; when left out, the review's present one.
    #[serde(default)]
    #[schema(value_type = Option<IdText>)]
    head: Option<CommitId>,
    /// Why, in the person's words.
    #[serde(default)]
    message: Message,
}

/// Approve entries
///
/// Each for the pair of documents that was seen: a later edit voids the approval, and bringing the draft up to date
/// voids it only where the pair changed. Nobody may approve what they changed themselves.
#[utoipa::path(
    post,
    path = "/authoring/v1/reviews/{review}/approve",
    operation_id = "review_approve",
    tag = "reviews",
    params(("review" = String, Path, description = "The review's name")),
    request_body(content = ApproveBody),
    responses(
        (status = 200, description = "The review as it is now", body = ReviewView, headers(("ETag" = String, description = "Names the version of its own texts and comments"))),
        (status = 404, description = "No such review"),
        (status = 409, description = "Entries are not as they were seen, or the review or its draft is not open"),
    ),
)]
pub async fn approve(
    State(app): State<App>,
    caller: Caller,
    PathOf(review): PathOf<String>,
    _: NoQuery,
    JsonBody { value: body, .. }: JsonBody<ApproveBody>,
) -> Result<Response, Problem> {
    let id: ReviewId = parsed(&review)?;
    let by = by(&app, caller);
    app.core(move |store| {
        let pair = |seen: SeenBody| (seen.key, Pair { before: seen.before, after: seen.after });
        let seen: Seen = body.entries.into_iter().map(pair).collect();
        let review =
            store.repository.reviews().approve(&id, &seen, &body.message, &by.stamp(""))?;
        answered(&by.sight(store), review)
    })
    .await
}

/// Ask for changes
///
/// This takes back the person's approvals.
#[utoipa::path(
    post,
    path = "/authoring/v1/reviews/{review}/request-changes",
    operation_id = "review_request_changes",
    tag = "reviews",
    params(("review" = String, Path, description = "The review's name")),
    request_body(content = WordBody),
    responses(
        (status = 200, description = "The review as it is now", body = ReviewView, headers(("ETag" = String, description = "Names the version of its own texts and comments"))),
        (status = 404, description = "No such review"),
        (status = 409, description = "The review or its draft is not open"),
    ),
)]
pub async fn request_changes(
    State(app): State<App>,
    caller: Caller,
    PathOf(review): PathOf<String>,
    _: NoQuery,
    JsonBody { value: body, .. }: JsonBody<WordBody>,
) -> Result<Response, Problem> {
    let id: ReviewId = parsed(&review)?;
    let by = by(&app, caller);
    app.core(move |store| {
        let review =
            store.repository.reviews().request_changes(&id, &body.message, &by.stamp(""))?;
        answered(&by.sight(store), review)
    })
    .await
}

/// Record what the person has looked at
///
/// So that `is_new_to_you` shows what changes after it.
#[utoipa::path(
    put,
    path = "/authoring/v1/reviews/{review}/seen",
    operation_id = "review_seen",
    tag = "reviews",
    params(("review" = String, Path, description = "The review's name")),
    responses(
        (status = 200, description = "The review as it is now", body = ReviewView, headers(("ETag" = String, description = "Names the version of its own texts and comments"))),
        (status = 404, description = "No such review"),
        (status = 409, description = "Too many writers at once"),
    ),
)]
pub async fn look(
    State(app): State<App>,
    caller: Caller,
    PathOf(review): PathOf<String>,
    _: NoQuery,
) -> Result<Response, Problem> {
    let id: ReviewId = parsed(&review)?;
    let by = by(&app, caller);
    app.core(move |store| {
        let review = store.repository.reviews().look(&id, &by.stamp(""))?;
        answered(&by.sight(store), review)
    })
    .await
}

fn made(sight: &Sight<'_>, merged: &Merged, review: Review) -> Result<Made, Problem> {
    let review = sight.review_done(review)?;
    let seen = ReviewMerged { merged: view(merged), review: view(&review) };
    Ok(Made::at(format!("/authoring/v1/commits/{}", merged.commit), &seen).tagged(merged.commit))
}

/// What an earlier try merged, as far as its record says.
fn made_before(store: &Store, attempt: &Attempt, id: &ReviewId) -> Result<Option<Made>, Problem> {
    let Some(commit) = attempt.id_before::<CommitId>("commit")? else { return Ok(None) };
    let missing = || Problem::internal(format!("commit {commit} is missing"));
    let merged = Merged {
        commit,
        changed_count: store
            .repository
            .history()
            .commit_shown(commit)?
            .ok_or_else(missing)?
            .changes_count,
        conflicted: Vec::new(),
        conflicts: Vec::new(),
        computed_count: 0,
    };
    let review = store.repository.reviews().one(id, Some(&attempt.by.author))?;
    made(&attempt.by.sight(store), &merged, review).map(Some)
}

/// Merge a review
///
/// Merges its draft into `main` as the review shows it, and ends both. What is typed meanwhile is not merged: it stays
/// in the draft, which then stays open. If `main` changed an entry too, the joined document needs an approval of its
/// own: bring the draft up to date first.
#[utoipa::path(
    post,
    path = "/authoring/v1/reviews/{review}/merge",
    operation_id = "review_merge",
    tag = "reviews",
    params(
        ("review" = String, Path, description = "The review's name"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, the same request is done once"),
    ),
    request_body(content = MergeReviewBody),
    responses(
        (status = 201, description = "Merged", body = ReviewMerged, headers(("Location" = String, description = "The commit"))),
        (status = 404, description = "No such review"),
        (status = 409, description = "Not open, its draft discarded, not approved, or in conflict"),
        (status = 422, description = "Entries are not as they must be"),
    ),
)]
pub async fn merge(
    State(app): State<App>,
    caller: Caller,
    PathOf(review): PathOf<String>,
    _: NoQuery,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<MergeReviewBody>,
) -> Result<Response, Problem> {
    let id: ReviewId = parsed(&review)?;
    once(&app, &caller, repeatable, hash, move |store, attempt| {
        if let Some(made) = made_before(store, &attempt, &id)? {
            return Ok(made);
        }
        let stamp = attempt.by.stamp(&body.message);
        let (merged, review) = store.repository.reviews().merge(&id, body.head, &stamp)?;
        made(&attempt.by.sight(store), &merged, review)
    })
    .await
}

/// Accept a part of a review
///
/// Merges chosen entries into `main`; the draft is brought up to date and shows only the rest.
#[utoipa::path(
    post,
    path = "/authoring/v1/reviews/{review}/accept",
    operation_id = "review_accept",
    tag = "reviews",
    params(
        ("review" = String, Path, description = "The review's name"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, the same request is done once"),
    ),
    request_body(content = AcceptBody),
    responses(
        (status = 201, description = "Accepted", body = ReviewMerged, headers(("Location" = String, description = "The commit"))),
        (status = 404, description = "No such review"),
        (status = 409, description = "Not open, its draft discarded, not approved, or in conflict"),
        (status = 422, description = "Refused; what the entries need must be chosen too"),
    ),
)]
pub async fn accept(
    State(app): State<App>,
    caller: Caller,
    PathOf(review): PathOf<String>,
    _: NoQuery,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<AcceptBody>,
) -> Result<Response, Problem> {
    let id: ReviewId = parsed(&review)?;
    once(&app, &caller, repeatable, hash, move |store, attempt| {
        if let Some(made) = made_before(store, &attempt, &id)? {
            return Ok(made);
        }
        let stamp = attempt.by.stamp(&body.message);
        let (merged, review) =
            store.repository.reviews().accept_part(&id, &body.keys, body.head, &stamp)?;
        made(&attempt.by.sight(store), &merged, review)
    })
    .await
}
