//! `cms audit log`: who did what.

use clap::Args;
use cms_core::{
    model::moment::Moment,
    repo::{AuditOrder, AuditQuery},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::authorship::Authorship,
    problem::{Code, Problem},
    store::Store,
    views::audit::{AuditLine, AuditPage},
};

/// Which lines of the audit to show.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AuditLogCommand)]
pub struct Request {
    /// Only by this person, on their behalf, or about them
    #[arg(long)]
    #[serde(default)]
    pub person: Option<String>,
    /// Only this verb (`publish`, `role-give`, `refused`, …)
    #[arg(long)]
    #[serde(default)]
    pub verb: Option<String>,
    /// Only lines that name this entry
    #[arg(long)]
    #[serde(default)]
    pub entry: Option<String>,
    /// Only lines that name this channel
    #[arg(long)]
    #[serde(default)]
    pub channel: Option<String>,
    /// Only from this instant on (`2026-11-30T08:00:00Z`)
    #[arg(long, value_name = "INSTANT")]
    #[serde(default)]
    pub from: Option<String>,
    /// Only before this instant
    #[arg(long, value_name = "INSTANT")]
    #[serde(default)]
    pub to: Option<String>,
    /// Only lines in which this text stands
    #[arg(long)]
    #[serde(default)]
    pub text: Option<String>,
    /// The oldest first
    #[arg(long)]
    #[serde(default)]
    pub oldest_first: bool,
    /// Only those after this position, where an earlier page ended (before it, when the newest come first)
    #[arg(long, value_name = "POSITION")]
    #[serde(default)]
    pub after: Option<u64>,
    /// At most this many
    #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=500))]
    #[serde(default = "fifty", deserialize_with = "crate::ground::form::whole")]
    pub limit: u32,
}

const fn fifty() -> u32 {
    50
}

/// A page of the audit. `next` is the position to go on after.
pub type Report = AuditPage;

/// A time in a request.
///
/// # Errors
/// [`Code::RequestMalformed`] when it is not an instant.
pub fn time_ms(name: &str, text: Option<&str>) -> Result<Option<u64>, Problem> {
    let parse = |text: &str| {
        let parsed = text.parse::<Moment>();
        parsed
            .map(|moment| moment.time_ms())
            .map_err(|error| Problem::new(Code::RequestMalformed, format!("`{name}`: {error}")))
    };
    text.map(parse).transpose()
}

/// Looks through the audit.
///
/// # Errors
/// A problem when the store can't be read, or a time is not an instant.
pub fn execute(store: &Store, request: Request, _: &Authorship) -> Result<Report, Problem> {
    let order =
        if request.oldest_first { AuditOrder::OldestFirst } else { AuditOrder::NewestFirst };
    let query = AuditQuery {
        from_ms: time_ms("from", request.from.as_deref())?,
        to_ms: time_ms("to", request.to.as_deref())?,
        person: request.person,
        verb: request.verb,
        entry: request.entry,
        channel: request.channel,
        text: request.text,
    };
    if !(1..=500).contains(&request.limit) {
        let problem = Problem::new(Code::RequestMalformed, "`limit` is from 1 to 500");
        return Err(problem.with("pointer", "/limit"));
    }
    let rows_max = request.limit as usize;
    let page = store.repository.audit().search(&query, order, request.after, rows_max)?;
    let rows = page.rows.into_iter().map(|row| AuditLine::of(row, &store.repository));
    Ok(Report {
        rows: rows.collect::<Result<_, _>>()?,
        next: page.next.map(|position| position.to_string()),
        looked_to_ms: page.looked_to_ms,
    })
}
