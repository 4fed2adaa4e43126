//! What the pages share, below `/ui/`: scripts and styles that each page imports by a relative address, so that they
//! are found below a link too.

use axum::{http::HeaderMap, response::Response};
use rust_embed::RustEmbed;

use crate::{
    edge::{extract::PathOf, guard::Page},
    problem::{Problem, caching::Caching},
};

#[derive(RustEmbed)]
#[folder = "../cms-admin-ui/ui"]
pub(super) struct Ui;

/// One of the files.
pub async fn file(PathOf(path): PathOf<String>, headers: HeaderMap) -> Result<Response, Problem> {
    Page::Files.answer(&path, Ui::get(&path), Caching::Named, &headers).await
}
