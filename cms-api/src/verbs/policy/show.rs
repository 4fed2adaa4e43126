//! `cms policy show`: the table of policies.

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::authorship::Authorship, problem::Problem, store::Store, views::people::PoliciesView,
};

/// The request for the table.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PolicyShowCommand)]
pub struct Request {}

/// The table of policies.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = PolicyShowReport)]
pub struct Report {
    /// The table.
    pub policies: PoliciesView,
    /// Its version.
    pub version: u64,
}

/// Shows the table.
///
/// # Errors
/// A problem when the store can't be read.
pub fn execute(store: &Store, _: Request, _: &Authorship) -> Result<Report, Problem> {
    let (policies, version) = super::table(&store.repository)?;
    Ok(Report { policies, version })
}
