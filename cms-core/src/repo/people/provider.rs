//! Accounts of people whom a provider of identities vouches for.

use crate::{
    access::{Limits, Role},
    engine::Expected,
    model::name::Person,
    repo::{
        access::{change::GrantError, groups::GroupRole},
        ground::stamp::Stamp,
        people::{
            People,
            address::{Leads, identity_cell, normalised},
            error::PeopleError,
            state::{PersonSort, PersonState},
            stored::{Pending, PersonRow, Step, StoredPerson, checked_name},
        },
        record::{account::person_cell, put_record},
    },
};

/// Somebody who has no account yet, and whom a provider vouches for.
#[derive(Debug, Clone)]
pub struct Vouched {
    /// A new id, which nobody has.
    pub person: Person,
    /// Their name.
    pub name: String,
    /// Their address, if the provider has verified it.
    pub email: Option<String>,
    /// What they may do; nothing when `None`.
    pub role: Option<Role>,
    /// The provider's own name for itself.
    pub issuer: String,
    /// The provider's name for the person.
    pub subject: String,
    /// What is kept of how they sign in.
    pub credential: serde_json::Value,
    /// When, and in which attempt; they are the author themselves.
    pub stamp: Stamp,
}

impl People<'_> {
    /// Makes an active account for somebody whom a provider vouches for: the account, its address and its identity are
    /// one transaction. An address that somebody has already is left to them, and nobody's account is joined by it.
    ///
    /// # Errors
    /// [`PeopleError::IdentityTaken`] when the identity leads to an account already.
    pub fn create_vouched(&self, new: &Vouched) -> Result<PersonRow, PeopleError> {
        let hash = self.identity_hash(&new.issuer, &new.subject)?;
        let cell = person_cell(new.person.as_str())
            .ok_or_else(|| PeopleError::unknown(new.person.as_str()))?;
        let name = checked_name(&new.name)?;
        let step = || {
            if self.by_identity(&new.issuer, &new.subject)?.is_some() {
                return Err(PeopleError::IdentityTaken);
            }
            let email = new.email.as_deref().map(normalised).transpose()?;
            let email = match email {
                Some(email) if self.by_address(&email)?.is_none() => Some(email),
                _ => None,
            };
            let account = StoredPerson {
                id: new.person.clone(),
                sort: PersonSort::Human,
                state: PersonState::Active,
                name: name.clone(),
                email: email.clone(),
                language: None,
                invited_as: new.role,
                invited_within: Limits::default(),
                pending: new.role.map(|_| Pending::Give),
                handing_over_to: None,
                created_ms: new.stamp.time_ms,
                created_by: None,
                responsible: None,
                sessions: 0,
                keys: 0,
                identities: vec![hash.clone()],
                has_picture: false,
            };
            let leads = Leads { person: new.person.clone() };
            let mut swaps = vec![
                put_record(cell.clone(), Expected::Absent, &account),
                put_record(identity_cell(&hash), Expected::Absent, &leads),
                super::credential::credential_swap(&new.person, Expected::Absent, &new.credential)?,
            ];
            if let Some(email) = &email {
                swaps.push(self.take_address(email, &new.person)?);
            }
            let fields = vec![("person", new.person.to_string())];
            Ok(Step { swaps, verb: "person-vouched", fields, result: () })
        };
        self.until_applied(&new.stamp, step)?;
        self.settled(&new.person, &new.stamp)
    }

    /// Gives a person the role that their groups at a provider stand for, in place of the one from the last sign-in
    /// there. It is a grant of its own beside what administrators give and what other providers' groups stand for.
    ///
    /// # Errors
    /// [`PeopleError`] when the store can't be read or written. The last administrator keeps the role.
    pub fn follow_groups(
        &self,
        person: &Person,
        groups: &GroupRole<'_>,
        stamp: &Stamp,
    ) -> Result<(), PeopleError> {
        match self.repository.follow_groups(person, groups, &stamp.apart("follow-groups")) {
            Ok(()) | Err(GrantError::LastAdministrator { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
