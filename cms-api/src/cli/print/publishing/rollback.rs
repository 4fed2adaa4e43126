//! Prints what `cms rollback` answers.

use crate::{
    cli::{paper::Paper, print::publishing::publish},
    verbs::publishing::rollback::Report,
};

/// Prints the report for people.
pub(crate) fn print(report: &Report, paper: &mut Paper) {
    publish::print(report, paper);
    if report.snapshot.is_some() {
        paper.line("");
        paper
            .line("What was taken back is on hold: no publish brings it live until `cms release`.");
    }
}
