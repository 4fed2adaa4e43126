//! The table of policies: one cell, whose version every change names.
//!
//! The cell is the one that has always held how many approvals a merge needs, which is what the house's row says first; so
//! whoever asks for that alone asks the same table.

use std::sync::Arc;

use parking_lot::Mutex;

use crate::{
    access::{
        APPROVALS_REQUIRED_MAX, Denied, Holder, Policies, Policy, PolicyDenied, Right,
        SUBTREE_POLICIES_MAX, Subject,
    },
    engine::{CellName, Expected, Group},
    model::key::EntryKey,
    repo::{
        ground::{
            error::StoreError,
            repository::Repository,
            stamp::{Stamp, before_and_after},
        },
        record::put_record,
    },
};

/// Why the table was not changed.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// A row is not as it must be.
    #[error("{reason}")]
    Refused {
        /// Where in the table, as a JSON pointer.
        pointer: String,
        /// Why, for people.
        reason: String,
    },
    /// The table is not at the version that the writer saw.
    #[error("the policies have changed since they were read")]
    Stale {
        /// The version that it is at.
        version: u64,
    },
    /// The table could not be read or written, or the writer may not change it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The table that was read last, with its version.
#[derive(Default)]
struct Memo(Mutex<Option<(u64, Arc<Policies>)>>);

fn policies_cell() -> CellName {
    let group: Group = "policy".parse().expect("a group");
    group.cell("reviews").expect("a cell")
}

impl Repository {
    /// The table of policies, and the version to change it against; the version is 0 until something is set.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn policies(&self) -> Result<(Arc<Policies>, u64), StoreError> {
        let memo = self.memos.of(Memo::default);
        let Some(cell) = self.engine.cell(&policies_cell())? else {
            return Ok((Arc::default(), 0));
        };
        if let Some((version, known)) = &*memo.0.lock()
            && *version == cell.version
        {
            return Ok((Arc::clone(known), cell.version));
        }
        let read: Result<Policies, _> = serde_json::from_slice(&cell.value);
        let row = |_| StoreError::Row { what: "the table of policies".to_owned() };
        let policies = Arc::new(read.map_err(row)?);
        *memo.0.lock() = Some((cell.version, Arc::clone(&policies)));
        Ok((policies, cell.version))
    }

    /// Replaces the table of policies; returns the version that it has then. A row may name a part of the catalogue that
    /// is on `main`, or that the table named before: what was removed since may come back.
    ///
    /// # Errors
    /// [`PolicyError`]; nothing is changed.
    pub fn set_policies(
        &self,
        policies: Policies,
        expected: u64,
        stamp: &Stamp,
    ) -> Result<u64, PolicyError> {
        self.require(&stamp.holder, Right::Configure, &Subject::WHOLE)?;
        let (before, version) = self.policies()?;
        if version != expected {
            return Err(PolicyError::Stale { version });
        }
        self.must_make_sense(&before, &policies)?;
        let policies = policies.in_order();
        let record = before_and_after(&*before, &policies);
        match self.put_policies(&policies, expected, "set-policies", record, stamp)? {
            Some(version) => Ok(version),
            None => Err(PolicyError::Stale { version: self.policies()?.1 }),
        }
    }

    /// Writes the table; `None` when it is not at the version that the writer saw.
    pub(in crate::repo) fn put_policies(
        &self,
        policies: &Policies,
        expected: u64,
        verb: &str,
        record: serde_json::Map<String, serde_json::Value>,
        stamp: &Stamp,
    ) -> Result<Option<u64>, StoreError> {
        let expected = if expected == 0 { Expected::Absent } else { Expected::Version(expected) };
        let swap = put_record(policies_cell(), expected, policies);
        self.swap_records(stamp.operation, vec![swap], Some(stamp.audit_of(verb, record)))
    }

    fn must_make_sense(&self, before: &Policies, after: &Policies) -> Result<(), PolicyError> {
        let refused = |pointer: String, reason: String| PolicyError::Refused { pointer, reason };
        let too_many = || format!("a policy asks for at most {APPROVALS_REQUIRED_MAX} approvals");
        if after.house.approvals_required > APPROVALS_REQUIRED_MAX {
            return Err(refused("/house/approvals_required".to_owned(), too_many()));
        }
        if after.subtrees.len() > SUBTREE_POLICIES_MAX {
            let reason = format!("at most {SUBTREE_POLICIES_MAX} parts have a policy of their own");
            return Err(refused("/subtrees".to_owned(), reason));
        }
        let mut named = std::collections::BTreeSet::new();
        for (number, row) in after.subtrees.iter().enumerate() {
            let (at, subtree) = (format!("/subtrees/{number}"), &row.subtree);
            if row.approvals_required.is_some_and(|count| count > APPROVALS_REQUIRED_MAX) {
                return Err(refused(format!("{at}/approvals_required"), too_many()));
            }
            let here = format!("{at}/subtree");
            if subtree.locale().is_some() {
                let reason = format!("{subtree} is a translation; a part begins at an entry");
                return Err(refused(here, reason));
            }
            if !named.insert(subtree) {
                return Err(refused(here, format!("{subtree} has a row already")));
            }
            if row.is_empty() {
                return Err(refused(at, format!("the row of {subtree} says nothing")));
            }
            let was_named = before.subtrees.iter().any(|row| row.subtree == *subtree);
            if !was_named && !self.is_on_main(subtree)? {
                return Err(refused(here, format!("there is no {subtree} on main")));
            }
        }
        Ok(())
    }

    /// What holds at an entry, by where it stands on `main`; for no entry, what the house says.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn policy_at(&self, key: Option<&EntryKey>) -> Result<Policy, StoreError> {
        let (policies, _) = self.policies()?;
        match key {
            Some(key) if !policies.subtrees.is_empty() => Ok(policies.at(key, &self.above(key)?)),
            _ => Ok(policies.house),
        }
    }
}

/// The refusal of somebody who has a right, and of whom a policy asks for more.
pub(in crate::repo) fn policy_denied(
    holder: &Holder,
    right: Right,
    entry: Option<&EntryKey>,
    channel: Option<String>,
    denied: PolicyDenied,
) -> StoreError {
    let person = match holder {
        Holder::Person { person, .. } => person.clone(),
        Holder::Machine => unreachable!("whoever holds the data directory is held to no policy"),
    };
    StoreError::Denied(Box::new(Denied {
        person,
        right,
        entry: entry.cloned(),
        channel,
        why: crate::access::Why::Policy(Box::new(denied)),
        helpers: Vec::new(),
    }))
}
