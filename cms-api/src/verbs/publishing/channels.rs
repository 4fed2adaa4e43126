//! `cms channels`: the channels and where they are.

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    attempt::By,
    cli::paper::{Paper, number, short},
};
use crate::{
    moment,
    problem::{Code, Problem},
    store::Store,
    views::{publishing::ChannelRow, view},
};

/// All of them.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChannelsCommand)]
pub struct Request {}

/// The channels.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = ChannelsReport)]
pub struct Report {
    /// By name.
    pub channels: Vec<ChannelRow>,
}

/// Lists.
///
/// # Errors
/// A problem when the store can't be read.
pub fn execute(store: &Store, _: Request, _: &By) -> Result<Report, Problem> {
    let channels = store.repository.channels()?;
    // Where what told of them may be lost, that there is none is no answer.
    if channels.is_empty() && store.local.as_ref().is_some_and(|local| local.lacks_cells()) {
        let detail = "what tells of the channels may be among what is damaged; see cms verify";
        return Err(Problem::new(Code::StoreDamaged, detail));
    }
    Ok(Report { channels: view(channels) })
}

/// For people.
pub fn print(report: &Report, paper: &mut Paper) {
    if report.channels.is_empty() {
        paper.line("Nothing is published yet: `cms publish` makes the first channel.");
        return;
    }
    let rows: Vec<_> = report
        .channels
        .iter()
        .map(|row| {
            [
                format!("{}@{}", row.channel, row.sequence),
                moment::iso(row.time_ms),
                format!("{} entries", number(row.entries_count)),
                if row.holds_count > 0 {
                    format!("{} on hold", row.holds_count)
                } else {
                    String::new()
                },
                short(&row.snapshot).to_owned(),
            ]
        })
        .collect();
    paper.rows(&rows);
    for row in &report.channels {
        if let Some(damaged) = &row.damaged {
            paper.line(format!("{}@{} is damaged: {damaged}", row.channel, row.sequence));
        }
    }
}
