//! Errors of accounts.

use cms_core::repo::{HandOverError, KeyError, PeopleError};

use super::{contended, problem};
use crate::problem::{Code, Problem};

impl From<PeopleError> for Problem {
    fn from(error: PeopleError) -> Self {
        match error {
            PeopleError::Unknown { .. } => problem(Code::AccountUnknown, &error),
            PeopleError::WrongState { state, .. } => {
                problem(Code::AccountState, &error).with("state", state.word())
            }
            PeopleError::Refused { pointer, .. } => {
                problem(Code::AccountRefused, &error).with("pointer", pointer)
            }
            PeopleError::AddressTaken | PeopleError::IdentityTaken => {
                problem(Code::AddressTaken, &error)
            }
            PeopleError::LinkSpent => problem(Code::LinkSpent, &error),
            PeopleError::LastAdministrator { ref person } => {
                problem(Code::LastAdministrator, &error).with("person", person)
            }
            PeopleError::TooMany { .. } => problem(Code::TooMany, &error),
            PeopleError::Changed { version, .. } => Self::stale(&version.to_string()),
            PeopleError::Moved => contended(&error),
            PeopleError::Store(error) => error.into(),
        }
    }
}

impl From<KeyError> for Problem {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::People(error) => error.into(),
            KeyError::Token(error) => error.into(),
        }
    }
}

impl From<HandOverError> for Problem {
    fn from(error: HandOverError) -> Self {
        match error {
            HandOverError::People(error) => error.into(),
            HandOverError::Draft(error) => error.into(),
            HandOverError::Review(error) => error.into(),
            HandOverError::Schedule(error) => error.into(),
            HandOverError::Key(error) => error.into(),
            HandOverError::Store(error) => error.into(),
        }
    }
}
