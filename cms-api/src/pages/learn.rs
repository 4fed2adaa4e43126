//! The learner's page, below `/learn/`: it walks a course with nothing but the delivery API.

use axum::{
    http::HeaderMap,
    response::{Redirect, Response},
};
use rust_embed::RustEmbed;

use crate::{
    edge::{extract::PathOf, guard::Page},
    problem::{Problem, caching::Caching},
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
    Page::Learn.answer("index.html", Learn::get("index.html"), Caching::Named, &headers).await
}

/// A file of the page; any other address below is a place in a course, which the page itself reads.
pub async fn file(PathOf(path): PathOf<String>, headers: HeaderMap) -> Result<Response, Problem> {
    if path.contains('.') {
        return Page::Learn.answer(&path, Learn::get(&path), Caching::Named, &headers).await;
    }
    index(headers).await
}
