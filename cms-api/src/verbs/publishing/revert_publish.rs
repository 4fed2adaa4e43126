//! `cms revert-publish`: undoes what one publish changed, unless somebody published it since.

use clap::Args;
use cms_core::{model::id::PublicationId, repo::RevertRequest};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::of_channel::{OfChannel, PRODUCTION, channel_in, moved};
use crate::{
    ground::{authorship::Authorship, form::Message},
    problem::Problem,
    store::Store,
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
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991u64)]
    pub sequence: Option<u64>,
    /// The channel
    #[arg(long, default_value = PRODUCTION)]
    #[serde(default, deserialize_with = "crate::ground::form::some_channel")]
    pub channel: Option<String>,
    /// Only say what would be done
    #[arg(long)]
    #[serde(default)]
    pub dry_run: bool,
    /// Why, in the writer's words
    #[arg(long, short, default_value = "")]
    #[serde(default)]
    pub message: Message,
    /// The publication at which the channel must still be; over HTTP `If-Match` names it.
    #[arg(skip)]
    #[serde(skip)]
    pub seen: Option<PublicationId>,
}

impl OfChannel for Request {
    fn channel(&mut self) -> &mut Option<String> {
        &mut self.channel
    }
}

/// What became of the channel.
pub type Report = Moved;

/// Reverts the publish.
///
/// # Errors
/// A problem; the channel has not moved.
pub fn execute(store: &Store, request: Request, by: &Authorship) -> Result<Report, Problem> {
    let channel = channel_in(store, request.channel.as_deref())?;
    let asked = RevertRequest {
        seen: request.seen,
        sequence: request.sequence,
        stamp: by.stamp(&request.message),
    };
    if request.dry_run {
        let report = channel.plan_revert(&asked)?;
        return Ok(Moved::not(view(store.repository.sight(&by.holder).report(report)?)));
    }
    moved(store, by, channel.revert_publish(&asked))
}
