//! `GET /authoring/v1/me`: who the token stands for.

use axum::{extract::State, response::Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::listed;
use crate::{
    app::App,
    edge::{access::Asker, problem::Problem, query::NoQuery},
};

/// Who asks.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// The person.
    pub person: String,
    /// `viewer`, `author`, `reviewer`, `publisher` or `operator`; each may do what those before it may.
    pub role: String,
}

/// Who the token stands for
#[utoipa::path(
    get,
    path = "/authoring/v1/me",
    tag = "authoring",
    security(("token" = [])),
    responses((status = 200, description = "The person and their role", body = Me)),
)]
pub async fn handler(State(_): State<App>, asker: Asker, _: NoQuery) -> Result<Response, Problem> {
    Ok(listed(&Me { person: asker.person, role: asker.role.to_string() }))
}
