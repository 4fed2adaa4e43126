//! `cms rollback`: a channel, or chosen entries of it, go back; what was taken back is on hold.

use clap::Args;
use cms_core::repo::RollbackRequest;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::{attempt::By, names::keys},
    problem::Problem,
    store::Store,
    verbs::publishing::publish,
    views::publishing::Moved,
};

/// Where to go back to.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RollbackCommand)]
pub struct Request {
    /// Where to go back to: `production@7`, a snapshot, a commit
    #[arg(value_name = "STATE")]
    pub to: String,
    /// The channel
    #[arg(long, default_value = "production")]
    #[serde(default = "publish::production")]
    pub channel: String,
    /// Only these entries
    #[arg(long, num_args = 1.., value_name = "KEY")]
    #[serde(default)]
    pub only: Vec<String>,
    /// Why
    #[arg(long, short, default_value = "")]
    #[serde(default)]
    pub message: String,
}

/// What became of the channel.
pub type Report = Moved;

/// Goes back.
///
/// # Errors
/// A problem; the channel has not moved then.
pub fn execute(store: &Store, request: Request, by: &By) -> Result<Report, Problem> {
    let channel = store.repository.channel(&request.channel.parse()?)?;
    publish::moved(channel.rollback(&RollbackRequest {
        seen: None,
        to: request.to,
        only: keys(&request.only)?,
        stamp: by.stamp(&request.message),
    }))
}
