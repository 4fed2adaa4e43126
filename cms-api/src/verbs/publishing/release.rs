//! `cms release`: releases holds, so that the next publish may bring the entries live again.

use clap::Args;
use cms_core::{
    model::{id::PublicationId, key::EntryKey},
    repo::ReleaseRequest,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::of_channel::{OfChannel, PRODUCTION};
use crate::{
    ground::{
        authorship::Authorship,
        form::{KeyText, Message},
        names::channel_of,
    },
    problem::Problem,
    store::Store,
};

/// The holds to release.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReleaseCommand)]
pub struct Request {
    /// The entries to release; all that are on hold when none is named
    #[arg(value_name = "KEY")]
    #[serde(default)]
    #[schema(value_type = Vec<KeyText>)]
    pub keys: Vec<EntryKey>,
    /// The channel
    #[arg(long, default_value = PRODUCTION)]
    #[serde(default, deserialize_with = "crate::ground::form::some_channel")]
    pub channel: Option<String>,
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

/// What was released.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = ReleaseReport)]
pub struct Report {
    /// The channel.
    pub channel: String,
    /// The entries that were released.
    pub released: Vec<String>,
}

/// Releases holds.
///
/// # Errors
/// A problem; nothing is released.
pub fn execute(store: &Store, request: Request, by: &Authorship) -> Result<Report, Problem> {
    let name = channel_of(request.channel.as_deref().unwrap_or(PRODUCTION))?;
    let released = store.repository.channel(&name)?.release(&ReleaseRequest {
        seen: request.seen,
        keys: request.keys,
        stamp: by.stamp(&request.message),
    })?;
    Ok(Report {
        channel: name.to_string(),
        released: released.iter().map(ToString::to_string).collect(),
    })
}
