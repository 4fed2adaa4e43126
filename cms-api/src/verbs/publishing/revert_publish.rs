//! `cms revert-publish`: what one publish changed goes back, where nobody published it since.

use clap::Args;
use cms_core::repo::RevertRequest;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::attempt::By,
    problem::Problem,
    store::Store,
    verbs::publishing::publish,
    views::{publishing::Moved, view},
};

/// Which publish to undo.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RevertPublishCommand)]
pub struct Request {
    /// The number of the version that it made (`cms snapshots` lists them); the newest when none is given
    #[arg(value_name = "SEQUENCE")]
    #[serde(default, deserialize_with = "crate::ground::form::some_whole")]
    pub sequence: Option<u64>,
    /// The channel
    #[arg(long, default_value = "production")]
    #[serde(default = "publish::production")]
    pub channel: String,
    /// Only say what would be done
    #[arg(long)]
    #[serde(default)]
    pub dry_run: bool,
    /// Why
    #[arg(long, short, default_value = "")]
    #[serde(default)]
    pub message: String,
}

/// What became of the channel.
pub type Report = Moved;

/// Reverts.
///
/// # Errors
/// A problem; the channel has not moved then.
pub fn execute(store: &Store, request: Request, by: &By) -> Result<Report, Problem> {
    let channel = store.repository.channel(&request.channel.parse()?)?;
    let asked =
        RevertRequest { seen: None, sequence: request.sequence, stamp: by.stamp(&request.message) };
    if request.dry_run {
        let report = channel.plan_revert(&asked)?;
        return Ok(Moved::not(view(report)));
    }
    publish::moved(channel.revert_publish(&asked))
}
