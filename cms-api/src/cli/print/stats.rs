//! Prints what `cms stats` answers.

use crate::{
    cli::{
        paper::{Paper, number, size},
        print::log::print_commit,
    },
    ground::moment,
    verbs::stats::Report,
};

/// Prints the report for people.
pub(crate) fn print(report: &Report, paper: &mut Paper) {
    if let Some(unread) = &report.unread {
        paper.line(format!("Something is not counted, as it is damaged: {unread}"));
    }
    paper.line("Entries on main");
    let rows: Vec<_> =
        report.kinds.iter().map(|(kind, count)| [kind.clone(), number(*count)]).collect();
    aligned(rows, paper);
    if !report.locales.is_empty() {
        paper.line("Translations");
        aligned(
            report.locales.iter().map(|(locale, count)| [locale.clone(), number(*count)]).collect(),
            paper,
        );
    }
    paper.line("History");
    aligned(
        vec![
            ["commits".into(), number(report.commits)],
            ["links".into(), number(report.links)],
            ["in the trash".into(), number(report.deleted)],
        ],
        paper,
    );
    paper.line("Room");
    let rows: Vec<_> = report
        .usage
        .iter()
        .map(|row| [row.what.clone(), number(row.count), size(row.size_bytes)])
        .collect();
    paper.rows(&rows);
    paper.line(format!("  in all {}", size(report.size_bytes)));
    print_growth(report, paper);
    if !report.newest.is_empty() {
        paper.line("Newest");
        for row in &report.newest {
            print_commit(row, paper);
        }
    }
}

/// Prints what was written lately, day by day: what grows, and how fast.
fn print_growth(report: &Report, paper: &mut Paper) {
    let Some(growth) = report.growth.as_ref().filter(|growth| !growth.is_empty()) else { return };
    paper.line("Written, by day (UTC), as far as the journals reach back");
    let mut before = None;
    let rows: Vec<[String; 4]> = growth
        .iter()
        .map(|row| {
            let day = row.day_ms.map_or_else(|| "before".to_owned(), day);
            // A day is printed once, before the first of its rows.
            let shown = if before.as_ref() == Some(&day) { String::new() } else { day.clone() };
            before = Some(day);
            [shown, number(row.count), size(row.size_bytes), row.what.clone()]
        })
        .collect();
    paper.rows(&rows);
}

fn day(day_ms: u64) -> String {
    moment::iso(day_ms).chars().take("2026-11-30".len()).collect()
}

fn aligned(rows: Vec<[String; 2]>, paper: &mut Paper) {
    let rows: Vec<[String; 3]> =
        rows.into_iter().map(|[name, count]| [name, count, String::new()]).collect();
    paper.rows(&rows);
}
