//! Making accounts: the first administrator, invitations, and accepting either by a one-time link.

use serde_json::Value;

use crate::{
    access::{Limits, Role},
    engine::Expected,
    model::name::Person,
    repo::{
        ground::stamp::Stamp,
        people::{
            People,
            address::normalised,
            credential::credential_swap,
            error::PeopleError,
            link::{LinkPurpose, LinkRow, link_swap},
            state::{PersonSort, PersonState},
            stored::{
                Pending, PersonRow, Step, StoredPerson, checked_language, checked_name, replace,
            },
        },
        record::{account::person_cell, drop_record, put_record, secret::SecretHash},
    },
};

/// Somebody to invite.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// A new id, which nobody has.
    pub person: Person,
    /// Their name.
    pub name: String,
    /// The address with which they sign in.
    pub email: String,
    /// The language in which they read pages.
    pub language: Option<String>,
    /// What they may do.
    pub role: Role,
    /// How far it reaches.
    pub limits: Limits,
    /// The hash of the link's secret.
    pub hash: SecretHash,
    /// When the link ends, in milliseconds since 1970-01-01T00:00:00Z.
    pub expires_ms: u64,
    /// Who invites them, and when.
    pub stamp: Stamp,
}

/// What somebody sends who follows a link.
#[derive(Debug, Clone)]
pub struct Acceptance {
    /// The id that the first administrator gets; nobody has it.
    pub fresh: Person,
    /// Their name; the name in the invitation when left out.
    pub name: Option<String>,
    /// The first administrator's address. An invitation has one, which only an administrator changes.
    pub email: Option<String>,
    /// The language in which they read pages.
    pub language: Option<String>,
    /// What they sign in with from now on.
    pub credential: Value,
    /// When they accept, and in which attempt; they are the author themselves.
    pub stamp: Stamp,
}

