//! `cms not-public`: what is merged and not delivered to learners, and why not.

use clap::Args;
use cms_core::model::key::EntryKey;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::of_channel::{main, production};
use crate::{
    ground::{
        authorship::Authorship,
        names::{channel_of, key},
    },
    problem::Problem,
    store::Store,
    views::{scheduling::NotPublicRow, view},
};

/// The state and the channel to compare.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NotPublicCommand)]
pub struct Request {
    /// The channel
    #[arg(long, default_value = "production")]
    #[serde(default = "production")]
    pub channel: String,
    /// The state whose content is compared with the channel
    #[arg(long, default_value = "main", value_name = "STATE")]
    #[serde(default = "main")]
    pub at: String,
    /// At most this many, by key
    #[arg(long, default_value_t = 100, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    #[serde(default = "hundred", deserialize_with = "crate::ground::form::whole")]
    pub limit: u32,
    /// Only those after this key
    #[arg(long, value_name = "KEY")]
    #[serde(default)]
    pub after: Option<String>,
}

const fn hundred() -> u32 {
    100
}

/// What is not delivered.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = NotPublicReport)]
pub struct Report {
    /// The channel.
    pub channel: String,
    /// What is not delivered, ascending by key.
    pub rows: Vec<NotPublicRow>,
    /// Whether more rows follow.
    pub more: bool,
}

/// Lists what is not delivered.
///
/// # Errors
/// A problem when a name is unknown.
pub fn execute(store: &Store, request: Request, by: &Authorship) -> Result<Report, Problem> {
    let state = store.repository.resolve(&request.at)?;
    let after: Option<EntryKey> = request.after.as_deref().map(key).transpose()?;
    let rows_max = request.limit.clamp(1, 1000) as usize;
    let channel = store.repository.channel(&channel_of(&request.channel)?)?;
    let page = channel.not_public(&state, after.as_ref(), rows_max, by.time_ms)?;
    Ok(Report { channel: request.channel, rows: view(page.rows), more: page.more })
}
