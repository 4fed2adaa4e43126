//! The role that a person's groups at a provider of identities stand for.
//!
//! It is a grant of its own, named by provider and person, so that neither what administrators give nor what another
//! provider's groups stand for is touched when the groups change.
//!
//! Invariant: a person has at most one such grant of each provider, and it is exchanged in one transaction: nobody is
//! without a role between two roles.

use super::{
    cells::{Stored, grant_cell},
    change::{Change, GrantError, described},
};
use crate::{
    access::{Grant, GrantId, Limits, Role},
    engine::Expected,
    model::name::Person,
    repo::{
        ground::{repository::Repository, stamp::Stamp},
        record::{Record, drop_record, put_record},
    },
};

/// The longest name of a grant, in bytes.
const ID_SIZE_BYTES_MAX: usize = 64;
/// How many digits of its hash stand for a person whose id is too long for the name of a grant.
const DIGEST_CHARS: usize = 12;
/// What the names of grants by groups begin with.
const PREFIX: &str = "provider-";

/// What a person's groups at a provider stand for.
#[derive(Debug, Clone, Copy)]
pub struct GroupRole<'a> {
    /// The provider's name in the settings.
    pub provider: &'a str,
    /// The greatest role of the groups; `None` when none of them has a role.
    pub role: Option<Role>,
    /// Since when the person's identity at the provider belongs to the account, in milliseconds since
    /// 1970-01-01T00:00:00Z. A grant from before cannot come from there.
    pub linked_ms: u64,
}

/// A person's id in letters that the name of a grant may have.
fn letters(person: &Person) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    person.as_str().chars().map(letter).collect()
}

/// The name of the grant by a person's groups at a provider.
fn named(provider: &str, person: &Person) -> GrantId {
    let name = format!("{PREFIX}{provider}-{}", letters(person));
    if name.len() <= ID_SIZE_BYTES_MAX {
        return name;
    }
    let digest = blake3::hash(person.as_str().as_bytes()).to_hex();
    format!("{PREFIX}{provider}-{}", &digest[..DIGEST_CHARS])
}

/// The name that the grant had when there was one a person, whichever the provider.
fn formerly_named(person: &Person) -> GrantId {
    format!("{PREFIX}{}", letters(person))
}

impl Repository {
    /// Gives a person the role that their groups at a provider stand for, in place of the one from the last sign-in
    /// there.
    ///
    /// A grant of the time when providers shared one is exchanged as well, unless it is older than the identity at this
    /// provider and so another provider's.
    ///
    /// # Errors
    /// [`GrantError`]; nothing was changed.
    pub(in crate::repo) fn follow_groups(
        &self,
        person: &Person,
        groups: &GroupRole<'_>,
        stamp: &Stamp,
    ) -> Result<(), GrantError> {
        let (id, former) = (named(groups.provider, person), formerly_named(person));
        let new = groups.role.map(|role| Grant {
            id: id.clone(),
            person: person.clone(),
            role,
            limits: Limits::default(),
            is_for_program: false,
            given_by: stamp.author.to_string(),
            given_ms: stamp.time_ms,
        });
        self.change_access(stamp, |stored| {
            let is_own = |grant: &Grant| {
                let is_former = grant.id == former && grant.given_ms >= groups.linked_ms;
                grant.person == *person && (grant.id == id || is_former)
            };
            stored.exchange(self, person, is_own, new.as_ref())
        })
    }
}

impl Stored {
    /// The change after which a person has this grant in place of their own ones; no swaps if nothing changes.
    fn exchange(
        &self,
        repository: &Repository,
        person: &Person,
        is_own: impl Fn(&Grant) -> bool,
        new: Option<&Grant>,
    ) -> Result<Change, GrantError> {
        let (own, others): (Vec<_>, Vec<_>) =
            self.grants.iter().partition(|record| is_own(&record.value));
        // What an administrator gave is enough. Another provider's groups are not: they may change.
        let is_covered = |new: &&Grant| {
            others.iter().map(|record| &record.value).any(|given| {
                !given.id.starts_with(PREFIX)
                    && given.person == new.person
                    && given.role == new.role
                    && given.limits == new.limits
            })
        };
        let new = new.filter(|new| !is_covered(new));
        let is_kept = |record: &Record<Grant>| {
            new.is_some_and(|new| record.value.id == new.id && record.value.role == new.role)
        };
        let has_new = own.iter().any(|record| is_kept(record));
        let gone: Vec<_> = own.into_iter().filter(|record| !is_kept(record)).collect();
        let mut change = Change { swaps: Vec::new(), verb: "role-give", fields: Vec::new() };
        change.fields.push(("person", person.to_string()));
        if new.is_none_or(|new| !new.lets_people_in()) {
            let gone: Vec<_> = gone.iter().map(|record| record.value.id.as_str()).collect();
            self.keep_an_administrator(repository, person, |other| {
                !gone.contains(&other.id.as_str())
            })?;
        }
        if !gone.is_empty() {
            let before: Vec<_> = gone.iter().map(|record| described(&record.value)).collect();
            change.fields.push(("before", before.join(", ")));
        }
        let mut over = Expected::Absent;
        for record in &gone {
            match new {
                Some(new) if new.id == record.value.id => {
                    over = Expected::Version(record.version);
                }
                _ => change.swaps.push(drop_record(record)),
            }
        }
        match new.filter(|_| !has_new) {
            Some(new) => {
                self.must_have_room()?;
                change.fields.push(("after", described(new)));
                change.swaps.push(put_record(grant_cell(&new.id), over, new));
            }
            None => change.verb = "role-take",
        }
        Ok(change)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_by_groups_is_named_by_provider_and_person() {
        let check = |provider: &str, person: &str, expected: &str| {
            let name = named(provider, &person.parse().unwrap());
            assert_eq!(name, expected);
            assert!(name.len() <= ID_SIZE_BYTES_MAX);
        };
        check("school", "p-0123456789ab", "provider-school-p-0123456789ab");
        check("school", "ana@example.org", "provider-school-ana-example-org");
        let long = "s".repeat(40);
        check(&long, "p-0123456789ab", &format!("provider-{long}-p-0123456789ab"));
        let person = "a".repeat(64);
        let digest = &blake3::hash(person.as_bytes()).to_hex()[..12];
        check("school", &person, &format!("provider-school-{digest}"));
    }
}
