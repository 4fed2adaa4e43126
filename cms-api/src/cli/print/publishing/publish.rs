//! Prints what `cms publish` answers.

use std::collections::HashSet;

use crate::{
    cli::{
        paper::{Ink, Paper, clean, counted, number, size},
        print::lists::{and_more, reasons},
    },
    verbs::publishing::publish::Report,
    views::{
        publishing::PublishReport,
        words::publishing::{ChangeWord, ChannelVerb},
    },
};

/// Most rows of a list that are printed; `--json` has all that the report has.
const ROWS_SHOWN: usize = 40;

/// Prints the report for people.
pub(crate) fn print(report: &Report, paper: &mut Paper) {
    let asked = &report.report.asked;
    match (&report.snapshot, report.sequence) {
        (Some(snapshot), Some(sequence)) => {
            let what = match asked.verb {
                ChannelVerb::Rollback => "went back to",
                ChannelVerb::Revert => "is without what changed in",
                _ => "delivers",
            };
            paper.line(format!(
                "{} now {what} {} as version {sequence}.",
                asked.channel, asked.target
            ));
            paper.line(paper.ink(Ink::Faint, format!("  snapshot {snapshot}")));
        }
        _ => paper
            .line(format!("Nothing to do: {} delivers {} already.", asked.channel, asked.target)),
    }
    print_report(&report.report, paper);
}

/// Prints what was taken off the channel, or would be taken off.
pub(crate) fn print_taken_off(report: &Report, paper: &mut Paper) {
    let asked = &report.report.asked;
    match report.sequence {
        Some(sequence) => {
            paper.line(format!("{} is without them as version {sequence}.", asked.channel));
        }
        None if report.report.changes_count == 0 => paper.line("Nothing to do."),
        None => paper.line(format!("{} would be without them.", asked.channel)),
    }
    print_report(&report.report, paper);
}

/// Prints what changes, what is held back and why, and what stands nowhere.
pub(crate) fn print_report(report: &PublishReport, paper: &mut Paper) {
    if report.changes_count > 0 {
        paper.line("");
        paper.line(counted(report.changes_count, "change", "changes"));
        let rows: Vec<_> = report.changes.iter().take(ROWS_SHOWN).map(change_row).collect();
        paper.rows(&rows);
        and_more(report.changes_count, ROWS_SHOWN, report.changes.len(), paper);
    }
    print_held_back(report, paper);
    print_findings(report, paper);
    print_keys(
        &report.on_hold,
        report.on_hold_count,
        "kept back by a hold (cms release releases it)",
        paper,
    );
    print_keys(&report.retired, report.retired_count, "taken out", paper);
    print_keys(
        &report.stands_nowhere,
        report.stands_nowhere_count,
        "changed but standing nowhere, so nobody gets them",
        paper,
    );
    print_keys(
        &report.superseded,
        report.superseded_count,
        "left alone: published again meanwhile",
        paper,
    );
    if report.left_out_count > 0 {
        paper.line("");
        paper.line(format!(
            "{} left out of what contains them",
            counted(report.left_out_count, "child", "children")
        ));
        let rows: Vec<_> = report
            .left_out
            .iter()
            .take(ROWS_SHOWN)
            .map(|row| [row.child.clone(), format!("in {}", row.parent)])
            .collect();
        paper.rows(&rows);
        and_more(report.left_out_count, ROWS_SHOWN, report.left_out.len(), paper);
    }
    print_old_keys(report, paper);
    let moves = report.routes.iter().filter(|row| row.from.is_some() && row.to.is_some());
    let moves_count = moves.clone().count();
    let rows: Vec<_> = moves
        .take(ROWS_SHOWN)
        .map(|row| {
            [
                row.from.clone().unwrap_or_default(),
                format!("→ {}", row.to.clone().unwrap_or_default()),
            ]
        })
        .collect();
    if !rows.is_empty() {
        paper.line("");
        paper.line("routes that moved");
        paper.rows(&rows);
        and_more(moves_count as u64, ROWS_SHOWN, moves_count, paper);
    }
    let delivered = &report.delivered;
    if delivered.added + delivered.changed + delivered.removed > 0 {
        paper.line("");
        paper.line(paper.ink(
            Ink::Faint,
            format!(
                "{} new, {} changed, {} gone of what learners get; {} written",
                delivered.added,
                delivered.changed,
                delivered.removed,
                size(delivered.size_bytes)
            ),
        ));
    }
    if report.not_chosen_count > 0 {
        paper.line(paper.ink(
            Ink::Faint,
            format!("{} not chosen", counted(report.not_chosen_count, "difference", "differences")),
        ));
    }
}

