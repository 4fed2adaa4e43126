//! The player: what shows exercises and articles as learners see them, below `/player/`.
//!
//! Invariants:
//! 1. Opened anyhow, in a frame or by itself, the page has an opaque origin: its policy puts it into a sandbox.
//! 2. It runs nothing but its own scripts and asks nothing of the network but its own files and pictures.
//! 3. Files whose names hold their hash never change; the two that keep their names are asked about each time.

use axum::{
    extract::Path,
    http::{HeaderMap, HeaderValue, Uri, header},
    response::{Redirect, Response},
};
use rust_embed::RustEmbed;

use crate::{
    edge::address,
    pages::files::Guard,
    problem::{Code, Problem, caching::Caching},
};

/// Perseus sets styles on elements, so they can't be named one by one; scripts are.
const GUARD: Guard = Guard {
    policy: "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; \
img-src 'self' data:; media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; \
sandbox allow-scripts",
    framed_by: "SAMEORIGIN",
};
/// The folder of the files whose names hold their hash.
const HASHED: &str = "assets/";

#[derive(RustEmbed)]
#[folder = "../cms-admin-ui/player/dist"]
#[exclude = "*.d.ts"]
pub(super) struct Built;

/// `/player` without its slash would break every relative address in it.
pub async fn to_index() -> Redirect {
    Redirect::permanent("/player/")
}

/// The page.
pub async fn index(headers: HeaderMap) -> Result<Response, Problem> {
    answer("index.html", &headers).await
}

/// One of its files.
pub async fn file(
    Path(path): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    // What is kept for ever is kept under one address, as what is delivered is.
    let is_kept = path.starts_with(HASHED) && Built::get(&path).is_some();
    let one = format!("/player/{path}");
    if is_kept && uri.path_and_query().is_some_and(|asked| asked.as_str() != one) {
        return Ok(address::lead_to(&one));
    }
    answer(&path, &headers).await
}

async fn answer(path: &str, headers: &HeaderMap) -> Result<Response, Problem> {
    let index = Built::get("index.html").ok_or_else(|| {
        let detail = "this program was built without the player: run `cargo xtask player`, then build it again";
        Problem::new(Code::PathUnknown, detail)
    })?;
    let file = if path == "index.html" { Some(index) } else { Built::get(path) };
    let caching = if path.starts_with(HASHED) { Caching::Immutable } else { Caching::Named };
    let mut response = GUARD.answer(path, file, caching, headers).await?;
    // An opaque origin is another one than the server's, for scripts and fonts.
    response
        .headers_mut()
        .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    Ok(response)
}
