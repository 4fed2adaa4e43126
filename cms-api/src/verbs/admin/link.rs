//! `cms admin link`: a one-time link that makes the first administrator.

use clap::Args;
use cms_core::repo::{PeopleError, SecretHash};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::{authorship::Authorship, moment, secret},
    problem::{Code, Problem},
    store::Store,
};

/// How long the link is valid, in milliseconds: ten minutes.
pub const LINK_MS: u64 = 10 * 60 * 1000;

/// Where the link leads.
#[derive(Args, Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AdminLinkCommand)]
pub struct Request {
    /// Where browsers reach the server [default: where it listens]
    #[arg(long, env = "CMS_PUBLIC_URL", value_name = "URL")]
    #[serde(default)]
    pub public_url: Option<String>,
}

/// A one-time link, which is returned only here.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = AdminLinkReport)]
pub struct Report {
    /// The address of the page that takes it, on the server, with the secret after `#`.
    pub path: String,
    /// The whole address; null when nobody said where the server is.
    pub url: Option<String>,
    /// When it ends: UTC, ISO 8601.
    #[schema(format = DateTime)]
    pub expires_at: String,
}

impl Report {
    /// The report of a link with this secret.
    pub fn of(secret: &str, public_url: Option<&str>, expires_ms: u64) -> Self {
        let path = format!("/welcome#{secret}");
        let url = public_url.map(|url| format!("{}{path}", url.trim_end_matches('/')));
        Self { path, url, expires_at: moment::iso(expires_ms) }
    }
}

/// Makes the link; the one before it is void.
///
/// # Errors
/// [`Code::NothingToDo`] when there is an administrator already.
pub fn execute(store: &Store, request: Request, by: &Authorship) -> Result<Report, Problem> {
    let text = secret::fresh(secret::LINK).map_err(Problem::internal)?;
    let expires_ms = by.time_ms + LINK_MS;
    let hash = SecretHash::of(text.as_bytes());
    let people = store.repository.people();
    match people.link_first_administrator(&hash, expires_ms, &by.stamp("")) {
        Ok(_) => Ok(Report::of(&text, request.public_url.as_deref(), expires_ms)),
        Err(PeopleError::Refused { .. }) => {
            let detail =
                "there is an administrator already: `cms admin reset PERSON` lets one in again";
            Err(Problem::new(Code::NothingToDo, detail))
        }
        Err(error) => Err(error.into()),
    }
}
