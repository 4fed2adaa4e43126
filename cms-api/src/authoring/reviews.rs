//! `…/reviews`: the request to merge a draft, what people say about it, and their approvals.

pub mod policy;
pub mod talk;
pub mod verdicts;

use axum::{extract::State, http::HeaderMap, response::Response};
use cms_core::{
    model::name::Person,
    repo::{DraftId, NewReview, Review, ReviewChange, ReviewId, ReviewList, ReviewState, Sight},
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{by, listed};
use crate::{
    app::App,
    edge::{
        access::Caller,
        body::JsonBody,
        cache::Tagged,
        extract::{PathOf, parsed},
        idempotency::{Made, Repeatable, once},
        precondition::IfMatch,
        query::{self, NoQuery, PageParameters, Paged},
    },
    ground::form::{PersonText, Title, persons, some_persons},
    problem::{Problem, caching::Caching},
    store::{Store, known},
    views::{
        reviews::{ReviewPage, ReviewView, UnreadReview},
        view,
        words::content::ReviewStateWord,
    },
};

/// Most characters of a description.
const DESCRIPTION_CHARS_MAX: usize = 10_000;

/// A review's description, as Markdown.
#[derive(Debug, Clone, Default, ToSchema)]
#[schema(max_length = 10_000)]
pub struct Description(String);

impl<'de> Deserialize<'de> for Description {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.chars().count() > DESCRIPTION_CHARS_MAX {
            let reason = format!("a description has at most {DESCRIPTION_CHARS_MAX} characters");
            return Err(serde::de::Error::custom(reason));
        }
        Ok(Self(text))
    }
}

/// A review to open.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReviewBody {
    /// The draft to review.
    #[schema(value_type = String, pattern = "^[a-z0-9][a-z0-9_-]{0,31}$")]
    draft: DraftId,
    /// What it is about.
    title: Title,
    /// A longer description, as Markdown.
    #[serde(default)]
    description: Description,
    /// The people who are asked to review it.
    #[serde(default, deserialize_with = "persons")]
    #[schema(value_type = Vec<PersonText>, max_items = 50)]
    reviewers: Vec<Person>,
}

/// A change of a review's title, description or reviewers; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewBody {
    /// The new title.
    #[serde(default)]
    title: Option<Title>,
    /// The new description.
    #[serde(default)]
    description: Option<Description>,
    /// The new reviewers.
    #[serde(default, deserialize_with = "some_persons")]
    #[schema(value_type = Option<Vec<PersonText>>)]
    reviewers: Option<Vec<Person>>,
}

/// The tag that writes to a review name. It covers the review's own texts and people, whoever looks, and not what comes from
/// the draft, which others change all the time.
fn tag(review: &Review) -> String {
    let whole: ReviewView = view(review);
    let own = (&whole.row, &whole.description, &whole.verdicts, &whole.threads);
    Tagged::json(Caching::Revalidated, &own).tag
}

/// The answer to a request that wrote to a review.
fn answered(sight: &Sight<'_>, review: Review) -> Result<Response, Problem> {
    let tag = tag(&review);
    Ok(shown(tag, &view(&sight.review_done(review)?)))
}

fn shown(tag: String, seen: &ReviewView) -> Response {
    Tagged { tag, ..Tagged::json(Caching::Revalidated, seen) }.answer(&HeaderMap::new())
}

/// The answer to a request that made a review, or made it another.
fn made(sight: &Sight<'_>, review: Review) -> Result<Made, Problem> {
    let (id, tag) = (review.row.review.clone(), tag(&review));
    let seen: ReviewView = view(&sight.review_done(review)?);
    Ok(Made::at(format!("/authoring/v1/reviews/{id}"), &seen).tagged(tag))
}

/// Refuses a write to a review that has changed since its writer looked.
fn unmoved(store: &Store, id: &ReviewId, precondition: &IfMatch) -> Result<(), Problem> {
    precondition.check(&tag(&store.repository.reviews().one(id, None)?))
}

