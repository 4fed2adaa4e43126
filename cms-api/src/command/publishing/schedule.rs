//! `cms schedule`: publish, unpublish and retire at an instant; list, change, cancel, retry and run them.

use clap::{Args, ValueEnum};
use cms_core::{
    model::moment::{Moment, MomentError},
    repo::{ScheduleChange, ScheduleRequest, ScheduleVerb},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    By, key, keys,
    paper::{Ink, Paper, clean, counted},
    publish, view,
};
use crate::{
    edge::problem::{Code, Problem},
    moment,
    store::Store,
    views::scheduling::{RanSchedule, ScheduleFailure, ScheduleOutcome, ScheduleRow},
};

/// What to do with schedules.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Publish the entries named, as they are now, or all that differs
    Publish,
    /// Take entries off until they are released
    Unpublish,
    /// Take entries off for good
    Retire,
    /// List what waits and what failed
    List,
    /// Move a schedule to another instant (--at), or name what is merged now (--target main)
    Change,
    /// Cancel a schedule
    Cancel,
    /// Run a failed schedule again
    Retry,
    /// Run what is due now; a server does so by itself
    Run,
}

/// What to do, with what, and when.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// What to do
    #[arg(value_enum)]
    pub action: Action,
    /// Entries (`exercise/x1`), or the schedule's id
    #[arg(value_name = "KEY|ID")]
    #[serde(default)]
    pub names: Vec<String>,
    /// When: `2026-12-01T09:00` with --zone, or `2026-12-01T09:00[Europe/Berlin]`
    #[arg(long, value_name = "TIME")]
    #[serde(default)]
    pub at: Option<String>,
    /// The zone of the time: `Europe/Berlin`
    #[arg(long, value_name = "ZONE", requires = "at")]
    #[serde(default)]
    pub zone: Option<String>,
    /// What to publish as it is now: a branch, a commit, another channel's version
    #[arg(long, value_name = "STATE")]
    #[serde(default)]
    pub target: Option<String>,
    /// What replaces what is retired
    #[arg(long, value_name = "KEY")]
    #[serde(default)]
    pub replaced_by: Option<String>,
    /// The channel; all where schedules are listed, else production
    #[arg(long)]
    #[serde(default)]
    pub channel: Option<String>,
    /// Why
    #[arg(long, short, default_value = "")]
    #[serde(default)]
    pub message: String,
}

/// The schedules concerned.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Report {
    /// What was done.
    pub action: Action,
    /// The schedules that were made, changed, cancelled or listed.
    pub schedules: Vec<ScheduleRow>,
    /// Why a new or changed one would fail, as things are.
    pub would_fail: Option<ScheduleFailure>,
    /// What was run.
    pub ran: Vec<RanSchedule>,
}

fn malformed(detail: impl std::fmt::Display) -> Problem {
    Problem::new(Code::RequestMalformed, detail.to_string())
}

impl Request {
    fn channel(&self) -> String {
        self.channel.clone().unwrap_or_else(publish::production)
    }

    fn moment(&self) -> Result<Option<Moment>, Problem> {
        let Some(at) = &self.at else { return Ok(None) };
        let text = match &self.zone {
            Some(zone) => format!("{at}[{zone}]"),
            None => at.clone(),
        };
        Ok(Some(text.parse().map_err(|error: MomentError| malformed(error))?))
    }

    fn id(&self) -> Result<&str, Problem> {
        match &self.names[..] {
            [id] => Ok(id),
            _ => Err(malformed("one schedule's id is expected (`cms schedule list` shows them)")),
        }
    }

    fn asked(&self, verb: ScheduleVerb, by: &By) -> Result<ScheduleRequest, Problem> {
        let at = self.moment()?.ok_or_else(|| malformed("--at says when; it is missing"))?;
        Ok(ScheduleRequest {
            channel: self.channel(),
            verb,
            target: self.target.clone().unwrap_or_else(publish::main),
            keys: keys(&self.names)?,
            replaced_by: self.replaced_by.as_deref().map(key).transpose()?,
            at,
            stamp: by.stamp(&self.message),
        })
    }