fn change_row(change: &crate::views::publishing::EntryChange) -> [String; 3] {
    let sign = match change.change {
        ChangeWord::Added => "+",
        ChangeWord::Removed => "-",
        ChangeWord::Changed => "~",
    };
    [sign.to_owned(), change.key.clone(), change.title.clone().unwrap_or_default()]
}

fn print_held_back(report: &PublishReport, paper: &mut Paper) {
    if report.held_back_count == 0 {
        return;
    }
    paper.line("");
    paper.line(paper.ink(
        Ink::Warned,
        format!("{} held back", counted(report.held_back_count, "entry", "entries")),
    ));
    for row in report.held_back.iter().take(ROWS_SHOWN) {
        let lives = if row.is_live { "its last published form stays" } else { "never published" };
        paper.line(format!("  {}  {}", row.key, paper.ink(Ink::Faint, lives)));
        reasons(&row.reasons, paper);
    }
    and_more(report.held_back_count, ROWS_SHOWN, report.held_back.len(), paper);
}

/// Prints what could be better about what goes live; the findings of what is held back are printed with that.
fn print_findings(report: &PublishReport, paper: &mut Paper) {
    let held: HashSet<&str> = report.held_back.iter().map(|row| row.key.as_str()).collect();
    let rows: Vec<_> =
        report.findings.iter().filter(|row| !held.contains(row.key.as_str())).collect();
    if rows.is_empty() {
        return;
    }
    paper.line("");
    // The list was cut before the findings that are printed elsewhere are left out.
    let is_cut = report.findings_count > report.findings.len() as u64;
    let count = match is_cut {
        true => format!("{} or more findings", number(rows.len() as u64)),
        false => counted(rows.len() as u64, "finding", "findings"),
    };
    paper.line(paper.ink(Ink::Warned, format!("{count} about questions")));
    for row in rows.iter().take(ROWS_SHOWN) {
        let place = paper.ink(Ink::Faint, clean(&row.finding.pointer));
        paper.line(format!("  {}  {}: {place}", row.key, row.finding.severity));
        paper.line(format!("      {}", clean(&row.finding.message)));
    }
    and_more(rows.len() as u64, ROWS_SHOWN, rows.len(), paper);
}

/// Prints which items are scored by earlier answers in other languages.
fn print_old_keys(report: &PublishReport, paper: &mut Paper) {
    if report.old_keys_count > 0 {
        paper.line("");
        let count = counted(report.old_keys_count, "item", "items");
        let what = "with earlier answers in another language: words that changed with them wait for their translation";
        paper.line(paper.ink(Ink::Warned, format!("{count} {what}")));
        for row in report.old_keys.iter().take(ROWS_SHOWN) {
            let becomes = if row.held {
                "held until it is translated"
            } else {
                "learners are scored by the earlier answers"
            };
            let name = format!("{}@{} {}", row.key, row.locale, row.item);
            paper.line(format!("  {name}  {}", paper.ink(Ink::Faint, becomes)));
            for pointer in &row.pointers {
                paper.line(format!("      {}", clean(pointer)));
            }
        }
        and_more(report.old_keys_count, ROWS_SHOWN, report.old_keys.len(), paper);
        if report.old_keys.iter().any(|row| !row.held) {
            let how = "cms unpublish takes a translation off until it is released; old_keys in the policy of a language holds all such items";
            paper.line(paper.ink(Ink::Faint, format!("  {how}")));
        }
    }
    if report.shortened_count > 0 {
        paper.line("");
        let count = counted(report.shortened_count, "item", "items");
        let what = "with mended answers in another language, without hints that wait for their translation";
        paper.line(format!("{count} {what}"));
        for row in report.shortened.iter().take(ROWS_SHOWN) {
            paper.line(format!("  {}@{} {}", row.key, row.locale, row.item));
        }
        and_more(report.shortened_count, ROWS_SHOWN, report.shortened.len(), paper);
    }
}

fn print_keys(keys: &[String], count: u64, what: &str, paper: &mut Paper) {
    if count == 0 {
        return;
    }
    paper.line("");
    paper.line(format!("{} {what}", counted(count, "entry", "entries")));
    for key in keys.iter().take(ROWS_SHOWN) {
        paper.line(format!("  {key}"));
    }
    and_more(count, ROWS_SHOWN, keys.len(), paper);
}
