//! An account as it is stored, and the cells of accounts.

use serde::{Deserialize, Serialize};

use crate::{
    access::{Limits, Role},
    engine::{CellName, Expected, OperationId, Swap},
    model::name::Person,
    repo::{
        ground::{error::StoreError, repository::Repository, stamp::Stamp},
        people::{
            People,
            error::PeopleError,
            state::{PersonSort, PersonState},
        },
        record::{
            Record,
            account::{people_group, person_cell},
            put_record,
        },
    },
};

/// The beginning of the names of the cells that hold pictures.
const PICTURE_PREFIX: &str = "picture/";
/// Longest name of a person, in characters.
pub const NAME_CHARS_MAX: usize = 100;
/// A lost race is retried this many times.
pub(super) const ATTEMPTS_MAX: u64 = 16;

/// What is still to be done about a person's roles, which are cells of another group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::repo) enum Pending {
    /// Give the role with which the person was invited.
    Give,
    /// Suspend the person, and then deactivate the account.
    Deactivate,
    /// End the suspension.
    Reinstate,
    /// Take all roles, and then erase the account.
    Erase,
}

/// An account as it is stored. Everything about a person that can be erased is here or in the cells that this names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::repo) struct StoredPerson {
    pub(in crate::repo) id: Person,
    pub(in crate::repo) sort: PersonSort,
    pub(in crate::repo) state: PersonState,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(in crate::repo) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::repo) email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::repo) language: Option<String>,
    /// The role that the person is given once the account is active.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::repo) invited_as: Option<Role>,
    /// How far that role is to reach.
    #[serde(default, skip_serializing_if = "Limits::is_none")]
    pub(in crate::repo) invited_within: Limits,
    /// What is still to be done about the person's roles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::repo) pending: Option<Pending>,
    /// To whom everything that the person owns is being handed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::repo) handing_over_to: Option<Person>,
    pub(in crate::repo) created_ms: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::repo) created_by: Option<String>,
    /// Who answers for a service account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::repo) responsible: Option<Person>,
    /// The generation of the sessions that are valid.
    #[serde(default)]
    pub(in crate::repo) sessions: u64,
    /// The generation of the API tokens that are valid.
    #[serde(default)]
    pub(in crate::repo) keys: u64,
    /// The hashes of the identities at providers that lead here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::repo) identities: Vec<String>,
    /// Whether a picture is kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(in crate::repo) has_picture: bool,
}

impl StoredPerson {
    /// What is left of an erased account: everything else about it is gone.
    pub(super) fn erased(&self) -> Self {
        Self {
            id: self.id.clone(),
            sort: self.sort,
            state: PersonState::Erased,
            name: String::new(),
            email: None,
            language: None,
            invited_as: None,
            invited_within: Limits::default(),
            pending: None,
            handing_over_to: None,
            created_ms: self.created_ms,
            created_by: None,
            responsible: None,
            sessions: self.sessions + 1,
            keys: self.keys + 1,
            identities: Vec::new(),
            has_picture: false,
        }
    }

    pub(super) fn row(self, version: u64) -> PersonRow {
        PersonRow {
            id: self.id,
            sort: self.sort,
            state: self.state,
            name: self.name,
            email: self.email,
            language: self.language,
            invited_as: self.invited_as,
            created_ms: self.created_ms,
            created_by: self.created_by,
            responsible: self.responsible,
            has_picture: self.has_picture,
            version,
        }
    }

    pub(super) fn must_be(&self, allowed: &[PersonState]) -> Result<(), PeopleError> {
        if allowed.contains(&self.state) {
            return Ok(());
        }
        Err(PeopleError::WrongState { person: self.id.to_string(), state: self.state })
    }
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// The person's id.
    pub id: Person,
    /// What the account is for.
    pub sort: PersonSort,
    /// What became of it.
    pub state: PersonState,
    /// The name by which others know the person; empty once it is erased.
    pub name: String,
    /// The address with which the person signs in.
    pub email: Option<String>,
    /// The language in which the person reads pages; none where they did not say.
    pub language: Option<String>,
    /// The role that the person is given once the account is active; none afterwards: then their grants say it.
    pub invited_as: Option<Role>,
    /// When the account was made, in milliseconds since 1970-01-01T00:00:00Z.
    pub created_ms: u64,
    /// Who made it.
    pub created_by: Option<String>,
    /// Who answers for a service account.
    pub responsible: Option<Person>,
    /// Whether a picture is kept.
    pub has_picture: bool,
    /// The version of the record, against which it is changed.
    pub version: u64,
}

