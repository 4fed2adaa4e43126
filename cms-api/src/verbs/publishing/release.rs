//! `cms release`: holds are let go, so that the next publish may bring the entries live again.

use clap::Args;
use cms_core::repo::ReleaseRequest;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::{
        attempt::By,
        names::{channel_of, keys},
    },
    problem::Problem,
    store::Store,
    verbs::publishing::publish,
};

/// Which holds.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReleaseCommand)]
pub struct Request {
    /// The entries; all that are on hold when none is named
    #[arg(value_name = "KEY")]
    #[serde(default)]
    pub keys: Vec<String>,
    /// The channel
    #[arg(long, default_value = "production")]
    #[serde(default = "publish::production")]
    pub channel: String,
    /// Why
    #[arg(long, short, default_value = "")]
    #[serde(default)]
    pub message: String,
}

/// What was released.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = ReleaseReport)]
pub struct Report {
    /// The channel.
    pub channel: String,
    /// The entries.
    pub released: Vec<String>,
}

/// Releases.
///
/// # Errors
/// A problem; nothing is released then.
pub fn execute(store: &Store, request: Request, by: &By) -> Result<Report, Problem> {
    let channel = store.repository.channel(&channel_of(&request.channel)?)?;
    let released = channel.release(&ReleaseRequest {
        seen: None,
        keys: keys(&request.keys)?,
        stamp: by.stamp(&request.message),
    })?;
    Ok(Report {
        channel: request.channel,
        released: released.iter().map(ToString::to_string).collect(),
    })
}
