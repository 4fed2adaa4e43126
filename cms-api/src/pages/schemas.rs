//! `/schemas/…`: the published schemas.

use axum::{extract::Path, http::HeaderMap, response::Response};
use rust_embed::RustEmbed;

use super::files::Guard;
use crate::problem::{Problem, caching::Caching};

/// Nothing runs or loads here: it is only text.
const GUARD: Guard =
    Guard { policy: "default-src 'none'; frame-ancestors 'none'", framed_by: "DENY" };

#[derive(RustEmbed)]
#[folder = "../contract/schemas"]
struct Contract;

/// One schema.
pub async fn file(Path(path): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    GUARD.answer(&path, Contract::get(&path), Caching::Named, &headers).await
}
