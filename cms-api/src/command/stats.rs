//! `cms stats`: what is there, and how much room it takes.

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    By,
    log::print_commit,
    paper::{Paper, number, size},
    view,
};
use crate::{edge::problem::Problem, store::Store, views::operation::StatsReport};

/// Everything.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {}

/// The counts.
pub type Report = StatsReport;

/// Counts.
///
/// # Errors
/// A problem when the store can't be read.
pub fn execute(store: &Store, _: Request, _: &By) -> Result<Report, Problem> {
    Ok(view(&store.repository.stats()?))
}

/// For people.
pub fn print(report: &Report, paper: &mut Paper) {
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
    if !report.newest.is_empty() {
        paper.line("Newest");
        for row in &report.newest {
            print_commit(row, paper);
        }
    }
}

fn aligned(rows: Vec<[String; 2]>, paper: &mut Paper) {
    let rows: Vec<[String; 3]> =
        rows.into_iter().map(|[name, count]| [name, count, String::new()]).collect();
    paper.rows(&rows);
}
