//! `cms publish`: moves a channel to what is ready.

use clap::Args;
use cms_core::{
    model::key::EntryKey,
    repo::{Channel, PlanId, PublishRequest},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::of_channel::{OfChannel, PRODUCTION, PlanText, channel_in, moved};
use crate::{
    ground::{
        authorship::Authorship,
        form::{KeyText, Message},
    },
    problem::Problem,
    store::Store,
    views::publishing::Moved,
};

/// What to publish.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PublishCommand)]
pub struct Request {
    /// The channel; a new name makes a new channel
    #[arg(long, default_value = PRODUCTION)]
    #[serde(default, deserialize_with = "crate::ground::form::some_channel")]
    pub channel: Option<String>,
    /// What to publish: a branch, a commit, another channel's version; `main`, or what the plan was made for, when left out
    #[arg(long, value_name = "STATE")]
    #[serde(default)]
    pub target: Option<String>,
    /// Only these entries, with what they need (`exercise/x1`)
    #[arg(long, num_args = 1.., value_name = "KEY")]
    #[serde(default)]
    #[schema(value_type = Vec<KeyText>)]
    pub only: Vec<EntryKey>,
    /// Refuse the whole publish when any entry would be held back
    #[arg(long)]
    #[serde(default)]
    pub strict: bool,
    /// Publish even if learners would be left without the home page, or with nothing at all
    #[arg(long)]
    #[serde(default)]
    pub may_empty: bool,
    /// Publish exactly what this plan said (`cms plan` prints its id), on the same channel and with the same --only
    #[arg(long, value_name = "ID")]
    #[serde(default)]
    #[schema(value_type = Option<PlanText>)]
    pub plan: Option<PlanId>,
    /// Why, in the writer's words
    #[arg(long, short, default_value = "")]
    #[serde(default)]
    pub message: Message,
}

impl OfChannel for Request {
    fn channel(&mut self) -> &mut Option<String> {
        &mut self.channel
    }
}

impl Request {
    /// The channel that the request is about.
    ///
    /// # Errors
    /// A problem when the text cannot be the name of a channel, or the store can't be read.
    pub fn channel(&self, store: &Store) -> Result<Channel, Problem> {
        channel_in(store, self.channel.as_deref())
    }

    /// The request to the core.
    pub fn of(self, by: &Authorship) -> PublishRequest {
        PublishRequest {
            target: self.target,
            only: self.only,
            strict: self.strict,
            may_empty: self.may_empty,
            plan: self.plan,
            stamp: by.stamp(&self.message),
        }
    }
}

/// What became of the channel.
pub type Report = Moved;

/// Publishes. A publish that would change nothing counts as done and is not refused.
///
/// # Errors
/// A problem; the channel has not moved.
pub fn execute(store: &Store, request: Request, by: &Authorship) -> Result<Report, Problem> {
    let channel = request.channel(store)?;
    moved(store, by, channel.publish(&request.of(by)))
}
