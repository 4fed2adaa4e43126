//! Shared drafts: what a link shows to people without an account, and to an app under test.
//!
//! Below `/shared/{secret}` are all the addresses that learners' apps read, and they answer as if the draft were
//! published: an app under test only needs another base address. Next to them is the page that people look at.
//!
//! Invariants:
//! 1. The link is looked up at each request: a revoked or ended link opens nothing.
//! 2. No cache keeps anything from here, no search engine finds it, and no address of a link is revealed to others or
//!    written to the log.
//! 3. Nothing can be changed through a link, and it reveals no person's name.

pub mod about;
pub mod channel;
mod opened;
pub mod versions;

use axum::{
    Router,
    extract::{Request, State},
    http::Uri,
    response::{IntoResponse, Redirect, Response},
    routing::{any, get},
};
use cms_core::repo::SecretHash;
use tower::ServiceExt;

use crate::{
    app::{App, reader::Reader},
    edge::{
        address::{
            link::{PATH, split, withhold},
            mount::{inner_request, lead_back},
        },
        needs::{Addresses, Need},
    },
    problem::{Code, Problem},
};
use opened::Opened;

/// The routes below a link.
pub(crate) fn router(delivery: Router<Reader>, pages: Option<Router<Reader>>) -> Addresses<App> {
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
    let inside = inside.method_not_allowed_fallback(async || {
        Problem::new(Code::MethodNotAllowed, "what a link shows is only read")
    });
    let below = any(move |State(app): State<App>, request: Request| enter(app, inside, request));
    Addresses::new()
        .page(Need::Link, "/shared/{secret}", get(with_slash))
        .page(Need::Link, "/shared/{secret}/", below.clone())
        .page(Need::Link, "/shared/{secret}/{*rest}", below)
}

/// Redirects to the address with a slash: without it every relative address below would be wrong.
async fn with_slash(uri: Uri) -> Response {
    let mut response = Redirect::temporary(&format!("{}/", uri.path())).into_response();
    withhold(response.headers_mut());
    response
}

/// Opens the link, and answers as the server itself would below the link.
async fn enter(app: App, inside: Router<Reader>, request: Request) -> Response {
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
    let opened = app.core(move |store| {
        let shared = store.repository.drafts().shared(&hash, now_ms)?;
        let delivery = shared.delivery()?;
        Ok((Opened::of(shared), delivery))
    });
    // The page's own files hold nothing of the draft; the page tells people who come too late.
    let opened = match opened.await {
        Ok(opened) => Ok(Some(opened)),
        Err(_) if is_page(rest) => Ok(None),
        Err(problem) => Err(problem),
    };
    let mut response = match (opened, path.parse::<Uri>()) {
        (Err(problem), _) => problem.into_response(),
        (_, Err(_)) => Problem::new(Code::PathMalformed, "not an address").into_response(),
        (Ok(opened), Ok(uri)) => {
            let mut inner = inner_request(request, uri);
            // Without a draft only the page's own files are read.
            let reader = match opened {
                Some((opened, delivery)) => {
                    let reader = app.reader().reading(delivery);
                    inner.extensions_mut().insert(opened);
                    reader
                }
                None => app.reader().clone(),
            };
            inside.with_state(reader).oneshot(inner).await.into_response()
        }
    };
    lead_back(response.headers_mut(), &prefix);
    withhold(response.headers_mut());
    response
}

/// Whether a path below a link is the page or one of its files.
fn is_page(rest: &str) -> bool {
    let is_file = rest.starts_with("/admin/") || rest.starts_with("/ui/");
    rest == "/" || is_file && !rest.starts_with("/admin/api/")
}
