//! `cms retire`: entries are taken off a channel for good; others may replace them.

use clap::Args;
use cms_core::repo::RetireRequest;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::{
        attempt::By,
        names::{key, keys},
    },
    problem::Problem,
    store::Store,
    verbs::publishing::publish,
    views::{publishing::Moved, view},
};

/// What to retire.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RetireCommand)]
pub struct Request {
    /// The entries, with their translations (`exercise/x1`)
    #[arg(required = true, value_name = "KEY")]
    pub keys: Vec<String>,
    /// What replaces them: their addresses lead there
    #[arg(long, value_name = "KEY")]
    #[serde(default)]
    pub replaced_by: Option<String>,
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

/// Retires.
///
/// # Errors
/// A problem when others need the entries; the channel has not moved then.
pub fn execute(store: &Store, request: Request, by: &By) -> Result<Report, Problem> {
    let channel = store.repository.channel(&request.channel.parse()?)?;
    let asked = RetireRequest {
        seen: None,
        keys: keys(&request.keys)?,
        replaced_by: request.replaced_by.as_deref().map(key).transpose()?,
        stamp: by.stamp(&request.message),
    };
    if request.dry_run {
        let report = channel.plan_retire(&asked)?;
        return Ok(Moved::not(view(report)));
    }
    publish::moved(channel.retire(&asked))
}
