//! `cms token revoke`: revokes a token, which opens nothing from then on.

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::authorship::Authorship,
    problem::Problem,
    store::Store,
    views::{operation::TokenRow, view},
};

/// The token to revoke.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TokenRevokeCommand)]
pub struct Request {
    /// The token's id, as listed
    #[arg(value_name = "ID")]
    pub id: String,
}

/// What was revoked.
pub type Report = TokenRow;

/// Revokes the token.
///
/// # Errors
/// A problem when there is no such token.
pub fn execute(store: &Store, request: Request, by: &Authorship) -> Result<Report, Problem> {
    Ok(view(store.repository.revoke_token(&request.id, &by.stamp(""))?))
}
