//! Protected channels: those whose learners get the answers, for use without a network.
//!
//! Below `/protected/{channel}` are the addresses of delivery, for that channel alone and only for clients with a
//! token.
//!
//! Invariants:
//! 1. Only the channel's own space is read, so no address here leads to another channel's objects.
//! 2. The device that asked may keep an answer; no shared cache may.

use axum::{
    Router,
    extract::{Path, Request, State},
    http::Uri,
    response::{IntoResponse, Response},
    routing::any,
};
use cms_core::{
    access::{Right, Subject},
    model::name::ChannelName,
    repo::Answers,
};
use tower::ServiceExt;

use crate::{
    app::{App, reader::Reader},
    edge::{
        access::Caller,
        address::mount::{inner_request, lead_back},
        needs::{Addresses, Need},
    },
    problem::{Code, Problem, caching::keep_private},
};

/// The routes below a protected channel.
pub(crate) fn router(delivery: Router<Reader>) -> Addresses<App> {
    let inside = delivery
        .fallback(async || Problem::new(Code::PathUnknown, "a channel has nothing of this name"))
        .method_not_allowed_fallback(async || {
            Problem::new(Code::MethodNotAllowed, "this address does not take that method")
        });
    let below = any(
        move |State(app): State<App>,
              caller: Caller,
              Path((channel, _)): Path<(String, String)>,
              request: Request| async move {
            let answer = enter(&app, inside, &caller, &channel, request).await;
            answer.unwrap_or_else(IntoResponse::into_response)
        },
    );
    Addresses::new().page(Need::Channel, "/protected/{channel}/{*rest}", below)
}

async fn enter(
    app: &App,
    inside: Router<Reader>,
    caller: &Caller,
    channel: &str,
    request: Request,
) -> Result<Response, Problem> {
    // A channel is read as a whole.
    caller.must(Right::Read, &Subject::WHOLE)?;
    let detail = format!("there is no protected channel {channel:?}");
    let unknown = Problem::new(Code::ChannelUnknown, detail);
    let Ok(name) = channel.parse::<ChannelName>() else { return Err(unknown) };
    let delivery = app.core(move |store| {
        let channel = store.repository.channel(&name)?;
        if channel.policy().answers != Answers::Included {
            return Err(unknown);
        }
        Ok(channel.delivery())
    });
    let inside = inside.with_state(app.reader().reading(delivery.await?));
    // The path as it was requested: escapes stay.
    let prefix = format!("/protected/{channel}");
    let path = request.uri().path_and_query().map_or("", |path| path.as_str());
    let uri = path.strip_prefix(&prefix).and_then(|rest| rest.parse::<Uri>().ok());
    let uri = uri.ok_or_else(|| Problem::new(Code::PathMalformed, "not an address"))?;
    let inner = inner_request(request, uri);
    let mut response = inside.oneshot(inner).await.into_response();
    keep_private(response.headers_mut());
    lead_back(response.headers_mut(), &prefix);
    Ok(response)
}
