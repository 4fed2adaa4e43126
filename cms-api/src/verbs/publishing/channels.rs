//! `cms channels`: the channels and where they are.

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::authorship::Authorship,
    problem::{Code, Problem},
    store::Store,
    views::{publishing::ChannelRow, view},
};

/// The request for all channels.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChannelsCommand)]
pub struct Request {}

/// The channels.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = ChannelsReport)]
pub struct Report {
    /// The channels, ascending by name.
    pub channels: Vec<ChannelRow>,
}

/// Lists the channels.
///
/// # Errors
/// A problem when the store can't be read.
pub fn execute(store: &Store, _: Request, _: &Authorship) -> Result<Report, Problem> {
    let channels = store.repository.channels()?;
    // If the cells that say where channels are may be lost, then an empty list is not an answer.
    if channels.is_empty() && store.local.as_ref().is_some_and(|local| local.lacks_cells()) {
        let detail = "the record of the channels may be damaged; see cms verify";
        return Err(Problem::new(Code::StoreDamaged, detail));
    }
    Ok(Report { channels: view(channels) })
}
