//! `cms audit key`: the public part of the key that seals the audit; and a new key in its place.

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{ground::authorship::Authorship, problem::Problem, store::Store};

/// The request for the key.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AuditKeyCommand)]
pub struct Request {
    /// First make a new key; the one before gives its word for it
    #[arg(long)]
    #[serde(default)]
    pub rotate: bool,
}

/// The key.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = AuditKeyReport)]
pub struct Report {
    /// The public key that seals from now on, in hex.
    pub key: String,
    /// The public key that sealed before; null when it is the same.
    pub before: Option<String>,
}

/// Returns the key, after making a new one if that was asked for.
///
/// # Errors
/// A problem when the store or the key's file can't be read or written.
pub fn execute(store: &Store, request: Request, by: &Authorship) -> Result<Report, Problem> {
    if !request.rotate {
        return Ok(Report { key: store.sealing.now().public(), before: None });
    }
    let stamp = by.stamp("");
    // What was recorded until now is sealed by the key that it was recorded under.
    store.repository.audit().seal(&store.sealing.now(), &stamp)?;
    let before = store.sealing.now().public();
    store.sealing.rotate(&store.repository, &stamp)?;
    Ok(Report { key: store.sealing.now().public(), before: Some(before) })
}
