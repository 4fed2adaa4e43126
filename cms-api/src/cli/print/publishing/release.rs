//! Prints what `cms release` answers.

use crate::{
    cli::paper::{Paper, counted},
    verbs::publishing::release::Report,
};

/// Prints the report for people.
pub(crate) fn print(report: &Report, paper: &mut Paper) {
    if report.released.is_empty() {
        paper.line(format!("Nothing is on hold on {}.", report.channel));
        return;
    }
    let count = counted(report.released.len() as u64, "entry", "entries");
    paper.line(format!(
        "Released {count} on {}; the next publish may bring them live:",
        report.channel
    ));
    for key in &report.released {
        paper.line(format!("  {key}"));
    }
}
