//! `cms publish`: a channel moves to what is ready.

use std::collections::HashSet;

use clap::Args;
use cms_core::repo::{PlanIdError, PublishError, PublishRequest, Published};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    attempt::By,
    cli::paper::{Ink, Paper, clean, counted, number, short, size},
    verbs::keys,
};
use crate::{
    problem::{Code, Problem},
    store::Store,
    views::{
        content::Violation,
        publishing::{Moved, PublishReport},
        view,
        words::publishing::{ChangeWord, ChannelVerb},
    },
};

/// Rows of a list that people are shown; `--json` has them all.
const ROWS_SHOWN: usize = 40;

/// What to publish.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PublishCommand)]
pub struct Request {
    /// The channel; a new name makes a new channel
    #[arg(long, default_value = "production")]
    #[serde(default = "production")]
    pub channel: String,
    /// What to publish: a branch, a commit, another channel's version
    #[arg(long, default_value = "main", value_name = "STATE")]
    #[serde(default = "main")]
    pub target: String,
    /// Only these entries, with what they need (`exercise/x1`)
    #[arg(long, num_args = 1.., value_name = "KEY")]
    #[serde(default)]
    pub only: Vec<String>,
    /// Refuse the whole when any entry would be held back
    #[arg(long)]
    #[serde(default)]
    pub strict: bool,
    /// Publish even where learners would be left without the home page, or with nothing at all
    #[arg(long)]
    #[serde(default)]
    pub may_empty: bool,
    /// Exactly what this plan said (`cms plan` prints its id), with the same --only
    #[arg(long, value_name = "ID")]
    #[serde(default)]
    pub plan: Option<String>,
    /// Why
    #[arg(long, short, default_value = "")]
    #[serde(default)]
    pub message: String,
}

impl Request {
    /// What the core is asked.
    ///
    /// # Errors
    /// A problem when a key or the plan's id is malformed.
    pub fn of(self, by: &By) -> Result<PublishRequest, Problem> {
        let plan = self.plan.as_deref().map(str::parse).transpose();
        let plan = plan.map_err(|error: PlanIdError| {
            Problem::new(Code::RequestMalformed, error.to_string())
        })?;
        Ok(PublishRequest {
            channel: self.channel.parse()?,
            target: self.target,
            only: keys(&self.only)?,
            strict: self.strict,
            may_empty: self.may_empty,
            plan,
            stamp: by.stamp(&self.message),
        })
    }
}

pub(crate) fn production() -> String {
    "production".to_owned()
}

pub(crate) fn main() -> String {
    "main".to_owned()
}

/// What became of the channel.
pub type Report = Moved;

/// Publishes. That nothing would change is done, not refused.
///
/// # Errors
/// A problem; the channel has not moved then.
pub fn execute(store: &Store, request: Request, by: &By) -> Result<Report, Problem> {
    moved(store.repository.publish(&request.of(by)?))
}

pub(crate) fn moved(outcome: Result<Published, PublishError>) -> Result<Moved, Problem> {
    match outcome {
        Ok(published) => Ok(view(published)),
        Err(PublishError::NothingToDo { report }) => Ok(Moved::not(view(report))),
        Err(error) => Err(error.into()),
    }
}

/// For people.
pub fn print(report: &Report, paper: &mut Paper) {
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

/// For people: what was taken off, or would be.
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

/// What changes, what is held back and why, what stands nowhere.
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
        "kept back by a hold (cms release lets go)",
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
        "left alone: published anew meanwhile",
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
        print_reasons(&row.reasons, paper);
    }
    and_more(report.held_back_count, ROWS_SHOWN, report.held_back.len(), paper);
}

/// What could be better about what goes live; what is held back has told its own.
fn print_findings(report: &PublishReport, paper: &mut Paper) {
    let held: HashSet<&str> = report.held_back.iter().map(|row| row.key.as_str()).collect();
    let rows: Vec<_> =
        report.findings.iter().filter(|row| !held.contains(row.key.as_str())).collect();
    if rows.is_empty() {
        return;
    }
    paper.line("");
    // The list is cut before those are left out that are told already.
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

pub(crate) fn print_reasons(reasons: &[Violation], paper: &mut Paper) {
    for reason in reasons.iter().take(8) {
        let place = if reason.pointer.is_empty() { "(the whole)" } else { &reason.pointer };
        paper.line(format!("      {}: {}", clean(place), clean(&reason.message)));
    }
    and_more(reasons.len() as u64, 8, reasons.len(), paper);
}

/// Who is scored by which answers in other languages.
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

/// Says how much more there is than was shown of a list, and how much of that `--json` tells: reports are cut too.
pub(crate) fn and_more(count: u64, shown: usize, told: usize, paper: &mut Paper) {
    let shown = shown.min(told);
    let more = count.saturating_sub(shown as u64);
    if more == 0 {
        return;
    }
    let where_told = match told as u64 {
        told if told >= count => " (--json has them)".to_owned(),
        told if told > shown as u64 => format!(" (--json has the first {})", number(told)),
        _ => String::new(),
    };
    paper.line(paper.ink(Ink::Faint, format!("  … and {} more{where_told}", number(more))));
}

pub(crate) fn commit_line(commit: &str) -> String {
    format!("commit {}", short(commit))
}
