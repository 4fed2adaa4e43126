//! `/sign-in` and `/welcome`: the pages on which people come in. They hold only their own files; the secret of a one-time
//! link stands in the fragment of its address, which browsers send to no server.

use axum::{http::HeaderMap, response::Response};
use rust_embed::RustEmbed;

use crate::{
    edge::{extract::PathOf, guard::Page},
    problem::{Problem, caching::Caching},
};

#[derive(RustEmbed)]
#[folder = "../cms-admin-ui/enter"]
#[exclude = "*.test.js"]
pub(super) struct Enter;

/// The page; what it shows depends on its own address.
pub async fn index(headers: HeaderMap) -> Result<Response, Problem> {
    Page::Enter.answer("index.html", Enter::get("index.html"), Caching::Named, &headers).await
}

/// A file of the page.
pub async fn file(PathOf(path): PathOf<String>, headers: HeaderMap) -> Result<Response, Problem> {
    Page::Enter.answer(&path, Enter::get(&path), Caching::Named, &headers).await
}
