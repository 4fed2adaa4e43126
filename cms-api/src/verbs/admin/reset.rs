//! `cms admin reset`: a one-time link with which a person signs in again who has lost everything to sign in with.

use clap::Args;
use cms_core::{
    model::name::Person,
    repo::{PeopleError, SecretHash},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::link::{self, LINK_MS};
use crate::{
    ground::{authorship::Authorship, secret},
    problem::Problem,
    store::Store,
};

/// Who is let in.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AdminResetCommand)]
pub struct Request {
    /// The person's address or id
    #[arg(value_name = "PERSON")]
    pub person: String,
    /// Where browsers reach the server [default: where it listens]
    #[arg(long, env = "CMS_PUBLIC_URL", value_name = "URL")]
    #[serde(default)]
    pub public_url: Option<String>,
}

/// The link.
pub type Report = link::Report;

/// Makes the link; the one before it is void.
///
/// # Errors
/// A problem when there is no such person, or the account is not active.
pub fn execute(store: &Store, request: Request, by: &Authorship) -> Result<Report, Problem> {
    let people = store.repository.people();
    let shown = || request.person.chars().take(80).collect();
    let person = match people.with_address(&request.person)? {
        Some(row) => row.id,
        None => request
            .person
            .parse::<Person>()
            .map_err(|_| Problem::from(PeopleError::Unknown { person: shown() }))?,
    };
    let text = secret::fresh(secret::LINK).map_err(Problem::internal)?;
    let expires_ms = by.time_ms + LINK_MS;
    people.link_reset(&person, &SecretHash::of(text.as_bytes()), expires_ms, &by.stamp(""))?;
    Ok(Report::of(&text, request.public_url.as_deref(), expires_ms))
}
