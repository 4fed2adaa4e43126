//! `cms bisect`: which publish first showed a text.

use clap::Args;
use cms_core::repo::FirstPublishedRequest;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::of_channel::production;
use crate::{
    ground::{
        authorship::Authorship,
        names::{channel_of, key},
    },
    problem::{Code, Problem},
    store::Store,
    views::{scheduling::FirstPublished, view},
};

/// What to look for.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BisectCommand)]
pub struct Request {
    /// The text, as learners saw it
    #[arg(value_name = "TEXT")]
    pub text: String,
    /// The channel to search
    #[arg(long, default_value = "production")]
    #[serde(default = "production")]
    pub channel: String,
    /// Only in this language (`es`)
    #[arg(long, value_name = "LOCALE")]
    #[serde(default)]
    pub locale: Option<String>,
    /// Only in this entry
    #[arg(long, value_name = "KEY")]
    #[serde(default)]
    pub key: Option<String>,
}

/// What was found.
pub type Report = FirstPublished;

/// Searches for the publish.
///
/// # Errors
/// A problem when a name is unknown.
pub fn execute(store: &Store, request: Request, _: &Authorship) -> Result<Report, Problem> {
    let malformed =
        |detail: &dyn std::fmt::Display| Problem::new(Code::RequestMalformed, detail.to_string());
    if request.text.is_empty() {
        return Err(malformed(&"the text to look for is empty"));
    }
    let locale = request.locale.as_deref().map(str::parse).transpose();
    let channel = store.repository.channel(&channel_of(&request.channel)?)?;
    let found = channel.first_published(&FirstPublishedRequest {
        text: request.text,
        locale: locale.map_err(|error: cms_core::model::key::KeyError| malformed(&error))?,
        key: request.key.as_deref().map(key).transpose()?,
    })?;
    Ok(view(found))
}
