//! What a person signs in with: one record for each account, which the core keeps and does not read.

use serde_json::Value;

use crate::{
    engine::{CellName, Expected, Swap},
    model::name::Person,
    repo::{
        ground::{error::StoreError, stamp::Stamp},
        people::{
            People,
            address::{Leads, identity_cell},
            error::PeopleError,
            state::PersonState,
            stored::{Step, cell, replace},
        },
        record::{Record, drop_record, put_record},
    },
};

/// Largest record of credentials, in bytes: some dozen passkeys.
const CREDENTIAL_SIZE_BYTES_MAX: usize = 128 << 10;
/// Most identities at providers of one person.
const IDENTITIES_MAX: usize = 16;

/// A person's credentials, as the caller wrote them.
#[derive(Debug, Clone, PartialEq)]
pub struct CredentialRecord {
    /// The caller's value.
    pub value: Value,
    /// The version of the record, against which it is changed.
    pub version: u64,
}

/// A change of a person's credentials.
#[derive(Debug, Clone)]
pub struct CredentialChange {
    /// What is recorded about it: `password-set`, `passkey-add`. It must name no secret.
    pub verb: &'static str,
    /// The new value.
    pub value: Value,
    /// The version that it is based on; `None` when there were no credentials.
    pub based_on: Option<u64>,
    /// Whether all sessions of the person end.
    pub ends_sessions: bool,
}

pub(super) fn credential_cell(person: &Person) -> CellName {
    cell(&format!("credential/{person}"))
}

pub(super) fn credential_swap(
    person: &Person,
    expected: Expected,
    value: &Value,
) -> Result<Swap, PeopleError> {
    if value.to_string().len() > CREDENTIAL_SIZE_BYTES_MAX {
        return Err(PeopleError::TooMany {
            what: "bytes of credentials",
            max: CREDENTIAL_SIZE_BYTES_MAX,
        });
    }
    Ok(put_record(credential_cell(person), expected, value))
}

impl People<'_> {
    pub(super) fn credential_record(
        &self,
        person: &Person,
    ) -> Result<Option<Record<Value>>, StoreError> {
        self.repository.stored_record(credential_cell(person))
    }

    /// The credentials of a person; `None` when they have none.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn credential(&self, person: &Person) -> Result<Option<CredentialRecord>, StoreError> {
        let found = self.credential_record(person)?;
        Ok(found.map(|record| CredentialRecord { value: record.value, version: record.version }))
    }

    /// Changes the credentials of an active person. Returns their version.
    ///
    /// # Errors
    /// [`PeopleError::Changed`] when they are not at the version that the change is based on.
    pub fn change_credential(
        &self,
        person: &Person,
        change: &CredentialChange,
        stamp: &Stamp,
    ) -> Result<u64, PeopleError> {
        let step = || {
            let record = self.record(person)?;
            record.value.must_be(&[PersonState::Active])?;
            let stored = self.credential_record(person)?.map(|record| record.version);
            if stored != change.based_on {
                let version = stored.unwrap_or_default();
                return Err(PeopleError::Changed { person: person.to_string(), version });
            }
            let expected = stored.map_or(Expected::Absent, Expected::Version);
            let mut account = record.value.clone();
            account.sessions += u64::from(change.ends_sessions);
            // The account is swapped even where it stays the same, so that credentials of an account that ends at this
            // moment are not left behind.
            let swaps =
                vec![credential_swap(person, expected, &change.value)?, replace(&record, &account)];
            let fields = vec![("person", person.to_string())];
            Ok(Step { swaps, verb: change.verb, fields, result: () })
        };
        self.until_applied(stamp, step).map(|(_, version)| version)
    }

    /// The person to whom an identity at a provider leads.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn by_identity(&self, issuer: &str, subject: &str) -> Result<Option<Person>, StoreError> {
        let hash = self.identity_hash(issuer, subject)?;
        let found = self.repository.stored_record::<Leads>(identity_cell(&hash))?;
        Ok(found.map(|record| record.value.person))
    }

    /// Makes an identity at a provider lead to an active person.
    ///
    /// # Errors
    /// [`PeopleError::IdentityTaken`] when it leads to somebody else.
    pub fn add_identity(
        &self,
        person: &Person,
        issuer: &str,
        subject: &str,
        stamp: &Stamp,
    ) -> Result<(), PeopleError> {
        let hash = self.identity_hash(issuer, subject)?;
        let step = || {
            let record = self.record(person)?;
            record.value.must_be(&[PersonState::Active])?;
            let found = self.repository.stored_record::<Leads>(identity_cell(&hash))?;
            if found.is_some_and(|record| record.value.person != *person) {
                return Err(PeopleError::IdentityTaken);
            }
            let mut account = record.value.clone();
            let mut swaps = Vec::new();
            if !account.identities.contains(&hash) {
                if account.identities.len() >= IDENTITIES_MAX {
                    return Err(PeopleError::TooMany { what: "identities", max: IDENTITIES_MAX });
                }
                account.identities.push(hash.clone());
                let leads = Leads { person: person.clone() };
                swaps.push(put_record(identity_cell(&hash), Expected::Absent, &leads));
            }
            swaps.push(replace(&record, &account));
            let fields = vec![("person", person.to_string())];
            Ok(Step { swaps, verb: "identity-add", fields, result: () })
        };
        self.until_applied(stamp, step).map(|_| ())
    }

    /// Removes an identity at a provider from a person.
    ///
    /// # Errors
    /// [`PeopleError`] when there is no such person, or the store can't be read or written.
    pub fn remove_identity(
        &self,
        person: &Person,
        issuer: &str,
        subject: &str,
        stamp: &Stamp,
    ) -> Result<(), PeopleError> {
        let hash = self.identity_hash(issuer, subject)?;
        let step = || {
            let record = self.record(person)?;
            let mut account = record.value.clone();
            account.identities.retain(|known| *known != hash);
            let mut swaps = vec![replace(&record, &account)];
            let found: Option<Record<Leads>> =
                self.repository.stored_record(identity_cell(&hash))?;
            let own = found.filter(|record| record.value.person == *person);
            swaps.extend(own.map(|record| drop_record(&record)));
            let fields = vec![("person", person.to_string())];
            Ok(Step { swaps, verb: "identity-remove", fields, result: () })
        };
        self.until_applied(stamp, step).map(|_| ())
    }
}
