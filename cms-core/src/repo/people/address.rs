//! Addresses: with which one a person signs in.
//!
//! The cell that leads from an address to its person is named by a keyed hash, so that its name, which outlives it in
//! logs of storage, says nothing about the address.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::{
    engine::{CellName, Expected, Swap},
    model::name::Person,
    repo::{
        ground::error::StoreError,
        people::{People, error::PeopleError, stored::cell},
        record::{Record, drop_record, put_record},
    },
};

/// Longest address, in bytes (RFC 5321, 4.5.3.1.3).
pub const EMAIL_SIZE_BYTES_MAX: usize = 254;

/// Where an address or an identity at a provider leads.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Leads {
    pub(super) person: Person,
}

/// An address as it is compared: without blanks around it, in one spelling of Unicode and in small letters.
///
/// # Errors
/// [`PeopleError::Refused`] when it is not the form of an address.
pub fn normalised(address: &str) -> Result<String, PeopleError> {
    let address: String = address.trim().nfkc().flat_map(char::to_lowercase).collect();
    let is_clean = |text: &str| {
        !text.is_empty() && !text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '@')
    };
    // A name of a host may end with the dot of the root.
    let address = address.strip_suffix('.').map_or(address.clone(), str::to_owned);
    let parts = address.rsplit_once('@');
    let is_address = address.len() <= EMAIL_SIZE_BYTES_MAX
        && parts.is_some_and(|(local, domain)| is_clean(local) && is_clean(domain))
        && !address.contains(['<', '>', ',', ';', '"', '\\']);
    if is_address {
        return Ok(address);
    }
    let reason = "an address has the form name@example.org".to_owned();
    Err(PeopleError::Refused { pointer: "/email", reason })
}

impl People<'_> {
    fn keyed(&self, what: &str, parts: &[&str]) -> Result<String, StoreError> {
        let key =
            blake3::derive_key("cms 2026-11-30 v1 addresses of people", self.repository.secret()?);
        let mut hasher = blake3::Hasher::new_keyed(&key);
        for part in [what].iter().chain(parts) {
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
        }
        Ok(hasher.finalize().to_hex().to_string())
    }

    fn address_cell(&self, address: &str) -> Result<CellName, StoreError> {
        Ok(cell(&format!("address/{}", self.keyed("address", &[address])?)))
    }

    /// The hash under which an identity at a provider is kept.
    pub(super) fn identity_hash(&self, issuer: &str, subject: &str) -> Result<String, StoreError> {
        self.keyed("identity", &[issuer, subject])
    }

    /// The person who signs in with a normalised address.
    pub(super) fn by_address(&self, address: &str) -> Result<Option<Person>, StoreError> {
        let found = self.repository.stored_record::<Leads>(self.address_cell(address)?)?;
        Ok(found.map(|record| record.value.person))
    }

    /// The swap that makes a normalised address lead to a person.
    pub(super) fn take_address(&self, address: &str, person: &Person) -> Result<Swap, PeopleError> {
        let cell = self.address_cell(address)?;
        if self.repository.stored_record::<Leads>(cell.clone())?.is_some() {
            return Err(PeopleError::AddressTaken);
        }
        Ok(put_record(cell, Expected::Absent, &Leads { person: person.clone() }))
    }

    /// The swap that makes an address free again; none when it leads elsewhere.
    pub(super) fn free_address(
        &self,
        address: &str,
        person: &Person,
    ) -> Result<Option<Swap>, PeopleError> {
        let Ok(address) = normalised(address) else { return Ok(None) };
        let found: Option<Record<Leads>> =
            self.repository.stored_record(self.address_cell(&address)?)?;
        Ok(found.filter(|record| record.value.person == *person).map(|record| drop_record(&record)))
    }
}

pub(super) fn identity_cell(hash: &str) -> CellName {
    cell(&format!("identity/{hash}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_has_one_spelling() {
        for text in
            ["ana@example.org", "ana@example.org.", " Ana@Example.ORG ", "ａｎａ@example.org"]
        {
            assert_eq!(normalised(text).unwrap(), "ana@example.org", "{text}");
        }
        let long = format!("{}@example.org", "a".repeat(300));
        for text in
            ["", "ana", "@example.org", "ana@", "a b@c.d", "a@b@c", "a\n@b.c", "<a@b.c>", &long]
        {
            assert!(normalised(text).is_err(), "{text}");
        }
    }
}
