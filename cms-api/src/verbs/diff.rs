//! `cms diff`: what differs between two states.

use clap::Args;
use cms_core::repo::CompareOptions;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::authorship::Authorship,
    problem::Problem,
    store::Store,
    views::{difference::Comparison, view},
};

/// The states to compare.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DiffCommand)]
pub struct Request {
    /// The state before: `production`, `main~3`, `production@7`, an id
    #[arg(value_name = "A")]
    pub before: String,
    /// The state after
    #[arg(value_name = "B")]
    pub after: String,
    /// Only say which entries differ, and not how
    #[arg(long)]
    #[serde(default)]
    pub stat: bool,
    /// At most this many rows of each list
    #[arg(long, default_value_t = 1000, value_name = "N")]
    #[serde(default = "thousand", deserialize_with = "crate::ground::form::whole")]
    pub limit: u32,
}

const fn thousand() -> u32 {
    1000
}

/// The difference of the two states.
pub type Report = Comparison;

/// Compares two states.
///
/// # Errors
/// A problem when a name is unknown.
pub fn execute(store: &Store, request: Request, _: &Authorship) -> Result<Report, Problem> {
    let before = store.repository.resolve(&request.before)?;
    let after = store.repository.resolve(&request.after)?;
    let options = CompareOptions {
        details: !request.stat,
        rows_max: request.limit.clamp(1, 10_000) as usize,
    };
    Ok(view(store.repository.compare(&before, &after, options)?))
}