/// A cell of accounts whose name is made of what is allowed in one.
pub(super) fn cell(name: &str) -> CellName {
    people_group().cell(name).expect("a cell")
}

pub(super) fn picture_cell(person: &Person) -> CellName {
    cell(&format!("{PICTURE_PREFIX}{person}"))
}

/// The name of a person, without blanks around it.
pub(super) fn checked_name(name: &str) -> Result<String, PeopleError> {
    let name = name.trim();
    let chars = name.chars().count();
    if (1..=NAME_CHARS_MAX).contains(&chars) && !name.chars().any(char::is_control) {
        return Ok(name.to_owned());
    }
    let reason = format!("a name has 1 to {NAME_CHARS_MAX} characters");
    Err(PeopleError::Refused { pointer: "/name", reason })
}

/// The tag of a language, as pages name it: `es`, `pt-BR`.
pub(super) fn checked_language(language: &str) -> Result<String, PeopleError> {
    let is_tag = (2..=35).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_tag {
        return Ok(language.to_owned());
    }
    let reason = "a language is a tag such as `es` or `pt-BR`".to_owned();
    Err(PeopleError::Refused { pointer: "/language", reason })
}

impl Repository {
    /// The account of a person; none for people who have only tokens, as everybody had before there were accounts.
    pub(in crate::repo) fn stored_person(
        &self,
        person: &str,
    ) -> Result<Option<Record<StoredPerson>>, StoreError> {
        person_cell(person).map_or(Ok(None), |cell| self.stored_record(cell))
    }

    /// Whether an account is a program's. Whoever has no account is a person.
    pub(in crate::repo) fn is_program(&self, person: &str) -> Result<bool, StoreError> {
        let account = self.stored_person(person)?;
        Ok(account.is_some_and(|account| account.value.sort == PersonSort::Service))
    }

    /// The person who answers for a program; `None` for people.
    pub(in crate::repo) fn answers_for(&self, person: &str) -> Result<Option<String>, StoreError> {
        let account = self.stored_person(person)?;
        Ok(account.and_then(|it| it.value.responsible).map(|responsible| responsible.to_string()))
    }
}

impl People<'_> {
    pub(super) fn record(&self, person: &Person) -> Result<Record<StoredPerson>, PeopleError> {
        let found = self.repository.stored_person(person.as_str())?;
        found.ok_or_else(|| PeopleError::unknown(person.as_str()))
    }

    /// Runs a step until its transaction is accepted, each time on what is stored then. Returns what the step returned,
    /// and the version of the cells that it changed.
    pub(super) fn until_applied<T>(
        &self,
        stamp: &Stamp,
        mut step: impl FnMut() -> Result<Step<T>, PeopleError>,
    ) -> Result<(T, u64), PeopleError> {
        for attempt in 0..ATTEMPTS_MAX {
            let Step { swaps, verb, fields, result } = step()?;
            let told: Vec<(&str, &str)> =
                fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let operation: OperationId =
                if attempt == 0 { stamp.operation } else { stamp.step(attempt) };
            let audit = stamp.audit(verb, &told);
            if let Some(version) = self.repository.swap_records(operation, swaps, Some(audit))? {
                return Ok((result, version));
            }
        }
        Err(PeopleError::Moved)
    }
}

/// One attempt of a verb: what it would swap, and what is recorded about it.
pub(super) struct Step<T> {
    pub(super) swaps: Vec<Swap>,
    pub(super) verb: &'static str,
    pub(super) fields: Vec<(&'static str, String)>,
    pub(super) result: T,
}

/// The swap that replaces an account.
pub(super) fn replace(record: &Record<StoredPerson>, value: &StoredPerson) -> Swap {
    put_record(record.cell.clone(), Expected::Version(record.version), value)
}
