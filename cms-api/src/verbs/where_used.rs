//! `cms where-used`: which entries use an entry, and how.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::{authorship::Authorship, names::key},
    problem::Problem,
    store::Store,
    views::{content::Use, view},
};

pub use super::show::Request;

/// The uses.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = WhereUsedReport)]
pub struct Report {
    /// The entry that was asked about.
    pub key: String,
    /// The places where it is used.
    pub uses: Vec<Use>,
}

/// Finds the uses of the entry.
///
/// # Errors
/// A problem when a name is unknown.
pub fn execute(store: &Store, request: Request, _: &Authorship) -> Result<Report, Problem> {
    let state = store.repository.resolve(&request.at)?;
    let uses = view(store.repository.where_used(&state, &key(&request.key)?)?);
    Ok(Report { key: request.key, uses })
}
