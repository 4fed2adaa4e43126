//! People: accounts, what they sign in with, their sessions, and the one-time links that make or mend accounts.
//!
//! Everything that is immutable names a person by an opaque id. What says who that is (name, address, picture) is kept
//! in cells here and nowhere else, so that it can be erased. The core neither hashes passwords nor checks signatures:
//! what a person signs in with is an opaque record ([`CredentialRecord`]) for the caller to read.
//!
//! All cells of accounts are one group, so that what a verb does to them is one transaction: there is no moment at which
//! half of an invitation is stored. Roles are another group. A verb that changes both notes in the account what is still
//! *pending*, so that whoever comes next finishes it, or undoes it where the last administrator would be lost.
//! Sessions change often and are groups of their own, one for each person. A session carries the *generation* of its
//! person's sessions, and so does an API token; when an account ends, one swap of the account moves the generation on,
//! and everything of the older one is void at once. Removing its cells follows and may be made up for.
//!
//! Invariants:
//! 1. No audit record and no object holds a name, an address or a secret.
//! 2. The secret of a link or session is in no cell; its hash is.
//! 3. An account with something pending is settled before it opens anything: a deactivated one is suspended first and
//!    then void, a new one active first and then given its role.
//! 4. A link works once: what it does and its removal are one transaction.
//! 5. A session or token opens nothing unless its person is active and its generation is the present one.

pub(in crate::repo) mod account;
pub(in crate::repo) mod address;
pub(in crate::repo) mod credential;
pub(in crate::repo) mod ending;
pub(in crate::repo) mod error;
pub(in crate::repo) mod invitation;
pub(in crate::repo) mod key;
pub(in crate::repo) mod link;
pub(in crate::repo) mod list;
pub(in crate::repo) mod policy;
pub(in crate::repo) mod provider;
pub(in crate::repo) mod service;
pub(in crate::repo) mod session;
pub(in crate::repo) mod settle;
pub(in crate::repo) mod state;
pub(in crate::repo) mod stored;

use crate::repo::ground::{error::StoreError, repository::Repository};

/// The people of a repository.
#[derive(Clone, Copy)]
pub struct People<'r> {
    pub(in crate::repo) repository: &'r Repository,
}

impl Repository {
    /// What can be asked of accounts and done to them.
    pub const fn people(&self) -> People<'_> {
        People { repository: self }
    }
}

impl People<'_> {
    /// A key that this repository always derives for a purpose, for what signs people in and is not kept here.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn derived_key(&self, purpose: &str) -> Result<[u8; 32], StoreError> {
        Ok(blake3::derive_key(purpose, self.repository.secret()?))
    }
}
