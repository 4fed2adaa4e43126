//! What the pages share, below `/ui/`: scripts and styles that each page imports by a relative address, so that they
//! are found below a link too.

use axum::{extract::Path, http::HeaderMap, response::Response};
use rust_embed::RustEmbed;

use crate::{
    pages::files::Guard,
    problem::{Problem, caching::Caching},
};

/// None of these files does anything when it is opened by itself.
const GUARD: Guard = Guard {
    policy: "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    framed_by: "DENY",
};

#[derive(RustEmbed)]
#[folder = "../cms-admin-ui/ui"]
pub(super) struct Ui;

/// One of the files.
pub async fn file(Path(path): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    GUARD.answer(&path, Ui::get(&path), Caching::Named, &headers).await
}
