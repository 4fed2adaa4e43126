//! `cms stats`: what the repository holds, and how much space it takes.

use clap::Args;
use cms_core::repo;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::authorship::Authorship,
    problem::Problem,
    store::Store,
    views::{operation::StatsReport, view},
};

/// The request for all counts.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StatsCommand)]
pub struct Request {}

/// The counts.
pub type Report = StatsReport;

/// Counts what the repository holds.
///
/// # Errors
/// A problem when the store can't be read.
pub fn execute(store: &Store, _: Request, _: &Authorship) -> Result<Report, Problem> {
    let mut report: Report = view(store.repository.stats()?);
    if let Some(local) = &store.local {
        report.growth = Some(view(repo::growth(local)));
    }
    Ok(report)
}
