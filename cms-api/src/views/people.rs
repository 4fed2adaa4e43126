//! Views of people's roles.

use cms_core::{
    access::{APPROVALS_REQUIRED_MAX, Grant, Policies, Policy, RuleFinding, SubtreePolicy},
    model::key::KeyError,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::form::{KeyText, whole_to},
    problem::{Code, Problem},
};

use super::{
    OnWire, view,
    words::operation::{FindingAboutGrant, RoleWord},
};

/// A role of a person, and how far it reaches.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct GrantView {
    /// The grant's name.
    pub id: String,
    /// The person who has it.
    pub person: String,
    /// The role.
    pub role: RoleWord,
    /// Only this entry and what stands below it; null for the whole catalogue.
    pub subtree: Option<String>,
    /// Only entries of these kinds; empty for all.
    pub kinds: Vec<String>,
    /// Only translations into these locales; empty for all.
    pub locales: Vec<String>,
    /// Only these channels; empty for all.
    pub channels: Vec<String>,
    /// Whether it is for a program.
    pub is_for_program: bool,
    /// Who gave it.
    pub given_by: String,
    /// When it was given, in milliseconds since 1970-01-01T00:00:00Z.
    pub given_ms: u64,
}

/// A grant that does not do what its giver may think.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct GrantFindingView {
    /// The grant.
    pub grant: String,
    /// What is odd about it.
    pub is: FindingAboutGrant,
    /// The grant that covers it; null when none does.
    pub by: Option<String>,
    /// What is odd, for people.
    pub message: String,
}

/// What holds besides rights where no part of the catalogue has a policy of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyView {
    /// How many people must approve each entry before it reaches `main`; with 0 a draft may be merged without a review.
    #[serde(deserialize_with = "whole_to::<_, _, { APPROVALS_REQUIRED_MAX }>")]
    #[schema(maximum = 50)]
    pub approvals_required: u32,
    /// Whether the approval of somebody who wrote the change counts.
    pub authors_approve: bool,
    /// Whether publishing, and putting up a schedule, needs a session with a second factor.
    pub second_factor_to_publish: bool,
    /// Whether programs may publish, with an access key, where a second factor is needed.
    pub programs_publish: bool,
}

/// What is different in a part of the catalogue. What is null is as above it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubtreePolicyView {
    /// The entry at which the part begins.
    #[schema(value_type = KeyText)]
    pub subtree: String,
    /// How many people must approve each entry.
    #[serde(default)]
    #[schema(maximum = 50)]
    pub approvals_required: Option<u32>,
    /// Whether the approval of somebody who wrote the change counts.
    #[serde(default)]
    pub authors_approve: Option<bool>,
    /// Whether publishing, and putting up a schedule, needs a session with a second factor.
    #[serde(default)]
    pub second_factor_to_publish: Option<bool>,
    /// Whether programs may publish, with an access key, where a second factor is needed.
    #[serde(default)]
    pub programs_publish: Option<bool>,
}

/// The table of policies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PoliciesView {
    /// What holds where no part of the catalogue says otherwise.
    pub house: PolicyView,
    /// The parts of the catalogue that have a policy of their own, by key.
    #[serde(default)]
    #[schema(max_items = 1000)]
    pub subtrees: Vec<SubtreePolicyView>,
}

viewed! {
    SubtreePolicy => SubtreePolicyView { subtree, approvals_required, authors_approve, second_factor_to_publish, programs_publish }
    Policy => PolicyView { approvals_required, authors_approve, second_factor_to_publish, programs_publish }
    Policies => PoliciesView { house, subtrees }
}

impl TryFrom<PoliciesView> for Policies {
    type Error = Problem;

    fn try_from(table: PoliciesView) -> Result<Self, Problem> {
        let PolicyView {
            approvals_required,
            authors_approve,
            second_factor_to_publish,
            programs_publish,
        } = table.house;
        let house = Policy {
            approvals_required,
            authors_approve,
            second_factor_to_publish,
            programs_publish,
        };
        let row = |(number, row): (usize, SubtreePolicyView)| {
            let subtree = row.subtree.parse().map_err(|error: KeyError| {
                let pointer = format!("/subtrees/{number}/subtree");
                Problem::new(Code::RequestMalformed, error.to_string()).with("pointer", pointer)
            })?;
            Ok(SubtreePolicy {
                subtree,
                approvals_required: row.approvals_required,
                authors_approve: row.authors_approve,
                second_factor_to_publish: row.second_factor_to_publish,
                programs_publish: row.programs_publish,
            })
        };
        let subtrees: Result<_, Problem> =
            table.subtrees.into_iter().enumerate().map(row).collect();
        Ok(Self { house, subtrees: subtrees? })
    }
}

impl OnWire<GrantView> for Grant {
    fn on_wire(self) -> GrantView {
        GrantView {
            id: self.id,
            person: self.person.to_string(),
            role: view(self.role),
            subtree: self.limits.subtree.map(|key| key.to_string()),
            kinds: self.limits.kinds.iter().map(ToString::to_string).collect(),
            locales: self.limits.locales.iter().map(ToString::to_string).collect(),
            channels: self.limits.channels.iter().map(ToString::to_string).collect(),
            is_for_program: self.is_for_program,
            given_by: self.given_by,
            given_ms: self.given_ms,
        }
    }
}

impl OnWire<GrantFindingView> for RuleFinding {
    fn on_wire(self) -> GrantFindingView {
        match self {
            Self::Covered { grant, by } => GrantFindingView {
                message: format!("{by} allows all that {grant} allows"),
                is: FindingAboutGrant::Covered,
                by: Some(by),
                grant,
            },
            Self::NeverMatches { grant, reason } => GrantFindingView {
                message: reason,
                is: FindingAboutGrant::NeverMatches,
                by: None,
                grant,
            },
        }
    }
}
