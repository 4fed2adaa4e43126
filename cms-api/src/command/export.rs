//! `cms export`: a state as the lines that importing reads, with its media where a directory is
//! the output: a whole backup that this program, or any other, can read.

mod output;

use std::io;

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    paper::{Paper, counted},
    publish::main,
};
use crate::{edge::problem::Problem, store::Store};

pub use output::Output;

/// What to export.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The state: `main`, `main~3`, `production@7`, an id
    #[arg(value_name = "STATE", default_value = "main")]
    #[serde(default = "main")]
    pub state: String,
}

/// What was exported.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Report {
    /// The state, as it was written.
    pub state: String,
    /// Entries written.
    pub entries: u64,
    /// Translations written.
    pub translations: u64,
    /// The media files that the entries name.
    pub media: Vec<String>,
}

/// The last line of an export over HTTP, so that a reader knows that it is whole.
#[derive(Serialize, Deserialize)]
#[serde(tag = "cms", rename_all = "lowercase")]
pub enum LastLine {
    /// All is written.
    Report(Report),
    /// It ended early.
    Problem {
        /// Why, as problem+json.
        problem: serde_json::Value,
    },
}

/// Exports, a line at a time.
///
/// # Errors
/// A problem when the state means nothing, the store can't be read or a line can't be written.
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
    })
}

/// For people; on standard error, where the lines went to standard output.
pub fn print(report: &Report, paper: &mut Paper) {
    paper.line(format!(
        "Exported {} of {} and {}.",
        counted(report.entries, "entry", "entries"),
        report.state,
        counted(report.translations, "translation", "translations")
    ));
    if !report.media.is_empty() {
        paper.line(format!(
            "  They name {}.",
            counted(report.media.len() as u64, "media file", "media files")
        ));
    }
}
