//! `cms schedule`: publish, unpublish, retire and bring back at an instant; list, change, cancel, retry and run them.

use clap::{Args, ValueEnum};
use cms_core::{
    model::{
        moment::{Moment, MomentError},
        name::ChannelName,
    },
    repo::{ScheduleChange, ScheduleRequest, ScheduleState, ScheduleStep, ScheduleVerb},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::of_channel::{PRODUCTION, main};
use crate::{
    ground::{
        authorship::Authorship,
        names::{key, keys},
    },
    problem::{Code, Problem},
    store::Store,
    views::{
        scheduling::{EmbargoEnded, RanSchedule, ScheduleFailure, ScheduleRow},
        view,
    },
};

/// What to do with schedules.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Publish the named entries as they are now, or everything that differs
    Publish,
    /// Take entries off until they are released
    Unpublish,
    /// Take entries off for good
    Retire,
    /// Bring back entries that are off at that time, as they are now, and lift what keeps them off
    BringBack,
    /// List what waits and what failed; with --all also what ran
    List,
    /// Move a schedule to another instant (--at), or make it name what is merged now (--target main)
    Change,
    /// Cancel a schedule
    Cancel,
    /// Run a failed schedule again
    Retry,
    /// Run what is due now; a server does this by itself
    Run,
}

/// What to do, with what, and when.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ScheduleCommand)]
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
    /// The entry that replaces those that are retired
    #[arg(long, value_name = "KEY")]
    #[serde(default)]
    pub replaced_by: Option<String>,
    /// What to do after that at the same instant: `retire video/v1 replaced-by=video/v2`; may be repeated
    #[arg(long, value_name = "STEP")]
    #[serde(default)]
    pub then: Vec<String>,
    /// Also list what ran in the last 90 days
    #[arg(long)]
    #[serde(default)]
    pub all: bool,
    /// The channel; for a list all channels when left out, otherwise production
    #[arg(long)]
    #[serde(default, deserialize_with = "crate::ground::form::some_channel")]
    pub channel: Option<String>,
    /// Why, in the writer's words
    #[arg(long, short, default_value = "")]
    #[serde(default)]
    pub message: String,
}

/// The schedules concerned.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = ScheduleReport)]
pub struct Report {
    /// What was done.
    pub action: Action,
    /// The schedules that were made, changed, cancelled or listed.
    pub schedules: Vec<ScheduleRow>,
    /// Why a new or changed schedule would fail, as things are now.
    pub would_fail: Option<ScheduleFailure>,
    /// The schedules that were run.
    pub ran: Vec<RanSchedule>,
    /// The embargoes that ended.
    #[serde(default)]
    pub embargoes: Vec<EmbargoEnded>,
}

fn malformed(detail: impl std::fmt::Display) -> Problem {
    Problem::new(Code::RequestMalformed, detail.to_string())
}

impl Request {
    fn channel(&self) -> Result<ChannelName, Problem> {
        Ok(self.channel.as_deref().unwrap_or(PRODUCTION).parse()?)
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

    fn asked(&self, verb: ScheduleVerb, by: &Authorship) -> Result<ScheduleRequest, Problem> {
        let at = self.moment()?.ok_or_else(|| malformed("--at says when; it is missing"))?;
        let target = self.target.clone().unwrap_or_else(main);
        let replaced_by = self.replaced_by.as_deref().map(key).transpose()?;
        let step = ScheduleStep { verb, target, keys: keys(&self.names)?, replaced_by };
        let then = self.then.iter().map(|text| self.step(text)).collect::<Result<_, _>>()?;
        let (channel, stamp) = (self.channel()?, by.stamp(&self.message));
        Ok(ScheduleRequest { channel, step, then, at, stamp })
    }

    /// A further step as it is typed: a verb, entries, and the entry that replaces them.
    fn step(&self, text: &str) -> Result<ScheduleStep, Problem> {
        let mut words = text.split_whitespace();
        let verb = match words.next().unwrap_or_default() {
            "publish" => ScheduleVerb::Publish,
            "unpublish" => ScheduleVerb::Unpublish,
            "retire" => ScheduleVerb::Retire,
            "bring-back" => ScheduleVerb::BringBack,
            other => {
                let known = "`publish`, `unpublish`, `retire` or `bring-back` is expected";
                return Err(malformed(format!("--then begins with {other:?}: {known}")));
            }
        };
        let target = self.target.clone().unwrap_or_else(main);
        let mut step = ScheduleStep { verb, target, keys: Vec::new(), replaced_by: None };
        for word in words {
            match word.strip_prefix("replaced-by=") {
                Some(replaced_by) => step.replaced_by = Some(key(replaced_by)?),
                None => step.keys.push(key(word)?),
            }
        }
        Ok(step)
    }

    fn change(&self, by: &Authorship) -> Result<ScheduleChange, Problem> {
        Ok(ScheduleChange {
            channel: self.channel()?,
            id: self.id()?.to_owned(),
            expected: None,
            at: self.moment()?,
            target: self.target.clone(),
            stamp: by.stamp(&self.message),
        })
    }
}

/// The problem of a schedule, whose entries are called `names` here, and whose further steps are texts.
fn as_named_here(problem: Problem) -> Problem {
    let pointer = problem.members.get("pointer").and_then(serde_json::Value::as_str);
    match pointer.and_then(|pointer| pointer.strip_suffix("/keys")) {
        Some("") => problem.with("pointer", "/names"),
        Some(step) => {
            let step = step.to_owned();
            problem.with("pointer", step)
        }
        None => problem,
    }
}

/// Does it.
///
/// # Errors
/// A problem; nothing was changed.
pub fn execute(store: &Store, request: Request, by: &Authorship) -> Result<Report, Problem> {
    let repository = &store.repository;
    let action = request.action;
    let mut report = Report {
        action,
        schedules: Vec::new(),
        would_fail: None,
        ran: Vec::new(),
        embargoes: Vec::new(),
    };
    let verb = match action {
        Action::Publish => ScheduleVerb::Publish,
        Action::Unpublish => ScheduleVerb::Unpublish,
        Action::Retire => ScheduleVerb::Retire,
        Action::BringBack => ScheduleVerb::BringBack,
        Action::Change => {
            let changed = repository.change_schedule(&request.change(by)?)?;
            report.schedules.push(view(changed.schedule));
            report.would_fail = view(changed.would_fail);
            return Ok(report);
        }
        Action::List => {
            let channel = request.channel.as_deref().map(str::parse).transpose()?;
            let mut rows = repository.schedules(channel.as_ref())?;
            rows.retain(|row| request.all || row.state != ScheduleState::Done);
            report.schedules = view(rows);
            return Ok(report);
        }
        Action::Cancel => {
            let stamp = by.stamp(&request.message);
            let row =
                repository.cancel_schedule(&request.channel()?, request.id()?, None, &stamp)?;
            report.schedules.push(view(row));
            return Ok(report);
        }
        Action::Retry => {
            let stamp = by.stamp(&request.message);
            let row =
                repository.retry_schedule(&request.channel()?, request.id()?, None, &stamp)?;
            report.schedules.push(view(row));
            return Ok(report);
        }
        Action::Run => {
            let due = repository.run_due(&by.stamp(&request.message))?;
            (report.ran, report.embargoes) = (view(due.ran), view(due.embargoes));
            return Ok(report);
        }
    };
    let scheduled = repository.schedule(&request.asked(verb, by)?);
    let scheduled = scheduled.map_err(|error| as_named_here(error.into()))?;
    report.schedules.push(view(scheduled.schedule));
    report.would_fail = view(scheduled.would_fail);
    Ok(report)
}
