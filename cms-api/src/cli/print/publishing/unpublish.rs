//! Prints what `cms unpublish` answers.

use crate::{
    cli::{paper::Paper, print::publishing::publish},
    verbs::publishing::unpublish::Report,
};

/// Prints the report for people.
pub(crate) fn print(report: &Report, paper: &mut Paper) {
    publish::print_taken_off(report, paper);
    if report.snapshot.is_some() {
        paper.line("");
        paper.line("What was taken off is on hold: no publish brings it back until `cms release`.");
    }
}
