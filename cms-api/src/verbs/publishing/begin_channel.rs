//! `cms begin-channel`: settles what a new channel's learners get, once and before its first publish.

use clap::{Args, ValueEnum};
use cms_core::repo::{Answers, ChannelPolicy};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{ground::authorship::Authorship, problem::Problem, store::Store};

/// Whether learners' devices get the answers.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AnswersChoice {
    /// The answers stay on the server: attempts are scored and hints given on request
    Withheld,
    /// The answers are delivered, for use without a network; the channel can only be read with a token
    Included,
}

/// The channel, and what its learners get.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BeginChannelCommand)]
pub struct Request {
    /// The channel's name
    #[arg(value_name = "NAME")]
    pub channel: String,
    /// Whether learners' devices get the answers
    #[arg(long, value_enum)]
    pub answers: AnswersChoice,
    /// Whether the channel is for trying things out and has no learners; content that nobody approved may then be
    /// published there
    #[arg(long)]
    #[serde(default)]
    pub testing: bool,
}

/// The channel that was begun.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = BeginChannelReport)]
pub struct Report {
    /// The channel.
    pub channel: String,
    /// Whether learners' devices get the answers.
    pub answers: AnswersChoice,
    /// Whether it is for trying things out and has no learners.
    pub testing: bool,
    /// The path at which its learners read it.
    pub path: String,
}

/// Begins the channel.
///
/// # Errors
/// A problem when what its learners get is settled already.
pub fn execute(store: &Store, request: Request, by: &Authorship) -> Result<Report, Problem> {
    let Request { channel, answers, testing } = request;
    let (policy, path) = match answers {
        AnswersChoice::Withheld => (Answers::Withheld, format!("/v1/channels/{channel}")),
        AnswersChoice::Included => {
            (Answers::Included, format!("/protected/{channel}/v1/channels/{channel}"))
        }
    };
    let policy = ChannelPolicy { answers: policy, testing, ..ChannelPolicy::default() };
    store.repository.channel(&channel.parse()?)?.begin(policy, &by.stamp(""))?;
    Ok(Report { channel, answers, testing, path })
}
