//! `cms show`: one entry as it is at a state.

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::{authorship::Authorship, names::key},
    problem::Problem,
    store::Store,
    verbs::{log::unknown, publishing::of_channel::main},
    views::{content::Shown, view},
};

/// The entry, and the state at which to show it.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ShowCommand)]
pub struct Request {
    /// The entry or translation (`exercise/x1`, `exercise/x1@es`)
    #[arg(value_name = "KEY")]
    pub key: String,
    /// The state at which to show it
    #[arg(long, default_value = "main", value_name = "STATE")]
    #[serde(default = "main")]
    pub at: String,
}

/// The entry.
pub type Report = Shown;

/// Reads the entry.
///
/// # Errors
/// A problem when there is no such entry or state.
pub fn execute(store: &Store, request: Request, _: &Authorship) -> Result<Report, Problem> {
    let state = store.repository.resolve(&request.at)?;
    let shown = store.repository.history().show(&state, &key(&request.key)?)?;
    Ok(view(shown.ok_or_else(|| unknown(&request.key, &request.at))?))
}
