//! Prints what `cms verify` answers.

use crate::{
    cli::{
        paper::{Ink, Paper, counted, number, size},
        print::lists::and_more,
    },
    verbs::verify::Report,
    views::operation::{DamageRow, LostRange},
};

/// Prints the report for people.
pub(crate) fn print(report: &Report, paper: &mut Paper) {
    let read = format!(
        "{} ({}), {}, {}",
        counted(report.objects_count, "object", "objects"),
        size(report.size_bytes),
        counted(report.commits_count, "commit", "commits"),
        counted(report.publications_count, "publication", "publications")
    );
    if let Some(count) = report.reviews_mended_count {
        paper.line(format!(
            "The reviews were mended; {} there.",
            counted(count, "review is", "reviews are")
        ));
    }
    if report.ok {
        paper.line(format!("{} Read {read}.", paper.ink(Ink::Added, "All is well.")));
        return;
    }
    paper.line(paper.ink(Ink::Removed, counted(report.problems_count, "problem", "problems")));
    for problem in &report.problems {
        paper.line(format!("  {problem}"));
    }
    and_more(report.problems_count, report.problems.len(), report.problems.len(), paper);
    let needed: Vec<_> = report.damages.iter().filter_map(needing).collect();
    if !needed.is_empty() {
        paper.line(paper.ink(Ink::Removed, "What needs the damaged parts"));
    }
    for (what, needing) in needed {
        paper.line(format!("  {what}"));
        for line in needing {
            paper.line(format!("    {line}"));
        }
    }
    paper.line(format!("Read {read}."));
}

/// Most names that a line lists.
const NAMES_MAX: usize = 10;

/// What is damaged and what needs it; `None` when nothing that has a name needs it.
fn needing(row: &DamageRow) -> Option<(String, Vec<String>)> {
    let mut lines = Vec::new();
    let mut list = |what: &str, names: &[String], count: u64| {
        if count > 0 {
            let shown = names.len().min(NAMES_MAX);
            let more = count.saturating_sub(shown as u64);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            lines.push(format!("{what} {}{more}", names[..shown].join(", ")));
        }
    };
    let all = |names: &[String]| names.len() as u64;
    list("entries:", &row.entries, row.entries_count);
    let ranges: Vec<_> = row.ranges.iter().map(range).collect();
    list("not known by name:", &ranges, all(&ranges));
    list("as they are now:", &row.branches, all(&row.branches));
    list("earlier commits of:", &row.history, all(&row.history));
    list("published as:", &row.snapshots, row.snapshots_count);
    list("reviews:", &row.reviews, all(&row.reviews));
    list("schedules:", &row.schedules, all(&row.schedules));
    (!lines.is_empty()).then(|| (place(row), lines))
}

fn place(row: &DamageRow) -> String {
    let what = match (&row.object, &row.cell) {
        (Some(object), _) => {
            let kind = row.kind.as_deref().unwrap_or("object");
            format!("{kind} {object} of {}", row.space.as_deref().unwrap_or("the store"))
        }
        (None, Some(cell)) => format!("cell {cell}"),
        (None, None) => "something".to_owned(),
    };
    match (&row.file, row.offset) {
        (Some(file), Some(offset)) => format!("{what}, in {file} at offset {offset}"),
        (Some(file), None) => format!("{what}, in {file}"),
        (None, _) => format!("{what}, which is missing"),
    }
}

fn range(range: &LostRange) -> String {
    let count = range.count.map_or_else(|| "all".to_owned(), number);
    let after = range.after.as_ref().map(|after| format!(" after {after}")).unwrap_or_default();
    let to = range.to.as_ref().map(|to| format!(" up to {to}")).unwrap_or_default();
    format!("{count} {}{after}{to}", range.of)
}
