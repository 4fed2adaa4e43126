//! What is pending about a person's roles: done by the verb that noted it, or by whoever comes after a crash.
//!
//! Every step may be done twice, so nobody has to know how far the one before came.

use crate::{
    model::name::Person,
    repo::{
        access::change::{GrantError, NewGrant},
        ground::stamp::Stamp,
        people::{
            People,
            address::{Leads, identity_cell},
            error::PeopleError,
            link::LinkRow,
            state::{PersonSort, PersonState},
            stored::{Pending, PersonRow, Step, StoredPerson, replace},
        },
        record::{Record, drop_record},
    },
};

impl From<GrantError> for PeopleError {
    fn from(error: GrantError) -> Self {
        match error {
            GrantError::LastAdministrator { person } => {
                Self::LastAdministrator { person: person.to_string() }
            }
            GrantError::TooMany => Self::TooMany { what: "grants", max: 0 },
            GrantError::Store(error) => Self::Store(error),
            // A grant is named by its person here, and given once.
            GrantError::Unknown { .. }
            | GrantError::Given { .. }
            | GrantError::BadId { .. }
            | GrantError::Moved => Self::Moved,
        }
    }
}

impl People<'_> {
    /// Does what is pending about a person, and returns the account as it is then.
    pub(super) fn settled(&self, person: &Person, stamp: &Stamp) -> Result<PersonRow, PeopleError> {
        let record = self.record(person)?;
        let account = &record.value;
        match account.pending {
            None => Ok(record.value.row(record.version)),
            Some(Pending::Give) => {
                self.give(account, stamp)?;
                self.done(person, stamp, |account| account.invited_as = None)
            }
            Some(Pending::Reinstate) => {
                self.repository.reinstate(person, &stamp.apart("reinstate"))?;
                // Somebody who was suspended before they accepted gets the role when they do.
                self.done(person, stamp, |_| {})
            }
            Some(Pending::Deactivate) => {
                self.unless_last(
                    person,
                    stamp,
                    self.repository.suspend(person, &stamp.apart("suspend")),
                )?;
                self.void_links(person, stamp)?;
                self.done(person, stamp, |account| {
                    account.state = PersonState::Deactivated;
                    account.sessions += 1;
                    account.keys += 1;
                })
            }
            Some(Pending::Erase) => {
                let taken = self.repository.take_all_roles(person, &stamp.apart("take-all-roles"));
                self.unless_last(person, stamp, taken)?;
                self.repository.forget_labels(person, &stamp.apart("labels"))?;
                self.wipe(person, stamp)
            }
        }
    }

    /// Finishes what a crash left pending; returns how many accounts that were.
    ///
    /// # Errors
    /// [`PeopleError`] when the store can't be read or written.
    pub fn settle_all(&self, stamp: &Stamp) -> Result<usize, PeopleError> {
        let mut count = 0;
        for row in self.all()? {
            let is_pending = self.record(&row.id)?.value.pending.is_some();
            if !is_pending {
                continue;
            }
            count += 1;
            match self.settled(&row.id, &stamp.apart(row.id.as_str())) {
                Ok(_) | Err(PeopleError::LastAdministrator { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(count)
    }

    fn give(&self, account: &StoredPerson, stamp: &Stamp) -> Result<(), PeopleError> {
        let Some(role) = account.invited_as else { return Ok(()) };
        let letters = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let new = NewGrant {
            id: format!("account-{}", account.id.as_str().chars().map(letters).collect::<String>()),
            person: account.id.clone(),
            role,
            limits: account.invited_within.clone(),
            is_for_program: account.sort == PersonSort::Service,
        };
        // The role is given by whoever invited them; that they accepted is a record of its own.
        let author = account.created_by.as_deref().map(Person::recorded);
        let stamp = stamp.apart("give-role");
        let stamp = Stamp { author: author.unwrap_or_else(|| stamp.author.clone()), ..stamp };
        match self.repository.give_role(&new, &stamp) {
            Ok(_) | Err(GrantError::Given { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Undoes what was begun where the last administrator would be lost by it.
    fn unless_last(
        &self,
        person: &Person,
        stamp: &Stamp,
        outcome: Result<(), GrantError>,
    ) -> Result<(), PeopleError> {
        match outcome {
            Ok(()) => Ok(()),
            Err(error @ GrantError::LastAdministrator { .. }) => {
                self.done(person, stamp, |_| {})?;
                Err(error.into())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Notes that what was pending is done, together with its last change.
    fn done(
        &self,
        person: &Person,
        stamp: &Stamp,
        change: impl Fn(&mut StoredPerson),
    ) -> Result<PersonRow, PeopleError> {
        let any = [
            PersonState::Active,
            PersonState::Invited,
            PersonState::Deactivated,
            PersonState::Erased,
        ];
        self.turn(person, "person-settle", &any, stamp, |account| {
            // Somebody else may have settled it meanwhile.
            if account.pending.take().is_some() {
                change(account);
            }
        })
    }

    fn wipe(&self, person: &Person, stamp: &Stamp) -> Result<PersonRow, PeopleError> {
        let stamp = stamp.apart("wipe");
        let step = || {
            let record = self.record(person)?;
            let account = record.value.erased();
            let mut swaps = vec![replace(&record, &account)];
            if let Some(email) = &record.value.email {
                swaps.extend(self.free_address(email, person)?);
            }
            swaps.extend(self.credential_record(person)?.as_ref().map(drop_record));
            swaps.extend(self.picture_swap(person, None)?);
            for hash in &record.value.identities {
                let found: Option<Record<Leads>> =
                    self.repository.stored_record(identity_cell(hash))?;
                swaps.extend(found.as_ref().map(drop_record));
            }
            let links: Vec<Record<LinkRow>> = self.links()?;
            let of_person = links.iter().filter(|link| link.value.person.as_ref() == Some(person));
            swaps.extend(of_person.map(drop_record));
            let fields = vec![("person", person.to_string())];
            Ok(Step { swaps, verb: "person-erase", fields, result: account })
        };
        let (account, version) = self.until_applied(&stamp, step)?;
        Ok(account.row(version))
    }
}
