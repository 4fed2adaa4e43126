//! `cms export`: a state as the lines that importing reads, with its media where a directory is
//! the output: a whole backup that this program, or any other, can read.

use std::io;

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    cli::paper::{Ink, Paper, counted},
    problem::Problem,
    store::Store,
    verbs::publishing::publish::main,
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

/// What was exported.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = ExportReport)]
pub struct Report {
    /// The state, as it was written.
    pub state: String,
    /// Entries written.
    pub entries: u64,
    /// Translations written.
    pub translations: u64,
    /// The media files that the entries name.
    pub media: Vec<String>,
    /// What could not be written as it is damaged, at most a thousand.
    #[serde(default)]
    pub damaged: Vec<NotExported>,
    /// How many entries and translations could not be written.
    #[serde(default)]
    pub damaged_count: u64,
    /// Media files that could not be written as they are damaged or missing; known where they are written.
    #[serde(default)]
    pub damaged_media: Vec<String>,
    /// Why the state may be an older one than it was: what tells where a branch or a channel stands may be damaged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub may_be_older: Option<String>,
    /// Where the lines were written instead, as they lack something and an earlier export is in their place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written_beside: Option<String>,
}

impl Report {
    /// Whether all was whole.
    pub const fn is_well(&self) -> bool {
        self.damaged_count == 0 && self.damaged_media.is_empty() && self.may_be_older.is_none()
    }
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
        format!("what tells where {state} stands may be among what is damaged: this may be an older state of it")
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
    if let Some(why) = &report.may_be_older {
        paper.line(format!("Beware: {why}."));
    }
    if !report.media.is_empty() {
        paper.line(format!(
            "  They name {}.",
            counted(report.media.len() as u64, "media file", "media files")
        ));
    }
    if report.is_well() {
        return;
    }
    let count = counted(report.damaged_count, "entry or translation", "entries and translations");
    paper.line(paper.ink(Ink::Removed, format!("Damaged and not exported: {count}.")));
    for row in &report.damaged {
        let range = || {
            let after = row.after.as_ref().map(|after| format!(" after {after}"));
            let to = row.to.as_ref().map(|to| format!(" up to {to}"));
            let (after, to) = (after.unwrap_or_default(), to.unwrap_or_default());
            format!("{} not known by name{after}{to}", row.count)
        };
        paper.line(format!("  {}: {}", row.key.clone().unwrap_or_else(range), row.detail));
    }
    if report.damaged.len() < report.damaged_count as usize
        && report.damaged.iter().all(|row| row.key.is_some())
    {
        paper.line("  … and more (`cms verify` tells of all)");
    }
    if let Some(path) = &report.written_beside {
        paper.line(format!("  The earlier export stays; this one is in {path}."));
    }
    for id in &report.damaged_media {
        paper.line(format!("  media file {id} can't be read"));
    }
}
