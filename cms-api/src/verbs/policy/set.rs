//! `cms policy set`: changes one row of the table of policies, that of the house or of a part of the catalogue.

use clap::{ArgAction, Args};
use cms_core::access::{Policies, Policy, SubtreePolicy};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::{authorship::Authorship, form::SubtreeText, names},
    problem::Problem,
    store::Store,
    views::people::PoliciesView,
};

/// The row, and what it says from now on. What is left out stays.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PolicySetCommand)]
pub struct Request {
    /// The row of this entry and what stands below it (`course/c1`); the house's row when left out
    #[arg(long, value_name = "KEY")]
    #[serde(default)]
    #[schema(value_type = Option<SubtreeText>)]
    pub subtree: Option<String>,
    /// How many people must approve each entry before it reaches main
    #[arg(long, value_name = "NUMBER")]
    #[serde(default)]
    #[schema(maximum = 50)]
    pub approvals: Option<u32>,
    /// Whether the approval of somebody who wrote the change counts
    #[arg(long, value_name = "TRUE|FALSE", action = ArgAction::Set)]
    #[serde(default)]
    pub authors_approve: Option<bool>,
    /// Whether publishing needs a session with a second factor
    #[arg(long, value_name = "TRUE|FALSE", action = ArgAction::Set)]
    #[serde(default)]
    pub second_factor: Option<bool>,
    /// Whether programs may publish where a second factor is needed
    #[arg(long, value_name = "TRUE|FALSE", action = ArgAction::Set)]
    #[serde(default)]
    pub programs: Option<bool>,
    /// Forget first what the row says: a part of the catalogue is as above it then, the house as it came
    #[arg(long)]
    #[serde(default)]
    pub clear: bool,
}

/// The table as it is now.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = PolicySetReport)]
pub struct Report {
    /// The table.
    pub policies: PoliciesView,
    /// Its version.
    pub version: u64,
}

/// Changes the row.
///
/// # Errors
/// A problem when the row means nothing, or the table was changed meanwhile.
pub fn execute(store: &Store, request: Request, by: &Authorship) -> Result<Report, Problem> {
    let repository = &store.repository;
    let (before, version) = repository.policies()?;
    let mut policies = Policies::clone(&before);
    match &request.subtree {
        None => change_house(&mut policies.house, &request),
        Some(subtree) => {
            let subtree = names::key(subtree)?;
            let known = policies.subtrees.iter().position(|row| row.subtree == subtree);
            let known = known.map(|at| policies.subtrees.remove(at));
            let known = known.filter(|_| !request.clear);
            let row = changed(known.unwrap_or(SubtreePolicy::of(subtree)), &request);
            if !row.is_empty() {
                policies.subtrees.push(row);
            }
        }
    }
    if policies.clone().in_order() != *before {
        repository.set_policies(policies, version, &by.stamp(""))?;
    }
    let (policies, version) = super::table(repository)?;
    Ok(Report { policies, version })
}

fn change_house(house: &mut Policy, request: &Request) {
    let before = if request.clear { Policy::default() } else { *house };
    *house = Policy {
        approvals_required: request.approvals.unwrap_or(before.approvals_required),
        authors_approve: request.authors_approve.unwrap_or(before.authors_approve),
        second_factor_to_publish: request.second_factor.unwrap_or(before.second_factor_to_publish),
        programs_publish: request.programs.unwrap_or(before.programs_publish),
    };
}

fn changed(row: SubtreePolicy, request: &Request) -> SubtreePolicy {
    SubtreePolicy {
        approvals_required: request.approvals.or(row.approvals_required),
        authors_approve: request.authors_approve.or(row.authors_approve),
        second_factor_to_publish: request.second_factor.or(row.second_factor_to_publish),
        programs_publish: request.programs.or(row.programs_publish),
        subtree: row.subtree,
    }
}
