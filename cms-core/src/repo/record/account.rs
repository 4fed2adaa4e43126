//! Where the account of a person is kept, what became of it, and whether it can be used: what rooms ask that lie below
//! the accounts.

use serde::{Deserialize, Serialize};

use crate::{
    engine::{CellName, Group},
    model::name::Person,
    repo::ground::{error::StoreError, repository::Repository},
};

const GROUP: &str = "people";
/// The beginning of the names of the cells that hold accounts.
pub(in crate::repo) const PERSON_PREFIX: &str = "person/";
/// What became of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PersonState {
    /// Invited, and has not accepted yet.
    Invited,
    /// May sign in.
    Active,
    /// May not sign in; everything about the account is kept.
    Deactivated,
    /// May not sign in; nothing but the id is left.
    Erased,
}

impl PersonState {
    /// The state as one word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Deactivated => "deactivated",
            Self::Erased => "erased",
        }
    }
}

/// What these rooms read of an account.
#[derive(Deserialize)]
struct Standing {
    state: PersonState,
}

/// The group of everything about people.
pub(in crate::repo) fn people_group() -> Group {
    GROUP.parse().expect("a group")
}

/// The cell of an account; none for a name from before there was one rule for names, which no account has.
pub(in crate::repo) fn person_cell(person: &str) -> Option<CellName> {
    person.parse::<Person>().ok()?;
    people_group().cell(&format!("{PERSON_PREFIX}{person}")).ok()
}

impl Repository {
    /// Whether a person has an account, whatever its state.
    pub(in crate::repo) fn has_account(&self, person: &str) -> Result<bool, StoreError> {
        let Some(cell) = person_cell(person) else { return Ok(false) };
        Ok(self.engine.cell(&cell)?.is_some())
    }

    /// Whether a person has an account that can't be used: they did not accept the invitation, were deactivated, or are
    /// gone. Names without an account are those of programs and of people from before there were accounts.
    pub(in crate::repo) fn is_away(&self, person: &str) -> Result<bool, StoreError> {
        let Some(cell) = person_cell(person) else { return Ok(false) };
        let Some(found) = self.engine.cell(&cell)? else { return Ok(false) };
        let what = || StoreError::Row { what: format!("the account of {person}") };
        let standing: Standing = serde_json::from_slice(&found.value).map_err(|_| what())?;
        Ok(standing.state != PersonState::Active)
    }
}
