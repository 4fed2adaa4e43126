//! Threads and comments of a review.

use axum::{extract::State, response::Response};
use cms_core::{
    model::{id::RevisionId, key::EntryKey},
    repo::{Anchor, CommentPlace, ReviewId, Span},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{answered, made};
use crate::{
    app::App,
    authoring::by,
    edge::{
        access::Caller,
        body::JsonBody,
        extract::{PathOf, parsed},
        idempotency::{Repeatable, once},
        query::NoQuery,
    },
    ground::form::{IdText, KeyText, whole},
    problem::{Code, Problem},
    views::reviews::ReviewView,
};

/// Most characters of a comment.
const COMMENT_CHARS_MAX: usize = 5000;

/// The text of a comment, as Markdown.
#[derive(Debug, Clone, ToSchema)]
#[schema(min_length = 1, max_length = 5000, pattern = r"\S")]
pub struct CommentText(String);

impl<'de> Deserialize<'de> for CommentText {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if cms_core::schema::title::is_blank(&text) || text.chars().count() > COMMENT_CHARS_MAX {
            let reason = format!("a comment has 1 to {COMMENT_CHARS_MAX} characters");
            return Err(serde::de::Error::custom(reason));
        }
        Ok(Self(text))
    }
}

/// A comment to make: in a thread, about a place, or about the whole review.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentBody {
    /// The comment's text.
    text: CommentText,
    /// The thread that it answers.
    #[serde(default)]
    thread: Option<String>,
    /// The place that it is about, for a new thread.
    #[serde(default)]
    anchor: Option<AnchorBody>,
}

/// A place in an entry.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AnchorBody {
    /// The entry.
    #[schema(value_type = KeyText)]
    key: EntryKey,
    /// The revision that the commenter looked at.
    #[schema(value_type = IdText)]
    revision: RevisionId,
    /// The JSON pointer in the revision's document.
    pointer: String,
    /// The part of the text there, in characters.
    #[serde(default)]
    span: Option<SpanBody>,
}

/// A part of a text, in characters.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SpanBody {
    /// Where it begins.
    #[serde(deserialize_with = "whole")]
    #[schema(maximum = 9_007_199_254_740_991u64)]
    start: u64,
    /// Where it ends; the end itself is not part of it.
    #[serde(deserialize_with = "whole")]
    #[schema(maximum = 9_007_199_254_740_991u64)]
    end: u64,
}

/// A comment's new text.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditCommentBody {
    /// The new text.
    text: CommentText,
}

/// Add a comment
///
/// Threads of a closed review can still be answered. People who are named with `@` are notified.
#[utoipa::path(
    post,
    path = "/authoring/v1/reviews/{review}/comments",
    operation_id = "review_comment",
    tag = "reviews",
    params(
        ("review" = String, Path, description = "The review's name"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, the same request is done once"),
    ),
    request_body(content = CommentBody),
    responses(
        (status = 201, description = "The review as it is now", body = ReviewView, headers(("Location" = String, description = "The review"))),
        (status = 404, description = "No such review"),
        (status = 409, description = "Too many people comment at once"),
        (status = 422, description = "There is no such place or thread"),
    ),
)]
pub async fn comment(
    State(app): State<App>,
    caller: Caller,
    PathOf(review): PathOf<String>,
    _: NoQuery,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<CommentBody>,
) -> Result<Response, Problem> {
    let id: ReviewId = parsed(&review)?;
    let place = match (body.thread, body.anchor) {
        (Some(thread), None) => CommentPlace::Thread(thread),
        (None, Some(anchor)) => CommentPlace::Anchored(Anchor {
            key: anchor.key,
            revision: anchor.revision,
            pointer: anchor.pointer,
            span: anchor.span.map(|span| Span { start: span.start, end: span.end }),
        }),
        (None, None) => CommentPlace::Whole,
        (Some(_), Some(_)) => {
            let detail = "`thread` or `anchor` is expected, not both";
            return Err(Problem::new(Code::ReviewRefused, detail).with("pointer", "/anchor"));
        }
    };
    once(&app, &caller, repeatable, hash, move |store, attempt| {
        // A comment's name is derived from the attempt: a second try finds the comment of the first one.
        let stamp = attempt.by.stamp("");
        let review = store.repository.reviews().comment(&id, &place, &body.text.0, &stamp)?;
        made(&attempt.by.sight(store), review)
    })
    .await
}

