//! `cms log`: how the content, or one entry, came to be what it is.

use clap::Args;
use cms_core::{model::id::CommitId, repo::CHANGES_COUNTED_MAX};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::key;
use crate::{
    attempt::By,
    cli::paper::{Ink, Paper, clean, counted, number, short},
    moment,
    problem::{Code, Problem},
    store::Store,
    verbs::publishing::publish,
    views::{
        content::{CommitRow, RevisionRow},
        view,
        words::content::RevisionState,
    },
};

/// Whose history.
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
    #[serde(default = "publish::main")]
    pub at: String,
    /// At most so many, newest first
    #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    #[serde(default = "fifty", deserialize_with = "crate::form::whole")]
    pub limit: u32,
    /// Only those before this commit
    #[arg(long, value_name = "COMMIT", conflicts_with = "entry")]
    #[serde(default)]
    pub after: Option<String>,
}

const fn fifty() -> u32 {
    50
}

/// The history: of the whole, or of the entry asked for.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = LogReport)]
pub struct Report {
    /// Commits, newest first; null when an entry was asked for.
    pub commits: Option<Vec<CommitRow>>,
    /// The entry's versions, newest first; null when none was asked for.
    pub revisions: Option<Vec<RevisionRow>>,
}

/// Reads the history.
///
/// # Errors
/// A problem when a name means nothing.
pub fn execute(store: &Store, request: Request, _: &By) -> Result<Report, Problem> {
    let state = store.repository.resolve(&request.at)?;
    let rows_max = request.limit.clamp(1, 1000) as usize;
    if let Some(entry) = &request.entry {
        let found = store.repository.entry_log(&state, &key(entry)?, rows_max)?;
        let rows = found.ok_or_else(|| unknown(entry, &request.at))?;
        return Ok(Report { commits: None, revisions: Some(view(rows)) });
    }
    let parse = |text: String| {
        text.parse::<CommitId>()
            .map_err(|error| Problem::new(Code::RequestMalformed, error.to_string()))
    };
    let after = request.after.map(parse).transpose()?;
    Ok(Report {
        commits: Some(view(store.repository.log(&state, rows_max, after)?)),
        revisions: None,
    })
}

pub(super) fn unknown(entry: &str, state: &str) -> Problem {
    Problem::new(Code::EntryUnknown, format!("there is no entry {entry} at {state}"))
}

/// For people.
pub fn print(report: &Report, paper: &mut Paper) {
    for row in report.commits.iter().flatten() {
        print_commit(row, paper);
    }
    for row in report.revisions.iter().flatten() {
        let note =
            if row.note.is_empty() { String::new() } else { format!("  {}", clean(&row.note)) };
        let state = if row.state == RevisionState::Resolved {
            String::new()
        } else {
            format!("  {}", row.state)
        };
        let id = paper.ink(Ink::Strong, short(&row.revision));
        paper.line(format!(
            "{id}  {}  {}{state}{note}",
            moment::iso(row.time_ms),
            clean(&row.author)
        ));
        if let Some(damaged) = &row.damaged {
            paper.line(format!("  damaged: {damaged}"));
        }
    }
}

/// How much a commit changed. The first one's count is whole; others are counted so far and no further.
fn changes(row: &CommitRow) -> String {
    let is_cut = !row.parents.is_empty() && row.changes_count >= CHANGES_COUNTED_MAX;
    if is_cut {
        return format!("{} or more changes", number(row.changes_count));
    }
    counted(row.changes_count, "change", "changes")
}

pub(super) fn print_commit(row: &CommitRow, paper: &mut Paper) {
    let id = paper.ink(Ink::Strong, short(&row.commit));
    let count = changes(row);
    paper.line(format!(
        "{id}  {}  {}  {}",
        moment::iso(row.time_ms),
        clean(&row.author),
        paper.ink(Ink::Faint, count)
    ));
    for line in row.message.lines() {
        paper.line(format!("    {}", clean(line)));
    }
    if let Some(damaged) = &row.damaged {
        paper.line(format!("  damaged: {damaged}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_that_was_cut_says_so() {
        let row = |parents: &[&str], changes_count| CommitRow {
            commit: "c".into(),
            parents: parents.iter().map(ToString::to_string).collect(),
            author: "ana".into(),
            time_ms: 0,
            message: String::new(),
            changes_count,
            damaged: None,
        };
        assert_eq!(changes(&row(&["p"], 9_999)), "9,999 changes");
        assert_eq!(changes(&row(&["p"], 10_000)), "10,000 or more changes");
        assert_eq!(changes(&row(&[], 13_000)), "13,000 changes");
    }
}
