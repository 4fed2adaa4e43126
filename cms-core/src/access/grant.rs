//! Grants: a role for a person, as far as its limits reach.

use serde::{Deserialize, Serialize};

use super::{Limits, Role};
use crate::model::name::Person;

/// The name of a grant: unique in the repository and never used again.
pub type GrantId = String;

/// A role for a person, as far as its limits reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The grant's name.
    pub id: GrantId,
    /// The person who has it.
    pub person: Person,
    /// Their role.
    pub role: Role,
    /// How far it reaches.
    #[serde(default, skip_serializing_if = "Limits::is_none")]
    pub limits: Limits,
    /// Whether it is for a program.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_for_program: bool,
    /// Who gave it.
    pub given_by: String,
    /// When it was given, in milliseconds since 1970-01-01T00:00:00Z.
    pub given_ms: u64,
}

impl Grant {
    /// Whether the grant makes a person an administrator of everything, who can let others in.
    pub fn lets_people_in(&self) -> bool {
        self.role == Role::Administrator && self.limits.is_none() && !self.is_for_program
    }
}
