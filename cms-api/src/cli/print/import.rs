//! Prints what `cms import` answers.

use crate::{
    cli::{
        paper::{Ink, Paper, clean, counted, number, short},
        print::lists::{and_more, reasons},
    },
    problem::{Code, Problem},
    verbs::import::Report,
};

/// Prints the report for people.
pub(crate) fn print(report: &Report, paper: &mut Paper) {
    match &report.commit {
        Some(commit) => paper.line(format!(
            "Imported {} as {}.",
            counted(report.lines - report.refused_count, "line", "lines"),
            format_args!("commit {}", short(commit))
        )),
        None => {
            paper.line(format!("Nothing changed by {}.", counted(report.lines, "line", "lines")))
        }
    }
    print_counts(report, paper);
    print_converted(report, paper);
    print_refused(report, paper);
    print_left_out(report, paper);
    if report.notices_count > 0 {
        paper.line("");
        paper.line(format!(
            "{} put right on the way in",
            counted(report.notices_count, "thing was", "things were")
        ));
        for notice in report.notices.iter().take(20) {
            let place = place(&notice.source, notice.line, None);
            paper.line(format!(
                "  {}{}: {}",
                notice.key,
                clean(&notice.pointer),
                clean(&notice.message)
            ));
            paper.line(paper.ink(Ink::Faint, format!("      {place}")));
        }
        and_more(report.notices_count, 20, report.notices.len(), paper);
    }
}

fn print_counts(report: &Report, paper: &mut Paper) {
    let counts = [
        ("added", report.added),
        ("changed", report.changed),
        ("unchanged", report.unchanged),
        ("removed", report.removed),
        ("of them translations", report.translations),
        ("media files", report.media),
        ("refused", report.refused_count),
    ];
    let rows: Vec<[String; 3]> = counts
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(what, count)| [number(count), what.to_owned(), String::new()])
        .collect();
    paper.rows(&rows);
}

/// The media files that are stored in another form than they came.
fn print_converted(report: &Report, paper: &mut Paper) {
    if report.converted_count == 0 {
        return;
    }
    paper.line("");
    let count = counted(report.converted_count, "media file is", "media files are");
    paper.line(format!("{count} kept as WebVTT in UTF-8"));
    for row in report.converted.iter().take(20) {
        paper.line(format!("  media/{}: it was {}", clean(&row.name), clean(&row.made_from)));
    }
    and_more(report.converted_count, 20, report.converted.len(), paper);
}

fn place(source: &str, line: u64, column: Option<u64>) -> String {
    match (line, column) {
        (0, _) => "(was there before)".to_owned(),
        (_, Some(column)) => format!("{}:{line}:{column}", clean(source)),
        (_, None) => format!("{}:{line}", clean(source)),
    }
}

/// The files that were found and not taken, each with the reason.
fn print_left_out(report: &Report, paper: &mut Paper) {
    if report.left_out_count == 0 {
        return;
    }
    paper.line("");
    let count = counted(report.left_out_count, "file was", "files were");
    paper.line(paper.ink(Ink::Warned, format!("{count} left out")));
    for row in report.left_out.iter().take(50) {
        paper.line(format!("  {}: {}", clean(&row.source), clean(&row.reason)));
    }
    and_more(report.left_out_count, 50, report.left_out.len(), paper);
}

/// The refused lines, with all that is wrong with each.
fn print_refused(report: &Report, paper: &mut Paper) {
    if report.refused_count == 0 {
        return;
    }
    paper.line("");
    paper.line(
        paper.ink(
            Ink::Removed,
            format!("{} refused", counted(report.refused_count, "line", "lines")),
        ),
    );
    for row in report.refused.iter().take(50) {
        let key = row.key.as_deref().map(clean).unwrap_or_default();
        paper.line(format!("  {}  {key}", place(&row.source, row.line, row.column)));
        reasons(&row.reasons, paper);
    }
    and_more(report.refused_count, 50, report.refused.len(), paper);
}

/// Prints what a refused import says about its lines and files.
pub(crate) fn refusal(problem: &Problem, paper: &mut Paper) {
    let report = problem.members.get("report").cloned().map(serde_json::from_value::<Report>);
    if let (Code::ContentRefused, Some(Ok(report))) = (problem.code, report) {
        print_refused(&report, paper);
        print_left_out(&report, paper);
    }
}
