//! `cms unpublish`: takes entries off a channel until they are released.

use clap::Args;
use cms_core::{
    model::{id::PublicationId, key::EntryKey},
    repo::UnpublishRequest,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::of_channel::{OfChannel, PRODUCTION, channel_in, moved};
use crate::{
    ground::{
        authorship::Authorship,
        form::{KeyText, Message, some},
    },
    problem::Problem,
    store::Store,
    views::{publishing::Moved, view},
};

/// What to take off.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UnpublishCommand)]
pub struct Request {
    /// The entries, with their translations (`exercise/x1`), or single translations (`exercise/x1@es`)
    #[arg(required = true, value_name = "KEY")]
    #[serde(deserialize_with = "some")]
    #[schema(value_type = Vec<KeyText>, min_items = 1)]
    pub keys: Vec<EntryKey>,
    /// The channel
    #[arg(long, default_value = PRODUCTION)]
    #[serde(default, deserialize_with = "crate::ground::form::some_channel")]
    pub channel: Option<String>,
    /// Go on even where learners would be left without the home page, or with nothing at all
    #[arg(long)]
    #[serde(default)]
    pub may_empty: bool,
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

/// Takes the entries off.
///
/// # Errors
/// A problem when others need the entries; the channel has not moved.
pub fn execute(store: &Store, request: Request, by: &Authorship) -> Result<Report, Problem> {
    let channel = channel_in(store, request.channel.as_deref())?;
    let asked = UnpublishRequest {
        seen: request.seen,
        keys: request.keys,
        may_empty: request.may_empty,
        stamp: by.stamp(&request.message),
    };
    if request.dry_run {
        let report = channel.plan_unpublish(&asked)?;
        return Ok(Moved::not(view(store.repository.sight(&by.holder).report(report)?)));
    }
    moved(store, by, channel.unpublish(&asked))
}
