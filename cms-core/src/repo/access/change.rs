//! Giving and taking roles, and suspending people.

use super::cells::{Stored, Suspended, grant_cell, suspended_cell};
use crate::{
    access::{Grant, GrantId, Limits, Role},
    engine::{Expected, Swap},
    model::name::Person,
    repo::{
        ground::{error::StoreError, repository::Repository, stamp::Stamp},
        record::{drop_record, put_record},
    },
};

/// Most grants of a repository.
const GRANTS_MAX: usize = 100_000;
/// How often a change is tried again when others changed grants at the same time.
const TRIES_MAX: usize = 20;

/// A grant to give.
#[derive(Debug, Clone)]
pub struct NewGrant {
    /// Its name, which nothing else has or had: letters, digits and `-`.
    pub id: GrantId,
    /// Who gets it.
    pub person: Person,
    /// The role.
    pub role: Role,
    /// How far it reaches.
    pub limits: Limits,
    /// Whether it is for a program. A program does not count as an administrator who can let people in.
    pub is_for_program: bool,
}

/// Why a grant was not given or taken.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    /// There is no such grant.
    #[error("there is no grant {id:?}")]
    Unknown {
        /// The grant that was named.
        id: String,
    },
    /// Nobody could let people in any more.
    #[error(
        "{person} is the last administrator: make somebody else administrator of everything first"
    )]
    LastAdministrator {
        /// The last administrator.
        person: Person,
    },
    /// The person has the same role with the same limits already.
    #[error("{person} has this role already, by the grant {id}")]
    Given {
        /// The person.
        person: Person,
        /// The grant that they have.
        id: GrantId,
    },
    /// The name is no name of a grant.
    #[error("{id:?} can't name a grant")]
    BadId {
        /// The name.
        id: String,
    },
    /// The repository has the most grants that it may have.
    #[error("there are {GRANTS_MAX} grants already")]
    TooMany,
    /// Others change grants all the time.
    #[error("others changed roles at the same time; try again")]
    Moved,
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A change of the cells: what to swap, and what to record.
pub(super) struct Change {
    pub(super) swaps: Vec<Swap>,
    pub(super) verb: &'static str,
    pub(super) fields: Vec<(&'static str, String)>,
}

impl Repository {
    /// Gives a person a role.
    ///
    /// # Errors
    /// [`GrantError`]; nothing was given.
    pub fn give_role(&self, new: &NewGrant, stamp: &Stamp) -> Result<Grant, GrantError> {
        let is_id = !new.id.is_empty()
            && new.id.len() <= 64
            && new.id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !is_id {
            return Err(GrantError::BadId { id: new.id.chars().take(80).collect() });
        }
        let grant = Grant {
            id: new.id.clone(),
            person: new.person.clone(),
            role: new.role,
            limits: new.limits.clone(),
            is_for_program: new.is_for_program,
            given_by: stamp.author.to_string(),
            given_ms: stamp.time_ms,
        };
        self.change_access(stamp, |stored| {
            stored.must_have_room()?;
            let same = stored.grants.iter().map(|record| &record.value).find(|given| {
                given.person == grant.person
                    && given.role == grant.role
                    && given.limits == grant.limits
            });
            if let Some(same) = same {
                let (person, id) = (same.person.clone(), same.id.clone());
                return Err(GrantError::Given { person, id });
            }
            Ok(Change {
                swaps: vec![put_record(grant_cell(&grant.id), Expected::Absent, &grant)],
                verb: "role-give",
                fields: vec![("person", grant.person.to_string()), ("after", described(&grant))],
            })
        })?;
        Ok(grant)
    }

    /// Takes a grant back.
    ///
    /// # Errors
    /// [`GrantError`]; nothing was taken.
    pub fn take_role(&self, id: &str, stamp: &Stamp) -> Result<Grant, GrantError> {
        let mut taken = None;
        self.change_access(stamp, |stored| {
            let found = stored.grants.iter().find(|record| record.value.id == id);
            let unknown = || GrantError::Unknown { id: id.chars().take(80).collect() };
            let record = found.ok_or_else(unknown)?;
            let grant = &record.value;
            let rest = |other: &Grant| other.id != grant.id;
            stored.keep_an_administrator(self, &grant.person, rest)?;
            taken = Some(grant.clone());
            Ok(Change {
                swaps: vec![drop_record(record)],
                verb: "role-take",
                fields: vec![("person", grant.person.to_string()), ("before", described(grant))],
            })
        })?;
        taken.ok_or_else(|| GrantError::Unknown { id: id.to_owned() })
    }