/// Open a review
///
/// Of a draft, which has at most one open review. What was typed is committed first.
#[utoipa::path(
    post,
    path = "/authoring/v1/reviews",
    operation_id = "review_create",
    tag = "reviews",
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, the same request is done once")),
    request_body(content = NewReviewBody),
    responses(
        (status = 201, description = "The review", body = ReviewView, headers(("Location" = String, description = "Where it is"))),
        (status = 404, description = "No such draft"),
        (status = 409, description = "`draft-state`: the draft is not open; `under-review`: it has an open review already"),
        (status = 422, description = "Refused"),
    ),
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    _: NoQuery,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<NewReviewBody>,
) -> Result<Response, Problem> {
    once(&app, &caller, repeatable, hash, move |store, attempt| {
        known::must_exist(store, &body.reviewers, &[], "/reviewers", &attempt.by)?;
        // A review's name is derived from the attempt: a second try finds what the first one opened.
        let review = store.repository.reviews().open(NewReview {
            draft: body.draft,
            title: body.title.into(),
            description: body.description.0,
            reviewers: body.reviewers,
            stamp: attempt.by.stamp(""),
        })?;
        made(&attempt.by.sight(store), review)
    })
    .await
}

/// Which reviews.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReviewsQuery {
    /// Only those in this state; may be combined with the others.
    #[serde(default, deserialize_with = "query::parsed")]
    state: Option<ReviewStateWord>,
    /// `true`: only those that the person opened; may be combined with `state`.
    #[serde(default, deserialize_with = "query::parsed")]
    mine: Option<bool>,
    /// `true`: only those that the person is asked to look at; may be combined with `state`.
    #[serde(default, deserialize_with = "query::parsed")]
    asked: Option<bool>,
}

/// Reviews
///
/// Newest first: all reviews, those in a state, or among the latter the person's own or those that they are asked to
/// look at.
#[utoipa::path(
    get,
    path = "/authoring/v1/reviews",
    operation_id = "reviews_list",
    tag = "reviews",
    params(ReviewsQuery, PageParameters),
    responses((status = 200, description = "A page", body = ReviewPage)),
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Paged { page, query }: Paged<ReviewId, ReviewsQuery>,
) -> Result<Response, Problem> {
    let ReviewsQuery { state, mine, asked } = query;
    let (mine, asked) = (mine.unwrap_or_default(), asked.unwrap_or_default());
    // A person's own reviews are listed by state; open ones when no state is named.
    let of_state = state.map_or(ReviewState::Open, Into::into);
    let list = match (mine, asked, state) {
        (true, _, _) => ReviewList::By(caller.person.clone(), of_state),
        (false, true, _) => ReviewList::Asked(caller.person.clone(), of_state),
        (false, false, Some(word)) => ReviewList::State(word.into()),
        (false, false, None) => ReviewList::All,
    };
    let found = app
        .core(move |store| {
            let found =
                store.repository.reviews().list(&list, page.after.as_ref(), page.rows_max)?;
            let last = found.rows.last().filter(|_| found.more);
            let next = last.map(|row| page.list.after(&row.review));
            let unreadable = found
                .damaged
                .into_iter()
                .map(|(review, damaged)| UnreadReview { review: review.to_string(), damaged });
            let sight = caller.sight(store);
            let rows = found.rows.into_iter().filter_map(|row| sight.review_row(row).transpose());
            let rows: Vec<_> = rows.collect::<Result<_, _>>()?;
            Ok(ReviewPage { rows: view(&rows), next, damaged: unreadable.collect() })
        })
        .await?;
    Ok(listed(&found))
}

/// One review
///
/// As the person sees it: what would change, what needs a closer look first, who approved which pair of
/// documents, and what was said.
#[utoipa::path(
    get,
    path = "/authoring/v1/reviews/{review}",
    operation_id = "review_get",
    tag = "reviews",
    params(("review" = String, Path, description = "Its name")),
    responses(
        (status = 200, description = "The review", body = ReviewView, headers(("ETag" = String, description = "Names the version of its own texts and comments"))),
        (status = 404, description = "No such review"),
    ),
)]
pub async fn one(
    State(app): State<App>,
    caller: Caller,
    PathOf(review): PathOf<String>,
    _: NoQuery,
) -> Result<Response, Problem> {
    let id: ReviewId = parsed(&review)?;
    // Always the whole answer: its tag does not name what comes from the draft.
    app.core(move |store| {
        let review = store.repository.reviews().one(&id, Some(&caller.person))?;
        let tag = tag(&review);
        Ok(shown(tag, &view(&caller.sight(store).review(review)?)))
    })
    .await
}