/// Edit one's own comment
///
/// The comment shows when it was edited. People who are named for the first time are notified.
#[utoipa::path(
    put,
    path = "/authoring/v1/reviews/{review}/comments/{comment}",
    operation_id = "review_comment_edit",
    tag = "reviews",
    params(
        ("review" = String, Path, description = "The review's name"),
        ("comment" = String, Path, description = "The comment's name"),
    ),
    request_body(content = EditCommentBody),
    responses(
        (status = 200, description = "The review as it is now", body = ReviewView, headers(("ETag" = String, description = "Names the version of its own texts and comments"))),
        (status = 404, description = "No such review"),
        (status = 409, description = "Too many writers at once"),
        (status = 422, description = "There is no such comment"),
    ),
)]
pub async fn edit(
    State(app): State<App>,
    caller: Caller,
    PathOf((review, comment)): PathOf<(String, String)>,
    _: NoQuery,
    JsonBody { value: body, .. }: JsonBody<EditCommentBody>,
) -> Result<Response, Problem> {
    let id: ReviewId = parsed(&review)?;
    let by = by(&app, caller);
    app.core(move |store| {
        let stamp = by.stamp("");
        let review =
            store.repository.reviews().edit_comment(&id, &comment, &body.text.0, &stamp)?;
        answered(&by.sight(store), review)
    })
    .await
}

/// Resolve a thread
///
/// It no longer waits for an answer. Everybody in the review may do this.
#[utoipa::path(
    put,
    path = "/authoring/v1/reviews/{review}/threads/{thread}/resolved",
    operation_id = "review_thread_resolve",
    tag = "reviews",
    params(
        ("review" = String, Path, description = "The review's name"),
        ("thread" = String, Path, description = "The thread's name"),
    ),
    responses(
        (status = 200, description = "The review as it is now", body = ReviewView, headers(("ETag" = String, description = "Names the version of its own texts and comments"))),
        (status = 404, description = "No such review"),
        (status = 409, description = "It is merged"),
        (status = 422, description = "There is no such thread"),
    ),
)]
pub async fn resolve(
    State(app): State<App>,
    caller: Caller,
    PathOf((review, thread)): PathOf<(String, String)>,
    _: NoQuery,
) -> Result<Response, Problem> {
    resolved(app, caller, &review, thread, true).await
}

/// Reopen a resolved thread
///
/// It waits for an answer again.
#[utoipa::path(
    delete,
    path = "/authoring/v1/reviews/{review}/threads/{thread}/resolved",
    operation_id = "review_thread_unresolve",
    tag = "reviews",
    params(
        ("review" = String, Path, description = "The review's name"),
        ("thread" = String, Path, description = "The thread's name"),
    ),
    responses(
        (status = 200, description = "The review as it is now", body = ReviewView, headers(("ETag" = String, description = "Names the version of its own texts and comments"))),
        (status = 404, description = "No such review"),
        (status = 409, description = "Too many writers at once"),
        (status = 422, description = "There is no such thread"),
    ),
)]
pub async fn unresolve(
    State(app): State<App>,
    caller: Caller,
    PathOf((review, thread)): PathOf<(String, String)>,
    _: NoQuery,
) -> Result<Response, Problem> {
    resolved(app, caller, &review, thread, false).await
}

async fn resolved(
    app: App,
    caller: Caller,
    review: &str,
    thread: String,
    is_resolved: bool,
) -> Result<Response, Problem> {
    let id: ReviewId = parsed(review)?;
    let by = by(&app, caller);
    app.core(move |store| {
        let stamp = by.stamp("");
        let review =
            store.repository.reviews().resolve_thread(&id, &thread, is_resolved, &stamp)?;
        answered(&by.sight(store), review)
    })
    .await
}
