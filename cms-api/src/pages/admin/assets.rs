//! The files of the admin page and of the API's page, which are in the program itself.

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
#[folder = "../cms-admin-ui/app"]
pub(crate) struct Admin;

#[derive(RustEmbed)]
#[folder = "../cms-admin-ui/docs"]
pub(crate) struct Docs;

/// Redirects `/admin` to the address with a slash: without it every relative address in the page would be wrong.
pub async fn to_admin() -> Redirect {
    Redirect::permanent("/admin/")
}

/// The admin page.
pub async fn admin_index(headers: HeaderMap) -> Result<Response, Problem> {
    Page::Admin.answer("index.html", Admin::get("index.html"), Caching::Named, &headers).await
}

/// A file of the admin page.
pub async fn admin_file(
    PathOf(path): PathOf<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    Page::Admin.answer(&path, Admin::get(&path), Caching::Named, &headers).await
}

/// Redirects `/docs` to the address with a slash.
pub async fn to_docs() -> Redirect {
    Redirect::permanent("/docs/")
}

/// The page that shows the OpenAPI document.
pub async fn docs_index(headers: HeaderMap) -> Result<Response, Problem> {
    Page::Docs.answer("index.html", Docs::get("index.html"), Caching::Named, &headers).await
}

/// A file of the API's page.
pub async fn docs_file(
    PathOf(path): PathOf<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    Page::Docs.answer(&path, Docs::get(&path), Caching::Named, &headers).await
}
