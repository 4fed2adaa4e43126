//! `cms plan`: shows what a publish would do without doing it, and the id with which exactly that can be done.

use crate::{
    ground::authorship::Authorship,
    problem::Problem,
    store::Store,
    views::{publishing::Plan, view},
};

pub use super::publish::Request;

/// What would be done.
pub type Report = Plan;

/// Finds out what a publish would do.
///
/// # Errors
/// A problem when a name is unknown or the store can't be read.
pub fn execute(store: &Store, request: Request, by: &Authorship) -> Result<Report, Problem> {
    let channel = request.channel(store)?;
    let plan = channel.plan(&request.of(by))?;
    Ok(view(store.repository.sight(&by.holder).plan(plan)?))
}
