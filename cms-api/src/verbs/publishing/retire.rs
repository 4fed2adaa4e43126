//! `cms retire`: takes entries off a channel for good; others may replace them.

use clap::Args;
use cms_core::{
    model::{id::PublicationId, key::EntryKey},
    repo::RetireRequest,
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

/// What to retire.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RetireCommand)]
pub struct Request {
    /// The entries, with their translations (`exercise/x1`)
    #[arg(required = true, value_name = "KEY")]
    #[serde(deserialize_with = "some")]
    #[schema(value_type = Vec<KeyText>, min_items = 1)]
    pub keys: Vec<EntryKey>,
    /// The entry that replaces them, to which their addresses then lead
    #[arg(long, value_name = "KEY")]
    #[serde(default)]
    #[schema(value_type = Option<KeyText>)]
    pub replaced_by: Option<EntryKey>,
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

/// Retires the entries.
///
/// # Errors
/// A problem when others need the entries; the channel has not moved.
pub fn execute(store: &Store, request: Request, by: &Authorship) -> Result<Report, Problem> {
    let channel = channel_in(store, request.channel.as_deref())?;
    let asked = RetireRequest {
        seen: request.seen,
        keys: request.keys,
        replaced_by: request.replaced_by,
        may_empty: request.may_empty,
        stamp: by.stamp(&request.message),
    };
    if request.dry_run {
        let report = channel.plan_retire(&asked)?;
        return Ok(Moved::not(view(store.repository.sight(&by.holder).report(report)?)));
    }
    moved(store, by, channel.retire(&asked))
}
