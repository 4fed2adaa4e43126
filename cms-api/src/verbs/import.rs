//! `cms import`: lines of entries and translations, as one commit.
//!
//! The lines come from files, directories or standard input ([`input`]), or from the body of a
//! request ([`frames`]); the core does not know the difference.

pub mod frames;
pub mod input;

use clap::Args;
use cms_core::repo::{
    ImportError, ImportLine, ImportOptions, ImportProgress, MediaSource, PruneAtMost,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::verbs::publishing::publish::{and_more, commit_line, main, print_reasons};
use crate::{
    attempt::By,
    cli::paper::{Ink, Paper, clean, counted, number},
    problem::{Code, Problem},
    store::Store,
    views::{import::ImportReport, view},
};
use input::Media;

/// How to import.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportCommand)]
pub struct Request {
    /// The branch
    #[arg(long, default_value = "main")]
    #[serde(default = "main")]
    pub branch: String,
    /// Import what is accepted even though other lines are refused
    #[arg(long)]
    #[serde(default)]
    pub skip_invalid: bool,
    /// Remove entries and translations that the input lacks
    #[arg(long)]
    #[serde(default)]
    pub prune: bool,
    /// How much --prune may remove: a number (`12`) or a share (`25%`)
    #[arg(long, default_value_t, value_name = "N|P%")]
    #[serde(default)]
    #[schema(value_type = String, pattern = "^[0-9]+%?$", default = "10%")]
    pub prune_at_most: PruneAtMost,
    /// Why
    #[arg(long, short, default_value = "")]
    #[serde(default)]
    pub message: String,
}

/// What was imported.
pub type Report = ImportReport;

/// Imports. Until the one commit at the end nothing of it can be seen, whatever happens.
///
/// # Errors
/// A problem; the branch has not moved then. With refused lines it carries the whole report.
pub fn execute(
    store: &Store,
    request: &Request,
    by: &By,
    lines: &mut dyn Iterator<Item = std::io::Result<ImportLine>>,
    media: &Media,
    progress: &mut dyn FnMut(ImportProgress),
) -> Result<Report, Problem> {
    let branch = request.branch.parse().map_err(|_| unknown_branch(&request.branch))?;
    let options = ImportOptions {
        branch,
        skip_invalid: request.skip_invalid,
        prune: request.prune,
        prune_at_most: request.prune_at_most,
        stamp: by.stamp(&request.message),
    };
    let accounted = |mut report: Report| {
        media.left_out().clone_into(&mut report.left_out);
        report.left_out_count = report.left_out.len() as u64;
        report
    };
    let mut lines = lines.peekable();
    if lines.peek().is_none() && (request.prune || media.names().is_empty()) {
        return Err(holds_nothing());
    }
    match store.repository.import(&mut lines, media, &options, progress) {
        Ok(report) => Ok(accounted(view(report))),
        Err(ImportError::Refused { ref report }) => {
            let report = accounted(view(report));
            let count = report.refused_count;
            let detail =
                format!("{count} lines, files or entries are refused; nothing was imported");
            Err(Problem::new(Code::ContentRefused, detail).with("report", report))
        }
        Err(error) => Err(error.into()),
    }
}

/// The problem of a text that names no branch.
pub(crate) fn unknown_branch(text: &str) -> Problem {
    let shown: String = text.chars().take(80).collect();
    Problem::new(Code::StateUnknown, format!("there is no branch {shown:?}"))
}

/// The problem of an input that holds nothing.
pub(crate) fn holds_nothing() -> Problem {
    let detail = "the input holds nothing to import: a program that failed leaves such a one; nothing was changed";
    Problem::new(Code::InputOutput, detail)
}

/// For people.
pub fn print(report: &Report, paper: &mut Paper) {
    match &report.commit {
        Some(commit) => paper.line(format!(
            "Imported {} as {}.",
            counted(report.lines - report.refused_count, "line", "lines"),
            commit_line(commit)
        )),
        None => {
            paper.line(format!("Nothing changed by {}.", counted(report.lines, "line", "lines")))
        }
    }
    print_counts(report, paper);
    print_converted(report, paper);
    print_refused(report, paper);
    print_left_out(report, paper);
    if report.notices_count > 0 {
        paper.line("");
        paper.line(format!(
            "{} put right on the way in",
            counted(report.notices_count, "thing was", "things were")
        ));
        for notice in report.notices.iter().take(20) {
            let place = place(&notice.source, notice.line, None);
            paper.line(format!(
                "  {}{}: {}",
                notice.key,
                clean(&notice.pointer),
                clean(&notice.message)
            ));
            paper.line(paper.ink(Ink::Faint, format!("      {place}")));
        }
        and_more(report.notices_count, 20, report.notices.len(), paper);
    }
}

fn print_counts(report: &Report, paper: &mut Paper) {
    let counts = [
        ("added", report.added),
        ("changed", report.changed),
        ("unchanged", report.unchanged),
        ("removed", report.removed),
        ("of them translations", report.translations),
        ("media files", report.media),
        ("refused", report.refused_count),
    ];
    let rows: Vec<[String; 3]> = counts
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(what, count)| [number(count), what.to_owned(), String::new()])
        .collect();
    paper.rows(&rows);
}

/// The media files that are kept as other ones than came.
fn print_converted(report: &Report, paper: &mut Paper) {
    if report.converted_count == 0 {
        return;
    }
    paper.line("");
    let count = counted(report.converted_count, "media file is", "media files are");
    paper.line(format!("{count} kept as WebVTT in UTF-8"));
    for row in report.converted.iter().take(20) {
        paper.line(format!("  media/{}: it was {}", clean(&row.name), clean(&row.made_from)));
    }
    and_more(report.converted_count, 20, report.converted.len(), paper);
}

fn place(source: &str, line: u64, column: Option<u64>) -> String {
    match (line, column) {
        (0, _) => "(was there before)".to_owned(),
        (_, Some(column)) => format!("{}:{line}:{column}", clean(source)),
        (_, None) => format!("{}:{line}", clean(source)),
    }
}

/// The files that were found and not taken, each with why.
fn print_left_out(report: &Report, paper: &mut Paper) {
    if report.left_out_count == 0 {
        return;
    }
    paper.line("");
    let count = counted(report.left_out_count, "file was", "files were");
    paper.line(paper.ink(Ink::Warned, format!("{count} left out")));
    for row in report.left_out.iter().take(50) {
        paper.line(format!("  {}: {}", clean(&row.source), clean(&row.reason)));
    }
    and_more(report.left_out_count, 50, report.left_out.len(), paper);
}

/// The refused lines, with all that is wrong with each.
fn print_refused(report: &Report, paper: &mut Paper) {
    if report.refused_count == 0 {
        return;
    }
    paper.line("");
    paper.line(
        paper.ink(
            Ink::Removed,
            format!("{} refused", counted(report.refused_count, "line", "lines")),
        ),
    );
    for row in report.refused.iter().take(50) {
        let key = row.key.as_deref().map(clean).unwrap_or_default();
        paper.line(format!("  {}  {key}", place(&row.source, row.line, row.column)));
        print_reasons(&row.reasons, paper);
    }
    and_more(report.refused_count, 50, report.refused.len(), paper);
}

/// For people, of an import that was refused.
pub fn print_refusal(problem: &Problem, paper: &mut Paper) {
    let report = problem.members.get("report").cloned().map(serde_json::from_value::<Report>);
    if let (Code::ContentRefused, Some(Ok(report))) = (problem.code, report) {
        print_refused(&report, paper);
        print_left_out(&report, paper);
    }
}
