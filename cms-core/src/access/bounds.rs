//! What an access key is narrowed to.

use serde::{Deserialize, Serialize};

use super::{Limits, Right, Rights, Subject};
use crate::model::name::Person;

/// What an access key may do at most: the person whom it stands for must be allowed the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// The rights that may be used.
    pub rights: Rights,
    /// How far they reach.
    #[serde(default, skip_serializing_if = "Limits::is_none")]
    pub limits: Limits,
    /// Who made the key, where they made it for a program: it may at no time do what they may not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_by: Option<Person>,
}

impl Bounds {
    /// Whether a right may be used for a subject.
    pub fn allow(&self, right: Right, subject: &Subject<'_>) -> bool {
        self.rights.has(right) && self.limits.missed(right, subject).is_none()
    }

    /// Bounds of some rights that reach everywhere.
    pub fn of(rights: Rights) -> Self {
        Self { rights, limits: Limits::default(), made_by: None }
    }
}
