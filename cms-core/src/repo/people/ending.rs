//! Ending accounts: for a while, or for good with everything that says who it was.

use crate::{
    model::name::Person,
    repo::{
        ground::stamp::Stamp,
        people::{
            People,
            error::PeopleError,
            state::{PersonSort, PersonState},
            stored::{Pending, PersonRow, Step, StoredPerson, replace},
        },
    },
};

impl People<'_> {
    /// Deactivates an account: from now on none of its roles counts, and none of its sessions and tokens opens anything.
    ///
    /// # Errors
    /// [`PeopleError::LastAdministrator`] when nobody could let people in any more; nothing has changed.
    pub fn deactivate(&self, person: &Person, stamp: &Stamp) -> Result<PersonRow, PeopleError> {
        let from = [PersonState::Active, PersonState::Invited];
        self.turn(person, "person-deactivate-begin", &from, stamp, |account| {
            account.pending = Some(Pending::Deactivate);
        })?;
        self.settled(person, stamp)
    }

    /// Makes a deactivated account active again, with the roles that it had. Sessions, tokens and links from before stay void.
    /// Somebody who never accepted the invitation has nothing to sign in with and is invited again.
    ///
    /// # Errors
    /// [`PeopleError::WrongState`] when it is not deactivated.
    pub fn reactivate(&self, person: &Person, stamp: &Stamp) -> Result<PersonRow, PeopleError> {
        let has_credential = self.credential_record(person)?.is_some();
        self.turn(person, "person-reactivate", &[PersonState::Deactivated], stamp, |account| {
            let is_ready = has_credential
                || account.sort == PersonSort::Service
                || !account.identities.is_empty();
            account.state = if is_ready { PersonState::Active } else { PersonState::Invited };
            account.pending = Some(Pending::Reinstate);
        })?;
        self.settled(person, stamp)
    }

    /// Ends every session of a person, at once.
    ///
    /// # Errors
    /// [`PeopleError::Unknown`].
    pub fn sign_out(&self, person: &Person, stamp: &Stamp) -> Result<PersonRow, PeopleError> {
        let any = [PersonState::Active, PersonState::Invited, PersonState::Deactivated];
        self.turn(person, "person-sign-out", &any, stamp, |account| account.sessions += 1)
    }

    /// Erases everything that says who a person is: name, address, picture, what they sign in with, and the labels of
    /// tokens and links. The id stays, because content and records name it. Nothing brings the account back.
    ///
    /// # Errors
    /// [`PeopleError::LastAdministrator`] when nobody could let people in any more; nothing has changed.
    pub fn erase(&self, person: &Person, stamp: &Stamp) -> Result<PersonRow, PeopleError> {
        let any = [PersonState::Active, PersonState::Invited, PersonState::Deactivated];
        self.turn(person, "person-erase-begin", &any, stamp, |account| {
            account.pending = Some(Pending::Erase);
        })?;
        self.settled(person, stamp)
    }

    pub(super) fn turn(
        &self,
        person: &Person,
        verb: &'static str,
        from: &[PersonState],
        stamp: &Stamp,
        change: impl Fn(&mut StoredPerson),
    ) -> Result<PersonRow, PeopleError> {
        let stamp = stamp.apart(verb);
        let step = || {
            let record = self.record(person)?;
            record.value.must_be(from)?;
            let mut account = record.value.clone();
            change(&mut account);
            let swaps = vec![replace(&record, &account)];
            let fields = vec![("person", person.to_string())];
            Ok(Step { swaps, verb, fields, result: account })
        };
        let (account, version) = self.until_applied(&stamp, step)?;
        Ok(account.row(version))
    }
}
