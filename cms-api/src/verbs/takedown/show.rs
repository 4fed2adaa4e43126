//! `cms takedown show`: one takedown, with what caches are to be purged of.

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::shown;
use crate::{
    ground::authorship::Authorship,
    problem::{Code, Problem},
    store::Store,
    views::takedown::TakedownView,
};

/// Which takedown.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TakedownShowCommand)]
pub struct Request {
    /// The takedown's id (`t-…`)
    #[arg(value_name = "ID")]
    pub id: String,
}

/// The takedown.
pub type Report = TakedownView;

/// Shows the takedown.
///
/// # Errors
/// [`Code::TakedownUnknown`], or the store can't be read.
pub fn execute(store: &Store, request: Request, _: &Authorship) -> Result<Report, Problem> {
    let found = store.repository.takedown(&request.id)?.ok_or_else(|| unknown(&request.id))?;
    shown(store, found)
}

/// The problem of a takedown that is not there.
pub fn unknown(id: &str) -> Problem {
    let id: String = id.chars().take(80).collect();
    Problem::new(Code::TakedownUnknown, format!("there is no takedown {id:?}"))
}
