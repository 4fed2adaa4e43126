//! Prints what `cms where-used` answers.

use crate::{
    cli::paper::{Paper, clean},
    verbs::where_used::Report,
};

/// Prints the report for people.
pub(crate) fn print(report: &Report, paper: &mut Paper) {
    if report.uses.is_empty() {
        paper.line(format!("Nothing uses {}.", report.key));
    }
    let rows: Vec<_> = report
        .uses
        .iter()
        .map(|row| {
            [
                row.role.to_string(),
                row.by.clone(),
                clean(row.title.as_deref().unwrap_or_default()),
                row.pointers.join("  "),
            ]
        })
        .collect();
    paper.rows(&rows);
}
