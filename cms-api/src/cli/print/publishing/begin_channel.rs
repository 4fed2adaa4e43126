//! Prints what `cms begin-channel` answers.

use crate::{
    cli::paper::Paper,
    verbs::publishing::begin_channel::{AnswersChoice, Report},
};

/// Prints the report for people.
pub(crate) fn print(report: &Report, paper: &mut Paper) {
    let what = match report.answers {
        AnswersChoice::Withheld => "withholds answers",
        AnswersChoice::Included => "includes answers, and is read with a token",
    };
    paper.line(format!("Channel {} {what}: {}", report.channel, report.path));
    paper.line("Its first version comes with `cms publish --channel`.");
}
