//! For whom something is done later: their rights are judged when it happens, not when it was asked for.

use serde::{Deserialize, Serialize};

use super::{Bounds, Holder};
use crate::model::name::Person;

/// Who asked for something that is done later.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnBehalf {
    /// The machine.
    #[default]
    Machine,
    /// A person.
    Person {
        /// The person.
        person: Person,
        /// What the access key with which they asked is narrowed to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bounds: Option<Bounds>,
    },
}

impl OnBehalf {
    /// On behalf of the one who asks now.
    pub fn of(holder: &Holder) -> Self {
        match holder {
            Holder::Machine => Self::Machine,
            Holder::Person { person, bounds, .. } => {
                Self::Person { person: person.clone(), bounds: bounds.as_deref().cloned() }
            }
        }
    }

    /// Whether it is the machine's.
    pub const fn is_machine(&self) -> bool {
        matches!(self, Self::Machine)
    }
}
