//! Shared drafts: what a link shows to people without an account, and to an app under test.
//!
//! Below `/shared/{secret}` everything answers that learners' apps read, at the same addresses, as if the
//! draft were published: an app under test is given another base address and nothing else. Beside
//! it stands the page that people look at.
//!
//! Invariants:
//! 1. The link is looked up at each request: revoked or over, it opens nothing from then on.
//! 2. Nothing here is kept by a cache, or found by a search engine, and no address of a link is told to
//!    others, nor written to the log.
//! 3. Nothing can be changed through a link, and it tells no name of a person.

pub mod about;
pub mod channel;
pub mod versions;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Uri, header},
    response::{IntoResponse, Redirect, Response},
    routing::{any, get},
};
use cms_core::{
    model::{name::ChannelName, snapshot::Snapshot},
    repo::{Preview, SecretHash, Shared},
};
use tower::ServiceExt;

use crate::{
    app::App,
    delivery::snapshot_of,
    edge::{address::spelled, cache::UNKEPT, rate::Peer, request::RequestId},
    problem::{Code, Problem},
    store::Store,
};

/// Where links lead.
pub const PATH: &str = "/shared";
/// What a link's secret begins with, so that programs that look for leaked secrets find it.
pub const SECRET_PREFIX: &str = "share_";

/// What the link of a request opens.
#[derive(Clone)]
pub struct Opened(Arc<Shared>);

/// A draft as learners would get it.
pub(crate) struct Shown {
    preview: Arc<Preview>,
    snapshot: Snapshot,
    /// When the draft's newest commit was made, in milliseconds since 1970.
    time_ms: u64,
}

impl Opened {
    /// Makes the preview, or finds it made.
    fn shown(&self, store: &Store) -> Result<Shown, Problem> {
        let Shared { share, draft } = &*self.0;
        let preview = store.repository.preview(draft.head, &share.channel)?;
        let snapshot = snapshot_of(store, preview.snapshot)?;
        let time_ms = store.repository.commit_of(draft.head)?.time_ms;
        Ok(Shown { preview, snapshot, time_ms })
    }

    /// Refuses other channels than the one that the link is for.
    fn must_be(&self, channel: &str) -> Result<ChannelName, Problem> {
        if self.0.share.channel == *channel {
            return Ok(self.0.share.channel.clone());
        }
        let detail = format!("this link shows the channel {}", self.0.share.channel);
        Err(Problem::new(Code::ChannelUnknown, detail))
    }
}

impl Shown {
    /// Whether learners have it already: the draft changes nothing.
    fn is_live(&self, store: &Store) -> Result<bool, Problem> {
        let head = store.repository.channel_head(&self.preview.channel)?;
        Ok(head.is_some_and(|head| head.snapshot == self.preview.snapshot))
    }
}

/// What stands below a link.
pub(crate) fn router(app: &App, delivery: Router<App>, pages: Option<Router<App>>) -> Router<App> {
    let mut inside = delivery
        .route("/about", get(about::handler))
        .route("/v1/channels/{channel}", get(channel::handler))
        .fallback(async || Problem::new(Code::PathUnknown, "a link leads to nothing of this name"));
    if let Some(pages) = pages {
        inside = inside
            .route("/", get(async || Redirect::temporary("admin/")))
            .route("/admin/api/channels", get(versions::newest))
            .route("/admin/api/channels/{channel}/versions", get(versions::list))
            .route("/admin/api/channels/{channel}/versions/{sequence}", get(versions::one))
            .merge(pages);
    } else {
        inside = inside.route("/", get(async || Redirect::temporary("about")));
    }
    let inside = inside
        .method_not_allowed_fallback(async || {
            Problem::new(Code::MethodNotAllowed, "what a link shows is only read")
        })
        .with_state(app.previewing());
    let below = any(move |State(app): State<App>, request: Request| enter(app, inside, request));
    Router::new()
        .route("/shared/{secret}", get(with_slash))
        .route("/shared/{secret}/", below.clone())
        .route("/shared/{secret}/{*rest}", below)
}

/// Without its slash, every relative address below would be wrong.
async fn with_slash(uri: Uri) -> Response {
    let mut response = Redirect::temporary(&format!("{}/", uri.path())).into_response();
    withhold(response.headers_mut());
    response
}

