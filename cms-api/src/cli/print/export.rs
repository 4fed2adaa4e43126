//! Prints what `cms export` answers.

use crate::{
    cli::paper::{Ink, Paper, counted},
    verbs::export::Report,
};

/// Prints the report for people: on standard error if the lines went to standard output.
pub(crate) fn print(report: &Report, paper: &mut Paper) {
    paper.line(format!(
        "Exported {} of {} and {}.",
        counted(report.entries, "entry", "entries"),
        report.state,
        counted(report.translations, "translation", "translations")
    ));
    if let Some(why) = &report.may_be_older {
        paper.line(format!("Beware: {why}."));
    }
    if !report.media.is_empty() {
        paper.line(format!(
            "  They name {}.",
            counted(report.media.len() as u64, "media file", "media files")
        ));
    }
    if report.is_whole() {
        return;
    }
    let count = counted(report.damaged_count, "entry or translation", "entries and translations");
    paper.line(paper.ink(Ink::Removed, format!("Damaged and not exported: {count}.")));
    for row in &report.damaged {
        let range = || {
            let after = row.after.as_ref().map(|after| format!(" after {after}"));
            let to = row.to.as_ref().map(|to| format!(" up to {to}"));
            let (after, to) = (after.unwrap_or_default(), to.unwrap_or_default());
            format!("{} not known by name{after}{to}", row.count)
        };
        paper.line(format!("  {}: {}", row.key.clone().unwrap_or_else(range), row.detail));
    }
    if report.damaged.len() < report.damaged_count as usize
        && report.damaged.iter().all(|row| row.key.is_some())
    {
        paper.line("  … and more (`cms verify` lists all)");
    }
    if let Some(path) = &report.written_beside {
        paper.line(format!("  The earlier export stays; this one is in {path}."));
    }
    for id in &report.damaged_media {
        paper.line(format!("  media file {id} can't be read"));
    }
}
