//! `cms snapshots`: what a channel delivered, and when.

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::of_channel::production;
use crate::{
    ground::{authorship::Authorship, names::channel_of},
    problem::Problem,
    store::Store,
    views::{publishing::SnapshotRow, view},
};

/// The snapshots to list.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SnapshotsCommand)]
pub struct Request {
    /// The channel
    #[arg(long, default_value = "production")]
    #[serde(default = "production")]
    pub channel: String,
    /// This many, newest first, plus those that share the last one's number
    #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    #[serde(default = "fifty", deserialize_with = "crate::ground::form::whole")]
    pub limit: u32,
    /// Only those before this number
    #[arg(long, value_name = "SEQUENCE")]
    #[serde(default, deserialize_with = "crate::ground::form::some_whole")]
    pub before: Option<u64>,
}

const fn fifty() -> u32 {
    50
}

/// The snapshots.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = SnapshotsReport)]
pub struct Report {
    /// The channel.
    pub channel: String,
    /// The snapshots, newest first.
    pub snapshots: Vec<SnapshotRow>,
}

/// Lists the snapshots.
///
/// # Errors
/// A problem when there is no such channel.
pub fn execute(store: &Store, request: Request, _: &Authorship) -> Result<Report, Problem> {
    let rows_max = request.limit.clamp(1, 1000) as usize;
    let rows =
        store.repository.snapshots(&channel_of(&request.channel)?, request.before, rows_max)?;
    Ok(Report { channel: request.channel, snapshots: view(rows) })
}
