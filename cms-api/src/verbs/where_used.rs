//! `cms where-used`: which entries use an entry, and how.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::key;
use crate::{
    attempt::By,
    cli::paper::{Paper, clean},
    problem::Problem,
    store::Store,
    views::{content::Use, view},
};

pub use super::show::Request;

/// The uses.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = WhereUsedReport)]
pub struct Report {
    /// The entry asked about.
    pub key: String,
    /// Where it is used.
    pub uses: Vec<Use>,
}

/// Looks it up.
///
/// # Errors
/// A problem when a name means nothing.
pub fn execute(store: &Store, request: Request, _: &By) -> Result<Report, Problem> {
    let state = store.repository.resolve(&request.at)?;
    let uses = view(store.repository.where_used(&state, &key(&request.key)?)?);
    Ok(Report { key: request.key, uses })
}

/// For people.
pub fn print(report: &Report, paper: &mut Paper) {
    if report.uses.is_empty() {
        paper.line(format!("Nothing uses {}.", report.key));
    }
    let rows: Vec<_> = report
        .uses
        .iter()
        .map(|row| {
            [
                row.role.to_string(),
                row.by.clone(),
                clean(row.title.as_deref().unwrap_or_default()),
                row.pointers.join("  "),
            ]
        })
        .collect();
    paper.rows(&rows);
}
