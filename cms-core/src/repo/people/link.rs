//! One-time links: whoever has one may make an account, accept an invitation, or choose a new password.

use serde::{Deserialize, Serialize};

use crate::{
    access::Right,
    engine::{CellName, Expected, Swap, cells_of},
    model::name::Person,
    repo::{
        ground::{error::StoreError, stamp::Stamp},
        people::{
            People,
            error::PeopleError,
            state::PersonState,
            stored::{Step, StoredPerson, cell},
        },
        record::{Record, account::people_group, drop_record, put_record, secret::SecretHash},
    },
};

/// Most links that are valid at a time.
const LINKS_MAX: usize = 10_000;
const PREFIX: &str = "link/";
/// How many ended links one write removes at most.
const FORGOTTEN_AT_ONCE: usize = 100;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkPurpose {
    /// To make the first administrator.
    FirstAdministrator,
    /// To accept an invitation.
    Invitation,
    /// To sign in again after everything to sign in with was lost.
    Reset,
}

impl LinkPurpose {
    /// In which state the account of an invitation or of a reset must be.
    pub(super) const fn needs(self) -> PersonState {
        match self {
            Self::Invitation => PersonState::Invited,
            Self::Reset | Self::FirstAdministrator => PersonState::Active,
        }
    }
}

/// A link, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkRow {
    /// What it is for.
    pub purpose: LinkPurpose,
    /// Whose account it concerns; none for the first administrator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Person>,
    /// When it ends, in milliseconds since 1970-01-01T00:00:00Z.
    pub expires_ms: u64,
}

pub(super) fn link_cell(hash: &SecretHash) -> CellName {
    cell(&format!("{PREFIX}{}", hash.hex()))
}

/// The swap that keeps a link.
pub(super) fn link_swap(hash: &SecretHash, link: &LinkRow) -> Swap {
    put_record(link_cell(hash), Expected::Absent, link)
}

