//! `cms log`: the history of the content, or of one entry.

use clap::Args;
use cms_core::model::id::CommitId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::{authorship::Authorship, names::key},
    problem::{Code, Problem},
    store::Store,
    verbs::publishing::of_channel::main,
    views::{
        content::{CommitRow, RevisionRow},
        view,
    },
};

/// The history to show.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LogCommand)]
pub struct Request {
    /// The entry (`exercise/x1`, `exercise/x1@es`); the whole content when none is named
    #[arg(value_name = "ENTRY")]
    #[serde(default)]
    pub entry: Option<String>,
    /// Up to this state
    #[arg(long, default_value = "main", value_name = "STATE")]
    #[serde(default = "main")]
    pub at: String,
    /// At most this many, newest first
    #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    #[serde(default = "fifty", deserialize_with = "crate::ground::form::whole")]
    pub limit: u32,
    /// Only those before this commit
    #[arg(long, value_name = "COMMIT", conflicts_with = "entry")]
    #[serde(default)]
    pub after: Option<String>,
}

const fn fifty() -> u32 {
    50
}

/// The history of the whole content, or of one entry.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = LogReport)]
pub struct Report {
    /// Commits, newest first; null when an entry was asked for.
    pub commits: Option<Vec<CommitRow>>,
    /// The entry's versions, newest first; null when no entry was asked for.
    pub revisions: Option<Vec<RevisionRow>>,
}

/// Reads the history.
///
/// # Errors
/// A problem when a name is unknown.
pub fn execute(store: &Store, request: Request, _: &Authorship) -> Result<Report, Problem> {
    let state = store.repository.resolve(&request.at)?;
    let rows_max = request.limit.clamp(1, 1000) as usize;
    if let Some(entry) = &request.entry {
        let found = store.repository.history().entry_log(&state, &key(entry)?, rows_max)?;
        let rows = found.ok_or_else(|| unknown(entry, &request.at))?;
        return Ok(Report { commits: None, revisions: Some(view(rows)) });
    }
    let parse = |text: String| {
        text.parse::<CommitId>()
            .map_err(|error| Problem::new(Code::RequestMalformed, error.to_string()))
    };
    let after = request.after.map(parse).transpose()?;
    Ok(Report {
        commits: Some(view(store.repository.history().log(&state, rows_max, after)?)),
        revisions: None,
    })
}

pub(super) fn unknown(entry: &str, state: &str) -> Problem {
    Problem::new(Code::EntryUnknown, format!("there is no entry {entry} at {state}"))
}
