//! `cms token list`: the tokens there are, without their texts.

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::authorship::Authorship,
    problem::Problem,
    store::Store,
    views::{operation::TokenRow, view},
};

/// All of them.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TokenListCommand)]
pub struct Request {}

/// The tokens.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = TokenListReport)]
pub struct Report {
    /// By person, then age.
    pub tokens: Vec<TokenRow>,
}

/// Lists.
///
/// # Errors
/// A problem when the store can't be read.
pub fn execute(store: &Store, _: Request, _: &Authorship) -> Result<Report, Problem> {
    Ok(Report { tokens: view(store.repository.tokens()?) })
}
