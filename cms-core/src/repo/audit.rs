//! The audit: who did what, on whose behalf, when and from where; and proof that nobody changed that afterwards.
//!
//! Each transaction of a verb carries its audit record, so what was done and what is recorded can't differ. What changes
//! nothing else, such as a refusal, is a transaction with a record alone. Over the records goes a chain of hashes. From
//! time to time a *seal* is recorded: where the chain stands, signed, with a short hash of each record since the seal
//! before. The signed part of the newest seal is the *head*; kept elsewhere, it shows later that nothing before it
//! was changed or cut off, even to somebody who trusts neither this machine nor its key.
//!
//! Invariants:
//! 1. A seal and the cell that says which one is the newest change in one transaction: after a crash there is either
//!    the seal before or the new one.
//! 2. Order is that of positions. Times are what a clock said; they order nothing.
//! 3. Records are forgotten only up to a seal, whose head stays in a cell, so that the rest can still be verified.
//! 4. No record holds a client's address: it holds a mark, from which the address is found only while a key is kept.

mod chain;
pub(in crate::repo) mod clients;
pub(in crate::repo) mod forget;
pub(in crate::repo) mod head;
pub(in crate::repo) mod policy;
pub(in crate::repo) mod row;
mod seal;
pub(in crate::repo) mod search;
pub(in crate::repo) mod verify;

use serde_json::{Map, Value};

use crate::{
    engine::{CellName, Group},
    repo::ground::{error::StoreError, repository::Repository, stamp::Stamp},
};

const GROUP: &str = "audit";

/// The audit of a repository.
#[derive(Clone, Copy)]
pub struct Audit<'r> {
    repository: &'r Repository,
}

impl Repository {
    /// What can be recorded in the audit and asked of it.
    pub const fn audit(&self) -> Audit<'_> {
        Audit { repository: self }
    }
}

impl Audit<'_> {
    /// Records something that changes nothing else: a refusal, a sign-in. Recording it twice under one operation is
    /// recording it once.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be written.
    pub fn record(
        &self,
        verb: &str,
        fields: Map<String, Value>,
        stamp: &Stamp,
    ) -> Result<(), StoreError> {
        let audit = stamp.audit_of(verb, fields);
        self.repository.swap_records(stamp.operation, Vec::new(), Some(audit))?;
        Ok(())
    }
}

fn cell(name: &str) -> CellName {
    let group: Group = GROUP.parse().expect("a group");
    group.cell(name).expect("a cell")
}
