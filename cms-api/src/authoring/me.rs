//! `GET /authoring/v1/me`: who the token stands for.

use axum::{extract::State, response::Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::listed;
use crate::views::words::operation::{RightWord, RoleWord};
use crate::{
    app::App,
    edge::{access::Caller, query::NoQuery},
    problem::Problem,
};

/// The caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// The person.
    pub person: String,
    /// The greatest role that they have somewhere; `null` when they have none.
    pub role: Option<RoleWord>,
    /// Every right that they have somewhere.
    pub rights: Vec<RightWord>,
}

/// Who the token stands for
///
/// The person in whose name everything is written, and what they may do.
#[utoipa::path(
    get,
    path = "/authoring/v1/me",
    operation_id = "me_get",
    tag = "me",
    responses((status = 200, description = "The person, and what they may do", body = Me)),
)]
pub async fn handler(
    State(_): State<App>,
    caller: Caller,
    _: NoQuery,
) -> Result<Response, Problem> {
    Ok(listed(&Me {
        person: caller.person.to_string(),
        role: caller.holder.role().map(Into::into),
        rights: caller.holder.rights().iter().map(Into::into).collect(),
    }))
}
