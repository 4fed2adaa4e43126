//! Prints what `cms embargoes` answers.

use crate::{
    cli::paper::Paper,
    verbs::publishing::embargoes::{AtTheEnd, Report},
};

/// Prints the report for people.
pub(crate) fn print(report: &Report, paper: &mut Paper) {
    let what = match report.at_the_end {
        AtTheEnd::Wait => "waits for the next publish",
        AtTheEnd::Publish => "is published at that moment",
    };
    paper.line(format!("On {} an entry whose embargo ends {what}.", report.channel));
}
