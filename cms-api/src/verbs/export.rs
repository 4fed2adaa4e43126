//! `cms export`: a state as the lines that importing reads, with its media if the output is a directory: a complete
//! backup that this program, or any other, can read.

use std::io;

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    problem::Problem,
    store::Store,
    verbs::publishing::of_channel::main,
    views::{operation::NotExported, view},
};

/// What to export.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ExportCommand)]
pub struct Request {
    /// The state: `main`, `main~3`, `production@7`, an id
    #[arg(value_name = "STATE", default_value = "main")]
    #[serde(default = "main")]
    pub state: String,
}

/// The result of an export.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = ExportReport)]
pub struct Report {
    /// The state, as it was written in the request.
    pub state: String,
    /// How many entries were written.
    pub entries: u64,
    /// How many translations were written.
    pub translations: u64,
    /// The media files that the entries name.
    pub media: Vec<String>,
    /// What could not be written because it is damaged; at most 1,000 rows.
    #[serde(default)]
    pub damaged: Vec<NotExported>,
    /// How many entries and translations could not be written.
    #[serde(default)]
    pub damaged_count: u64,
    /// Media files that could not be written because they are damaged or missing; only known when media are written.
    #[serde(default)]
    pub damaged_media: Vec<String>,
    /// Why the state may be older than it was: the record of where a branch or a channel is may be damaged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub may_be_older: Option<String>,
    /// Where the lines were written instead, because they lack something and an earlier export has their place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written_beside: Option<String>,
}

impl Report {
    /// Whether nothing is missing.
    pub const fn is_whole(&self) -> bool {
        self.damaged_count == 0 && self.damaged_media.is_empty() && self.may_be_older.is_none()
    }
}

/// The last line of an export over HTTP, by which a reader knows that it is complete.
#[derive(Serialize, Deserialize)]
#[serde(tag = "cms", rename_all = "lowercase")]
pub enum LastLine {
    /// Everything is written.
    Report(Report),
    /// The export ended early.
    Problem {
        /// The reason, as problem+json.
        problem: serde_json::Value,
    },
}

/// Exports a state, one line at a time.
///
/// # Errors
/// A problem when the state is unknown, the store can't be read or a line can't be written.
pub fn execute(
    store: &Store,
    request: &Request,
    write: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> Result<Report, Problem> {
    let state = store.repository.resolve(&request.state)?;
    let done = store.repository.export(&state, &mut |line| {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        write(&text)
    })?;
    Ok(Report {
        state: request.state.clone(),
        entries: done.entries,
        translations: done.translations,
        media: done.media.iter().map(ToString::to_string).collect(),
        damaged: view(done.damaged),
        damaged_count: done.damaged_count,
        damaged_media: Vec::new(),
        may_be_older: may_be_older(store, &request.state),
        written_beside: None,
    })
}

fn may_be_older(store: &Store, state: &str) -> Option<String> {
    let lacks = store.local.as_ref().is_some_and(|local| local.lacks_cells());
    lacks.then(|| {
        format!("the record of where {state} is may be damaged: this may be an older state of it")
    })
}