    fn change(&self, by: &By) -> Result<ScheduleChange, Problem> {
        Ok(ScheduleChange {
            channel: self.channel(),
            id: self.id()?.to_owned(),
            expected: None,
            at: self.moment()?,
            target: self.target.clone(),
            stamp: by.stamp(&self.message),
        })
    }
}

/// Does it.
///
/// # Errors
/// A problem; nothing was changed then.
pub fn execute(store: &Store, request: Request, by: &By) -> Result<Report, Problem> {
    let repository = &store.repository;
    let action = request.action;
    let mut report = Report { action, schedules: Vec::new(), would_fail: None, ran: Vec::new() };
    let verb = match action {
        Action::Publish => ScheduleVerb::Publish,
        Action::Unpublish => ScheduleVerb::Unpublish,
        Action::Retire => ScheduleVerb::Retire,
        Action::Change => {
            let changed = repository.change_schedule(&request.change(by)?)?;
            report.schedules.push(view(&changed.schedule));
            report.would_fail = view(&changed.would_fail);
            return Ok(report);
        }
        Action::List => {
            report.schedules = view(&repository.schedules(request.channel.as_deref())?);
            return Ok(report);
        }
        Action::Cancel => {
            let stamp = by.stamp(&request.message);
            let row =
                repository.cancel_schedule(&request.channel(), request.id()?, None, &stamp)?;
            report.schedules.push(view(&row));
            return Ok(report);
        }
        Action::Retry => {
            let stamp = by.stamp(&request.message);
            let row = repository.retry_schedule(&request.channel(), request.id()?, None, &stamp)?;
            report.schedules.push(view(&row));
            return Ok(report);
        }
        Action::Run => {
            report.ran = view(&repository.run_due(&by.stamp(&request.message))?.ran);
            return Ok(report);
        }
    };
    let scheduled = repository.schedule(&request.asked(verb, by)?)?;
    report.schedules.push(view(&scheduled.schedule));
    report.would_fail = view(&scheduled.would_fail);
    Ok(report)
}

/// For people.
pub fn print(report: &Report, paper: &mut Paper) {
    match report.action {
        Action::List if report.schedules.is_empty() => paper.line("Nothing is scheduled."),
        Action::Run if report.ran.is_empty() => paper.line("Nothing is due."),
        Action::Cancel => paper.line("Cancelled:"),
        Action::Retry => paper.line("To be run again:"),
        _ => {}
    }
    for row in &report.schedules {
        print_row(row, paper);
    }
    if let Some(failure) = &report.would_fail {
        paper.line("");
        paper.line(paper.ink(Ink::Warned, "As things are it would fail:"));
        print_failure(failure, paper);
    }
    for ran in &report.ran {
        print_row(&ran.schedule, paper);
        match &ran.outcome {
            ScheduleOutcome::Published { sequence, left_alone_count, .. } => {
                paper.line(format!("      done: version {sequence}"));
                if *left_alone_count > 0 {
                    let left = counted(*left_alone_count, "entry", "entries");
                    let text = format!("      {left} held back or on hold: see its report");
                    paper.line(paper.ink(Ink::Warned, text));
                }
            }
            ScheduleOutcome::NothingToDo => paper.line("      there was nothing to do"),
            ScheduleOutcome::Failed(failure) => print_failure(failure, paper),
        }
    }
}

fn print_row(row: &ScheduleRow, paper: &mut Paper) {
    let what = match (row.keys.len(), row.keys.first()) {
        (0, _) => "everything".to_owned(),
        (1, Some(key)) => key.clone(),
        (count, _) => counted(count as u64, "entry", "entries"),
    };
    paper.line(format!(
        "{}  {} {} {what} at {}  {}",
        row.id,
        row.verb,
        row.channel,
        row.at,
        paper.ink(Ink::Faint, format!("{} {}", moment::iso(row.due_ms), clean(&row.author)))
    ));
    if let Some(failure) = &row.failure {
        paper.line(paper.ink(Ink::Warned, "      failed"));
        print_failure(failure, paper);
    }
}

fn print_failure(failure: &ScheduleFailure, paper: &mut Paper) {
    paper.line(format!("      {}", clean(&failure.message)));
    for row in failure.reasons.iter().take(20) {
        for reason in &row.reasons {
            paper.line(format!("      {}: {}", row.key, clean(&reason.message)));
        }
    }
}
