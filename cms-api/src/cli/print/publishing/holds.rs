//! Prints what `cms holds` answers.

use crate::{
    cli::paper::{Paper, clean},
    ground::moment,
    verbs::publishing::holds::Report,
};

/// Prints the report for people.
pub(crate) fn print(report: &Report, paper: &mut Paper) {
    if report.holds.is_empty() {
        paper.line(format!("Nothing is on hold on {}.", report.channel));
    }
    let rows: Vec<_> = report
        .holds
        .iter()
        .map(|row| {
            [row.key.clone(), moment::iso(row.time_ms), clean(&row.author), clean(&row.reason)]
        })
        .collect();
    paper.rows(&rows);
}
