//! `cms diff`: what differs between two states.

use clap::Args;
use cms_core::repo::CompareOptions;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    By,
    paper::{Ink, Paper, clean, counted},
    publish::and_more,
    view,
};
use crate::{
    edge::problem::Problem,
    store::Store,
    views::content::{Changed, Comparison},
};

/// Which states.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The state before: `production`, `main~3`, `production@7`, an id
    #[arg(value_name = "A")]
    pub before: String,
    /// The state after
    #[arg(value_name = "B")]
    pub after: String,
    /// Only which entries differ, not how
    #[arg(long)]
    #[serde(default)]
    pub stat: bool,
    /// At most so many rows of each list
    #[arg(long, default_value_t = 1000, value_name = "N")]
    #[serde(default = "thousand")]
    pub limit: u32,
}

const fn thousand() -> u32 {
    1000
}

/// The difference.
pub type Report = Comparison;

/// Compares.
///
/// # Errors
/// A problem when a name means nothing.
pub fn execute(store: &Store, request: Request, _: &By) -> Result<Report, Problem> {
    let before = store.repository.resolve(&request.before)?;
    let after = store.repository.resolve(&request.after)?;
    let options =
        CompareOptions { text: !request.stat, rows_max: request.limit.clamp(1, 10_000) as usize };
    Ok(view(&store.repository.compare(&before, &after, options)?))
}

/// For people.
pub fn print(report: &Report, paper: &mut Paper) {
    let counts = [
        (report.added_count, "added"),
        (report.removed_count, "removed"),
        (report.moved_count, "moved"),
        (report.changed_count, "changed"),
    ];
    if counts.iter().all(|(count, _)| *count == 0) {
        paper.line("No difference.");
        return;
    }
    list("+", Ink::Added, &report.added, report.added_count, paper);
    list("-", Ink::Removed, &report.removed, report.removed_count, paper);
    for row in &report.moved {
        paper.line(format!("> {}  {} → {}", row.key, row.from.join(", "), row.to.join(", ")));
    }
    and_more(report.moved_count, report.moved.len(), paper);
    list("~", Ink::Warned, &report.changed, report.changed_count, paper);
    let words: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    paper.line("");
    let all = counted(counts.iter().map(|(count, _)| count).sum(), "difference", "differences");
    paper.line(paper.ink(Ink::Strong, format!("{all}: {}", words.join(", "))));
}

fn list(sign: &str, ink: Ink, rows: &[Changed], count: u64, paper: &mut Paper) {
    for row in rows {
        let title = clean(row.title.as_deref().unwrap_or_default());
        paper.line(format!("{} {}  {title}", paper.ink(ink, sign), paper.ink(ink, &row.key)));
        for line in row.text.iter().flat_map(|text| text.lines()) {
            let line = clean(line);
            let shown = match line.as_bytes().first() {
                Some(b'+') => paper.ink(Ink::Added, line),
                Some(b'-') => paper.ink(Ink::Removed, line),
                Some(b'@') => paper.ink(Ink::Faint, line),
                _ => line,
            };
            paper.line(format!("    {shown}"));
        }
    }
    and_more(count, rows.len(), paper);
}