/// Opens the link, and answers as the server itself would below it.
async fn enter(app: App, inside: Router, request: Request) -> Response {
    let asked = request.uri().clone();
    let Some((secret, rest)) = split(asked.path()) else {
        return Problem::new(Code::ShareUnknown, "there is no such link").into_response();
    };
    let (prefix, hash) = (format!("{PATH}/{secret}"), SecretHash::of(secret.as_bytes()));
    let path = match asked.query() {
        Some(query) => format!("{rest}?{query}"),
        None => rest.to_owned(),
    };
    let now_ms = app.now_ms();
    let opened = app.core(move |store| Ok(store.repository.shared(&hash, now_ms)?)).await;
    // The page's own files hold nothing of the draft: whoever comes too late is told by the page.
    let opened = match opened {
        Ok(shared) => Ok(Some(Opened(Arc::new(shared)))),
        Err(_) if is_page(rest) => Ok(None),
        Err(problem) => Err(problem),
    };
    let mut response = match (opened, path.parse::<Uri>()) {
        (Err(problem), _) => problem.into_response(),
        (_, Err(_)) => Problem::new(Code::PathMalformed, "not an address").into_response(),
        (Ok(opened), Ok(uri)) => {
            let inner = inner_request(request, uri, opened);
            inside.oneshot(inner).await.into_response()
        }
    };
    lead_back(response.headers_mut(), &prefix);
    withhold(response.headers_mut());
    response
}

/// The request as it is below the link: of its own, since what the outer router found in the address
/// must not reach the inner one.
pub(crate) fn inner_request(mut request: Request, uri: Uri, opened: Option<Opened>) -> Request {
    let mut inner = Request::new(std::mem::take(request.body_mut()));
    *inner.method_mut() = request.method().clone();
    *inner.uri_mut() = uri;
    *inner.headers_mut() = request.headers().clone();
    if let Some(opened) = opened {
        inner.extensions_mut().insert(opened);
    }
    if let Some(id) = request.extensions().get::<RequestId>() {
        inner.extensions_mut().insert(id.clone());
    }
    if let Some(peer) = request.extensions().get::<Peer>() {
        inner.extensions_mut().insert(*peer);
    }
    inner
}

/// Whether a path below a link is the page or one of its files.
fn is_page(rest: &str) -> bool {
    let is_file = rest.starts_with("/admin/") || rest.starts_with("/ui/");
    rest == "/" || is_file && !rest.starts_with("/admin/api/")
}

/// The secret of an address, and what stands below it.
fn split(path: &str) -> Option<(&str, &str)> {
    let below = path.strip_prefix(PATH)?.strip_prefix('/')?;
    let end = below.find('/')?;
    Some((&below[..end], &below[end..]))
}

/// Redirects stay below the prefix.
pub(crate) fn lead_back(headers: &mut HeaderMap, prefix: &str) {
    let moved = headers
        .get(header::LOCATION)
        .and_then(|location| location.to_str().ok())
        .filter(|location| location.starts_with('/'))
        .and_then(|location| HeaderValue::from_str(&format!("{prefix}{location}")).ok());
    if let Some(moved) = moved {
        headers.insert(header::LOCATION, moved);
    }
}

/// Nobody keeps an answer, lists it, or tells others where it came from.
pub(crate) fn withhold(headers: &mut HeaderMap) {
    headers.remove(header::ETAG);
    for (name, value) in [
        (header::CACHE_CONTROL, UNKEPT),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// A path as it may stand in a log: without a link's secret.
pub(crate) fn without_secret(path: &str) -> String {
    // However it is spelled: what leads nowhere may still have been pasted from a link.
    let plain = spelled(path);
    match split(&plain) {
        Some((_, rest)) => format!("{PATH}/…{rest}"),
        None if plain.starts_with(PATH) => format!("{PATH}/…"),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_learns_no_secret() {
        for (path, expected) in [
            ("/shared/share_ab/v1/channels/x", "/shared/…/v1/channels/x"),
            ("/shared/share_ab/", "/shared/…/"),
            ("/shared/share_ab", "/shared/…"),
            ("/shared//share_ab/about", "/shared/…/about"),
            ("//%73hared/share_ab", "/shared/…"),
            ("/v1/channels/x", "/v1/channels/x"),
        ] {
            assert_eq!(without_secret(path), expected);
        }
    }

    #[test]
    fn redirects_stay_below_the_link() {
        let mut headers = HeaderMap::new();
        headers.insert(header::LOCATION, HeaderValue::from_static("/v1/objects/1"));
        lead_back(&mut headers, "/shared/s");
        assert_eq!(headers[header::LOCATION], "/shared/s/v1/objects/1");
        headers.insert(header::LOCATION, HeaderValue::from_static("admin/"));
        lead_back(&mut headers, "/shared/s");
        assert_eq!(headers[header::LOCATION], "admin/");
    }
}
