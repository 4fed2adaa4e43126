//! Prints what `cms retire` answers.

use crate::{
    cli::{paper::Paper, print::publishing::publish},
    verbs::publishing::retire::Report,
};

/// Prints the report for people.
pub(crate) fn print(report: &Report, paper: &mut Paper) {
    publish::print_taken_off(report, paper);
    if let (Some(_), Some(replaced_by)) = (&report.snapshot, &report.report.asked.replaced_by) {
        paper.line("");
        paper.line(format!("Their addresses lead to {replaced_by} now."));
    }
}
