//! Protected channels: those whose learners get the answers, for use without a network.
//!
//! Below `/protected/{channel}` stand the addresses of delivery, for that channel alone and for whoever shows a token.
//!
//! Invariants:
//! 1. Nothing is read but the channel's own space, so no address here leads to another channel's objects.
//! 2. What is answered may be kept by the device that asked, and by no cache that others share.

use axum::{
    Router,
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, Uri, header},
    response::{IntoResponse, Response},
    routing::any,
};
use cms_core::repo::{Answers, Role};
use tower::ServiceExt;

use crate::{
    app::App,
    edge::{
        access::Asker,
        problem::{Code, Problem},
        request::RequestId,
    },
};

/// What stands below a protected channel.
pub(crate) fn router(delivery: Router<App>) -> Router<App> {
    let inside = delivery
        .fallback(async || Problem::new(Code::PathUnknown, "a channel has nothing of this name"))
        .method_not_allowed_fallback(async || {
            Problem::new(Code::MethodNotAllowed, "this address does not take that method")
        });
    let below = any(
        move |State(app): State<App>,
              asker: Asker,
              Path((channel, rest)): Path<(String, String)>,
              request: Request| async move {
            let answer = enter(&app, inside, &asker, &channel, &rest, request).await;
            answer.unwrap_or_else(IntoResponse::into_response)
        },
    );
    Router::new().route("/protected/{channel}/{*rest}", below)
}

async fn enter(
    app: &App,
    inside: Router<App>,
    asker: &Asker,
    channel: &str,
    rest: &str,
    request: Request,
) -> Result<Response, Problem> {
    asker.must_be(Role::Viewer)?;
    let name = channel.to_owned();
    let at = app.core(move |store| {
        if store.repository.channel_policy(&name)?.answers != Answers::Included {
            let detail = format!("there is no protected channel {name:?}");
            return Err(Problem::new(Code::ChannelUnknown, detail));
        }
        Ok(store.repository.at_channel(&name)?)
    });
    let inside = inside.with_state(app.reading(at.await?));
    let path = match request.uri().query() {
        Some(query) => format!("/{rest}?{query}"),
        None => format!("/{rest}"),
    };
    let uri: Uri = path.parse().map_err(|_| Problem::new(Code::PathMalformed, "not an address"))?;
    let mut inner = Request::new(Body::empty());
    *inner.method_mut() = request.method().clone();
    *inner.uri_mut() = uri;
    *inner.headers_mut() = request.headers().clone();
    if let Some(id) = request.extensions().get::<RequestId>() {
        inner.extensions_mut().insert(id.clone());
    }
    let mut response = inside.oneshot(inner).await.into_response();
    keep_private(response.headers_mut(), channel);
    Ok(response)
}

/// Only the device that asked keeps it, and redirects stay below the channel.
fn keep_private(headers: &mut HeaderMap, channel: &str) {
    let text = |headers: &HeaderMap, name| {
        headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).map(str::to_owned)
    };
    if let Some(cache) = text(headers, header::CACHE_CONTROL) {
        let private = HeaderValue::from_str(&cache.replace("public", "private"));
        headers.insert(header::CACHE_CONTROL, private.expect("it was a header"));
    }
    headers.append(header::VARY, HeaderValue::from_static("Authorization"));
    let location = text(headers, header::LOCATION).filter(|location| location.starts_with('/'));
    if let Some(location) = location {
        let moved = HeaderValue::from_str(&format!("/protected/{channel}{location}"));
        headers.insert(header::LOCATION, moved.expect("it was a header"));
    }
}
