//! `cms audit head`: seals what was recorded until now, and gives the signed head, to be kept elsewhere.

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::authorship::Authorship,
    problem::Problem,
    store::Store,
    views::{audit::AuditHead, view},
};

/// The request for the newest head.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AuditHeadCommand)]
pub struct Request {}

/// The newest head.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = AuditHeadReport)]
pub struct Report {
    /// The head; null when nothing was ever recorded.
    pub head: Option<AuditHead>,
}

/// Seals, and returns the head.
///
/// # Errors
/// A problem when the store can't be read or written.
pub fn execute(store: &Store, _: Request, by: &Authorship) -> Result<Report, Problem> {
    let head = store.repository.audit().seal(&store.sealing.now(), &by.stamp(""))?;
    Ok(Report { head: view(head) })
}
