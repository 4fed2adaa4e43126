//! `/schemas/…`: the published schemas.

use axum::{http::HeaderMap, response::Response};
use rust_embed::RustEmbed;
use serde_json::json;

use crate::{
    edge::{cache::Tagged, extract::PathOf, guard::Page},
    problem::{Problem, caching::Caching},
};

/// The address below which the schemas are served.
const BASE: &str = "/schemas/";

#[derive(RustEmbed)]
#[folder = "../contract/schemas"]
struct Contract;

/// The list of the schemas: the address of each.
pub async fn all(headers: HeaderMap) -> Response {
    let mut schemas: Vec<String> = Contract::iter().map(|path| format!("{BASE}{path}")).collect();
    schemas.sort();
    Tagged::json(Caching::Named, &json!({ "schemas": schemas })).answer(&headers)
}

/// One schema.
pub async fn file(PathOf(path): PathOf<String>, headers: HeaderMap) -> Result<Response, Problem> {
    Page::Files.answer(&path, Contract::get(&path), Caching::Named, &headers).await
}
