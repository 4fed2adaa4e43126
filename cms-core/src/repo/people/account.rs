//! An account: look at it, change it, keep its picture.

use bytes::Bytes;

use crate::{
    engine::{Expected, Swap, SwapValue},
    model::name::Person,
    repo::{
        ground::{error::StoreError, stamp::Stamp},
        people::{
            People,
            address::normalised,
            error::PeopleError,
            state::PersonState,
            stored::{PersonRow, Step, checked_language, checked_name, picture_cell, replace},
        },
        record::drop_record,
    },
};

/// Largest picture of a person, in bytes.
pub const PICTURE_SIZE_BYTES_MAX: usize = 256 << 10;

/// A change of an account; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct PersonChange {
    /// The new name.
    pub name: Option<String>,
    /// The new address.
    pub email: Option<String>,
    /// The new language.
    pub language: Option<String>,
}

impl People<'_> {
    /// An account.
    ///
    /// # Errors
    /// [`PeopleError::Unknown`].
    pub fn one(&self, person: &Person) -> Result<PersonRow, PeopleError> {
        let record = self.record(person)?;
        Ok(record.value.row(record.version))
    }

    /// An account; none when nobody has this id.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn find(&self, person: &Person) -> Result<Option<PersonRow>, StoreError> {
        let found = self.repository.stored_person(person.as_str())?;
        Ok(found.map(|record| record.value.row(record.version)))
    }

    /// The account that signs in with an address; none when there is none, or the text is not an address.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn with_address(&self, address: &str) -> Result<Option<PersonRow>, StoreError> {
        let Ok(address) = normalised(address) else { return Ok(None) };
        self.by_address(&address)?.map_or(Ok(None), |person| self.find(&person))
    }

    /// Changes an account that is not erased.
    ///
    /// # Errors
    /// [`PeopleError::Changed`] when the account is not at the version that the writer saw.
    pub fn change(
        &self,
        person: &Person,
        based_on: Option<u64>,
        change: &PersonChange,
        stamp: &Stamp,
    ) -> Result<PersonRow, PeopleError> {
        let step = || {
            let record = self.record(person)?;
            if based_on.is_some_and(|version| version != record.version) {
                let version = record.version;
                return Err(PeopleError::Changed { person: person.to_string(), version });
            }
            record.value.must_be(&[
                PersonState::Invited,
                PersonState::Active,
                PersonState::Deactivated,
            ])?;
            let mut account = record.value.clone();
            let mut swaps = Vec::new();
            let fields = vec![("person", person.to_string())];
            if let Some(name) = &change.name {
                account.name = checked_name(name)?;
            }
            if let Some(language) = &change.language {
                account.language = Some(checked_language(language)?);
            }
            if let Some(email) = &change.email {
                let email = normalised(email)?;
                if account.email.as_ref() != Some(&email) {
                    if let Some(before) = &account.email {
                        swaps.extend(self.free_address(before, person)?);
                    }
                    swaps.push(self.take_address(&email, person)?);
                    // What was sent to the address before opens nothing any more.
                    let links = self.links()?;
                    let own =
                        links.iter().filter(|link| link.value.person.as_ref() == Some(person));
                    swaps.extend(own.map(drop_record));
                    account.email = Some(email);
                }
            }
            swaps.push(replace(&record, &account));
            Ok(Step { swaps, verb: "person-change", fields, result: account })
        };
        let (account, version) = self.until_applied(stamp, step)?;
        Ok(account.row(version))
    }

    /// The picture of a person, as it was sent.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn picture(&self, person: &Person) -> Result<Option<Bytes>, StoreError> {
        if person.as_str().parse::<Person>().is_err() {
            return Ok(None);
        }
        Ok(self.repository.engine.cell(&picture_cell(person))?.map(|cell| cell.value))
    }

    /// Keeps or removes the picture of an active person.
    ///
    /// # Errors
    /// [`PeopleError::Refused`] when it is too large.
    pub fn set_picture(
        &self,
        person: &Person,
        picture: Option<&Bytes>,
        stamp: &Stamp,
    ) -> Result<PersonRow, PeopleError> {
        if picture.is_some_and(|bytes| bytes.is_empty() || bytes.len() > PICTURE_SIZE_BYTES_MAX) {
            let reason = format!("a picture has at most {PICTURE_SIZE_BYTES_MAX} bytes");
            return Err(PeopleError::Refused { pointer: "", reason });
        }
        let step = || {
            let record = self.record(person)?;
            record.value.must_be(&[PersonState::Active])?;
            let mut account = record.value.clone();
            let mut swaps = Vec::new();
            swaps.extend(self.picture_swap(person, picture)?);
            account.has_picture = picture.is_some();
            swaps.push(replace(&record, &account));
            let fields = vec![("person", person.to_string())];
            Ok(Step { swaps, verb: "person-picture", fields, result: account })
        };
        let (account, version) = self.until_applied(stamp, step)?;
        Ok(account.row(version))
    }

    /// The swap that puts or removes a picture; none when there is nothing to do.
    pub(super) fn picture_swap(
        &self,
        person: &Person,
        picture: Option<&Bytes>,
    ) -> Result<Option<Swap>, PeopleError> {
        let cell = picture_cell(person);
        let stored = self.repository.engine.cell(&cell).map_err(StoreError::from)?;
        let expected = Expected::unchanged(stored.as_ref());
        Ok(match picture {
            Some(bytes) => Some(Swap { cell, expected, value: SwapValue::Put(bytes.clone()) }),
            None if stored.is_some() => Some(Swap { cell, expected, value: SwapValue::Delete }),
            None => None,
        })
    }
}