impl People<'_> {
    /// Invites somebody: the account, its address and its link are one transaction.
    ///
    /// # Errors
    /// [`PeopleError::AddressTaken`], or [`PeopleError::Refused`] for a name or an address that is not allowed.
    pub fn invite(&self, new: &Invitation) -> Result<PersonRow, PeopleError> {
        let email = normalised(&new.email)?;
        let account = StoredPerson {
            id: new.person.clone(),
            sort: PersonSort::Human,
            state: PersonState::Invited,
            name: checked_name(&new.name)?,
            email: Some(email.clone()),
            language: new.language.as_deref().map(checked_language).transpose()?,
            invited_as: Some(new.role),
            invited_within: new.limits.clone(),
            pending: None,
            handing_over_to: None,
            created_ms: new.stamp.time_ms,
            created_by: Some(new.stamp.author.to_string()),
            responsible: None,
            sessions: 0,
            keys: 0,
            identities: Vec::new(),
            has_picture: false,
        };
        let cell = person_cell(new.person.as_str())
            .ok_or_else(|| PeopleError::unknown(new.person.as_str()))?;
        let link = LinkRow {
            purpose: LinkPurpose::Invitation,
            person: Some(new.person.clone()),
            expires_ms: new.expires_ms,
        };
        let step = || {
            let mut swaps = self.replaced_links(&link, new.stamp.time_ms)?;
            swaps.push(self.take_address(&email, &new.person)?);
            swaps.push(put_record(cell.clone(), Expected::Absent, &account));
            swaps.push(link_swap(&new.hash, &link));
            let fields =
                vec![("person", new.person.to_string()), ("role", new.role.word().to_owned())];
            Ok(Step { swaps, verb: "person-invite", fields, result: () })
        };
        let (_, version) = self.until_applied(&new.stamp, step)?;
        Ok(account.row(version))
    }

    /// Uses a link: makes the first administrator, makes an invited account active, or replaces what an active person
    /// signs in with. A reset ends all sessions of the person.
    ///
    /// # Errors
    /// [`PeopleError::LinkSpent`]; or [`PeopleError::Refused`], and then the link can be used again.
    pub fn accept(
        &self,
        hash: &SecretHash,
        acceptance: &Acceptance,
    ) -> Result<PersonRow, PeopleError> {
        let now_ms = acceptance.stamp.time_ms;
        let purpose = self.live_link(hash, now_ms)?.value.purpose;
        match purpose {
            LinkPurpose::FirstAdministrator => self.accept_first(hash, acceptance),
            LinkPurpose::Invitation | LinkPurpose::Reset => self.accept_again(hash, acceptance),
        }
    }

    fn accept_first(
        &self,
        hash: &SecretHash,
        acceptance: &Acceptance,
    ) -> Result<PersonRow, PeopleError> {
        let email = normalised(acceptance.email.as_deref().unwrap_or_default())?;
        let person = &acceptance.fresh;
        let account = StoredPerson {
            id: person.clone(),
            sort: PersonSort::Human,
            state: PersonState::Active,
            name: checked_name(acceptance.name.as_deref().unwrap_or_default())?,
            email: Some(email.clone()),
            language: acceptance.language.as_deref().map(checked_language).transpose()?,
            invited_as: Some(Role::Administrator),
            invited_within: Limits::default(),
            pending: Some(Pending::Give),
            handing_over_to: None,
            created_ms: acceptance.stamp.time_ms,
            created_by: None,
            responsible: None,
            sessions: 0,
            keys: 0,
            identities: Vec::new(),
            has_picture: false,
        };
        let cell =
            person_cell(person.as_str()).ok_or_else(|| PeopleError::unknown(person.as_str()))?;
        let stamp = Stamp { author: person.clone(), ..acceptance.stamp.clone() };
        let step = || {
            let link = self.live_link(hash, stamp.time_ms)?;
            let swaps = vec![
                drop_record(&link),
                self.take_address(&email, person)?,
                put_record(cell.clone(), Expected::Absent, &account),
                credential_swap(person, Expected::Absent, &acceptance.credential)?,
            ];
            let fields = vec![("person", person.to_string())];
            Ok(Step { swaps, verb: "person-first", fields, result: () })
        };
        self.until_applied(&stamp, step)?;
        self.settled(person, &stamp)
    }

    fn accept_again(
        &self,
        hash: &SecretHash,
        acceptance: &Acceptance,
    ) -> Result<PersonRow, PeopleError> {
        let link = self.live_link(hash, acceptance.stamp.time_ms)?;
        let person = link.value.person.clone().ok_or(PeopleError::LinkSpent)?;
        let stamp = Stamp { author: person.clone(), ..acceptance.stamp.clone() };
        let step = || {
            let link = self.live_link(hash, stamp.time_ms)?;
            let record = self.opened_by(&link.value, &person)?;
            let needed = link.value.purpose.needs();
            let is_invited = needed == PersonState::Invited;
            let verb = if is_invited { "person-accept" } else { "person-reset" };
            let mut account = record.value.clone();
            account.state = PersonState::Active;
            account.sessions += 1;
            if needed == PersonState::Active {
                // Whoever was let in anew chooses everything anew, access keys too.
                account.keys += 1;
            }
            if needed == PersonState::Invited {
                account.pending = account.invited_as.map(|_| Pending::Give);
                if let Some(name) = &acceptance.name {
                    account.name = checked_name(name)?;
                }
                if let Some(language) = &acceptance.language {
                    account.language = Some(checked_language(language)?);
                }
            }
            let stored = self.credential_record(&person)?;
            let expected =
                stored.map_or(Expected::Absent, |stored| Expected::Version(stored.version));
            let swaps = vec![
                drop_record(&link),
                replace(&record, &account),
                credential_swap(&person, expected, &acceptance.credential)?,
            ];
            let fields = vec![("person", person.to_string())];
            Ok(Step { swaps, verb, fields, result: () })
        };
        self.until_applied(&stamp, step)?;
        self.settled(&person, &stamp)
    }
}
