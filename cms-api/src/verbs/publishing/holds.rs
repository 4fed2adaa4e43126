//! `cms holds`: what is on hold, so that no publish brings it live.

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::of_channel::production;
use crate::{
    ground::{authorship::Authorship, names::channel_of},
    problem::Problem,
    store::Store,
    views::{publishing::HoldRow, view},
};

/// The channel whose holds are listed.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HoldsCommand)]
pub struct Request {
    /// The channel
    #[arg(long, default_value = "production")]
    #[serde(default = "production")]
    pub channel: String,
}

/// The holds.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = HoldsReport)]
pub struct Report {
    /// The channel.
    pub channel: String,
    /// The holds, ascending by key.
    pub holds: Vec<HoldRow>,
}

/// Lists the holds.
///
/// # Errors
/// A problem when there is no such channel.
pub fn execute(store: &Store, request: Request, _: &Authorship) -> Result<Report, Problem> {
    let holds = view(store.repository.holds(&channel_of(&request.channel)?, None, usize::MAX)?);
    Ok(Report { channel: request.channel, holds })
}