/// Change a review's description
///
/// Its title, its description and its reviewers. What is left out stays as it is.
#[utoipa::path(
    patch,
    path = "/authoring/v1/reviews/{review}",
    operation_id = "review_change",
    tag = "reviews",
    params(
        ("review" = String, Path, description = "Its name"),
        ("If-Match" = String, Header, description = "The review's `ETag`"),
    ),
    request_body(content = ReviewBody),
    responses(
        (status = 200, description = "The review as it is now", body = ReviewView, headers(("ETag" = String, description = "Names the version of its own texts and comments"))),
        (status = 404, description = "No such review"),
        (status = 409, description = "It is not open"),
        (status = 422, description = "Refused"),
    ),
)]
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    PathOf(review): PathOf<String>,
    _: NoQuery,
    precondition: IfMatch,
    JsonBody { value: body, .. }: JsonBody<ReviewBody>,
) -> Result<Response, Problem> {
    let id: ReviewId = parsed(&review)?;
    let by = by(&app, caller);
    app.core(move |store| {
        unmoved(store, &id, &precondition)?;
        if let Some(reviewers) = &body.reviewers {
            // Reviewers who were asked while they existed stay.
            let known = store.repository.reviews().one(&id, None)?.row.reviewers;
            known::must_exist(store, reviewers, &known, "/reviewers", &by)?;
        }
        let change = ReviewChange {
            title: body.title.map(Into::into),
            description: body.description.map(|text| text.0),
            reviewers: body.reviewers,
        };
        let review = store.repository.reviews().describe(&id, change, &by.stamp(""))?;
        answered(&by.sight(store), review)
    })
    .await
}

/// Close a review without a merge
///
/// The draft stays as it is.
#[utoipa::path(
    post,
    path = "/authoring/v1/reviews/{review}/close",
    operation_id = "review_close",
    tag = "reviews",
    params(
        ("review" = String, Path, description = "Its name"),
        ("If-Match" = String, Header, description = "The review's `ETag`"),
    ),
    responses(
        (status = 200, description = "The review as it is now", body = ReviewView, headers(("ETag" = String, description = "Names the version of its own texts and comments"))),
        (status = 404, description = "No such review"),
        (status = 409, description = "It is not open"),
    ),
)]
pub async fn close(
    State(app): State<App>,
    caller: Caller,
    PathOf(review): PathOf<String>,
    _: NoQuery,
    precondition: IfMatch,
) -> Result<Response, Problem> {
    let id: ReviewId = parsed(&review)?;
    let by = by(&app, caller);
    app.core(move |store| {
        unmoved(store, &id, &precondition)?;
        let review = store.repository.reviews().close(&id, &by.stamp(""))?;
        answered(&by.sight(store), review)
    })
    .await
}

/// Reopen a closed review
///
/// Comments and approvals are still there; an approval counts if the draft is as its giver saw it.
#[utoipa::path(
    post,
    path = "/authoring/v1/reviews/{review}/reopen",
    operation_id = "review_reopen",
    tag = "reviews",
    params(
        ("review" = String, Path, description = "Its name"),
        ("If-Match" = String, Header, description = "The review's `ETag`"),
    ),
    responses(
        (status = 200, description = "The review as it is now", body = ReviewView, headers(("ETag" = String, description = "Names the version of its own texts and comments"))),
        (status = 404, description = "No such review or draft"),
        (status = 409, description = "`review-state`: it is not closed; `draft-state`: its draft is no longer open; `under-review`: another review of the draft is open"),
        (status = 422, description = "Its draft is closed"),
    ),
)]
pub async fn reopen(
    State(app): State<App>,
    caller: Caller,
    PathOf(review): PathOf<String>,
    _: NoQuery,
    precondition: IfMatch,
) -> Result<Response, Problem> {
    let id: ReviewId = parsed(&review)?;
    let by = by(&app, caller);
    app.core(move |store| {
        unmoved(store, &id, &precondition)?;
        let review = store.repository.reviews().reopen(&id, &by.stamp(""))?;
        answered(&by.sight(store), review)
    })
    .await
}
