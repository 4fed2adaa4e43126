//! `/docs/problems/{code}`: what each problem means and what to do about it. The `type` of a problem leads here.

use axum::{http::HeaderMap, response::Response};

use crate::{
    edge::{extract::PathOf, guard::Page},
    problem::{
        Code, Problem,
        caching::Caching,
        pages::{Part, index},
    },
};

/// The page of all codes.
pub async fn all(headers: HeaderMap) -> Response {
    Page::Problems.page(index(), Caching::Named, &headers).await
}

/// The page of one code.
pub async fn one(PathOf(word): PathOf<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let code = Code::ALL.iter().find(|code| code.word() == word);
    let part = code.and_then(|code| Part::of(*code));
    let unknown = || Problem::new(Code::PathUnknown, "there is no such code of a problem");
    Ok(Page::Problems.page(part.ok_or_else(unknown)?.page(), Caching::Named, &headers).await)
}