impl People<'_> {
    /// Every link that is kept.
    pub(super) fn links(&self) -> Result<Vec<Record<LinkRow>>, StoreError> {
        let group = people_group();
        let rows = cells_of(&*self.repository.engine, group.as_str());
        let links = rows.filter_map(|row| match row {
            Ok((name, _)) if !name.name().starts_with(PREFIX) => None,
            Ok((name, cell)) => Some(Record::of(name, &cell)),
            Err(error) => Some(Err(error.into())),
        });
        links.collect()
    }

    /// The swaps that remove what a new link replaces: links of the same purpose for the same person. Refuses one more
    /// when there are too many.
    pub(super) fn replaced_links(
        &self,
        link: &LinkRow,
        now_ms: u64,
    ) -> Result<Vec<Swap>, PeopleError> {
        let links = self.links()?;
        let is_replaced = |old: &LinkRow| old.purpose == link.purpose && old.person == link.person;
        let (replaced, others): (Vec<_>, Vec<_>) =
            links.into_iter().partition(|record| is_replaced(&record.value));
        if others.iter().filter(|record| now_ms < record.value.expires_ms).count() >= LINKS_MAX {
            return Err(PeopleError::TooMany { what: "links", max: LINKS_MAX });
        }
        Ok(replaced.iter().map(drop_record).collect())
    }

    /// Makes a link for the first administrator; the one before it is void.
    ///
    /// # Errors
    /// [`PeopleError::Refused`] when there is an administrator already.
    pub fn link_first_administrator(
        &self,
        hash: &SecretHash,
        expires_ms: u64,
        stamp: &Stamp,
    ) -> Result<LinkRow, PeopleError> {
        let link = LinkRow { purpose: LinkPurpose::FirstAdministrator, person: None, expires_ms };
        let step = || {
            if self.repository.has_administrator()? {
                let reason = "there is an administrator already".to_owned();
                return Err(PeopleError::Refused { pointer: "", reason });
            }
            let mut swaps = self.replaced_links(&link, stamp.time_ms)?;
            swaps.push(link_swap(hash, &link));
            Ok(Step { swaps, verb: "link-first-administrator", fields: Vec::new(), result: () })
        };
        self.until_applied(stamp, step)?;
        Ok(link)
    }

    /// Makes a link with which an active person chooses anew what they sign in with; the one before it is void.
    ///
    /// # Errors
    /// [`PeopleError::Unknown`] or [`PeopleError::WrongState`].
    pub fn link_reset(
        &self,
        person: &Person,
        hash: &SecretHash,
        expires_ms: u64,
        stamp: &Stamp,
    ) -> Result<LinkRow, PeopleError> {
        self.record(person)?.value.must_be(&[PersonState::Active])?;
        self.link_again(LinkPurpose::Reset, person, hash, expires_ms, stamp)
    }

    /// Makes another link for somebody who was invited; the one before it is void.
    ///
    /// # Errors
    /// [`PeopleError::Unknown`] or [`PeopleError::WrongState`].
    pub fn link_invitation(
        &self,
        person: &Person,
        hash: &SecretHash,
        expires_ms: u64,
        stamp: &Stamp,
    ) -> Result<LinkRow, PeopleError> {
        self.record(person)?.value.must_be(&[PersonState::Invited])?;
        self.link_again(LinkPurpose::Invitation, person, hash, expires_ms, stamp)
    }

    fn link_again(
        &self,
        purpose: LinkPurpose,
        person: &Person,
        hash: &SecretHash,
        expires_ms: u64,
        stamp: &Stamp,
    ) -> Result<LinkRow, PeopleError> {
        let link = LinkRow { purpose, person: Some(person.clone()), expires_ms };
        let verb = match purpose {
            LinkPurpose::Reset => "link-reset",
            LinkPurpose::Invitation | LinkPurpose::FirstAdministrator => "link-invitation",
        };
        let step = || {
            let mut swaps = self.replaced_links(&link, stamp.time_ms)?;
            swaps.push(link_swap(hash, &link));
            Ok(Step { swaps, verb, fields: vec![("person", person.to_string())], result: () })
        };
        self.until_applied(stamp, step)?;
        Ok(link)
    }

    /// The link with this secret, which stays valid.
    ///
    /// # Errors
    /// [`PeopleError::LinkSpent`] when it was used, has ended, or never existed; or when the account that it concerns has
    /// ended meanwhile, or nobody who may invite stands behind it any more.
    pub fn link(&self, hash: &SecretHash, now_ms: u64) -> Result<LinkRow, PeopleError> {
        let link = self.live_link(hash, now_ms)?.value;
        if let Some(person) = &link.person {
            self.opened_by(&link, person)?;
        }
        Ok(link)
    }

    /// The account that a link opens.
    ///
    /// # Errors
    /// [`PeopleError::LinkSpent`] when it opens none.
    pub(super) fn opened_by(
        &self,
        link: &LinkRow,
        person: &Person,
    ) -> Result<Record<StoredPerson>, PeopleError> {
        let record = self.record(person).map_err(|error| match error {
            PeopleError::Unknown { .. } => PeopleError::LinkSpent,
            error => error,
        })?;
        let needed = link.purpose.needs();
        let may_come = needed != PersonState::Invited || self.still_invited(&record.value)?;
        if record.value.state == needed && may_come {
            return Ok(record);
        }
        Err(PeopleError::LinkSpent)
    }

    /// Whether the one who invited somebody may still do so. The machine always may.
    fn still_invited(&self, account: &StoredPerson) -> Result<bool, PeopleError> {
        let Some(by) = &account.created_by else { return Ok(true) };
        if self.repository.stored_person(by)?.is_none() {
            return Ok(true);
        }
        let inviter = self.repository.holder(&Person::recorded(by), None)?;
        Ok(!self.repository.is_away(by)? && inviter.may_somewhere(Right::People))
    }

    pub(super) fn live_link(
        &self,
        hash: &SecretHash,
        now_ms: u64,
    ) -> Result<Record<LinkRow>, PeopleError> {
        let found: Option<Record<LinkRow>> = self.repository.stored_record(link_cell(hash))?;
        let found = found.ok_or(PeopleError::LinkSpent)?;
        let is_live = now_ms < found.value.expires_ms
            && match &found.value.person {
                None => !self.repository.has_administrator()?,
                Some(_) => true,
            };
        if is_live { Ok(found) } else { Err(PeopleError::LinkSpent) }
    }

    /// Voids every link of a person, for good.
    pub(super) fn void_links(&self, person: &Person, stamp: &Stamp) -> Result<(), StoreError> {
        let mut own = self.links()?;
        own.retain(|record| record.value.person.as_ref() == Some(person));
        if !own.is_empty() {
            let operation = stamp.apart("void-links").operation;
            self.repository.swap_records(operation, own.iter().map(drop_record).collect(), None)?;
        }
        Ok(())
    }

    /// Forgets links that ended before a time; returns how many.
    ///
    /// # Errors
    /// [`PeopleError`] when the store can't be read or written.
    pub fn forget_links(&self, before_ms: u64, stamp: &Stamp) -> Result<usize, PeopleError> {
        let mut old: Vec<_> = self.links()?;
        old.retain(|record| record.value.expires_ms < before_ms);
        for (number, some) in (0..).zip(old.chunks(FORGOTTEN_AT_ONCE)) {
            let swaps = some.iter().map(drop_record).collect();
            self.repository.swap_records(stamp.step(number), swaps, None)?;
        }
        Ok(old.len())
    }
}
