//! Prints what `cms log` answers.

use cms_core::repo::CHANGES_COUNTED_MAX;

use crate::{
    cli::paper::{Ink, Paper, clean, counted, number, short},
    ground::moment,
    verbs::log::Report,
    views::{content::CommitRow, words::content::RevisionState},
};

/// Prints the report for people.
pub(crate) fn print(report: &Report, paper: &mut Paper) {
    for row in report.commits.iter().flatten() {
        print_commit(row, paper);
    }
    for row in report.revisions.iter().flatten() {
        let note =
            if row.note.is_empty() { String::new() } else { format!("  {}", clean(&row.note)) };
        let state = if row.state == RevisionState::Resolved {
            String::new()
        } else {
            format!("  {}", row.state)
        };
        let id = paper.ink(Ink::Strong, short(&row.revision));
        paper.line(format!(
            "{id}  {}  {}{state}{note}",
            moment::iso(row.time_ms),
            clean(&row.author)
        ));
        if let Some(damaged) = &row.damaged {
            paper.line(format!("  damaged: {damaged}"));
        }
    }
}

/// How much a commit changed. The first commit's count is complete; others are counted up to a limit.
fn changes(row: &CommitRow) -> String {
    let is_cut = !row.parents.is_empty() && row.changes_count >= CHANGES_COUNTED_MAX;
    if is_cut {
        return format!("{} or more changes", number(row.changes_count));
    }
    counted(row.changes_count, "change", "changes")
}

pub(crate) fn print_commit(row: &CommitRow, paper: &mut Paper) {
    let id = paper.ink(Ink::Strong, short(&row.commit));
    let count = changes(row);
    paper.line(format!(
        "{id}  {}  {}  {}",
        moment::iso(row.time_ms),
        clean(&row.author),
        paper.ink(Ink::Faint, count)
    ));
    for line in row.message.lines() {
        paper.line(format!("    {}", clean(line)));
    }
    if let Some(damaged) = &row.damaged {
        paper.line(format!("  damaged: {damaged}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_that_was_cut_says_so() {
        let row = |parents: &[&str], changes_count| CommitRow {
            commit: "c".into(),
            parents: parents.iter().map(ToString::to_string).collect(),
            author: "ana".into(),
            time_ms: 0,
            message: String::new(),
            changes_count,
            damaged: None,
        };
        assert_eq!(changes(&row(&["p"], 9_999)), "9,999 changes");
        assert_eq!(changes(&row(&["p"], 10_000)), "10,000 or more changes");
        assert_eq!(changes(&row(&[], 13_000)), "13,000 changes");
    }
}
