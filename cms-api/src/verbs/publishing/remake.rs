//! `cms remake`: what is live is made anew, after an upgrade of the program or of Perseus.

use clap::Args;
use cms_core::repo::RemakeRequest;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::attempt::By,
    problem::Problem,
    store::Store,
    verbs::publishing::publish,
    views::{publishing::Moved, view},
};

/// Which channel.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RemakeCommand)]
pub struct Request {
    /// The channel
    #[arg(long, default_value = "production")]
    #[serde(default = "publish::production")]
    pub channel: String,
    /// Only show what would change
    #[arg(long)]
    #[serde(default)]
    pub dry_run: bool,
    /// Why
    #[arg(long, short, default_value = "")]
    #[serde(default)]
    pub message: String,
}

/// What became of the channel, or would.
pub type Report = Moved;

/// Makes anew.
///
/// # Errors
/// A problem; the channel has not moved then.
pub fn execute(store: &Store, request: Request, by: &By) -> Result<Report, Problem> {
    let dry_run = request.dry_run;
    let channel = store.repository.channel(&request.channel.parse()?)?;
    let request = RemakeRequest { seen: None, stamp: by.stamp(&request.message) };
    if dry_run {
        let report = channel.plan_remake(&request)?;
        return Ok(Moved {
            snapshot: None,
            sequence: None,
            publication: None,
            report: view(report),
        });
    }
    publish::moved(channel.remake(&request))
}
