//! Why something was not done to an account.

use crate::repo::{ground::error::StoreError, people::state::PersonState};

/// Why an account did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// There is no such person.
    #[error("there is no person {person:?}")]
    Unknown {
        /// The id that was asked for.
        person: String,
    },
    /// The account is in another state than the verb needs.
    #[error("the account of {person} is {}", state.word())]
    WrongState {
        /// The person.
        person: String,
        /// The account's state.
        state: PersonState,
    },
    /// What was sent is not allowed.
    #[error("{reason}")]
    Refused {
        /// The JSON pointer of what is wrong.
        pointer: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// Somebody has an account with this address.
    #[error("an account with this address exists already")]
    AddressTaken,
    /// The identity at a provider belongs to another account.
    #[error("this identity belongs to another account")]
    IdentityTaken,
    /// The link was used, has ended, or never existed.
    #[error("the link was used, has ended, or never existed")]
    LinkSpent,
    /// Nobody else is an administrator.
    #[error("{person} is the last administrator")]
    LastAdministrator {
        /// The person.
        person: String,
    },
    /// The repository has the most of something that it may have.
    #[error("there are {max} {what} already")]
    TooMany {
        /// What there are too many of.
        what: &'static str,
        /// How many there may be.
        max: usize,
    },
    /// The record is not as the writer saw it.
    #[error("the account of {person} was changed meanwhile")]
    Changed {
        /// The person.
        person: String,
        /// The record's version now.
        version: u64,
    },
    /// Every attempt was lost to others.
    #[error("others changed the accounts at the same time")]
    Moved,
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl PeopleError {
    pub(super) fn unknown(person: &str) -> Self {
        Self::Unknown { person: person.chars().take(80).collect() }
    }
}
