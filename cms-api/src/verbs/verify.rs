//! `cms verify`: reads every stored byte back, and checks that everything that is named exists.

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

/// How to verify.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VerifyCommand)]
pub struct Request {
    /// First rebuild everything that can be made from the journals and segments
    #[arg(long)]
    #[serde(default)]
    pub rebuild_index: bool,
    /// First make the reviews whole again from their own history
    #[arg(long)]
    #[serde(default)]
    pub mend_reviews: bool,
}

/// The result of verifying.
pub type Report = VerifyReport;

/// Verifies the store. What is wrong is in the report; the verb itself has done its work then.
///
/// # Errors
/// A problem when the store does not answer at all.
pub fn execute(store: &Store, request: Request, by: &Authorship) -> Result<Report, Problem> {
    if request.rebuild_index {
        let local = store.local.as_ref().ok_or_else(|| {
            Problem::new(Code::RequestMalformed, "this store has no index that could be rebuilt")
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
