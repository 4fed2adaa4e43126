//! `cms verify`: every stored byte is read back, and all that is named is looked for.

use std::ops::ControlFlow;

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::authorship::Authorship,
    problem::{Code, Problem},
    store::Store,
    views::{operation::VerifyReport, view},
};

/// How.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VerifyCommand)]
pub struct Request {
    /// First make everything anew that can be made from the journals and segments
    #[arg(long)]
    #[serde(default)]
    pub rebuild_index: bool,
    /// First make the reviews whole again from their own history
    #[arg(long)]
    #[serde(default)]
    pub mend_reviews: bool,
}

/// What was found.
pub type Report = VerifyReport;

/// Verifies. What is wrong is in the report; the verb itself has then done its work.
///
/// # Errors
/// A problem when the store does not answer at all.
pub fn execute(store: &Store, request: Request, by: &Authorship) -> Result<Report, Problem> {
    if request.rebuild_index {
        let local = store.local.as_ref().ok_or_else(|| {
            Problem::new(Code::RequestMalformed, "this store has no index that could be made anew")
        })?;
        local.rebuild_index()?;
    }
    let mut mended = None;
    if request.mend_reviews {
        mended = store.repository.mend_reviews(&by.stamp("Made whole from its history"))?;
    }
    let found: Report = view(store.repository.verify(&mut |_| ControlFlow::Continue(()))?);
    Ok(Report { reviews_mended_count: mended, ..found })
}
