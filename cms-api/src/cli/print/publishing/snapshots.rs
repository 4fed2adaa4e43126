//! Prints what `cms snapshots` answers.

use crate::{
    cli::paper::{Paper, clean, number, short},
    ground::moment,
    verbs::publishing::snapshots::Report,
};

/// Prints the report for people.
pub(crate) fn print(report: &Report, paper: &mut Paper) {
    let rows: Vec<_> = report
        .snapshots
        .iter()
        .map(|row| {
            [
                format!("{}@{}", report.channel, row.sequence),
                moment::iso(row.time_ms),
                row.verb.to_string(),
                clean(&row.author),
                format!("{} entries", number(row.entries_count)),
                format!("{} changed", number(row.changes_count)),
                if row.held_back_count > 0 {
                    format!("{} held back", row.held_back_count)
                } else {
                    String::new()
                },
                short(&row.snapshot).to_owned(),
                clean(&row.message),
            ]
        })
        .collect();
    paper.rows(&rows);
    for row in &report.snapshots {
        if let Some(damaged) = &row.damaged {
            paper.line(format!("{}@{} is damaged: {damaged}", report.channel, row.sequence));
        }
    }
}
