//! For whom something is done later: their rights are judged when it happens, not when it was asked for.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    access::{Bounds, Holder},
    model::name::Person,
    repo::ground::{error::StoreError, repository::Repository},
};

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

impl Repository {
    /// The one on whose behalf something is done, with what they may do now.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn holder_on_behalf(&self, of: &OnBehalf) -> Result<Holder, StoreError> {
        match of {
            OnBehalf::Machine => Ok(Holder::Machine),
            OnBehalf::Person { person, bounds } => {
                self.holder(person, bounds.clone().map(Arc::new))
            }
        }
    }
}
