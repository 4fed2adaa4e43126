//! Views of people's roles.

use cms_core::access::{Grant, RuleFinding};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
