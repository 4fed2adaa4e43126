//! `cms role take`: takes a role back.

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::authorship::Authorship,
    problem::Problem,
    store::Store,
    views::{people::GrantView, view},
};

/// The grant to take.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RoleTakeCommand)]
pub struct Request {
    /// The grant, as `cms role list` names it
    #[arg(value_name = "GRANT")]
    pub grant: String,
}

/// The grant.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = RoleTakeReport)]
pub struct Report {
    /// What was taken.
    pub grant: GrantView,
}

/// Takes the grant.
///
/// # Errors
/// A problem when there is no such grant, or it is that of the last administrator.
pub fn execute(store: &Store, request: Request, by: &Authorship) -> Result<Report, Problem> {
    Ok(Report { grant: view(store.repository.take_role(&request.grant, &by.stamp(""))?) })
}
