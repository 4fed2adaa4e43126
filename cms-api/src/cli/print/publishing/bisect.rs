//! Prints what `cms bisect` answers.

use crate::{
    cli::{
        paper::{Ink, Paper, clean, counted},
        print::lists::and_more,
    },
    ground::moment,
    verbs::publishing::bisect::Report,
};

/// Prints the report for people.
pub(crate) fn print(report: &Report, paper: &mut Paper) {
    let looked = format!(
        "looked at {} of {}",
        counted(report.documents_count, "document", "documents"),
        counted(report.snapshots_count, "version", "versions")
    );
    let Some(publish) = &report.publish else {
        paper.line("No publish ever showed it.");
        paper.line(paper.ink(Ink::Faint, looked));
        return;
    };
    paper.line(format!(
        "Version {} showed it first: {} by {}, {}  {}",
        publish.sequence,
        publish.verb,
        clean(&publish.author),
        moment::iso(publish.time_ms),
        clean(&publish.message)
    ));
    let rows: Vec<_> =
        report.sightings.iter().map(|row| [row.key.clone(), row.pointer.clone()]).collect();
    paper.rows(&rows);
    let told = report.sightings.len();
    and_more(report.sightings_count, told, told, paper);
    paper.line(paper.ink(Ink::Faint, looked));
}
