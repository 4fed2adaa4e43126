//! Service accounts: whoever acts for a program is a program, and a person answers for it.

use crate::{
    access::{Limits, Role},
    engine::Expected,
    model::name::Person,
    repo::{
        ground::{error::StoreError, stamp::Stamp},
        people::{
            People,
            error::PeopleError,
            state::{PersonSort, PersonState},
            stored::{Pending, PersonRow, Step, StoredPerson, checked_name, replace},
        },
        record::{account::person_cell, put_record},
    },
};

/// What somebody owns can be handed over whatever became of their account: an erased one keeps its id, which drafts
/// and programs name.
const ANY: [PersonState; 4] =
    [PersonState::Invited, PersonState::Active, PersonState::Deactivated, PersonState::Erased];

/// A service account to make.
#[derive(Debug, Clone)]
pub struct NewService {
    /// A new id, which nobody has.
    pub person: Person,
    /// What the program is called.
    pub name: String,
    /// Who answers for it.
    pub responsible: Person,
    /// What it may do.
    pub role: Role,
    /// Who makes it, and when.
    pub stamp: Stamp,
}

impl People<'_> {
    /// Makes a service account.
    ///
    /// # Errors
    /// [`PeopleError::Unknown`] when nobody has the responsible person's id, or [`PeopleError::WrongState`] when they
    /// are not active.
    pub fn create_service(&self, new: &NewService) -> Result<PersonRow, PeopleError> {
        let account = StoredPerson {
            id: new.person.clone(),
            sort: PersonSort::Service,
            state: PersonState::Active,
            name: checked_name(&new.name)?,
            email: None,
            language: None,
            invited_as: Some(new.role),
            invited_within: Limits::default(),
            pending: Some(Pending::Give),
            handing_over_to: None,
            created_ms: new.stamp.time_ms,
            created_by: Some(new.stamp.author.to_string()),
            responsible: Some(new.responsible.clone()),
            sessions: 0,
            keys: 0,
            identities: Vec::new(),
            has_picture: false,
        };
        let cell = person_cell(new.person.as_str())
            .ok_or_else(|| PeopleError::unknown(new.person.as_str()))?;
        let step = || {
            let responsible = self.record(&new.responsible)?;
            responsible.value.must_be(&[PersonState::Active])?;
            if responsible.value.sort != PersonSort::Human {
                let reason = "a person answers for a program".to_owned();
                return Err(PeopleError::Refused { pointer: "/responsible", reason });
            }
            let swaps = vec![
                put_record(cell.clone(), Expected::Absent, &account),
                replace(&responsible, &responsible.value),
            ];
            let fields = vec![
                ("person", new.person.to_string()),
                ("responsible", new.responsible.to_string()),
                ("role", new.role.word().to_owned()),
            ];
            Ok(Step { swaps, verb: "service-create", fields, result: () })
        };
        self.until_applied(&new.stamp, step)?;
        self.settled(&new.person, &new.stamp)
    }

    /// Notes that what a person owns is being handed over to an active one.
    pub(in crate::repo) fn begin_hand_over(
        &self,
        from: &Person,
        to: &Person,
        stamp: &Stamp,
    ) -> Result<(), PeopleError> {
        let receiver = self.record(to)?.value;
        receiver.must_be(&[PersonState::Active])?;
        if from == to || receiver.sort != PersonSort::Human {
            let reason = "things are handed over to another person".to_owned();
            return Err(PeopleError::Refused { pointer: "/to", reason });
        }
        self.turn(from, "person-hand-over-begin", &ANY, stamp, |account| {
            account.handing_over_to = Some(to.clone());
        })?;
        Ok(())
    }

    /// Notes that everything was handed over.
    pub(in crate::repo) fn end_hand_over(
        &self,
        from: &Person,
        stamp: &Stamp,
    ) -> Result<(), PeopleError> {
        self.turn(from, "person-hand-over", &ANY, stamp, |account| {
            account.handing_over_to = None;
        })?;
        Ok(())
    }

    /// Who is handing over to whom.
    pub(in crate::repo) fn hand_overs_begun(&self) -> Result<Vec<(Person, Person)>, PeopleError> {
        let mut begun = Vec::new();
        for row in self.all()? {
            let to = self.record(&row.id)?.value.handing_over_to;
            begun.extend(to.map(|to| (row.id, to)));
        }
        Ok(begun)
    }

    /// The programs that a person answers for.
    pub(in crate::repo) fn services_of(
        &self,
        person: &Person,
    ) -> Result<Vec<PersonRow>, StoreError> {
        let mut services = self.all()?;
        services.retain(|row| row.responsible.as_ref() == Some(person));
        Ok(services)
    }

    /// Makes another person responsible for everything that one answers for; returns how many accounts that were.
    ///
    /// # Errors
    /// [`PeopleError`] when the new person is not active, or the store can't be read or written.
    pub(in crate::repo) fn hand_over_services(
        &self,
        from: &Person,
        to: &Person,
        stamp: &Stamp,
    ) -> Result<usize, PeopleError> {
        self.record(to)?.value.must_be(&[PersonState::Active])?;
        let services = self.services_of(from)?;
        for (number, row) in (1..).zip(&services) {
            let stamp = Stamp { operation: stamp.step(1000 + number), ..stamp.clone() };
            let step = || {
                let record = self.record(&row.id)?;
                let mut account = record.value.clone();
                if account.responsible.as_ref() == Some(from) {
                    account.responsible = Some(to.clone());
                }
                let fields = vec![("person", row.id.to_string()), ("responsible", to.to_string())];
                let swaps = vec![replace(&record, &account)];
                Ok(Step { swaps, verb: "service-hand-over", fields, result: () })
            };
            self.until_applied(&stamp, step)?;
        }
        Ok(services.len())
    }
}
