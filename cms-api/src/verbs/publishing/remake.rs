//! `cms remake`: makes what is live again, after an upgrade of the program or of Perseus.

use clap::Args;
use cms_core::repo::RemakeRequest;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::of_channel::{PRODUCTION, channel_in, moved};
use crate::{
    ground::{authorship::Authorship, form::Message},
    problem::Problem,
    store::Store,
    views::{publishing::Moved, view},
};

/// The channel to remake.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RemakeCommand)]
pub struct Request {
    /// The channel
    #[arg(long, default_value = PRODUCTION)]
    #[serde(default, deserialize_with = "crate::ground::form::some_channel")]
    pub channel: Option<String>,
    /// Only show what would change
    #[arg(long)]
    #[serde(default)]
    pub dry_run: bool,
    /// Why, in the writer's words
    #[arg(long, short, default_value = "")]
    #[serde(default)]
    pub message: Message,
}

/// What became of the channel, or would become of it.
pub type Report = Moved;

/// Makes what is live again.
///
/// # Errors
/// A problem; the channel has not moved.
pub fn execute(store: &Store, request: Request, by: &Authorship) -> Result<Report, Problem> {
    let channel = channel_in(store, request.channel.as_deref())?;
    let dry_run = request.dry_run;
    let request = RemakeRequest { seen: None, stamp: by.stamp(&request.message) };
    if dry_run {
        let report = channel.plan_remake(&request)?;
        return Ok(Moved {
            snapshot: None,
            sequence: None,
            publication: None,
            report: view(store.repository.sight(&by.holder).report(report)?),
        });
    }
    moved(store, by, channel.remake(&request))
}
