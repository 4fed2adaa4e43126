//! `cms publish`: a channel moves to what is ready.

use clap::Args;
use cms_core::repo::{Channel, PlanIdError, PublishError, PublishRequest, Published};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::{attempt::By, names::keys},
    problem::{Code, Problem},
    store::Store,
    views::{publishing::Moved, view},
};

/// What to publish.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PublishCommand)]
pub struct Request {
    /// The channel; a new name makes a new channel
    #[arg(long, default_value = "production")]
    #[serde(default = "production")]
    pub channel: String,
    /// What to publish: a branch, a commit, another channel's version
    #[arg(long, default_value = "main", value_name = "STATE")]
    #[serde(default = "main")]
    pub target: String,
    /// Only these entries, with what they need (`exercise/x1`)
    #[arg(long, num_args = 1.., value_name = "KEY")]
    #[serde(default)]
    pub only: Vec<String>,
    /// Refuse the whole when any entry would be held back
    #[arg(long)]
    #[serde(default)]
    pub strict: bool,
    /// Publish even where learners would be left without the home page, or with nothing at all
    #[arg(long)]
    #[serde(default)]
    pub may_empty: bool,
    /// Exactly what this plan said (`cms plan` prints its id), with the same --only
    #[arg(long, value_name = "ID")]
    #[serde(default)]
    pub plan: Option<String>,
    /// Why
    #[arg(long, short, default_value = "")]
    #[serde(default)]
    pub message: String,
}

impl Request {
    /// The channel that it is for.
    ///
    /// # Errors
    /// A problem when its name may not be one or the store can't be read.
    pub fn channel(&self, store: &Store) -> Result<Channel, Problem> {
        Ok(store.repository.channel(&self.channel.parse()?)?)
    }

    /// What the core is asked.
    ///
    /// # Errors
    /// A problem when a key or the plan's id is malformed.
    pub fn of(self, by: &By) -> Result<PublishRequest, Problem> {
        let plan = self.plan.as_deref().map(str::parse).transpose();
        let plan = plan.map_err(|error: PlanIdError| {
            Problem::new(Code::RequestMalformed, error.to_string())
        })?;
        Ok(PublishRequest {
            target: self.target,
            only: keys(&self.only)?,
            strict: self.strict,
            may_empty: self.may_empty,
            plan,
            stamp: by.stamp(&self.message),
        })
    }
}

pub(crate) fn production() -> String {
    "production".to_owned()
}

pub(crate) fn main() -> String {
    "main".to_owned()
}

/// What became of the channel.
pub type Report = Moved;

/// Publishes. That nothing would change is done, not refused.
///
/// # Errors
/// A problem; the channel has not moved then.
pub fn execute(store: &Store, request: Request, by: &By) -> Result<Report, Problem> {
    let channel = request.channel(store)?;
    moved(channel.publish(&request.of(by)?))
}

pub(crate) fn moved(outcome: Result<Published, PublishError>) -> Result<Moved, Problem> {
    match outcome {
        Ok(published) => Ok(view(published)),
        Err(PublishError::NothingToDo { report }) => Ok(Moved::not(view(report))),
        Err(error) => Err(error.into()),
    }
}
