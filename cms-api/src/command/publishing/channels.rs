//! `cms channels`: the channels and where they are.

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    By,
    paper::{Paper, number, short},
    view,
};
use crate::{edge::problem::Problem, moment, store::Store, views::publishing::ChannelRow};

/// All of them.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {}

/// The channels.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Report {
    /// By name.
    pub channels: Vec<ChannelRow>,
}

/// Lists.
///
/// # Errors
/// A problem when the store can't be read.
pub fn execute(store: &Store, _: Request, _: &By) -> Result<Report, Problem> {
    Ok(Report { channels: view(&store.repository.channels()?) })
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
