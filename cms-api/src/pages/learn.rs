//! The learner's page, below `/learn/`: it walks a course with nothing but the delivery API.

use axum::{
    extract::Path,
    http::HeaderMap,
    response::{Redirect, Response},
};
use rust_embed::RustEmbed;

use crate::{
    pages::files::Guard,
    problem::{Problem, caching::Caching},
};

/// Only our own files, the player and, once a learner starts it, a video from YouTube.
const GUARD: Guard = Guard {
    policy: "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
media-src 'self'; connect-src 'self'; frame-src 'self' https://www.youtube-nocookie.com; \
base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    framed_by: "DENY",
};

#[derive(RustEmbed)]
#[folder = "../cms-admin-ui/learn"]
#[exclude = "*.test.js"]
pub(super) struct Learn;

/// Redirects `/learn` to the address with a slash.
pub async fn to_index() -> Redirect {
    Redirect::permanent("/learn/")
}

/// The page.
pub async fn index(headers: HeaderMap) -> Result<Response, Problem> {
    GUARD.answer("index.html", Learn::get("index.html"), Caching::Named, &headers).await
}

/// A file of the page; any other address below is a place in a course, which the page itself reads.
pub async fn file(Path(path): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    if path.contains('.') {
        return GUARD.answer(&path, Learn::get(&path), Caching::Named, &headers).await;
    }
    index(headers).await
}
