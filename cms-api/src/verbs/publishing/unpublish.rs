//! `cms unpublish`: entries are taken off a channel until they are released.

use clap::Args;
use cms_core::repo::UnpublishRequest;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::{attempt::By, names::keys},
    problem::Problem,
    store::Store,
    verbs::publishing::publish,
    views::{publishing::Moved, view},
};

/// What to take off.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UnpublishCommand)]
pub struct Request {
    /// The entries, with their translations (`exercise/x1`), or translations alone (`exercise/x1@es`)
    #[arg(required = true, value_name = "KEY")]
    pub keys: Vec<String>,
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

/// Takes off.
///
/// # Errors
/// A problem when others need the entries; the channel has not moved then.
pub fn execute(store: &Store, request: Request, by: &By) -> Result<Report, Problem> {
    let channel = store.repository.channel(&request.channel.parse()?)?;
    let asked = UnpublishRequest {
        seen: None,
        keys: keys(&request.keys)?,
        stamp: by.stamp(&request.message),
    };
    if request.dry_run {
        let report = channel.plan_unpublish(&asked)?;
        return Ok(Moved::not(view(report)));
    }
    publish::moved(channel.unpublish(&asked))
}
