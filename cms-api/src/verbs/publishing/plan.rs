//! `cms plan`: what a publish would do, without doing it, and the name by which to do exactly that.

use crate::{
    ground::authorship::Authorship,
    problem::Problem,
    store::Store,
    views::{publishing::Plan, view},
};

pub use super::publish::Request;

/// What would be done.
pub type Report = Plan;

/// Looks at what a publish would do.
///
/// # Errors
/// A problem when a name means nothing or the store can't be read.
pub fn execute(store: &Store, request: Request, by: &Authorship) -> Result<Report, Problem> {
    let channel = request.channel(store)?;
    Ok(view(channel.plan(&request.of(by))?))
}
