//! `cms token create`: makes a token for a person; its text is shown once.

use clap::Args;
use cms_core::{
    access::{Role, RoleError},
    repo::{NewToken, SecretHash},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::{authorship::Authorship, secret},
    problem::{Code, Problem},
    store::Store,
    views::{operation::TokenRow, view},
};

/// The milliseconds of a day.
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// The person, and what the token is for.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TokenCreateCommand)]
pub struct Request {
    /// Who the token stands for (`ana`, `ana@example.org`)
    #[arg(value_name = "PERSON")]
    pub person: String,
    /// What they may do: viewer, translator, author, reviewer, publisher or administrator
    #[arg(long, value_name = "ROLE")]
    pub role: String,
    /// What the token is for
    #[arg(long, default_value = "", value_name = "TEXT")]
    #[serde(default)]
    pub label: String,
    /// Days after which it ends; never when left out
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=3650))]
    #[serde(default, deserialize_with = "crate::ground::form::some_whole")]
    pub days: Option<u32>,
}

/// The token and its text, which is returned only here.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = TokenCreateReport)]
pub struct Report {
    /// The text to send as `Authorization: Bearer TEXT`.
    pub text: String,
    /// What is kept of the token.
    pub token: TokenRow,
}

/// Makes a token.
///
/// # Errors
/// A problem when the name is not a person's, or the role is unknown.
pub fn execute(store: &Store, request: Request, by: &Authorship) -> Result<Report, Problem> {
    let role: Role = request
        .role
        .parse()
        .map_err(|error: RoleError| Problem::new(Code::RequestMalformed, error.to_string()))?;
    let text = secret::fresh(secret::TOKEN).map_err(Problem::internal)?;
    let days = request.days.map(u64::from);
    let new = NewToken {
        hash: SecretHash::of(text.as_bytes()),
        person: request.person.parse()?,
        role,
        label: request.label,
        expires_ms: days.map(|days| by.time_ms.saturating_add(days * DAY_MS)),
        bounds: None,
        brings_role: true,
        stamp: by.stamp(""),
    };
    let row = store.repository.people().create_key(&new, None)?;
    Ok(Report { text, token: view(row) })
}