    /// Suspends a person: from now on none of their grants counts. Doing it twice is no error.
    ///
    /// # Errors
    /// [`GrantError::LastAdministrator`], or the store can't be read or written.
    pub fn suspend(&self, person: &Person, stamp: &Stamp) -> Result<(), GrantError> {
        self.change_access(stamp, |stored| {
            stored.keep_an_administrator(self, person, |other| other.person != *person)?;
            let mut change = Change {
                swaps: Vec::new(),
                verb: "suspend",
                fields: vec![("person", person.to_string())],
            };
            if !stored.is_suspended(person) {
                let row = Suspended { person: person.clone(), since_ms: stamp.time_ms };
                change.swaps.push(put_record(suspended_cell(person), Expected::Absent, &row));
            }
            Ok(change)
        })
    }

    /// Ends a person's suspension. Doing it twice is no error.
    ///
    /// # Errors
    /// The store can't be read or written.
    pub fn reinstate(&self, person: &Person, stamp: &Stamp) -> Result<(), GrantError> {
        self.change_access(stamp, |stored| {
            let found = stored.suspended.iter().find(|record| record.value.person == *person);
            Ok(Change {
                swaps: found.map(drop_record).into_iter().collect(),
                verb: "reinstate",
                fields: vec![("person", person.to_string())],
            })
        })
    }

    /// Takes all grants of a person whose account is gone for good. Somebody else must be administrator.
    ///
    /// # Errors
    /// [`GrantError::LastAdministrator`], or the store can't be read or written.
    pub fn take_all_roles(&self, person: &Person, stamp: &Stamp) -> Result<(), GrantError> {
        self.change_access(stamp, |stored| {
            stored.keep_an_administrator(self, person, |other| other.person != *person)?;
            let own = stored.grants.iter().filter(|record| record.value.person == *person);
            Ok(Change {
                swaps: own.map(drop_record).collect(),
                verb: "role-take-all",
                fields: vec![("person", person.to_string())],
            })
        })
    }

    /// Whether somebody may let people in: an administrator of everything who is a person, not suspended, and whose
    /// account, if there is one, can be used.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn has_administrator(&self) -> Result<bool, StoreError> {
        for grant in self.rules()?.all().filter(|grant| grant.lets_people_in()) {
            if !self.is_away(grant.person.as_str())? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Changes the cells of grants in one transaction, retried when others changed them at the same time.
    pub(super) fn change_access(
        &self,
        stamp: &Stamp,
        mut change: impl FnMut(&Stored) -> Result<Change, GrantError>,
    ) -> Result<(), GrantError> {
        for number in 0..TRIES_MAX as u64 {
            let stored = self.stored_access()?;
            let Change { mut swaps, verb, fields } = change(&stored)?;
            if swaps.is_empty() {
                return Ok(());
            }
            swaps.push(stored.step());
            let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, &**value)).collect();
            let audit = stamp.audit(verb, &fields);
            let operation = if number == 0 { stamp.operation } else { stamp.step(number) };
            if self.swap_records(operation, swaps, Some(audit))?.is_some() {
                return Ok(());
            }
        }
        Err(GrantError::Moved)
    }
}

impl Stored {
    /// Refuses another grant where there are the most already.
    pub(super) fn must_have_room(&self) -> Result<(), GrantError> {
        if self.grants.len() >= GRANTS_MAX { Err(GrantError::TooMany) } else { Ok(()) }
    }

    /// Refuses a change to a person's grants after which nobody could let people in, if somebody can now.
    pub(super) fn keep_an_administrator(
        &self,
        repository: &Repository,
        person: &Person,
        stays: impl Fn(&Grant) -> bool,
    ) -> Result<(), GrantError> {
        let mut is_any = false;
        for grant in self.grants.iter().map(|record| &record.value) {
            let counts = grant.lets_people_in()
                && !self.is_suspended(&grant.person)
                && !repository.is_away(grant.person.as_str())?;
            if counts && stays(grant) {
                return Ok(());
            }
            is_any |= counts;
        }
        if is_any {
            return Err(GrantError::LastAdministrator { person: person.clone() });
        }
        Ok(())
    }
}

/// A grant as the audit records it.
pub(super) fn described(grant: &Grant) -> String {
    serde_json::to_string(grant).expect("a grant is JSON")
}
