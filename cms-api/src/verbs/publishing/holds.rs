//! `cms holds`: what was taken back and no publish brings live.

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::publish;
use crate::{
    attempt::By,
    cli::paper::{Paper, clean},
    edge::extract::channel_of,
    moment,
    problem::Problem,
    store::Store,
    views::{publishing::HoldRow, view},
};

/// Of which channel.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HoldsCommand)]
pub struct Request {
    /// The channel
    #[arg(long, default_value = "production")]
    #[serde(default = "publish::production")]
    pub channel: String,
}

/// The holds.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = HoldsReport)]
pub struct Report {
    /// The channel.
    pub channel: String,
    /// By key.
    pub holds: Vec<HoldRow>,
}

/// Lists.
///
/// # Errors
/// A problem when there is no such channel.
pub fn execute(store: &Store, request: Request, _: &By) -> Result<Report, Problem> {
    let holds = view(store.repository.holds(&channel_of(&request.channel)?, None, usize::MAX)?);
    Ok(Report { channel: request.channel, holds })
}

/// For people.
pub fn print(report: &Report, paper: &mut Paper) {
    if report.holds.is_empty() {
        paper.line(format!("Nothing is on hold on {}.", report.channel));
    }
    let rows: Vec<_> = report
        .holds
        .iter()
        .map(|row| {
            [row.key.clone(), moment::iso(row.time_ms), clean(&row.author), clean(&row.reason)]
        })
        .collect();
    paper.rows(&rows);
}
