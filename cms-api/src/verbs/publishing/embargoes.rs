//! `cms embargoes`: sets whether an entry goes live on a channel by itself when its embargo ends.

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::of_channel::production;
use crate::{
    ground::{authorship::Authorship, names::channel_of},
    problem::Problem,
    store::Store,
};

/// What becomes of an entry when its embargo ends.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AtTheEnd {
    /// It waits for the next publish
    Wait,
    /// The server publishes it when the embargo ends
    Publish,
}

/// The channel, and what is to happen.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EmbargoesCommand)]
pub struct Request {
    /// What becomes of an entry when its embargo ends
    #[arg(value_enum)]
    pub at_the_end: AtTheEnd,
    /// The channel
    #[arg(long, default_value = "production")]
    #[serde(default = "production")]
    pub channel: String,
}

/// The channel's setting.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = EmbargoesReport)]
pub struct Report {
    /// The channel.
    pub channel: String,
    /// What becomes of an entry when its embargo ends.
    pub at_the_end: AtTheEnd,
}

/// Changes the channel's setting.
///
/// # Errors
/// A problem when there is no such channel.
pub fn execute(store: &Store, request: Request, by: &Authorship) -> Result<Report, Problem> {
    let Request { channel, at_the_end } = request;
    let publishes = at_the_end == AtTheEnd::Publish;
    let at = store.repository.channel(&channel_of(&channel)?)?;
    at.set_publishes_embargoed(publishes, &by.stamp(""))?;
    Ok(Report { channel, at_the_end })
}
