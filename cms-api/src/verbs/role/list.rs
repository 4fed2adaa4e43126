//! `cms role list`: who has which role where, and which grants change nothing.

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::authorship::Authorship,
    problem::Problem,
    store::Store,
    views::{
        people::{GrantFindingView, GrantView},
        view,
    },
};

/// The request for all roles.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RoleListCommand)]
pub struct Request {}

/// Everybody's roles.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = RoleListReport)]
pub struct Report {
    /// The grants, by person and then by age.
    pub grants: Vec<GrantView>,
    /// Grants that do not do what their giver may think.
    pub findings: Vec<GrantFindingView>,
}

/// Lists the roles.
///
/// # Errors
/// A problem when the store can't be read.
pub fn execute(store: &Store, _: Request, _: &Authorship) -> Result<Report, Problem> {
    let (grants, findings) = store.repository.grants()?;
    Ok(Report { grants: view(grants), findings: view(findings) })
}
