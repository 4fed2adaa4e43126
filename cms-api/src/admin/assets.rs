//! The files of the admin page and of the API's page, in the program itself.

use axum::{
    extract::Path,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::edge::{
    cache::Tagged,
    problem::{Code, Problem},
};

/// Nothing but our own files runs or loads, and nobody frames the page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[derive(RustEmbed)]
#[folder = "../cms-admin-ui/app"]
struct Admin;

#[derive(RustEmbed)]
#[folder = "../cms-admin-ui/docs"]
struct Docs;

/// `/admin` without its slash would break every relative address in it.
pub async fn to_admin() -> Redirect {
    Redirect::permanent("/admin/")
}

/// The admin page.
pub async fn admin_index(headers: HeaderMap) -> Result<Response, Problem> {
    answer("index.html", Admin::get("index.html"), &headers)
}

/// A file of the admin page.
pub async fn admin_file(Path(path): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    answer(&path, Admin::get(&path), &headers)
}

/// `/docs` without its slash.
pub async fn to_docs() -> Redirect {
    Redirect::permanent("/docs/")
}

/// The page that shows the OpenAPI document.
pub async fn docs_index(headers: HeaderMap) -> Result<Response, Problem> {
    answer("index.html", Docs::get("index.html"), &headers)
}

/// A file of that page.
pub async fn docs_file(Path(path): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    answer(&path, Docs::get(&path), &headers)
}

fn answer(
    path: &str,
    file: Option<EmbeddedFile>,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let file =
        file.ok_or_else(|| Problem::new(Code::PathUnknown, "there is no such file of this page"))?;
    let tagged = Tagged {
        content_type: content_type(path),
        cache_control: "no-cache",
        tag: file.metadata.sha256_hash()[..16].iter().map(|byte| format!("{byte:02x}")).collect(),
        body: file.data.into_owned().into(),
    };
    let mut response = tagged.answer(headers).into_response();
    guard(response.headers_mut());
    Ok(response)
}

/// The headers that keep a page to itself.
pub(super) fn guard(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}
