//! `…/drafts/{draft}/shares`: links that show a draft to people without an account.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use cms_core::{
    access::Right,
    model::name::ChannelNameError,
    repo::{DraftId, NewShare, SecretHash, ShareRow},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::listed;
use crate::{
    app::App,
    authoring::by,
    edge::{
        access::Caller,
        address::link::PATH,
        body::JsonBody,
        extract::{PathOf, parsed},
        query::{NoQuery, PageParameters, Paged},
    },
    ground::{
        form::some_whole,
        moment,
        page::{Order, Page},
        secret,
    },
    problem::{Code, Problem, caching::Caching},
};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
const DAYS: u32 = 14;
const CHANNEL: &str = "production";

/// A link to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewShareBody {
    /// The channel on which the draft is shown; `production` when left out.
    #[serde(default)]
    channel: Option<String>,
    /// Whom it is for, in the maker's words.
    #[serde(default)]
    #[schema(max_length = 200)]
    label: String,
    /// For how many days it opens the draft; 14 when left out.
    #[serde(default, deserialize_with = "some_whole")]
    #[schema(minimum = 1, maximum = 90)]
    days: Option<u32>,
}

/// A link, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShareView {
    /// The link's id in lists; it opens nothing.
    pub share: String,
    /// The draft that it shows.
    pub draft: String,
    /// The channel on which the draft is shown.
    pub channel: String,
    /// Whom it is for, in the maker's words.
    pub label: String,
    /// Who made it.
    pub created_by: String,
    /// When it was made: UTC, ISO 8601.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it ends: UTC, ISO 8601.
    #[schema(format = DateTime)]
    pub expires_at: String,
}

/// A link that was just made, with its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewShareView {
    /// The link.
    #[serde(flatten)]
    pub share: ShareView,
    /// Where it leads on this server: a page for people; with `v1/…` after it, what apps read. It is returned only
    /// here, and kept nowhere.
    pub path: String,
}

impl ShareView {
    fn of(row: &ShareRow) -> Self {
        Self {
            share: row.id.clone(),
            draft: row.draft.to_string(),
            channel: row.channel.to_string(),
            label: row.label.clone(),
            created_by: row.created_by.clone(),
            created_at: moment::iso(row.created_ms),
            expires_at: moment::iso(row.expires_ms),
        }
    }
}

/// Share a draft by a link
///
/// Anyone who has the link sees the draft as it would be published, without an account, until the link ends or is
/// revoked. This request takes no `Idempotency-Key`, because the answer holds a secret and is not remembered.
#[utoipa::path(
    post,
    path = "/authoring/v1/drafts/{draft}/shares",
    operation_id = "share_create",
    tag = "shares",
    params(("draft" = String, Path, description = "Its name")),
    request_body(content = NewShareBody),
    responses(
        (status = 201, description = "The link", body = NewShareView, headers(("Location" = String, description = "Where it leads"))),
        (status = 403, description = "Not a member"),
        (status = 404, description = "No such draft"),
        (status = 409, description = "`draft-state`: the draft is no longer open"),
        (status = 422, description = "Refused: the channel's name, the label's length or the days"),
    ),
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    PathOf(draft): PathOf<String>,
    _: NoQuery,
    JsonBody { value: body, .. }: JsonBody<NewShareBody>,
) -> Result<Response, Problem> {
    let draft: DraftId = parsed(&draft)?;
    let text = secret::fresh(secret::SHARE).map_err(Problem::internal)?;
    let stamp = by(&app, caller).stamp("");
    let channel = body.channel.as_deref().unwrap_or(CHANNEL).parse();
    let channel = channel.map_err(|error: ChannelNameError| {
        Problem::new(Code::ShareRefused, error.to_string()).with("pointer", "/channel")
    })?;
    let new = NewShare {
        hash: SecretHash::of(text.as_bytes()),
        draft,
        channel,
        label: body.label,
        expires_ms: stamp.time_ms + u64::from(body.days.unwrap_or(DAYS)) * DAY_MS,
        stamp,
    };
    let row = app.core(move |store| Ok(store.repository.drafts().create_share(&new)?)).await?;
    let path = format!("{PATH}/{text}/");
    let location = [(header::LOCATION, path.clone())];
    let view = NewShareView { share: ShareView::of(&row), path };
    Ok((StatusCode::CREATED, [Caching::NoStore.header()], location, Json(view)).into_response())
}

/// Links to a draft
///
/// Newest first, including those that ended within a month; never with their secrets.
#[utoipa::path(
    get,
    path = "/authoring/v1/drafts/{draft}/shares",
    operation_id = "shares_list",
    tag = "shares",
    params(
        ("draft" = String, Path, description = "Its name"),
        PageParameters,
    ),
    responses(
        (status = 200, description = "A page", body = Page<ShareView>),
        (status = 404, description = "No such draft"),
    ),
)]
pub async fn list(
    State(app): State<App>,
    PathOf(draft): PathOf<String>,
    Paged { page, .. }: Paged<String>,
) -> Result<Response, Problem> {
    let draft: DraftId = parsed(&draft)?;
    let rows = app
        .core(move |store| {
            store.repository.drafts().one(&draft)?;
            Ok(store.repository.drafts().shares(&draft)?)
        })
        .await?;
    let placed =
        rows.iter().map(|row| (format!("{:020} {}", row.created_ms, row.id), ShareView::of(row)));
    Ok(listed(&Page::of(placed, &page, Order::Descending)))
}

/// Revoke a link
///
/// From now on it opens nothing. Its maker, the draft's members and publishers may do this.
#[utoipa::path(
    delete,
    path = "/authoring/v1/shares/{share}",
    operation_id = "share_revoke",
    tag = "shares",
    params(("share" = String, Path, description = "Its id in lists")),
    responses(
        (status = 204, description = "It no longer opens anything"),
        (status = 403, description = "Neither its maker nor a member of its draft"),
        (status = 404, description = "No such link"),
    ),
)]
pub async fn revoke(
    State(app): State<App>,
    caller: Caller,
    PathOf(share): PathOf<String>,
    _: NoQuery,
) -> Result<Response, Problem> {
    let answers_for_all = caller.may_somewhere(Right::Publish);
    let stamp = by(&app, caller).stamp("");
    app.core(move |store| {
        Ok(store.repository.drafts().revoke_share(&share, answers_for_all, &stamp)?)
    })
    .await?;
    Ok((StatusCode::NO_CONTENT, [Caching::NoStore.header()]).into_response())
}
