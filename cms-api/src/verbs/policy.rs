//! `cms policy`: what a change needs besides a right, by where it stands.

pub mod set;
pub mod show;

use cms_core::{access::Policies, repo::Repository};

use crate::{
    problem::Problem,
    views::{people::PoliciesView, view},
};

/// The table as it is, with its version.
fn table(repository: &Repository) -> Result<(PoliciesView, u64), Problem> {
    let (policies, version) = repository.policies()?;
    Ok((view(Policies::clone(&policies)), version))
}
