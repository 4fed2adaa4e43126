//! `cms rollback`: takes a channel, or chosen entries of it, back; what was taken back is on hold.

use clap::Args;
use cms_core::{
    model::{id::PublicationId, key::EntryKey},
    repo::RollbackRequest,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::of_channel::{OfChannel, PRODUCTION, channel_in, moved};
use crate::{
    ground::{
        authorship::Authorship,
        form::{KeyText, Message},
    },
    problem::Problem,
    store::Store,
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
    #[arg(long, default_value = PRODUCTION)]
    #[serde(default, deserialize_with = "crate::ground::form::some_channel")]
    pub channel: Option<String>,
    /// Only these entries
    #[arg(long, num_args = 1.., value_name = "KEY")]
    #[serde(default)]
    #[schema(value_type = Vec<KeyText>)]
    pub only: Vec<EntryKey>,
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

/// Takes the channel back.
///
/// # Errors
/// A problem; the channel has not moved.
pub fn execute(store: &Store, request: Request, by: &Authorship) -> Result<Report, Problem> {
    let channel = channel_in(store, request.channel.as_deref())?;
    moved(
        store,
        by,
        channel.rollback(&RollbackRequest {
            seen: request.seen,
            to: request.to,
            only: request.only,
            stamp: by.stamp(&request.message),
        }),
    )
}
