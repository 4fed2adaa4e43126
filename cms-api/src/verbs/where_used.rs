//! `cms where-used`: which entries use an entry, and how.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::{authorship::Authorship, names::key},
    problem::Problem,
    store::Store,
    verbs::log::unknown,
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
/// A problem when a name means nothing, or there is no such entry and nothing uses it.
pub fn execute(store: &Store, request: Request, _: &Authorship) -> Result<Report, Problem> {
    let state = store.repository.resolve(&request.at)?;
    let key = key(&request.key)?;
    let uses = store.repository.where_used(&state, &key)?;
    // What is gone may still be named by others, which is worth knowing.
    if uses.is_empty() && store.repository.history().show(&state, &key)?.is_none() {
        return Err(unknown(&request.key, &request.at));
    }
    let uses = view(uses);
    Ok(Report { key: request.key, uses })
}
