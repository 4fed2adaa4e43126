//! `cms takedown list`: what was taken down, newest first.

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::authorship::Authorship, problem::Problem, store::Store, views::takedown::TakedownRow,
};

/// The request for all takedowns.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TakedownListCommand)]
pub struct Request {}

/// The takedowns.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = TakedownListReport)]
pub struct Report {
    /// The takedowns, newest first.
    pub takedowns: Vec<TakedownRow>,
}

/// Lists the takedowns.
///
/// # Errors
/// A problem when the store can't be read.
pub fn execute(store: &Store, _: Request, _: &Authorship) -> Result<Report, Problem> {
    let takedowns = store.repository.takedowns()?;
    Ok(Report { takedowns: takedowns.into_iter().map(TakedownRow::of).collect() })
}
