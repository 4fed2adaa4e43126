//! The player, below `/player/`: it shows exercises and articles as learners see them.
//!
//! Invariants:
//! 1. However it is opened, in a frame or by itself, the page has an opaque origin, because its policy puts it into a
//!    sandbox.
//! 2. It runs only its own scripts, and loads only its own files and pictures from the network.
//! 3. Files whose names have their hash never change; the two files that keep their names are revalidated each time.

use axum::{
    http::{HeaderMap, HeaderValue, Uri, header},
    response::{Redirect, Response},
};
use rust_embed::RustEmbed;

use crate::{
    edge::{address, extract::PathOf, guard::Page},
    problem::{Code, Problem, caching::Caching},
};

/// The folder of the files whose names have their hash.
const HASHED: &str = "assets/";

#[derive(RustEmbed)]
#[folder = "../cms-admin-ui/player/dist"]
#[exclude = "*.d.ts"]
pub(super) struct Built;

/// Redirects `/player` to the address with a slash: without it every relative address in the page would be wrong.
pub async fn to_index() -> Redirect {
    Redirect::permanent("/player/")
}

/// The page.
pub async fn index(headers: HeaderMap) -> Result<Response, Problem> {
    answer("index.html", &headers).await
}

/// A file of the page.
pub async fn file(
    PathOf(path): PathOf<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    // A file that is kept for ever has only one address, like what is delivered.
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
    let mut response = Page::Player.answer(path, file, caching, headers).await?;
    // For scripts and fonts, an opaque origin is another origin than the server's.
    response
        .headers_mut()
        .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    Ok(response)
}
