//! `cms not-public`: what is merged and learners do not get, and why not.

use clap::Args;
use cms_core::model::key::EntryKey;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::publish;
use crate::{
    attempt::By,
    cli::paper::{Ink, Paper, clean},
    edge::extract::channel_of,
    moment,
    problem::Problem,
    store::Store,
    verbs::key,
    views::{
        scheduling::{NotPublicRow, Why},
        view,
        words::publishing::UnpublishedChange,
    },
};

/// Of what, and where.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NotPublicCommand)]
pub struct Request {
    /// The channel
    #[arg(long, default_value = "production")]
    #[serde(default = "publish::production")]
    pub channel: String,
    /// The state whose content is looked for
    #[arg(long, default_value = "main", value_name = "STATE")]
    #[serde(default = "publish::main")]
    pub at: String,
    /// At most so many, by key
    #[arg(long, default_value_t = 100, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    #[serde(default = "hundred", deserialize_with = "crate::form::whole")]
    pub limit: u32,
    /// Only those after this key
    #[arg(long, value_name = "KEY")]
    #[serde(default)]
    pub after: Option<String>,
}

const fn hundred() -> u32 {
    100
}

/// What is not delivered.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = NotPublicReport)]
pub struct Report {
    /// The channel.
    pub channel: String,
    /// By key.
    pub rows: Vec<NotPublicRow>,
    /// Whether more follow.
    pub more: bool,
}

/// Lists.
///
/// # Errors
/// A problem when a name means nothing.
pub fn execute(store: &Store, request: Request, by: &By) -> Result<Report, Problem> {
    let state = store.repository.resolve(&request.at)?;
    let after: Option<EntryKey> = request.after.as_deref().map(key).transpose()?;
    let rows_max = request.limit.clamp(1, 1000) as usize;
    let page = store.repository.not_public(
        &channel_of(&request.channel)?,
        &state,
        after.as_ref(),
        rows_max,
        by.time_ms,
    )?;
    Ok(Report { channel: request.channel, rows: view(page.rows), more: page.more })
}

/// For people.
pub fn print(report: &Report, paper: &mut Paper) {
    if report.rows.is_empty() {
        paper.line(format!("{} delivers all there is.", report.channel));
        return;
    }
    for row in &report.rows {
        let since = row.since.as_ref().map_or(String::new(), |since| {
            format!("{} by {}", moment::iso(since.time_ms), clean(&since.author))
        });
        let title = clean(row.title.as_deref().unwrap_or_default());
        let sign = match row.change {
            UnpublishedChange::Added => "+",
            UnpublishedChange::Removed => "-",
            UnpublishedChange::Changed => "~",
            UnpublishedChange::Unchanged => " ",
        };
        paper.line(format!("{sign} {}  {title}  {}", row.key, paper.ink(Ink::Faint, since)));
        for why in &row.why {
            paper.line(format!("      {}", clean(&sentence(why))));
        }
    }
    if let (true, Some(last)) = (report.more, report.rows.last()) {
        paper.line(paper.ink(Ink::Faint, format!("  … more: --after {}", last.key)));
    }
}

fn sentence(why: &Why) -> String {
    match why {
        Why::NotPublished => "nobody has published it".to_owned(),
        Why::HeldBack { reasons, .. } => {
            let reasons: Vec<_> = reasons.iter().map(|reason| reason.message.as_str()).collect();
            format!("held back: {}", reasons.join("; "))
        }
        Why::OnHold { hold } => {
            let reason =
                if hold.reason.is_empty() { String::new() } else { format!(": {}", hold.reason) };
            format!(
                "on hold since {} by {} ({}){reason}",
                moment::iso(hold.time_ms),
                hold.author,
                hold.verb
            )
        }
        Why::Embargoed { message } => message.clone(),
        Why::StandsNowhere => "it stands nowhere".to_owned(),
        Why::IsModel { template } => format!("it is of the model of {template}"),
        Why::Damaged { message } => format!("damaged: {message}"),
    }
}
