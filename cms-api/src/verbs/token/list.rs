//! `cms token list`: the tokens that exist, without their texts.

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::authorship::Authorship,
    problem::Problem,
    store::Store,
    views::{operation::TokenRow, view},
};

/// The request for all tokens.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TokenListCommand)]
pub struct Request {}

/// The tokens.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = TokenListReport)]
pub struct Report {
    /// The tokens, by person and then by age.
    pub tokens: Vec<TokenRow>,
}

/// Lists the tokens.
///
/// # Errors
/// A problem when the store can't be read.
pub fn execute(store: &Store, _: Request, _: &Authorship) -> Result<Report, Problem> {
    Ok(Report { tokens: view(store.repository.tokens()?) })
}
