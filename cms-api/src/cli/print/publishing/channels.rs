//! Prints what `cms channels` answers.

use crate::{
    cli::paper::{Paper, number, short},
    ground::moment,
    verbs::publishing::channels::Report,
};

/// Prints the report for people.
pub(crate) fn print(report: &Report, paper: &mut Paper) {
    if report.channels.is_empty() {
        paper.line("Nothing is published yet: `cms publish` makes the first channel.");
        return;
    }
    let rows: Vec<_> = report
        .channels
        .iter()
        .map(|row| {
            [
                format!("{}@{}", row.channel, row.sequence),
                moment::iso(row.time_ms),
                format!("{} entries", number(row.entries_count)),
                if row.holds_count > 0 {
                    format!("{} on hold", row.holds_count)
                } else {
                    String::new()
                },
                short(&row.snapshot).to_owned(),
            ]
        })
        .collect();
    paper.rows(&rows);
    for row in &report.channels {
        if let Some(damaged) = &row.damaged {
            paper.line(format!("{}@{} is damaged: {damaged}", row.channel, row.sequence));
        }
    }
}
