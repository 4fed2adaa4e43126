//! Prints what `cms plan` answers.

use crate::{
    cli::{
        paper::{Ink, Paper, counted, short, size},
        print::{lists::and_more, publishing::publish},
    },
    verbs::publishing::plan::Report,
    views::{publishing::DocumentChange, words::publishing::TakesWord},
};

/// Most rows of a list that are printed; `--json` has all that the report has.
const ROWS_SHOWN: usize = 20;

/// Prints the report for people.
pub(crate) fn print(plan: &Report, paper: &mut Paper) {
    let report = &plan.report;
    if report.changes_count == 0 && plan.documents_count == 0 {
        paper.line(format!(
            "Nothing to publish: {} has all of {}.",
            report.asked.channel, report.asked.target
        ));
        publish::print_report(report, paper);
        return;
    }
    let (channel, target) = (&report.asked.channel, &report.asked.target);
    paper.line(format!(
        "Publishing {target} on {channel} would make version {}.",
        report.base_sequence + 1
    ));
    publish::print_report(report, paper);
    if plan.documents_count > 0 {
        paper.line("");
        paper.line(format!(
            "{} that learners get",
            counted(plan.documents_count, "document", "documents")
        ));
        let rows: Vec<_> = plan.documents.iter().take(ROWS_SHOWN).map(document_row).collect();
        paper.rows(&rows);
        and_more(plan.documents_count, ROWS_SHOWN, plan.documents.len(), paper);
    }
    paper.line("");
    let mut flag = "";
    if let Some(takes) = &plan.takes {
        let what = match takes {
            TakesWord::Home => "without the home page",
            TakesWord::Everything => "with nothing at all",
        };
        paper.line(paper.ink(Ink::Removed, format!("It would leave learners {what}.")));
        flag = " --may-empty";
    }
    paper.line("To publish exactly this:");
    paper.line(
        paper
            .ink(Ink::Faint, format!("  cms publish --channel {channel} --plan {}{flag}", plan.id)),
    );
}

fn document_row(row: &DocumentChange) -> [String; 4] {
    let name = match &row.locale {
        Some(locale) => format!("{}@{locale}", row.key),
        None => row.key.clone(),
    };
    let id = |id: &Option<String>| id.as_deref().map_or("-", short).to_owned();
    let after = if row.retired { "tombstone".to_owned() } else { id(&row.after) };
    [name, id(&row.before), format!("→ {after}"), size(row.size_bytes)]
}
